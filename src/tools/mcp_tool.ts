/** A tool of an MCP server: its arguments are the server's business, not ours. */
import type { ContentPart, OutputBody } from "@/protocol/response_items.ts";
import type { CallableTool, McpOutcome, ToolOutcome } from "./tool.ts";

export interface ServerToolName {
  readonly server: string;
  /** As the server calls it. */
  readonly tool: string;
}

/** The tool, as something that can be called. */
export function serverTool(
  name: ServerToolName,
  options: {
    readonly parallel: boolean;
    /** The name by which hooks match it. */
    readonly hookName: string;
  },
): CallableTool {
  return {
    parallel: options.parallel,
    hooked(input) {
      const args = readArguments(input);
      return args.kind === "bad"
        ? undefined
        : { name: options.hookName, input: args.value ?? {} };
    },
    async call(input, context, signal) {
      const args = readArguments(input);
      if (args.kind === "bad") {
        return report({ kind: "error", message: args.problem, wallMs: 0 });
      }
      const call = { ...name, arguments: args.value };
      return report(await context.callMcpTool(call, signal));
    },
  };
}

type Arguments =
  | {
    readonly kind: "ok";
    readonly value: Readonly<Record<string, unknown>> | undefined;
  }
  | { readonly kind: "bad"; readonly problem: string };

function readArguments(input: string): Arguments {
  if (input.trim() === "") return { kind: "ok", value: undefined };
  try {
    const value: unknown = JSON.parse(input);
    if (value === null) return { kind: "ok", value: undefined };
    if (typeof value === "object" && !Array.isArray(value)) {
      // An object that is no array has names for keys.
      return { kind: "ok", value: value as Record<string, unknown> };
    }
    return { kind: "bad", problem: "err: the arguments are not an object" };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { kind: "bad", problem: `err: ${reason}` };
  }
}

function report(outcome: McpOutcome): ToolOutcome {
  const head = `Wall time: ${
    (outcome.wallMs / 1000).toFixed(4)
  } seconds\nOutput:`;
  if (outcome.kind === "error") {
    const content = [{ type: "text", text: outcome.message }];
    return { kind: "failed", output: `${head}\n${JSON.stringify(content)}` };
  }
  return {
    kind: outcome.isError ? "failed" : "ok",
    output: resultOutput(head, outcome),
    response: {
      content: outcome.content,
      ...(outcome.structuredContent === undefined
        ? {}
        : { structuredContent: outcome.structuredContent }),
      ...(outcome.isError ? { isError: true } : {}),
    },
  };
}

/** Parts when there are images to see, else the JSON of what the server gave. */
function resultOutput(
  head: string,
  { content, structuredContent }: Extract<McpOutcome, { kind: "result" }>,
): OutputBody {
  if (structuredContent !== undefined && structuredContent !== null) {
    return `${head}\n${JSON.stringify(structuredContent)}`;
  }
  const parts = content.map(partOf);
  if (!parts.some((part) => part.type === "input_image")) {
    return `${head}\n${JSON.stringify(content)}`;
  }
  return [{ type: "input_text", text: head }, ...parts];
}

function partOf(block: unknown): ContentPart {
  const fields = typeof block === "object" && block !== null
    ? block as Readonly<Record<string, unknown>>
    : {};
  const { type, text, data, mimeType } = fields;
  if (type === "text" && typeof text === "string") {
    return { type: "input_text", text };
  }
  if (type === "image" && typeof data === "string") {
    return {
      type: "input_image",
      image_url: data.startsWith("data:")
        ? data
        : `data:${mimeType ?? "application/octet-stream"};base64,${data}`,
      detail: "high",
    };
  }
  return { type: "input_text", text: JSON.stringify(block) };
}
