/** Reads code, a line at a time; this one gives it no colours. */
import type { Span } from "../render/line.ts";
import { PLAIN } from "../render/style.ts";

/** Reads the lines of one piece of code, in order. */
export interface CodeReader {
  /** The line in colours; it holds no line break. */
  line(text: string): readonly Span[];
  /** A reader that goes on from here without moving this one. */
  fork(): CodeReader;
}

/** Code of a language nothing is known of. */
export const PLAIN_READER: CodeReader = {
  line: (text) => text === "" ? [] : [{ text, style: PLAIN }],
  fork: () => PLAIN_READER,
};
