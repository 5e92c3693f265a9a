/** Questions of the model, one at a time, each with its answers and a note. */
import type { ThreadEvent } from "@/protocol/events.ts";
import type { UserAnswers, UserQuestion } from "@/protocol/questions.ts";
import { displayWidth } from "@/text/width.ts";
import type { AnswerAsk } from "@/tui/asks.ts";
import { questionsCell } from "@/tui/cells/questions.ts";
import { edit, type EditorState, EMPTY_EDITOR } from "@/tui/composer/editor.ts";
import type { Keymap } from "@/tui/input/keymap.ts";
import {
  EMPTY_LINE,
  type Line,
  line,
  span,
  wrapLine,
} from "@/tui/render/line.ts";
import { BOLD, DIM, over, PLAIN } from "@/tui/render/style.ts";
import {
  close,
  type KeyEvent,
  type Pane,
  type PaneContext,
  type PaneResult,
  type PaneView,
  stay,
} from "./pane.ts";

type QuestionsEvent = Extract<ThreadEvent, { type: "userInputRequested" }>;

interface Answer {
  /** The option under the cursor; one past the options is none of them. */
  readonly at: number;
  readonly isChosen: boolean;
  readonly note: EditorState;
}

interface QuestionsState {
  readonly index: number;
  readonly answers: readonly Answer[];
  readonly isNoting: boolean;
  /** Set when some are without an answer and the user wants to send them. */
  readonly confirming: "proceed" | "back" | undefined;
}

interface QuestionsSpec {
  readonly event: QuestionsEvent;
  readonly answer: AnswerAsk;
  readonly keymap: Keymap["list"];
}

const NONE = {
  label: "None of the above",
  description: "Optionally, add details in notes (tab).",
};

export function questionsPane(
  event: QuestionsEvent,
  answer: AnswerAsk,
  keymap: Keymap["list"],
): Pane {
  return paneOf({ event, answer, keymap }, {
    index: 0,
    isNoting: false,
    confirming: undefined,
    answers: event.questions.map(() => ({
      at: 0,
      isChosen: false,
      note: EMPTY_EDITOR,
    })),
  });
}

function paneOf(spec: QuestionsSpec, state: QuestionsState): Pane {
  return {
    name: `ask:${spec.event.requestId}`,
    placement: "inline",
    onKey: (key) => onKey(spec, state, key),
    onPaste: (text) =>
      state.isNoting
        ? stay(noted(spec, state, edit(noteOf(state), { type: "paste", text })))
        : stay(paneOf(spec, state)),
    render: (context) =>
      state.confirming === undefined
        ? renderQuestion(spec, state, context)
        : renderConfirmation(spec, state, context),
  };
}

function noteOf({ answers, index }: QuestionsState): EditorState {
  return answers[index]?.note ?? EMPTY_EDITOR;
}

function changed(
  state: QuestionsState,
  change: Partial<Answer>,
): QuestionsState {
  return {
    ...state,
    answers: state.answers.map((answer, index) =>
      index === state.index ? { ...answer, ...change } : answer
    ),
  };
}

function noted(
  spec: QuestionsSpec,
  state: QuestionsState,
  note: EditorState,
): Pane {
  return paneOf(spec, changed(state, { note }));
}

function optionsOf(question: UserQuestion | undefined) {
  return [...question?.options ?? [], NONE];
}

