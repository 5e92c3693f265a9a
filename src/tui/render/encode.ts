/**
 * From styled lines to what a terminal understands: the only place, with `screen.ts`
 * beside it, where escape sequences are made.
 *
 * Source: ECMA-48 (SGR, EL); XTerm Control Sequences; OSC 8 for links.
 */
import { fitLine, type Line, lineWidth } from "./line.ts";
import { type Color, PLAIN, rgbParts, type Style } from "./style.ts";

/** What colours a terminal shows; `none` keeps bold and the like. */
export type ColorDepth = "truecolor" | "256" | "16" | "none";

const CONTROL = /\p{Cc}/u;
const CONTROLS = /\p{Cc}/gu;

const RESET = "\x1b[0m";
const ERASE_TO_END = "\x1b[K";
const LINK_END = "\x1b]8;;\x1b\\";

export class Encoder {
  readonly #depth: ColorDepth;
  /** Styles are few and shared, so each is put into words once. */
  readonly #sequences = new WeakMap<Style, string>();

  constructor(depth: ColorDepth) {
    this.#depth = depth;
  }

  /**
   * One row of that many columns from its first column on. What was in the row is
   * gone; the cursor is left somewhere in it.
   */
  row(content: Line, columns: number): string {
    const width = lineWidth(content);
    const shown = width > columns ? fitLine(content, columns) : content;
    const text = this.#spans(shown);
    // A full row has nothing behind it, and erasing there would take its last letter.
    if (width >= columns) return `${text}${RESET}`;
    return `${text}${
      this.#styled(content.fill ?? PLAIN)
    }${ERASE_TO_END}${RESET}`;
  }

  #spans({ spans }: Line): string {
    let written = "";
    let current: Style | undefined;
    let link: string | undefined;
    for (const { text, style } of spans) {
      if (text === "") continue;
      if (style.link !== link) {
        if (link !== undefined) written += LINK_END;
        if (style.link !== undefined) written += linkStart(style.link);
        link = style.link;
      }
      if (style !== current) written += this.#styled(style);
      current = style;
      // Lines hold none; should one slip through, it must not steer the terminal.
      written += CONTROL.test(text) ? text.replace(CONTROLS, "") : text;
    }
    return link === undefined ? written : `${written}${LINK_END}`;
  }

  #styled(style: Style): string {
    const known = this.#sequences.get(style);
    if (known !== undefined) return known;
    const made = `\x1b[${["0", ...this.#codes(style)].join(";")}m`;
    this.#sequences.set(style, made);
    return made;
  }

  #codes(style: Style): readonly string[] {
    const codes: string[] = [];
    if (style.bold) codes.push("1");
    if (style.dim) codes.push("2");
    if (style.italic) codes.push("3");
    if (style.underline) codes.push("4");
    if (style.reverse) codes.push("7");
    if (style.strike) codes.push("9");
    if (style.fg !== undefined) codes.push(...this.#color(style.fg, 30));
    if (style.bg !== undefined) codes.push(...this.#color(style.bg, 40));
    return codes;
  }

  /** `base` is 30 for the text and 40 for what is behind it. */
  #color(color: Color, base: 30 | 40): readonly string[] {
    if (this.#depth === "none") return [];
    const parts = rgbParts(color);
    if (parts === undefined) {
      return [indexed(color, base, this.#depth === "16")].filter((code) =>
        code !== ""
      );
    }
    if (this.#depth === "truecolor") {
      return [`${base + 8};2;${parts.join(";")}`];
    }
    if (this.#depth === "256") return [`${base + 8};5;${nearestOf256(parts)}`];
    // Sixteen colours have no tints; a background of one would shout.
    return base === 40 ? [] : [indexed(nearestOf16(parts), base, true)];
  }
}

function linkStart(address: string): string {
  // Nothing but printable ASCII stands in an address that is one.
  return `\x1b]8;;${
    address.replace(/[^\x21-\x7e]/g, encodeURIComponent)
  }\x1b\\`;
}

function indexed(color: Color, base: 30 | 40, isSixteen: boolean): string {
  if (color < 8) return String(base + color);
  if (color < 16) return String(base + 60 + color - 8);
  return isSixteen ? "" : `${base + 8};5;${color}`;
}

type Parts = readonly [number, number, number];

/** Steps of the 6x6x6 cube, which begins at 16. */
const CUBE = [0, 95, 135, 175, 215, 255];

/** What differs less in its parts looks grey. */
const GREY_SPREAD_MAX = 20;

/**
 * The nearest colour of the cube, or of the greys behind it (232 to 255). A tint stays
 * one: the nearest of all would often be a grey, and removed lines look like added ones.
 */
function nearestOf256(parts: Parts): number {
  const isGrey = Math.max(...parts) - Math.min(...parts) <= GREY_SPREAD_MAX;
  const steps = parts.map((part) => nearestIndex(CUBE, part));
  const cube = steps.map((step) => CUBE[step] ?? 0);
  const mean = (parts[0] + parts[1] + parts[2]) / 3;
  const grey = Math.max(0, Math.min(23, Math.round((mean - 8) / 10)));
  const greyPart = 8 + grey * 10;
  const [red = 0, green = 0, blue = 0] = steps;
  return isGrey &&
      distance(parts, [greyPart, greyPart, greyPart]) < distance(parts, cube)
    ? 232 + grey
    : 16 + 36 * red + 6 * green + blue;
}

/** As xterm has them, without the greys. */
const SIXTEEN: readonly (readonly [number, Parts])[] = [
  [1, [205, 0, 0]],
  [2, [0, 205, 0]],
  [3, [205, 205, 0]],
  [4, [0, 0, 238]],
  [5, [205, 0, 205]],
  [6, [0, 205, 205]],
  [9, [255, 92, 92]],
  [10, [92, 255, 92]],
  [11, [255, 255, 92]],
  [12, [92, 92, 255]],
  [13, [255, 92, 255]],
  [14, [92, 255, 255]],
];

function nearestOf16(parts: Parts): number {
  let best = SIXTEEN[0];
  for (const entry of SIXTEEN) {
    if (
      best === undefined || distance(parts, entry[1]) < distance(parts, best[1])
    ) best = entry;
  }
  return best?.[0] ?? 7;
}

function nearestIndex(values: readonly number[], sought: number): number {
  let best = 0;
  values.forEach((value, index) => {
    const other = values[best] ?? 0;
    if (Math.abs(value - sought) < Math.abs(other - sought)) best = index;
  });
  return best;
}

function distance(left: readonly number[], right: readonly number[]): number {
  return left.reduce(
    (sum, part, index) => sum + (part - (right[index] ?? 0)) ** 2,
    0,
  );
}
