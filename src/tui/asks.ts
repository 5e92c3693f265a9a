/** Questions of the agent, each as an overlay that answers it. */
import type { ApprovalSubject, ThreadEvent } from "@/protocol/events.ts";
import type { ThreadId } from "@/protocol/ids.ts";
import type { ApprovalDecision, Op } from "@/protocol/ops.ts";
import type { GrantScope, Permissions } from "@/protocol/permissions.ts";
import { NO_PERMISSIONS } from "@/protocol/permissions.ts";
import { printable } from "@/text/ansi.ts";
import { quoteCommand } from "@/text/shell_quote.ts";
import type { Cell } from "./cell.ts";
import { approvalCell } from "./cells/approval.ts";
import { inOneLine } from "./cells/rows.ts";
import type { Keymap } from "./input/keymap.ts";
import { elicitationPane } from "./panes/elicitation.ts";
import { type ListItem, listPane, type ListSpec } from "./panes/list.ts";
import { pagerPane } from "./panes/pager.ts";
import { close, type Pane, type PaneContext } from "./panes/pane.ts";
import { questionsPane } from "./panes/questions.ts";
import {
  askedCommand,
  codeRows,
  commandRows,
  patchRows,
  type SubjectRows,
} from "./panes/subject_rows.ts";
import { EMPTY_LINE, type Line, line, span } from "./render/line.ts";
import { BOLD, DIM, ITALIC } from "./render/style.ts";
import type { Ask, TuiState } from "./state.ts";
import { type Change, inOrder, only } from "./step.ts";
import { say } from "./threads.ts";

export type AskEvent = Extract<ThreadEvent, {
  type:
    | "approvalRequested"
    | "elicitationRequested"
    | "permissionsRequested"
    | "userInputRequested";
}>;

/** Answers the question with an op and takes it off the screen. */
export type AnswerAsk = (op: Op, ...cells: readonly Cell[]) => Change;

export function askOf(
  state: TuiState,
  threadId: ThreadId,
  event: AskEvent,
): Ask {
  const answer: AnswerAsk = (op, ...cells) =>
    inOrder(
      (before) =>
        only({
          ...before,
          asks: before.asks.filter(({ requestId }) =>
            requestId !== event.requestId
          ),
        }, { type: "op", threadId, op }),
      say(...cells),
    );
  const { pane, summary } = overlayOf(state, threadId, event, answer);
  return {
    requestId: event.requestId,
    threadId,
    itemId: "itemId" in event ? event.itemId : undefined,
    pane,
    summary,
    shownMs: undefined,
  };
}

interface Overlay {
  readonly pane: Pane;
  readonly summary: string;
}

function overlayOf(
  state: TuiState,
  threadId: ThreadId,
  event: AskEvent,
  answer: AnswerAsk,
): Overlay {
  const keymap = state.keymap.list;
  const from = threadId === state.thread?.id
    ? undefined
    : state.others.get(threadId)?.origin?.nickname;
  switch (event.type) {
    case "approvalRequested":
      return approval(event, { answer, keymap, from, state });
    case "permissionsRequested":
      return permissions(event, { answer, keymap, from, state });
    case "elicitationRequested":
      return {
        pane: elicitationPane(event, answer, keymap),
        summary: `Approval requested by ${event.server}`,
      };
    case "userInputRequested":
      return {
        pane: questionsPane(event, answer, keymap),
        summary: `Plan mode prompt: ${event.questions.length} ${
          event.questions.length === 1 ? "question" : "questions"
        } requested`,
      };
  }
}

interface AskContext {
  readonly answer: AnswerAsk;
  readonly keymap: Keymap["list"];
  /** The agent that asks, when it is not the one that is shown. */
  readonly from: string | undefined;
  /** As it was when it was asked. */
  readonly state: TuiState;
}

