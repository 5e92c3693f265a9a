/** Reads the tools a server lists, page by page, and passes over what is no tool. */
import type { Client } from "@modelcontextprotocol/client";
import * as v from "valibot";
import { isMethodNotFound } from "./failures.ts";
import type { McpTool } from "./server.ts";

/** A list that never ends is no list. */
const PAGES_MAX = 64;
/** More tools than any honest server has; each costs words in an index at least. */
const TOOLS_MAX = 5_000;

// Loose on purpose: one odd tool must not cost the others.
const ToolPage = v.object({
  tools: v.array(v.unknown()),
  nextCursor: v.nullish(v.string()),
});

const hint = v.fallback(v.optional(v.boolean()), undefined);

const DeclaredTool = v.object({
  name: v.string(),
  title: v.fallback(v.optional(v.string()), undefined),
  description: v.fallback(v.optional(v.string(), ""), ""),
  inputSchema: v.optional(v.unknown()),
  annotations: v.fallback(
    v.optional(
      v.object({
        readOnlyHint: hint,
        destructiveHint: hint,
        openWorldHint: hint,
      }),
      {},
    ),
    {},
  ),
});

export interface RequestOptions {
  readonly timeout: number;
  readonly signal: AbortSignal;
}

/** Every tool; none of a server that has no tools at all. */
export async function listTools(
  client: Client,
  options: RequestOptions,
): Promise<readonly McpTool[]> {
  const tools: McpTool[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < PAGES_MAX; page++) {
    const answer = await client.request(
      {
        method: "tools/list",
        params: cursor === undefined ? {} : { cursor },
      },
      ToolPage,
      { ...options, onprogress: ignoreProgress },
    ).catch((error: unknown) => {
      if (isMethodNotFound(error)) return { tools: [] };
      throw error;
    });
    tools.push(...answer.tools.flatMap(toolOf));
    const next = "nextCursor" in answer
      ? answer.nextCursor ?? undefined
      : undefined;
    if (next === undefined || next === cursor) break;
    if (tools.length >= TOOLS_MAX) break;
    cursor = next;
  }
  return tools.slice(0, TOOLS_MAX);
}

/** Asking for progress gives every request a token, as servers expect of this client. */
export function ignoreProgress(): void {}

function toolOf(value: unknown): readonly McpTool[] {
  const parsed = v.safeParse(DeclaredTool, value);
  if (!parsed.success) return [];
  const { name, title, description, inputSchema, annotations } = parsed.output;
  return [{
    name,
    title,
    description,
    inputSchema,
    hints: annotations,
    declaration: value,
  }];
}
