/**
 * What a thread asks, as requests to its clients, and their answers as ops. Pure. An
 * answer nobody can read counts as a no.
 */
import { commandActions } from "@/exec-policy/actions.ts";
import { decode } from "@/protocol/decode.ts";
import type { ApprovalSubject, ThreadEvent } from "@/protocol/events.ts";
import type { ThreadId, TurnId } from "@/protocol/ids.ts";
import type { ApprovalDecision, Op } from "@/protocol/ops.ts";
import type { Permissions } from "@/protocol/permissions.ts";
import {
  type RequestParams,
  type RequestResult,
  SERVER_REQUESTS,
  type ServerRequestMethod,
} from "@/protocol/rpc/server_requests.ts";
import { quoteCommand } from "@/text/shell_quote.ts";

/** A request for clients, and what their answer means for the thread. */
export interface Question {
  readonly requestId: string;
  readonly method: ServerRequestMethod;
  readonly params: unknown;
  /** The op an answer stands for; undefined means that nobody answered properly. */
  answer(result: unknown): Op;
}

interface Place {
  readonly threadId: ThreadId;
  readonly turnId: TurnId;
}

/** The question an event asks; undefined for one that asks nothing. */
export function questionOf(
  event: ThreadEvent,
  place: Place,
): Question | undefined {
  switch (event.type) {
    case "approvalRequested":
      return approvalQuestion(event, place);
    case "userInputRequested":
      return question(event.requestId, "item/tool/requestUserInput", {
        ...place,
        itemId: event.itemId,
        questions: event.questions.map(({ options, ...rest }) => ({
          ...rest,
          options: options.map((option) => ({ ...option })),
          isOther: true,
          isSecret: false,
        })),
      }, (result) => ({
        type: "userAnswers",
        requestId: event.requestId,
        answers: result?.answers,
      }));
    case "permissionsRequested":
      return permissionQuestion(event, place);
    case "dynamicToolCalled":
      return question(event.requestId, "item/tool/call", {
        ...place,
        callId: event.itemId,
        tool: event.call.tool,
        namespace: event.call.namespace ?? null,
        arguments: event.call.arguments,
      }, (result) => ({
        type: "dynamicToolResult",
        requestId: event.requestId,
        result: {
          content: result?.contentItems ?? [],
          isSuccess: result?.success ?? false,
        },
      }));
    case "elicitationRequested":
      return elicitationQuestion(event, place);
    default:
      return undefined;
  }
}

/** One question, typed by its method. */
function question<M extends ServerRequestMethod>(
  requestId: string,
  method: M,
  params: RequestParams<M>,
  toOp: (result: RequestResult<M> | undefined) => Op,
): Question {
  return {
    requestId,
    method,
    params,
    answer(result) {
      const decoded = decode(SERVER_REQUESTS[method].result, result);
      // The schema is this method's, so what it gave is its result.
      return toOp(decoded.ok ? decoded.value as RequestResult<M> : undefined);
    },
  };
}

function approvalQuestion(
  event: Extract<ThreadEvent, { type: "approvalRequested" }>,
  place: Place,
): Question {
  const { requestId, itemId, subject } = event;
  const reason = event.reason ?? null;
  const toOp = (decision: ApprovalDecision | undefined): Op => ({
    type: "approval",
    requestId,
    decision: decision ?? { kind: "decline" },
  });
  switch (subject.kind) {
    case "command": {
      const command = quoteCommand(subject.command);
      return question(requestId, "item/commandExecution/requestApproval", {
        ...place,
        itemId,
        reason,
        command,
        cwd: subject.cwd,
        commandActions: [...commandActions(command, subject.cwd)],
        ...(subject.proposedPrefix === undefined
          ? {}
          : { proposedExecpolicyAmendment: [...subject.proposedPrefix] }),
      }, (result) => toOp(result && commandDecision(result.decision)));
    }
    case "patch":
      return question(requestId, "item/fileChange/requestApproval", {
        ...place,
        itemId,
        reason,
      }, (result) => toOp(result && { kind: result.decision }));
    case "network":
      return question(requestId, "item/commandExecution/requestApproval", {
        ...place,
        itemId,
        reason,
        command: subject.command,
        networkApprovalContext: {
          host: subject.host,
          protocol: subject.protocol,
        },
      }, (result) => toOp(result && commandDecision(result.decision)));
    case "mcpToolCall": {
      const { server, tool } = subject;
      return question(requestId, "mcpServer/elicitation/request", {
        ...place,
        serverName: server,
        mode: "form",
        message: `Allow the ${server} MCP server to run tool "${tool}"?`,
        requestedSchema: { type: "object", properties: {} },
        _meta: toolCallMeta(subject),
      }, (result) => toOp(result && mcpDecision(result)));
    }
  }
}