function approval(
  { requestId, subject, reason }: Extract<
    AskEvent,
    { type: "approvalRequested" }
  >,
  { answer, keymap, from, state }: AskContext,
): Overlay {
  const words = SUBJECTS[subject.kind](
    // The table has one entry for each kind, which the type of a record cannot say.
    subject as never,
  );
  const decide = (decision: ApprovalDecision) =>
    answer(
      { type: "approval", requestId, decision },
      approvalCell(subject, decision),
    );
  const items = words.choices.map(({ label, keys, decision }): ListItem => ({
    label,
    keys,
    mark: `(${keys[0] === "escape" ? "esc" : keys[0]})`,
    choose: decide(decision),
  }));
  return {
    summary: words.summary,
    pane: listPane({
      name: `ask:${requestId}`,
      title: [
        line(span(asker(words.question, from), BOLD)),
        ...reasonLines(reason),
        ...words.details,
      ],
      items,
      footer: "Press enter to confirm or esc to cancel",
      keymap,
      onCancel: decide({ kind: "cancel" }),
      ...(words.subject && subjectOf(words.subject, state)),
    }),
  };
}

/** What is asked about, below the question and, on Ctrl+A, on the whole screen. */
function subjectOf(
  { rows, title }: NonNullable<SubjectWords["subject"]>,
  state: TuiState,
): Pick<ListSpec, "body" | "onOther"> {
  const { cwd, homeDirectory, drawing, thread } = state;
  const drawn = (context: PaneContext) =>
    rows({ ...context, cwd: thread?.info.cwd ?? cwd, homeDirectory, drawing });
  return {
    body: (context, rowsMax) => headRows(drawn(context), rowsMax),
    onOther: ({ chord }) => {
      if (chord !== "ctrl+a") return undefined;
      const pane = pagerPane({
        name: `ask:${title}`,
        title,
        rows: drawn,
        keymap: state.keymap.pager,
        start: "top",
      });
      // The question stays until it is answered.
      return close((before) =>
        only({ ...before, panes: [...before.panes, pane] })
      );
    },
  };
}

function headRows(rows: readonly Line[], rowsMax: number): readonly Line[] {
  if (rows.length <= rowsMax) return rows;
  const left = rows.length - rowsMax + 1;
  return [
    ...rows.slice(0, rowsMax - 1),
    line(span(`  … +${left} lines (ctrl + a to view all)`, DIM)),
  ];
}

function asker(question: string, from: string | undefined): string {
  return from === undefined ? question : `[${from}] ${question}`;
}

function reasonLines(reason: string | undefined): readonly Line[] {
  if (reason === undefined || reason === "") return [];
  return [EMPTY_LINE, line(span(`Reason: ${inOneLine(reason)}`, ITALIC))];
}

interface Choice {
  readonly label: string;
  readonly keys: readonly string[];
  readonly decision: ApprovalDecision;
}

interface SubjectWords {
  readonly question: string;
  readonly details: readonly Line[];
  /** What it is about, shown as far as there is room; whole in a pager. */
  readonly subject?: { readonly rows: SubjectRows; readonly title: string };
  readonly summary: string;
  readonly choices: readonly Choice[];
}

const YES: Choice = {
  label: "Yes, proceed",
  keys: ["y"],
  decision: { kind: "accept" },
};
const NO: Choice = {
  label: "No, and tell Codex what to do differently",
  keys: ["escape", "n"],
  decision: { kind: "cancel" },
};
const NO_GO_ON: Choice = {
  label: "No, and let Codex go on without it",
  keys: ["d"],
  decision: { kind: "decline" },
};

type SubjectOf<K extends ApprovalSubject["kind"]> = Extract<
  ApprovalSubject,
  { kind: K }
>;

