/** The powers of one call: each is a short way to the part of the agent that has it. */
import type { Config } from "@/config/config.ts";
import { resolvePath } from "@/platform/paths.ts";
import type { Platform } from "@/platform/platform.ts";
import type {
  DynamicToolCall,
  DynamicToolResult,
} from "@/protocol/dynamic_tools.ts";
import type { ThreadEvent } from "@/protocol/events.ts";
import type { TurnId } from "@/protocol/ids.ts";
import {
  grantedOf,
  NO_PERMISSIONS,
  type PermissionGrant,
  type Permissions,
} from "@/protocol/permissions.ts";
import type { TurnDiff } from "@/patch/turn_diff.ts";
import type { WriteCheck } from "@/sandbox/writable.ts";
import type { ToolContext } from "@/tools/tool.ts";
import { mayAskForPermissions } from "./approvals/grants.ts";
import { type GuardPorts, runGuarded } from "./approvals/guarded_exec.ts";
import { loadImage } from "./images.ts";
import { applyPatchGuarded } from "./patching.ts";
import type { ServerTools } from "./server_tools.ts";
import type { ThreadAgents } from "./thread_agents.ts";
import type {
  DynamicCalls,
  PermissionQuestions,
  UserQuestions,
} from "./turn_environment.ts";

export interface ContextPorts {
  readonly platform: Platform;
  readonly config: Config;
  readonly guard: GuardPorts;
  readonly writeCheck: WriteCheck;
  readonly turnDiff: TurnDiff;
  readonly turnId: TurnId;
  readonly shell: string;
  readonly serverTools: ServerTools;
  readonly agents: ThreadAgents;
  readonly questions: UserQuestions;
  readonly permissions: PermissionQuestions;
  readonly dynamicCalls: DynamicCalls;
  /** From now on, commands run with what was granted. */
  grant(grant: PermissionGrant): void;
  /** Who asks, for MCP servers that want to know. */
  turnMetadata(): unknown;
  emit(event: ThreadEvent): Promise<void>;
}

/** The context of the call with that id. */
export function createToolContext(
  ports: ContextPorts,
  callId: string,
): ToolContext {
  const { platform, guard, turnId } = ports;
  const isPlanning = guard.settings.mode.kind === "plan";
  return {
    ...ports.serverTools.powers({
      threadId: guard.threadId,
      turnId,
      itemId: callId,
      settings: guard.settings,
      broker: guard.broker,
      turnMetadata: ports.turnMetadata,
      emit: ports.emit,
    }),
    agents: ports.agents.powers({
      turnId,
      itemId: callId,
      settings: guard.settings,
    }),
    shell: ports.shell,
    allowLoginShell: ports.config.allowLoginShell,
    longestPollMs: ports.config.backgroundTerminalMaxTimeoutMs,
    outputLimit: {
      unit: guard.settings.truncation.mode,
      max: guard.settings.truncation.limit,
    },
    originalImageDetail: guard.settings.tools.originalImageDetail,
    startCommand: (request, signal) =>
      runGuarded(guard, { turnId, itemId: callId, request }, signal),
    async writeStdin({ sessionId, chars, yieldMs }, signal) {
      const session = guard.sessions.get(sessionId);
      if (session === undefined) {
        return { kind: "refused", text: `Unknown process id ${sessionId}` };
      }
      if (chars !== "" && !session.acceptsInput) {
        return { kind: "refused", text: STDIN_CLOSED };
      }
      await session.write(chars, turnId);
      return await guard.sessions.collect(session, yieldMs, signal);
    },
    applyPatch: (request, signal) =>
      applyPatchGuarded(
        {
          settings: guard.settings,
          tmpdir: platform.env.get("TMPDIR"),
          files: platform.files,
          clock: platform.clock,
          writeCheck: ports.writeCheck,
          sandbox: guard.sandbox,
          broker: guard.broker,
          turnDiff: ports.turnDiff,
          emit: ports.emit,
        },
        { turnId, itemId: callId, ...request },
        signal,
      ),
    mayAskUser: isPlanning ||
      ports.config.features.default_mode_request_user_input,
    askUser: (questions, signal) =>
      ports.questions.ask(questions, (requestId) =>
        ports.emit({
          type: "userInputRequested",
          requestId,
          turnId,
          itemId: callId,
          questions,
        }), signal),
    callDynamicTool: (call, signal) =>
      callDynamicTool(ports, callId, call, signal),
    requestPermissions: (asked, reason, signal) =>
      requestPermissions(ports, callId, { asked, reason }, signal),
    isPlanning,
    async updatePlan(plan, explanation) {
      const words = explanation === undefined ? {} : { explanation };
      await ports.emit({ type: "planUpdated", turnId, plan, ...words });
    },
    readImage: (request) => readImage(ports, callId, request),
    chunkId: () =>
      [...platform.random.bytes(3)].map((byte) =>
        byte.toString(16).padStart(2, "0")
      ).join(""),
  };
}

