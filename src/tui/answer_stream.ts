/**
 * An answer that is being written, as rows: those that are finished are printed, the
 * rest is drawn in the view until it is.
 */
import {
  ANSWER_INDENT,
  bulletedRows,
  planRows,
  planTitleRows,
} from "./cells/answer.ts";
import type { Drawing } from "./cells/context.ts";
import type { MarkdownStream } from "./markdown/stream.ts";
import { EMPTY_LINE, filled, type Line } from "./render/line.ts";
import type { Theme } from "./render/theme.ts";
import type { Answering } from "./state.ts";

/** What draws Markdown; it comes with a parser, so it comes when it is needed. */
export interface MarkdownParts {
  readonly drawing: Drawing;
  start(theme: Theme, cwd: string): MarkdownStream;
}

export async function loadMarkdown(): Promise<MarkdownParts> {
  const [{ MarkdownStream, renderMarkdown }, { Highlighter }] = await Promise
    .all([
      import("./markdown/stream.ts"),
      import("./highlight/highlighter.ts"),
    ]);
  const highlighter = new Highlighter();
  return {
    drawing: {
      highlighter,
      markdown: (text, width, { theme, cwd }) =>
        renderMarkdown(text, width, { theme, cwd, highlighter }),
    },
    start: (theme, cwd) => new MarkdownStream({ theme, cwd, highlighter }),
  };
}

export class AnswerStream {
  readonly itemId: string;
  readonly #kind: Answering["kind"];
  readonly #stream: MarkdownStream;
  readonly #theme: Theme;
  #hasBegun = false;

  constructor(
    itemId: string,
    kind: Answering["kind"],
    stream: MarkdownStream,
    theme: Theme,
  ) {
    this.itemId = itemId;
    this.#kind = kind;
    this.#stream = stream;
    this.#theme = theme;
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
    return this.#framed(this.#stream.take(width - ANSWER_INDENT), "for ever");
  }

  /** Rows as they look now. */
  open(width: number): readonly Line[] {
    return this.#framed(this.#stream.open(width - ANSWER_INDENT), "for now");
  }

  /** The rest. */
  finish(width: number): readonly Line[] {
    const rows = this.#framed(
      this.#stream.finish(width - ANSWER_INDENT),
      "for ever",
    );
    const hasEnd = this.#kind === "plan" && this.#hasBegun;
    return hasEnd ? [...rows, filled(this.#theme.input, EMPTY_LINE)] : rows;
  }

  #framed(
    rows: readonly Line[],
    how: "for ever" | "for now",
  ): readonly Line[] {
    if (rows.length === 0) return [];
    const isFirst = !this.#hasBegun;
    if (how === "for ever") this.#hasBegun = true;
    const gap = isFirst ? [EMPTY_LINE] : [];
    if (this.#kind === "answer") {
      return [...gap, ...bulletedRows(rows, isFirst ? "first" : "more")];
    }
    const title = isFirst ? planTitleRows(this.#theme) : [];
    return [...gap, ...title, ...planRows(rows, this.#theme)];
  }
}
