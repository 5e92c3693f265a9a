/**
 * What a thread asks, as elicitations of its client, and their answers as ops. Pure.
 * Only an answer that says yes allows anything: one that nobody can read, and none at
 * all, count as a no.
 */
import { decode } from "@/protocol/decode.ts";
import type {
  ApprovalSubject,
  McpElicitation,
  ThreadEvent,
} from "@/protocol/events.ts";
import { ElicitationResult, ReviewDecision } from "@/protocol/mcp_server.ts";
import type {
  ApprovalDecision,
  ElicitationAnswer,
  Op,
} from "@/protocol/ops.ts";
import { NO_PERMISSIONS, type Permissions } from "@/protocol/permissions.ts";
import type { UserQuestion } from "@/protocol/questions.ts";
import { quoteCommand } from "@/text/shell_quote.ts";
import { legacyChanges, parsedCommand } from "./wire.ts";

export interface Question {
  readonly requestId: string;
  /** Clients may take forms, addresses to open, both or neither. */
  readonly mode: McpElicitation["mode"];
  readonly params: Readonly<Record<string, unknown>> & {
    readonly message: string;
  };
  /** The op an answer stands for; undefined means that nobody could be asked. */
  answer(result: unknown): Op;
}

/** What every question says of where it comes from. */
export interface Place {
  readonly threadId: string;
  /** The id of the client's call, as text. */
  readonly callId: string;
  /** The id the events of the call carry. */
  readonly eventId: string;
}

/** The question an event asks; undefined for one that asks nothing. */
export function questionOf(
  event: ThreadEvent,
  place: Place,
): Question | undefined {
  switch (event.type) {
    case "approvalRequested":
      return approvalQuestion(event, place);
    case "permissionsRequested":
      return permissionQuestion(event, place);
    case "elicitationRequested":
      return serverQuestion(event, place);
    case "userInputRequested":
      return userQuestion(event, place);
    default:
      return undefined;
  }
}

/** A form without fields: the answer is yes or no. */
const YES_OR_NO = { type: "object", properties: {} };

function codexFields(kind: string, itemId: string, place: Place) {
  return {
    requestedSchema: YES_OR_NO,
    threadId: place.threadId,
    codex_elicitation: kind,
    codex_mcp_tool_call_id: place.callId,
    codex_event_id: place.eventId,
    codex_call_id: itemId,
  };
}

function approvalQuestion(
  event: Extract<ThreadEvent, { type: "approvalRequested" }>,
  place: Place,
): Question {
  const { requestId, itemId, subject, reason } = event;
  const { kind, message, fields } = asked(subject);
  return {
    requestId,
    mode: "form",
    params: {
      message: reason === undefined ? message : `${message}\n${reason}`,
      ...codexFields(kind, itemId, place),
      ...fields,
    },
    answer: (result) => ({
      type: "approval",
      requestId,
      decision: decisionIn(result),
    }),
  };
}