/** Shows a call, lets the client run it, and shows what came of it. */
async function callDynamicTool(
  { platform, dynamicCalls, turnId, emit }: ContextPorts,
  itemId: string,
  call: DynamicToolCall,
  signal: AbortSignal,
): Promise<DynamicToolResult> {
  const started = platform.clock.monotonic();
  const item = { type: "dynamicToolCall" as const, id: itemId, ...call };
  const end = (result: DynamicToolResult) =>
    emit({
      type: "itemCompleted",
      turnId,
      item: {
        ...item,
        status: result.isSuccess ? "completed" : "failed",
        contentItems: result.content,
        success: result.isSuccess,
        durationMs: Math.round(platform.clock.monotonic() - started),
      },
    });
  await emit({
    type: "itemStarted",
    turnId,
    item: { ...item, status: "inProgress" },
  });
  try {
    const result = await dynamicCalls.ask(
      call,
      (requestId) =>
        emit({ type: "dynamicToolCalled", requestId, turnId, itemId, call }),
      signal,
    );
    await end(result);
    return result;
  } catch (error) {
    await end({ content: [], isSuccess: false });
    throw error;
  }
}

/** Asks where the policy lets it, and puts in force what was granted. */
async function requestPermissions(
  ports: ContextPorts,
  callId: string,
  { asked, reason }: {
    readonly asked: Permissions;
    readonly reason: string | undefined;
  },
  signal: AbortSignal,
): Promise<PermissionGrant> {
  const { cwd, approvalPolicy } = ports.guard.settings;
  if (!mayAskForPermissions(approvalPolicy)) {
    return { permissions: NO_PERMISSIONS, scope: "turn" };
  }
  const permissions: Permissions = {
    ...asked,
    read: asked.read.map((path) => resolvePath(cwd, path)),
    write: asked.write.map((path) => resolvePath(cwd, path)),
  };
  const answer = await ports.permissions.ask(
    permissions,
    (requestId) =>
      ports.emit({
        type: "permissionsRequested",
        requestId,
        turnId: ports.turnId,
        itemId: callId,
        cwd,
        permissions,
        ...(reason === undefined ? {} : { reason }),
      }),
    signal,
  );
  const grant: PermissionGrant = {
    permissions: grantedOf(permissions, answer.permissions),
    scope: answer.scope,
  };
  ports.grant(grant);
  return grant;
}

const STDIN_CLOSED =
  "stdin is closed for this session; rerun exec_command with tty=true to keep stdin open";

async function readImage(
  ports: ContextPorts,
  callId: string,
  request: Parameters<ToolContext["readImage"]>[0],
): ReturnType<ToolContext["readImage"]> {
  const absolute = resolvePath(ports.guard.settings.cwd, request.path);
  const image = await loadImage(ports.platform, absolute, request);
  switch (image.kind) {
    case "missing":
      return {
        kind: "failed",
        text: `unable to locate image at \`${absolute}\`: ${image.reason}`,
      };
    case "unsupported":
      return {
        kind: "failed",
        text:
          `unable to process image at \`${absolute}\`: unsupported image \`${image.mime}\``,
      };
    case "image": {
      const item = { type: "imageView" as const, id: callId, path: absolute };
      await ports.emit({ type: "itemStarted", turnId: ports.turnId, item });
      await ports.emit({ type: "itemCompleted", turnId: ports.turnId, item });
      return { kind: "image", dataUrl: image.dataUrl };
    }
  }
}