const SUBJECTS: {
  readonly [K in ApprovalSubject["kind"]]: (
    subject: SubjectOf<K>,
  ) => SubjectWords;
} = {
  command: ({ command, cwd, proposedPrefix }) => ({
    question: "Would you like to run the following command?",
    details: [],
    subject: { rows: commandRows(command, cwd), title: "Exec" },
    summary: `Approval requested: ${inOneLine(askedCommand(command))}`,
    choices: [
      YES,
      ...(proposedPrefix === undefined ? [] : [
        {
          label: "Yes, and don't ask again for commands that start with `" +
            `${inOneLine(quoteCommand(proposedPrefix))}\``,
          keys: ["p"],
          decision: { kind: "acceptWithAmendment", prefix: proposedPrefix },
        } as const,
      ]),
      NO_GO_ON,
      NO,
    ],
  }),
  patch: ({ paths, changes }) => ({
    question: "Would you like to make the following edits?",
    details: [],
    subject: { rows: patchRows(changes), title: "Patch" },
    summary: `Codex wants to edit ${
      paths.length === 1 ? inOneLine(paths[0] ?? "") : `${paths.length} files`
    }`,
    choices: [
      YES,
      {
        label: "Yes, and don't ask again for these files",
        keys: ["a"],
        decision: { kind: "acceptForSession" },
      },
      NO_GO_ON,
      NO,
    ],
  }),
  network: ({ host, port, protocol, command }) => ({
    question: `Would you like to let this command reach ${inOneLine(host)}?`,
    details: [EMPTY_LINE, line(inOneLine(`${protocol}://${host}:${port}`))],
    subject: {
      rows: (context) => codeRows(printable(command, "plain"), context),
      title: "Exec",
    },
    summary: `Approval requested: network access to ${inOneLine(host)}`,
    choices: [
      { ...YES, label: "Yes, this time" },
      {
        label: "Yes, and don't ask again for this host in this session",
        keys: ["a"],
        decision: { kind: "acceptForSession" },
      },
      { ...NO_GO_ON, label: "No, and let the command go on without it" },
      NO,
    ],
  }),
  mcpToolCall: ({ server, tool, arguments: given, title, persist }) => ({
    question: `Allow the ${inOneLine(server)} MCP server to run tool "${
      inOneLine(tool)
    }"?`,
    details: [
      ...(title === undefined ? [] : [line(span(inOneLine(title), DIM))]),
      ...Object.entries(given).map(([name, value]) =>
        line(span(`${inOneLine(name)}: `, DIM), shortValue(value))
      ),
    ],
    summary: `Approval requested by ${inOneLine(server)}`,
    choices: [
      { ...YES, label: "Allow" },
      ...(persist.includes("session")
        ? [
          {
            label: "Allow for this session",
            keys: ["a"],
            decision: { kind: "acceptForSession" },
          } as const,
        ]
        : []),
      ...(persist.includes("always")
        ? [
          {
            label: "Always allow",
            keys: ["p"],
            decision: { kind: "acceptAlways" },
          } as const,
        ]
        : []),
      { ...NO_GO_ON, label: "No, and let Codex go on without it" },
      { ...NO, label: "Cancel" },
    ],
  }),
};

const VALUE_LENGTH_MAX = 400;

function shortValue(value: unknown): string {
  const plain = inOneLine(
    typeof value === "string" ? value : JSON.stringify(value),
  );
  return plain.length <= VALUE_LENGTH_MAX
    ? plain
    : `${plain.slice(0, VALUE_LENGTH_MAX)}…`;
}

function permissions(
  { requestId, permissions: wanted, reason }: Extract<
    AskEvent,
    { type: "permissionsRequested" }
  >,
  { answer, keymap, from }: AskContext,
): Overlay {
  const grant = (granted: Permissions, scope: GrantScope) =>
    answer({
      type: "permissions",
      requestId,
      grant: { permissions: granted, scope },
    });
  const deny = grant(NO_PERMISSIONS, "turn");
  return {
    summary: "Approval requested: more permissions",
    pane: listPane({
      name: `ask:${requestId}`,
      title: [
        line(span(
          asker("Would you like to grant these permissions?", from),
          BOLD,
        )),
        ...reasonLines(reason),
        EMPTY_LINE,
        ...wanted.write.map((path) =>
          line(span("write ", DIM), inOneLine(path))
        ),
        ...wanted.read.map((path) => line(span("read ", DIM), inOneLine(path))),
        ...(wanted.network ? [line(span("network", DIM))] : []),
      ],
      items: [
        {
          label: "Yes, for this turn",
          keys: ["y"],
          mark: "(y)",
          choose: grant(wanted, "turn"),
        },
        {
          label: "Yes, for this session",
          keys: ["a"],
          mark: "(a)",
          choose: grant(wanted, "session"),
        },
        {
          label: "No, go on without them",
          keys: ["n"],
          mark: "(n)",
          choose: deny,
        },
      ],
      footer: "Press enter to confirm or esc to deny",
      keymap,
      onCancel: deny,
    }),
  };
}
