/** Tools a client brings: declared to the model by us, run by the client. */
import type { ContentPart } from "./response_items.ts";

export interface DynamicToolSpec {
  readonly name: string;
  readonly namespace?: string;
  readonly description: string;
  /** JSON Schema of the arguments. */
  readonly inputSchema: unknown;
}

/** A call the client is asked to run. */
export interface DynamicToolCall {
  readonly tool: string;
  readonly namespace?: string;
  readonly arguments: unknown;
}

export type DynamicToolContent =
  | { readonly type: "inputText"; readonly text: string }
  | { readonly type: "inputImage"; readonly imageUrl: string };

/** What the client made of a call. */
export interface DynamicToolResult {
  readonly content: readonly DynamicToolContent[];
  readonly isSuccess: boolean;
}

/** Content as the model reads it. */
export function contentPart(content: DynamicToolContent): ContentPart {
  return content.type === "inputText"
    ? { type: "input_text", text: content.text }
    : { type: "input_image", image_url: content.imageUrl };
}
