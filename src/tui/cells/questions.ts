/** What the model asked, and what the user answered. */
import type { UserAnswers, UserQuestion } from "@/protocol/questions.ts";
import type { Cell } from "../cell.ts";
import { type Line, line, type Span, span, wrapLine } from "../render/line.ts";
import type { CellContext } from "./context.ts";
import { bold, bullet, dim, fitted, inOneLine, markedRows } from "./rows.ts";

/** @param answers undefined when the user did not answer at all */
export function questionsCell(
  questions: readonly UserQuestion[],
  answers: UserAnswers | undefined,
): Cell {
  return {
    lines: (context) => questionsLines(questions, answers, context),
  };
}

function questionsLines(
  questions: readonly UserQuestion[],
  answers: UserAnswers | undefined,
  { theme, width }: CellContext,
): readonly Line[] {
  const given = (id: string) =>
    answers !== undefined && Object.hasOwn(answers, id)
      ? answers[id]?.answers ?? []
      : [];
  const count = questions.filter(({ id }) => given(id).length > 0).length;
  const heading = line(
    bold("Questions"),
    span(` ${count}/${questions.length} answered`),
  );
  return fitted([
    ...markedRows(bullet(), heading, width),
    ...questions.flatMap((question) => [
      ...markedRows(dim("  • "), line(inOneLine(question.question)), width),
      ...answerRows(question, given(question.id), theme.accent, width),
    ]),
  ], width);
}

function answerRows(
  { options }: UserQuestion,
  given: readonly string[],
  style: Span["style"],
  width: number,
): readonly Line[] {
  if (given.length === 0) return [line(dim("    (unanswered)"))];
  return given.flatMap((answer) => {
    const isOption = options.some(({ label }) => label === answer);
    const label = dim(isOption ? "    answer: " : "    note: ");
    const words = answer.replace(/^user_note: /, "");
    return wrapLine(line(span(inOneLine(words), style)), {
      width,
      first: [label],
      rest: [span(" ".repeat(label.text.length))],
    });
  });
}