function onKey(
  spec: QuestionsSpec,
  state: QuestionsState,
  key: KeyEvent,
): PaneResult {
  if (state.confirming !== undefined) return confirmationKey(spec, state, key);
  if (state.isNoting) return noteKey(spec, state, key);
  const answer = state.answers[state.index];
  const options = optionsOf(spec.event.questions[state.index]);
  const to = (change: Partial<Answer>) =>
    stay(paneOf(spec, changed(state, change)));
  const at = answer?.at ?? 0;
  const action = spec.keymap.get(key.chord);
  if (/^[1-9]$/.test(key.chord) && Number(key.chord) <= options.length) {
    return next(
      spec,
      changed(state, { at: Number(key.chord) - 1, isChosen: true }),
    );
  }
  if (key.chord === "tab") {
    return stay(paneOf(spec, { ...state, isNoting: true }));
  }
  if (key.chord === "left" || key.chord === "right") {
    const index = state.index + (key.chord === "left" ? -1 : 1);
    return stay(
      paneOf(spec, {
        ...state,
        index: Math.max(0, Math.min(state.answers.length - 1, index)),
      }),
    );
  }
  switch (action) {
    case "list_up":
      return to({ at: (at + options.length - 1) % options.length });
    case "list_down":
      return to({ at: (at + 1) % options.length });
    case "list_choose":
      return next(spec, changed(state, { isChosen: true }));
    case "list_cancel":
      return close(spec.answer({
        type: "userAnswers",
        requestId: spec.event.requestId,
        answers: undefined,
      }));
    default:
      return stay(paneOf(spec, state));
  }
}

function noteKey(
  spec: QuestionsSpec,
  state: QuestionsState,
  key: KeyEvent,
): PaneResult {
  const note = noteOf(state);
  if (key.chord === "enter") {
    return next(spec, {
      ...changed(state, { isChosen: true }),
      isNoting: false,
    });
  }
  if (key.chord === "tab" || key.chord === "escape") {
    return stay(
      paneOf(spec, {
        ...changed(state, { note: EMPTY_EDITOR }),
        isNoting: false,
      }),
    );
  }
  const action = NOTE_KEYS[key.chord];
  if (action !== undefined) return stay(noted(spec, state, edit(note, action)));
  return stay(
    key.text === undefined
      ? paneOf(spec, state)
      : noted(spec, state, edit(note, { type: "insert", text: key.text })),
  );
}

const NOTE_KEYS: Readonly<Record<string, Parameters<typeof edit>[1]>> = {
  backspace: { type: "erase", to: "charBack" },
  delete: { type: "erase", to: "charForward" },
  left: { type: "move", to: "charBack" },
  right: { type: "move", to: "charForward" },
  "ctrl+a": { type: "move", to: "lineStart" },
  "ctrl+e": { type: "move", to: "lineEnd" },
  "ctrl+w": { type: "kill", to: "wordBack" },
  "ctrl+u": { type: "kill", to: "lineStart" },
};

/** The question behind this one, or the end. */
function next(spec: QuestionsSpec, state: QuestionsState): PaneResult {
  if (state.index < state.answers.length - 1) {
    return stay(paneOf(spec, { ...state, index: state.index + 1 }));
  }
  const isComplete = state.answers.every(({ isChosen }) => isChosen);
  return isComplete
    ? submitted(spec, state)
    : stay(paneOf(spec, { ...state, confirming: "proceed" }));
}

function submitted(spec: QuestionsSpec, state: QuestionsState): PaneResult {
  const { requestId, questions } = spec.event;
  const answers: UserAnswers = Object.fromEntries(
    questions.map((question, index) => [
      question.id,
      { answers: answersOf(question, state.answers[index]) },
    ]),
  );
  return close(
    spec.answer(
      { type: "userAnswers", requestId, answers },
      questionsCell(questions, answers),
    ),
  );
}

function answersOf(
  question: UserQuestion,
  answer: Answer | undefined,
): readonly string[] {
  if (answer === undefined || !answer.isChosen) return [];
  const label = optionsOf(question)[answer.at]?.label;
  const note = answer.note.text.trim();
  return [
    ...(label === undefined ? [] : [label]),
    ...(note === "" ? [] : [`user_note: ${note}`]),
  ];
}

