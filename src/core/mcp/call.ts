/** One call of a server's tool: decided about, shown while it runs, timed. */
import type { CallAnswer } from "@/mcp/server.ts";
import type { Clock } from "@/platform/platform.ts";
import type { McpToolCallThreadItem } from "@/protocol/items.ts";
import type { McpCall, McpOutcome } from "@/tools/tool.ts";
import type { ServerCallPorts } from "../server_tools.ts";
import { mcpRequirement } from "./requirement.ts";
import type { KnownTool } from "./server_tools.ts";

export type CallPorts = ServerCallPorts & { readonly clock: Clock };

/** As the reference says it, whoever or whatever said no. */
const REFUSED = "user cancelled MCP tool call";

/** Calls the tool if it may be called, and shows it as an item either way. */
export async function callMcpTool(
  ports: CallPorts,
  known: KnownTool | undefined,
  call: McpCall,
  signal: AbortSignal,
): Promise<McpOutcome> {
  return await showCall(ports, call, signal, async () => {
    if (known === undefined || !isAllowed(ports, known)) {
      return { kind: "error", message: REFUSED };
    }
    const answer = await known.server.call({
      tool: call.tool,
      arguments: call.arguments,
      meta: {
        threadId: ports.threadId,
        "x-codex-turn-metadata": ports.turnMetadata(),
      },
    }, signal);
    return answer.kind === "error"
      ? { kind: "error", message: `tool call error: ${answer.message}` }
      : answer;
  });
}

function isAllowed({ settings }: CallPorts, known: KnownTool): boolean {
  const requirement = mcpRequirement({
    mode: known.mode,
    hints: known.tool.hints,
    approval: settings.approvalPolicy,
    sandbox: settings.sandboxPolicy,
  });
  // Asking has no form of its own yet, so what would be asked about is not done.
  return requirement === "run";
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
