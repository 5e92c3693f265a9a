/**
 * A cell of the history: something that is finished, and how it looks in a terminal of
 * some width. It is printed into the scrollback once and rendered again only for the
 * transcript.
 */
import type { CellContext } from "./cells/context.ts";
import type { Line } from "./render/line.ts";

export interface Cell {
  /** In the history: short. */
  lines(context: CellContext): readonly Line[];
  /** In the transcript: everything; absent when there is no more to show. */
  allLines?(context: CellContext): readonly Line[];
  /** What is read aloud in its place, where it is more of a picture; may be nothing. */
  readonly spoken?: string;
  /** What it says, for those who copy, export or edit it. */
  readonly source?: CellSource;
  /**
   * Languages of code in it, when it is Markdown or has code: it can be drawn in full
   * once what draws them is loaded.
   */
  readonly languages?: readonly string[];
}

export type CellSource =
  | { readonly kind: "user"; readonly text: string }
  | { readonly kind: "answer"; readonly markdown: string }
  | { readonly kind: "other"; readonly markdown: string };
