/**
 * What a server asks of its client, as the event a thread asks by, and the op that
 * answers it as the answer the server waits for. Pure.
 */
import type { McpElicitation, ThreadEvent } from "@/protocol/events.ts";
import type { ApprovalDecision, Op } from "@/protocol/ops.ts";
import type {
  RequestParams,
  RequestResult,
  ServerRequestMethod,
} from "@/protocol/rpc/server_requests.ts";

/** A request whose parameters have been checked against its method. */
export type Asked = {
  [M in ServerRequestMethod]: {
    readonly method: M;
    readonly params: RequestParams<M>;
  };
}[ServerRequestMethod];

export interface RemoteQuestion {
  readonly event: ThreadEvent;
  /** The answer an op stands for. */
  answer(op: Op): unknown;
}

/** Undefined for what no thread of ours asks. */
export function remoteQuestion(
  { method, params }: Asked,
  requestId: string,
): RemoteQuestion | undefined {
  switch (method) {
    case "item/commandExecution/requestApproval":
      return commandQuestion(params, requestId);
    case "item/fileChange/requestApproval":
      return {
        event: {
          type: "approvalRequested",
          requestId,
          itemId: params.itemId,
          // What would change came with the item, a moment before.
          subject: { kind: "patch", paths: [], changes: [] },
          ...reasonOf(params.reason),
        },
        answer: (op) => ({
          decision: decisionWord(decisionOf(op)),
        } satisfies RequestResult<"item/fileChange/requestApproval">),
      };
    case "item/tool/requestUserInput":
      return {
        event: {
          type: "userInputRequested",
          requestId,
          turnId: params.turnId,
          itemId: params.itemId,
          questions: params.questions.map((one) => ({
            id: one.id,
            header: one.header,
            question: one.question,
            options: one.options ?? [],
          })),
        },
        answer: (op) => ({
          answers: op.type === "userAnswers" ? op.answers ?? {} : {},
        }),
      };
    case "item/permissions/requestApproval": {
      const { fileSystem, network } = params.permissions;
      return {
        event: {
          type: "permissionsRequested",
          requestId,
          turnId: params.turnId,
          itemId: params.itemId,
          cwd: params.cwd,
          permissions: {
            read: fileSystem?.read ?? [],
            write: fileSystem?.write ?? [],
            network: network?.enabled ?? false,
          },
          ...reasonOf(params.reason),
        },
        answer: permissionsAnswer,
      };
    }
    case "item/tool/call":
      return {
        event: {
          type: "dynamicToolCalled",
          requestId,
          turnId: params.turnId,
          itemId: params.callId,
          call: {
            tool: params.tool,
            arguments: params.arguments,
            ...(params.namespace == null
              ? {}
              : { namespace: params.namespace }),
          },
        },
        answer: (op) =>
          op.type === "dynamicToolResult"
            ? { contentItems: op.result.content, success: op.result.isSuccess }
            : { contentItems: [], success: false },
      };
    case "mcpServer/elicitation/request":
      return elicitationQuestion(params, requestId);
    default:
      return undefined;
  }
}

function commandQuestion(
  params: RequestParams<"item/commandExecution/requestApproval">,
  requestId: string,
): RemoteQuestion {
  const { command, networkApprovalContext: network, itemId } = params;
  const prefix = params.proposedExecpolicyAmendment;
  return {
    event: {
      type: "approvalRequested",
      requestId,
      itemId,
      subject: network == null
        ? {
          kind: "command",
          // The server quotes a command line; it is shown as that, in one piece.
          command: [command ?? ""],
          cwd: params.cwd ?? "",
          ...(prefix == null ? {} : { proposedPrefix: prefix }),
        }
        : {
          kind: "network",
          host: network.host,
          port: network.protocol === "http" ? 80 : 443,
          protocol: network.protocol === "http" ? "http" : "https",
          command: command ?? "",
        },
      ...reasonOf(params.reason),
    },
    answer(op) {
      const decision = decisionOf(op);
      return {
        decision: decision.kind === "acceptWithAmendment"
          ? {
            acceptWithExecpolicyAmendment: {
              execpolicy_amendment: [...decision.prefix],
            },
          }
          : decisionWord(decision),
      };
    },
  };
}

function elicitationQuestion(
  params: RequestParams<"mcpServer/elicitation/request">,
  requestId: string,
): RemoteQuestion {
  const elicitation: McpElicitation = params.mode === "url"
    ? {
      mode: "url",
      message: params.message,
      url: params.url,
      elicitationId: params.elicitationId,
    }
    : {
      mode: "form",
      message: params.message,
      requestedSchema: { ...params.requestedSchema },
    };
  const meta = params._meta;
  return {
    event: {
      type: "elicitationRequested",
      requestId,
      server: params.serverName,
      elicitation: typeof meta === "object" && meta !== null
        ? { ...elicitation, meta: { ...meta } }
        : elicitation,
      ...(params.turnId == null ? {} : { turnId: params.turnId }),
    },
    answer: (op) =>
      op.type === "elicitation"
        ? { action: op.answer.action, content: op.answer.content ?? null }
        : { action: "cancel", content: null },
  };
}

function permissionsAnswer(op: Op): unknown {
  const grant = op.type === "permissions" ? op.grant : undefined;
  const { read = [], write = [], network = false } = grant?.permissions ?? {};
  return {
    permissions: {
      ...(read.length + write.length === 0
        ? {}
        : { fileSystem: { read: [...read], write: [...write] } }),
      ...(network ? { network: { enabled: true } } : {}),
    },
    scope: grant?.scope ?? "turn",
  };
}

function decisionOf(op: Op): ApprovalDecision {
  return op.type === "approval" ? op.decision : { kind: "decline" };
}

/** A decision in the words every approval knows. */
function decisionWord({ kind }: ApprovalDecision) {
  switch (kind) {
    case "acceptWithAmendment":
      return "accept";
    case "acceptAlways":
      return "acceptForSession";
    default:
      return kind;
  }
}

function reasonOf(reason: string | null | undefined) {
  return reason == null ? {} : { reason };
}
