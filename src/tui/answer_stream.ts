/**
 * An answer that is being written, as rows: those that are finished are printed, the
 * rest is drawn in the view until it is.
 */
import type { Highlighter } from "./highlight/highlighter.ts";
import type { MarkdownStream } from "./markdown/stream.ts";
import { EMPTY_LINE, type Line, span } from "./render/line.ts";
import { DIM } from "./render/style.ts";
import type { Theme } from "./render/theme.ts";
import type { Answering } from "./state.ts";

/** What draws Markdown; it comes with a parser, so it comes when it is needed. */
export interface MarkdownParts {
  readonly highlighter: Highlighter;
  start(theme: Theme, cwd: string): MarkdownStream;
}

export async function loadMarkdown(): Promise<MarkdownParts> {
  const [{ MarkdownStream }, { Highlighter }] = await Promise.all([
    import("./markdown/stream.ts"),
    import("./highlight/highlighter.ts"),
  ]);
  const highlighter = new Highlighter();
  return {
    highlighter,
    start: (theme, cwd) => new MarkdownStream({ theme, cwd, highlighter }),
  };
}

/** Columns in front of every row. */
const INDENT = 2;

export class AnswerStream {
  readonly itemId: string;
  readonly #kind: Answering["kind"];
  readonly #stream: MarkdownStream;
  #hasBegun = false;

  constructor(
    itemId: string,
    kind: Answering["kind"],
    stream: MarkdownStream,
  ) {
    this.itemId = itemId;
    this.#kind = kind;
    this.#stream = stream;
  }

  push(delta: string): void {
    this.#stream.push(delta);
  }

  /** True while rows wait for something that is being loaded. */
  get isWaiting(): boolean {
    return this.#stream.isWaiting;
  }

  /** Rows that are finished, each once. */
  take(width: number): readonly Line[] {
    return this.#framed(this.#stream.take(width - INDENT), "for ever");
  }

  /** Rows as they look now. */
  open(width: number): readonly Line[] {
    return this.#framed(this.#stream.open(width - INDENT), "for now");
  }

  /** The rest. */
  finish(width: number): readonly Line[] {
    return this.#framed(this.#stream.finish(width - INDENT), "for ever");
  }

  #framed(
    rows: readonly Line[],
    how: "for ever" | "for now",
  ): readonly Line[] {
    if (rows.length === 0) return [];
    const isFirst = !this.#hasBegun;
    if (how === "for ever") this.#hasBegun = true;
    const title = this.#kind === "plan" && isFirst
      ? [{ spans: [span("• ", DIM), span("Proposed Plan", { bold: true })] }]
      : [];
    const bullet = this.#kind === "answer" && isFirst
      ? span("• ", DIM)
      : span("  ");
    const indented = rows.map((row, index): Line => ({
      ...row,
      spans: [index === 0 ? bullet : span("  "), ...row.spans],
    }));
    return isFirst ? [EMPTY_LINE, ...title, ...indented] : indented;
  }
}
