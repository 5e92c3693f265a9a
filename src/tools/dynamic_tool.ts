/** A tool a client brought: its arguments and its work are the client's business. */
import { contentPart, type DynamicToolSpec } from "@/protocol/dynamic_tools.ts";
import { type CallableTool, failed } from "./tool.ts";

/** The tool, as something that can be called. */
export function dynamicTool(
  { name, namespace }: DynamicToolSpec,
): CallableTool {
  const tool = {
    tool: name,
    ...(namespace === undefined ? {} : { namespace }),
  };
  return {
    parallel: false,
    async call(input, context, signal) {
      const args = readArguments(input);
      if (!args.ok) return failed(args.problem);
      const call = { ...tool, arguments: args.value };
      const { content, isSuccess } = await context.callDynamicTool(
        call,
        signal,
      );
      return {
        kind: isSuccess ? "ok" : "failed",
        output: content.map(contentPart),
      };
    },
  };
}

function readArguments(
  input: string,
):
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly problem: string } {
  try {
    return { ok: true, value: JSON.parse(input === "" ? "{}" : input) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return {
      ok: false,
      problem: `failed to parse function arguments: ${reason}`,
    };
  }
}
