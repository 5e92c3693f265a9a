/**
 * Runs the calls of one model response: parallel-safe neighbours together, the rest
 * one by one, and gives one output for every call, in the order of the calls, whatever
 * happens to them.
 */
import type { Clock } from "@/platform/platform.ts";
import {
  type OutputBody,
  outputFor,
  type ResponseItem,
  type ToolCallItem,
} from "@/protocol/response_items.ts";
import type { AroundCalls } from "./hooked_call.ts";
import { truncateMiddle } from "@/text/truncate.ts";
import { findTool } from "@/tools/registry.ts";
import {
  type CallableTool,
  failed,
  type ToolContext,
  type ToolOutcome,
  type ToolSettings,
} from "@/tools/tool.ts";

export interface BatchPorts {
  readonly clock: Clock;
  readonly allowParallel: boolean;
  readonly tools: ToolSettings;
  /** The tool of an MCP server, or of the client, a call names. */
  findOtherTool(call: ToolCallItem): CallableTool | undefined;
  readonly truncation: {
    readonly mode: "bytes" | "tokens";
    readonly limit: number;
  };
  contextFor(call: ToolCallItem): ToolContext;
  /** Around every call hooks have a say in; undefined when there are no hooks. */
  readonly hooks: AroundCalls | undefined;
}

/** The history keeps a little more than the model's own limit, as the reference does. */
const TRUNCATION_SLACK = 1.2;

/** One output for every call, then the notes tools added. */
export async function runToolBatch(
  ports: BatchPorts,
  calls: readonly ToolCallItem[],
  signal: AbortSignal,
): Promise<readonly ResponseItem[]> {
  const outcomes: ToolOutcome[] = [];
  for (const group of groupCalls(calls, ports)) {
    outcomes.push(
      ...await Promise.all(group.map((call) => runCall(ports, call, signal))),
    );
  }
  const outputs = calls.map((call, index) => {
    const outcome = outcomes[index];
    return outputFor(
      call,
      truncateOutput(outcome?.output ?? "aborted", ports.truncation),
      outcome?.tools,
    );
  });
  return [...outputs, ...outcomes.flatMap((outcome) => outcome.notes ?? [])];
}

/** Neighbouring calls that may run together. */
export function groupCalls(
  calls: readonly ToolCallItem[],
  ports: Pick<BatchPorts, "allowParallel" | "tools" | "findOtherTool">,
): readonly (readonly ToolCallItem[])[] {
  const groups: ToolCallItem[][] = [];
  let isOpen = false;
  for (const call of calls) {
    const isParallel = ports.allowParallel &&
      calledTool(ports, call)?.parallel === true;
    if (isParallel && isOpen) groups.at(-1)?.push(call);
    else groups.push([call]);
    isOpen = isParallel;
  }
  return groups;
}

async function runCall(
  ports: BatchPorts,
  call: ToolCallItem,
  signal: AbortSignal,
): Promise<ToolOutcome> {
  const started = ports.clock.monotonic();
  if (signal.aborted) return abortedOutcome(0);
  const tool = calledTool(ports, call);
  if (tool === undefined) return failed(`unsupported call: ${fullName(call)}`);
  try {
    const input = callInput(call);
    const run = () => tool.call(input, ports.contextFor(call), signal);
    const hooked = ports.hooks && tool.hooked?.(input);
    return ports.hooks === undefined || hooked === undefined
      ? await run()
      : await ports.hooks.run({ ...hooked, id: call.call_id }, run, signal);
  } catch (error) {
    if (!signal.aborted) throw error;
    return abortedOutcome(ports.clock.monotonic() - started);
  }
}

/** The tool a call names: ours first, so that nobody takes the place of one. */
function calledTool(
  ports: Pick<BatchPorts, "tools" | "findOtherTool">,
  call: ToolCallItem,
): CallableTool | undefined {
  const isOurs = namespaceOf(call) === "" && call.type !== "tool_search_call";
  const own = isOurs ? findTool(callName(call), ports.tools) : undefined;
  return own ?? ports.findOtherTool(call);
}

function fullName(call: ToolCallItem): string {
  return namespaceOf(call) + callName(call);
}

function namespaceOf(call: ToolCallItem): string {
  return call.type === "function_call" ? call.namespace ?? "" : "";
}

function abortedOutcome(afterMs: number): ToolOutcome {
  return failed(`aborted by user after ${(afterMs / 1000).toFixed(1)}s`);
}

function callName(call: ToolCallItem): string {
  switch (call.type) {
    case "local_shell_call":
      return "local_shell";
    case "tool_search_call":
      return "tool_search";
    default:
      return call.name;
  }
}

function callInput(call: ToolCallItem): string {
  switch (call.type) {
    case "function_call":
      return call.arguments;
    case "custom_tool_call":
      return call.input;
    case "tool_search_call":
      return JSON.stringify(call.arguments ?? {});
    case "local_shell_call":
      return JSON.stringify({
        command: call.action.command,
        workdir: call.action.working_directory ?? undefined,
        timeout_ms: call.action.timeout_ms ?? undefined,
      });
  }
}

function truncateOutput(
  output: OutputBody,
  policy: BatchPorts["truncation"],
): OutputBody {
  const max = Math.floor(policy.limit * TRUNCATION_SLACK);
  const cut = (text: string) =>
    truncateMiddle(text, { unit: policy.mode, max });
  if (typeof output === "string") return cut(output);
  return output.map((part) =>
    part.type === "input_image"
      ? part
      : { type: part.type, text: cut(part.text) }
  );
}