function confirmationKey(
  spec: QuestionsSpec,
  state: QuestionsState,
  key: KeyEvent,
): PaneResult {
  const action = spec.keymap.get(key.chord);
  const choice = key.chord === "1"
    ? "proceed"
    : key.chord === "2" || action === "list_cancel"
    ? "back"
    : action === "list_choose"
    ? state.confirming
    : undefined;
  if (choice === "proceed") return submitted(spec, state);
  if (choice === "back") {
    return stay(
      paneOf(spec, {
        ...state,
        confirming: undefined,
        index: Math.max(
          0,
          state.answers.findIndex(({ isChosen }) => !isChosen),
        ),
      }),
    );
  }
  return stay(
    action === "list_up" || action === "list_down"
      ? paneOf(spec, {
        ...state,
        confirming: state.confirming === "proceed" ? "back" : "proceed",
      })
      : paneOf(spec, state),
  );
}

function renderQuestion(
  { event }: QuestionsSpec,
  state: QuestionsState,
  { width, height, theme }: PaneContext,
): PaneView {
  const { questions } = event;
  const question = questions[state.index];
  const answer = state.answers[state.index];
  const open = state.answers.filter(({ isChosen }) => !isChosen).length;
  const count = `Question ${state.index + 1}/${questions.length}` +
    (open === 0 ? "" : ` (${open} unanswered)`);
  const choices = optionsOf(question);
  // In a column, as long as half of the width is left to what they say.
  const labelWidth = Math.min(
    Math.max(0, ...choices.map(({ label }) => displayWidth(label))),
    Math.floor(width / 2),
  );
  const options = choices.flatMap(
    ({ label, description }, index) => {
      const isSelected = index === answer?.at;
      const style = isSelected ? over(BOLD, theme.accent) : PLAIN;
      return wrapLine(
        line(
          span(`${index + 1}. ${label}`, style),
          span(
            " ".repeat(Math.max(0, labelWidth - displayWidth(label))) +
              `  ${description}`,
            DIM,
          ),
        ),
        {
          width,
          first: [span(isSelected ? "  › " : "    ", style)],
          rest: [span("       ")],
        },
      );
    },
  );
  const note = noteOf(state);
  const hasNote = state.isNoting || note.text !== "";
  const isLast = state.index === questions.length - 1;
  const head = [
    line(span(`  ${count}`, DIM)),
    ...wrapLine(line(span(question?.question ?? "", BOLD)), {
      width,
      first: [span("  ")],
    }),
    ...options,
  ];
  const lines: readonly Line[] = [
    ...head,
    ...(hasNote
      ? [line(
        span("  › ", theme.accent),
        note.text === "" ? span("Add notes", DIM) : span(oneRow(note.text)),
      )]
      : []),
    EMPTY_LINE,
    line(span(
      state.isNoting
        ? "  tab or esc to clear notes | enter to submit answer"
        : `  tab to add notes | enter to submit ${
          isLast ? "all" : "answer"
        } | ` +
          "←/→ to navigate questions | esc to interrupt",
      DIM,
    )),
  ];
  const column = 4 + displayWidth(oneRow(note.text.slice(0, note.cursor)));
  return {
    lines: lines.slice(0, height),
    cursor: state.isNoting
      ? { row: head.length, column: Math.min(width - 1, column) }
      : undefined,
  };
}

function oneRow(text: string): string {
  return text.replace(/\s/g, " ");
}

function renderConfirmation(
  _: QuestionsSpec,
  { answers, confirming }: QuestionsState,
  { theme }: PaneContext,
): PaneView {
  const open = answers.filter(({ isChosen }) => !isChosen).length;
  const choice = (label: string, isSelected: boolean) =>
    line(
      span(
        `  ${isSelected ? "›" : " "} ${label}`,
        isSelected ? over(BOLD, theme.accent) : PLAIN,
      ),
    );
  return {
    lines: [
      line(span("  Submit with unanswered questions?", BOLD)),
      line(span(
        `  ${open} unanswered ${open === 1 ? "question" : "questions"}`,
        DIM,
      )),
      choice("1. Proceed", confirming === "proceed"),
      choice("2. Go back", confirming === "back"),
    ],
  };
}
