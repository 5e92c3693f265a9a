/** Cells for everything a thread tells, by kind. */
import type {
  ApprovalSubject,
  ThreadEvent,
  TurnError,
} from "@/protocol/events.ts";
import type { HookRun } from "@/protocol/hooks.ts";
import type { ThreadInfo } from "@/protocol/host.ts";
import type {
  CommandExecutionThreadItem,
  ThreadItem,
} from "@/protocol/items.ts";
import type { ApprovalDecision } from "@/protocol/ops.ts";
import type { UserAnswers, UserQuestion } from "@/protocol/questions.ts";
import { commandActions } from "@/exec-policy/actions.ts";
import { printable } from "@/text/ansi.ts";
import type { Cell } from "@/tui/cell.ts";
import {
  EMPTY_LINE,
  filled,
  type Line,
  line,
  span,
  wrapLine,
} from "@/tui/render/line.ts";
import { BOLD, DIM } from "@/tui/render/style.ts";
import type { CellContext } from "./context.ts";

function textCell(bullet: string, text: string, style = {}): Cell {
  return {
    lines: ({ width }) =>
      printable(text, "plain").split("\n").flatMap((row, i) =>
        wrapLine(line(span(row, style)), {
          width,
          first: [span(i === 0 ? bullet : "  ", DIM)],
          rest: [span("  ")],
        })
      ),
    source: { kind: "other", markdown: text },
  };
}
export function noticeCell(
  level: "info" | "warning" | "error",
  text: string,
): Cell {
  const sign = { info: "• ", warning: "⚠ ", error: "■ " }[level];
  return textCell(
    sign,
    text,
    level === "error" ? { fg: 1 } : level === "warning" ? { fg: 3 } : {},
  );
}
export function errorCell({ message }: TurnError): Cell {
  return noticeCell("error", message);
}
export function echoCell(text: string): Cell {
  return textCell("", text, { fg: 5 });
}
export function planCell(
  event: Extract<ThreadEvent, { type: "planUpdated" }>,
): Cell {
  return textCell(
    "• ",
    ["Updated Plan", ...event.plan.map(({ step }) => step)].join("\n"),
  );
}
export function separatorCell(ms: number): Cell {
  return textCell("─ ", `Worked for ${Math.round(ms / 1000)}s`, DIM);
}
export function reasoningTitle(text: string): string | undefined {
  return /\*\*([^*]+)\*\*/.exec(text)?.[1];
}
export function hookCell(run: HookRun): Cell | undefined {
  return run.entries.length === 0 ? undefined : textCell(
    "• ",
    `hook: ${run.eventName}\n${run.entries.map(({ text }) => text).join("\n")}`,
  );
}
export function decisionCell(
  subject: ApprovalSubject,
  decision: ApprovalDecision,
): Cell {
  return textCell(
    decision.kind.startsWith("accept") ? "✔ " : "✗ ",
    `You ${decision.kind} ${subject.kind}`,
  );
}
export function answeredCell(
  questions: readonly UserQuestion[],
  answers: UserAnswers,
): Cell {
  return textCell(
    "• ",
    questions.map(({ id, question }) =>
      `${question}\n  ${answers[id]?.answers.join(", ")}`
    ).join("\n"),
  );
}
export function isExploring(item: CommandExecutionThreadItem): boolean {
  return commandActions(item.command, item.cwd).every(({ type }) =>
    type !== "unknown"
  );
}
export function exploredCell(items: readonly ThreadItem[]): Cell {
  return textCell(
    "• ",
    [
      "Explored",
      ...items.map((item) =>
        item.type === "commandExecution" ? item.command : ""
      ),
    ].join("\n"),
  );
}
export function answerCell(kind: "answer" | "plan", text: string): Cell {
  return {
    ...textCell("• ", kind === "plan" ? `Proposed Plan\n\n${text}` : text),
    source: { kind: "answer", markdown: text },
  };
}
export function headerCell(info: ThreadInfo): Cell {
  return textCell(
    ">_ ",
    `OpenAI Codex (v0.124.0)\nmodel: ${info.model}\ndirectory: ${info.cwd}`,
    BOLD,
  );
}
export function itemCell(item: ThreadItem): Cell | undefined {
  switch (item.type) {
    case "userMessage": {
      const text = item.content.map((part) =>
        part.type === "text" ? part.text : `[${part.type}]`
      ).join(" ");
      return {
        source: { kind: "user", text },
        lines: (
          { width, theme },
        ) => [
          filled(theme.input, EMPTY_LINE),
          ...wrapLine(
            line(span(printable(text, "plain").replaceAll("\n", " "))),
            { width, first: [span("› ", BOLD)], rest: [span("  ")] },
          ).map((row) => filled(theme.input, row)),
          filled(theme.input, EMPTY_LINE),
        ],
      };
    }
    case "commandExecution":
      return textCell(
        "• ",
        `Ran ${item.command}\n${item.aggregatedOutput.trimEnd()}`,
      );
    case "reasoning":
      return item.summary.length === 0
        ? undefined
        : textCell("• ", item.summary.join("\n"), { italic: true, dim: true });
    default:
      return textCell("• ", item.type);
  }
}
export function liveLines(
  item: ThreadItem,
  context: CellContext,
): readonly Line[] {
  return (itemCell(item)?.lines(context) ?? []);
}
export function liveExploredLines(
  items: readonly ThreadItem[],
  context: CellContext,
): readonly Line[] {
  return exploredCell(items).lines(context);
}
