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
import type { Keymap } from "./input/keymap.ts";
import { elicitationPane } from "./panes/elicitation.ts";
import { type ListItem, listPane } from "./panes/list.ts";
import type { Pane } from "./panes/pane.ts";
import { questionsPane } from "./panes/questions.ts";
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
      return approval(event, { answer, keymap, from });
    case "permissionsRequested":
      return permissions(event, { answer, keymap, from });
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
}

function approval(
  { requestId, subject, reason }: Extract<
    AskEvent,
    { type: "approvalRequested" }
  >,
  { answer, keymap, from }: AskContext,
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
    }),
  };
}

function asker(question: string, from: string | undefined): string {
  return from === undefined ? question : `[${from}] ${question}`;
}

function reasonLines(reason: string | undefined): readonly Line[] {
  if (reason === undefined || reason === "") return [];
  const text = printable(reason, "plain").replace(/\s+/g, " ");
  return [EMPTY_LINE, line(span(`Reason: ${text}`, ITALIC))];
}

interface Choice {
  readonly label: string;
  readonly keys: readonly string[];
  readonly decision: ApprovalDecision;
}

interface SubjectWords {
  readonly question: string;
  readonly details: readonly Line[];
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
    details: [
      EMPTY_LINE,
      ...commandLines(shownCommand(command)),
      line(span(`in ${cwd}`, DIM)),
    ],
    summary: `Approval requested: ${shownCommand(command)}`,
    choices: [
      YES,
      ...(proposedPrefix === undefined ? [] : [
        {
          label: "Yes, and don't ask again for commands that start with `" +
            `${printable(quoteCommand(proposedPrefix), "plain")}\``,
          keys: ["p"],
          decision: { kind: "acceptWithAmendment", prefix: proposedPrefix },
        } as const,
      ]),
      NO_GO_ON,
      NO,
    ],
  }),
  patch: ({ paths }) => ({
    question: "Would you like to make the following edits?",
    details: [EMPTY_LINE, ...paths.map((path) => line(`  ${path}`))],
    summary: `Codex wants to edit ${
      paths.length === 1 ? paths[0] : `${paths.length} files`
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
    question: `Would you like to let this command reach ${host}?`,
    details: [
      EMPTY_LINE,
      line(`  ${protocol}://${host}:${port}`),
      ...commandLines(command),
    ],
    summary: `Approval requested: network access to ${host}`,
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
    question: `Allow the ${server} MCP server to run tool "${tool}"?`,
    details: [
      ...(title === undefined ? [] : [line(span(title, DIM))]),
      ...Object.entries(given).map(([name, value]) =>
        line(span(`${name}: `, DIM), shortValue(value))
      ),
    ],
    summary: `Approval requested by ${server}`,
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

/** The script of a shell, or the command as one would type it. */
export function shownCommand(argv: readonly string[]): string {
  const [, flag, script] = argv;
  const text =
    argv.length === 3 && /^-l?c$/.test(flag ?? "") && script !== undefined
      ? script
      : quoteCommand(argv);
  return printable(text, "plain");
}

/** Rows of a command that are shown in a question; the transcript has the rest. */
const COMMAND_ROWS_MAX = 20;

function commandLines(command: string): readonly Line[] {
  const rows = command.split("\n");
  const shown = rows.slice(0, COMMAND_ROWS_MAX).map((text, index) =>
    line(span(index === 0 ? "$ " : "  ", DIM), span(text))
  );
  return rows.length <= COMMAND_ROWS_MAX ? shown : [
    ...shown,
    line(span(`  … +${rows.length - COMMAND_ROWS_MAX} lines`, DIM)),
  ];
}

const VALUE_LENGTH_MAX = 400;

function shortValue(value: unknown): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  const plain = printable(text, "plain").replace(/\s+/g, " ");
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
        ...wanted.write.map((path) => line(span("write ", DIM), path)),
        ...wanted.read.map((path) => line(span("read ", DIM), path)),
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
