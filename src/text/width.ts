/**
 * How many columns text takes in a terminal, and what of it belongs together.
 *
 * Plain ASCII costs a test; text whose code points stand alone (accented letters, box
 * drawing, CJK) is measured by table; only what can join with a neighbour goes through
 * `Intl.Segmenter`, which takes ten milliseconds to come up.
 *
 * Source: Unicode Standard Annex 11 (East Asian width) and 29 (grapheme clusters).
 */
import { eastAsianWidth } from "get-east-asian-width";

const ASCII = /^[\x20-\x7e]*$/;
/** Marks, joiners, variation selectors, flags, skin tones, conjoining Hangul, prepends. */
const JOINING =
  /[\p{M}\u{200d}\u{fe00}-\u{fe0f}\u{1f1e6}-\u{1f1ff}\u{1f3fb}-\u{1f3ff}\u{1100}-\u{11ff}\u{a960}-\u{a97f}\u{d7b0}-\u{d7ff}\u{e0020}-\u{e007f}\p{Cf}]/u;
const ZERO_WIDTH = /^[\p{M}\p{Cc}\p{Cf}\u{115f}\u{1160}]/u;
const EMOJI_STYLE = "\u{fe0f}";

let segmenter: Intl.Segmenter | undefined;

/** True when every code unit is one column. */
export function isAscii(text: string): boolean {
  return ASCII.test(text);
}

/** Columns the text takes; control characters take none. */
export function displayWidth(text: string): number {
  if (isAscii(text)) return text.length;
  let width = 0;
  for (const cluster of graphemes(text)) width += graphemeWidth(cluster);
  return width;
}

/** What a reader takes for one character each; joined together they are the text. */
export function graphemes(text: string): readonly string[] {
  if (isAscii(text)) return text.split("");
  if (!JOINING.test(text)) return [...text];
  segmenter ??= new Intl.Segmenter(undefined, { granularity: "grapheme" });
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}

/** Columns of one character: 0, 1 or 2. */
export function graphemeWidth(cluster: string): number {
  const first = cluster.codePointAt(0);
  if (first === undefined) return 0;
  if (first >= 0x20 && first < 0x7f && cluster.length === 1) return 1;
  if (ZERO_WIDTH.test(cluster)) return 0;
  if (cluster.includes(EMOJI_STYLE) || isFlag(cluster)) return 2;
  return eastAsianWidth(first);
}

function isFlag(cluster: string): boolean {
  return /^[\u{1f1e6}-\u{1f1ff}]{2}/u.test(cluster);
}