function commandDecision(
  decision: RequestResult<"item/commandExecution/requestApproval">["decision"],
): ApprovalDecision {
  if (typeof decision === "string") return { kind: decision };
  if ("acceptWithExecpolicyAmendment" in decision) {
    const { execpolicy_amendment: prefix } =
      decision.acceptWithExecpolicyAmendment;
    return { kind: "acceptWithAmendment", prefix };
  }
  const { action } =
    decision.applyNetworkPolicyAmendment.network_policy_amendment;
  return { kind: action === "allow" ? "acceptForSession" : "decline" };
}

/** What a client shows of the call; what is not known is left out, as by the reference. */
function toolCallMeta(
  subject: Extract<ApprovalSubject, { kind: "mcpToolCall" }>,
): Readonly<Record<string, unknown>> {
  const { persist, title, description } = subject;
  return {
    codex_approval_kind: "mcp_tool_call",
    ...(persist.length === 0 ? {} : { persist }),
    ...(title === undefined ? {} : { tool_title: title }),
    ...(description === undefined ? {} : { tool_description: description }),
    tool_params: subject.arguments,
    tool_params_display: Object.entries(subject.arguments).map((
      [name, value],
    ) => ({ name, value, display_name: name })),
  };
}

function mcpDecision(
  result: RequestResult<"mcpServer/elicitation/request">,
): ApprovalDecision {
  if (result.action !== "accept") return { kind: result.action };
  const meta = result._meta;
  const persist = typeof meta === "object" && meta !== null && "persist" in meta
    ? meta.persist
    : undefined;
  switch (persist) {
    case "session":
      return { kind: "acceptForSession" };
    case "always":
      return { kind: "acceptAlways" };
    default:
      return { kind: "accept" };
  }
}

function permissionQuestion(
  event: Extract<ThreadEvent, { type: "permissionsRequested" }>,
  place: Place,
): Question {
  const { requestId, permissions: asked } = event;
  return question(requestId, "item/permissions/requestApproval", {
    ...place,
    itemId: event.itemId,
    cwd: event.cwd,
    reason: event.reason ?? null,
    permissions: {
      ...(asked.read.length === 0 && asked.write.length === 0 ? {} : {
        fileSystem: { read: [...asked.read], write: [...asked.write] },
      }),
      ...(asked.network ? { network: { enabled: true } } : {}),
    },
  }, (result) => ({
    type: "permissions",
    requestId,
    grant: {
      permissions: grantedIn(result?.permissions),
      scope: result?.scope ?? "turn",
    },
  }));
}

function grantedIn(
  granted:
    | RequestResult<"item/permissions/requestApproval">["permissions"]
    | undefined,
): Permissions {
  return {
    read: granted?.fileSystem?.read ?? [],
    write: granted?.fileSystem?.write ?? [],
    network: granted?.network?.enabled ?? false,
  };
}

function elicitationQuestion(
  event: Extract<ThreadEvent, { type: "elicitationRequested" }>,
  { threadId }: Place,
): Question {
  const { requestId, server, elicitation, turnId } = event;
  const asked = { serverName: server, threadId, turnId: turnId ?? null };
  const meta = { _meta: elicitation.meta ?? null };
  const params = elicitation.mode === "url"
    ? {
      ...asked,
      mode: elicitation.mode,
      message: elicitation.message,
      url: elicitation.url,
      elicitationId: elicitation.elicitationId,
      ...meta,
    }
    : {
      ...asked,
      mode: elicitation.mode,
      message: elicitation.message,
      // The server's own schema; the client that shows it has to make sense of it.
      requestedSchema: elicitation.requestedSchema as never,
      ...meta,
    };
  return question(
    requestId,
    "mcpServer/elicitation/request",
    params,
    (result) => ({
      type: "elicitation",
      requestId,
      answer: result === undefined
        ? { action: "cancel" }
        : { action: result.action, content: result.content },
    }),
  );
}
