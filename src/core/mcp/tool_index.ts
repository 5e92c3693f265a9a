/** The index behind the search for servers' tools: what is known of each, as words. */
import { reduceToolSchema } from "@/mcp/tool_schema.ts";
import type { ToolDeclaration } from "@/model/model.ts";
import { Bm25Index } from "@/text/bm25.ts";
import { declareFunction, declareNamespaces } from "./declarations.ts";
import type { KnownTool } from "./server_tools.ts";

export class ToolIndex {
  readonly #tools: readonly KnownTool[];
  /** Made at the first search; most turns have none. */
  #index: Bm25Index | undefined;

  constructor(tools: readonly KnownTool[]) {
    this.#tools = tools;
  }

  /** The best tools as the model is told of them, each server's together. */
  search(query: string, limit: number): readonly ToolDeclaration[] {
    this.#index ??= new Bm25Index(this.#tools.map(wordsOf));
    const found = this.#index.search(query, limit).flatMap((at) =>
      this.#tools[at] ?? []
    );
    return declareNamespaces(found, (known) => {
      const { parameters, ...rest } = declareFunction(known);
      return { ...rest, defer_loading: true, parameters };
    });
  }
}

/** A name says the most, so it counts twice. */
function wordsOf({ server, tool, name }: KnownTool): string {
  const { properties } = reduceToolSchema(tool.inputSchema);
  return [
    server.name,
    tool.name,
    name.name,
    tool.title ?? "",
    tool.description,
    // Reduced schemas always have an object of properties.
    ...Object.keys(properties as object),
  ].join(" ");
}
