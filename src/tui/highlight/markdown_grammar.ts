/** Markdown's own source, where it is shown as code: marks and headings stand out. */
import type { StringStream } from "@codemirror/streamparser";
import type { Grammar } from "./languages.ts";

interface MarkdownState {
  isInFence: boolean;
}

const FENCE = /^\s*(```|~~~)/;
const INLINE: readonly (readonly [RegExp, string])[] = [
  [/^`[^`]+`/, "string"],
  [/^\*\*[^*]+\*\*|^__[^_]+__/, "strong"],
  [/^!?\[[^\]]*\]\([^)]*\)/, "link"],
  [/^<?https?:\/\/[^\s>)]+>?/, "url"],
];

export const markdownGrammar: Grammar = {
  name: "markdown",
  startState: (): MarkdownState => ({ isInFence: false }),
  token(stream, state) {
    // Made by `startState`, and by nobody else.
    const own = state as MarkdownState;
    if (stream.sol()) {
      const whole = lineStyle(stream, own);
      if (whole !== undefined) return whole;
      if (stream.match(/^\s*(?:[-*+]|\d+[.)])\s/)) return "punctuation";
    }
    for (const [pattern, style] of INLINE) {
      if (stream.match(pattern)) return style;
    }
    stream.next();
    stream.eatWhile(/[^`*_!\[<h]/);
    return null;
  },
};

/** The style of a line that is of one piece; it is read to its end. */
function lineStyle(
  stream: StringStream,
  state: MarkdownState,
): string | undefined {
  if (stream.match(FENCE, false)) {
    state.isInFence = !state.isInFence;
    stream.skipToEnd();
    return "punctuation";
  }
  const style = state.isInFence
    ? "string"
    : stream.match(/^#{1,6}\s/, false)
    ? "heading"
    : stream.match(/^\s*>/, false)
    ? "comment"
    : undefined;
  if (style !== undefined) stream.skipToEnd();
  return style;
}