interface Asked {
  readonly kind: string;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

function asked(subject: ApprovalSubject): Asked {
  switch (subject.kind) {
    case "command": {
      const command = quoteCommand(subject.command);
      return {
        kind: "exec-approval",
        message: `Allow Codex to run \`${command}\` in \`${subject.cwd}\`?`,
        fields: {
          codex_command: subject.command,
          codex_cwd: subject.cwd,
          codex_parsed_cmd: parsedCommand(command, subject.cwd),
        },
      };
    }
    case "patch":
      return {
        kind: "patch-approval",
        message: "Allow Codex to apply proposed code changes?",
        fields: { codex_changes: legacyChanges(subject.changes) },
      };
    case "network": {
      const host = `${subject.protocol}://${subject.host}:${subject.port}`;
      return {
        kind: "network-approval",
        message: `Allow Codex to reach ${host} for \`${subject.command}\`?`,
        fields: { codex_host: host },
      };
    }
    case "mcpToolCall":
      return {
        kind: "mcp-tool-approval",
        message:
          `Allow the ${subject.server} MCP server to run tool "${subject.tool}"?`,
        fields: {
          codex_server: subject.server,
          codex_tool: subject.tool,
          codex_arguments: subject.arguments,
        },
      };
  }
}

/**
 * Clients of Codex say `decision`; the others say only what the protocol knows. An
 * `action` that is no acceptance overrules a decision.
 */
function decisionIn(result: unknown): ApprovalDecision {
  const decoded = decode(ElicitationResult, result);
  if (!decoded.ok) return { kind: "decline" };
  const { action, decision } = decoded.value;
  if (decision === undefined) return actionDecision(action);
  const read = decode(ReviewDecision, decision);
  if (!read.ok || (action !== undefined && action !== "accept")) {
    return { kind: decision === "abort" ? "cancel" : "decline" };
  }
  return reviewDecision(read.value);
}

function actionDecision(action: unknown): ApprovalDecision {
  switch (action) {
    case "accept":
      return { kind: "accept" };
    case "cancel":
      return { kind: "cancel" };
    default:
      return { kind: "decline" };
  }
}

function reviewDecision(decision: ReviewDecision): ApprovalDecision {
  switch (decision) {
    case "approved":
      return { kind: "accept" };
    case "approved_for_session":
      return { kind: "acceptForSession" };
    case "denied":
      return { kind: "decline" };
    case "abort":
      return { kind: "cancel" };
    default: {
      const { proposed_execpolicy_amendment: prefix } =
        decision.approved_execpolicy_amendment;
      return { kind: "acceptWithAmendment", prefix };
    }
  }
}

function permissionQuestion(
  event: Extract<ThreadEvent, { type: "permissionsRequested" }>,
  place: Place,
): Question {
  const { requestId, itemId, permissions, reason } = event;
  const message = `Allow Codex ${permissionWords(permissions)}?`;
  return {
    requestId,
    mode: "form",
    params: {
      message: reason === undefined ? message : `${message}\n${reason}`,
      ...codexFields("permission-approval", itemId, place),
      codex_cwd: event.cwd,
      codex_permissions: permissions,
    },
    answer(result) {
      const { kind } = decisionIn(result);
      const isGranted = kind === "accept" || kind === "acceptForSession";
      return {
        type: "permissions",
        requestId,
        grant: {
          permissions: isGranted ? permissions : NO_PERMISSIONS,
          scope: kind === "acceptForSession" ? "session" : "turn",
        },
      };
    },
  };
}

function permissionWords({ read, write, network }: Permissions): string {
  return [
    ...(write.length === 0 ? [] : [`to write in ${write.join(", ")}`]),
    ...(read.length === 0 ? [] : [`to read in ${read.join(", ")}`]),
    ...(network ? ["to use the network"] : []),
  ].join(", ");
}

/** Passes on what a server of this thread asks, as it asks it. */
function serverQuestion(
  event: Extract<ThreadEvent, { type: "elicitationRequested" }>,
  { threadId }: Place,
): Question {
  const { requestId, server, elicitation } = event;
  const { meta, ...question } = elicitation;
  return {
    requestId,
    mode: elicitation.mode,
    params: {
      ...question,
      message: `${server}: ${elicitation.message}`,
      threadId,
      ...(meta === undefined ? {} : { _meta: meta }),
    },
    answer: (result) => ({
      type: "elicitation",
      requestId,
      answer: answerIn(result),
    }),
  };
}

function answerIn(result: unknown): ElicitationAnswer {
  const decoded = decode(ElicitationResult, result);
  if (!decoded.ok) return { action: "cancel" };
  const { action, content } = decoded.value;
  switch (action) {
    case "accept":
      return { action, content };
    case "decline":
      return { action };
    default:
      return { action: "cancel" };
  }
}

function userQuestion(
  event: Extract<ThreadEvent, { type: "userInputRequested" }>,
  { threadId }: Place,
): Question {
  const { requestId, questions } = event;
  return {
    requestId,
    mode: "form",
    params: {
      message: questions.map(({ question }) => question).join("\n"),
      requestedSchema: {
        type: "object",
        properties: Object.fromEntries(
          questions.map((question) => [question.id, field(question)]),
        ),
      },
      threadId,
    },
    answer(result) {
      const { action, content } = answerIn(result);
      if (action !== "accept" || typeof content !== "object") {
        return { type: "userAnswers", requestId, answers: undefined };
      }
      const given = new Map(Object.entries(content ?? {}));
      const answers = questions.flatMap(({ id }) => {
        const answer: unknown = given.get(id);
        return typeof answer === "string"
          ? [[id, { answers: [answer] }] as const]
          : [];
      });
      return {
        type: "userAnswers",
        requestId,
        answers: Object.fromEntries(answers),
      };
    },
  };
}

/** The user may choose, or write something else. */
function field({ header, question, options }: UserQuestion) {
  const choices = options.map(({ label, description }) =>
    `${label}: ${description}`
  );
  return {
    type: "string",
    title: header,
    description: [question, ...choices].join("\n"),
  };
}
