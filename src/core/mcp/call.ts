/** One call of a server's tool: decided about, shown while it runs, timed. */
import type { CallAnswer } from "@/mcp/server.ts";
import type { Clock } from "@/platform/platform.ts";
import type { McpToolCallThreadItem } from "@/protocol/items.ts";
import type { McpCall, McpOutcome } from "@/tools/tool.ts";
import type { ServerCallPorts } from "../server_tools.ts";
import { type ApprovalPorts, clearCall } from "./approval.ts";
import type { Elicitations } from "./elicitations.ts";
import { ProgressRelay } from "./progress.ts";
import type { KnownTool } from "./server_tools.ts";

export type CallPorts = ServerCallPorts & ApprovalPorts & {
  readonly clock: Clock;
  readonly elicitations: Elicitations;
};

/** Calls the tool if it may be called, and shows it as an item either way. */
export async function callMcpTool(
  ports: CallPorts,
  known: KnownTool | undefined,
  call: McpCall,
  signal: AbortSignal,
): Promise<McpOutcome> {
  return await showCall(ports, call, signal, async () => {
    if (known === undefined) {
      // Gone since the model was told of it.
      return {
        kind: "error",
        message: `unknown tool ${call.server}/${call.tool}`,
      };
    }
    const clearance = await clearCall(ports, known, call, signal);
    if (clearance.kind === "refused") {
      return { kind: "error", message: clearance.message };
    }
    const answer = await send(ports, known, call, signal);
    for (const message of known.server.takeNotices()) {
      await ports.emit({ type: "warning", message });
    }
    return answer.kind === "error"
      ? { kind: "error", message: `tool call error: ${answer.message}` }
      : answer;
  });
}

async function send(
  ports: CallPorts,
  known: KnownTool,
  call: McpCall,
  signal: AbortSignal,
): Promise<CallAnswer> {
  const { turnId, itemId, settings, elicitations } = ports;
  const progress = new ProgressRelay((message) =>
    ports.emit({ type: "mcpToolCallProgress", turnId, itemId, message })
  );
  // Questions the server asks for this call end with it, however it ends.
  const calling = new AbortController();
  const asker = {
    turnId,
    approvalPolicy: settings.approvalPolicy,
    signal: AbortSignal.any([signal, calling.signal]),
  };
  try {
    return await elicitations.during(
      call.server,
      asker,
      () =>
        known.server.call({
          tool: call.tool,
          arguments: call.arguments,
          meta: {
            threadId: ports.threadId,
            "x-codex-turn-metadata": ports.turnMetadata(),
          },
          onProgress: (message) => progress.take(message),
        }, signal),
    );
  } finally {
    calling.abort(new CallEnded("The call has ended"));
    await progress.end();
  }
}

class CallEnded extends Error {
  override readonly name = "CallEnded";
}

/** Runs a call as an item: started, then completed however it ends. */
export async function showCall(
  ports: CallPorts,
  call: McpCall,
  signal: AbortSignal,
  run: () => Promise<CallAnswer>,
): Promise<McpOutcome> {
  const { turnId, itemId, clock } = ports;
  const started = clock.monotonic();
  const item = {
    type: "mcpToolCall",
    id: itemId,
    server: call.server,
    tool: call.tool,
    arguments: call.arguments ?? {},
  } as const;
  const emit = (
    type: "itemStarted" | "itemCompleted",
    rest: Pick<McpToolCallThreadItem, "status" | "result" | "error">,
  ) => {
    const time = type === "itemStarted"
      ? {}
      : { durationMs: Math.round(clock.monotonic() - started) };
    return ports.emit({ type, turnId, item: { ...item, ...rest, ...time } });
  };
  await emit("itemStarted", { status: "inProgress" });
  try {
    const answer = await run();
    await emit("itemCompleted", endOf(answer));
    return { ...answer, wallMs: clock.monotonic() - started };
  } catch (error) {
    if (!signal.aborted) throw error;
    const failure = { message: "aborted" };
    await emit("itemCompleted", { status: "failed", error: failure });
    throw error;
  }
}

function endOf(
  answer: CallAnswer,
): Pick<McpToolCallThreadItem, "status" | "result" | "error"> {
  if (answer.kind === "error") {
    return { status: "failed", error: { message: answer.message } };
  }
  const { content, structuredContent } = answer;
  return {
    status: answer.isError ? "failed" : "completed",
    result: structuredContent === undefined
      ? { content }
      : { content, structuredContent },
  };
}
