/**
 * Every colour of the terminal UI, by what it means. Tints are mixed from the
 * terminal's own background; where that is not known there are none.
 */
import { syntaxColors } from "./palettes.ts";
import { type Color, PLAIN, rgb, type Style } from "./style.ts";

/** Red, green and blue, 0 to 255. */
export type RgbColor = readonly [number, number, number];

/** What highlighting tells apart in code. */
export type SyntaxRole =
  | "keyword"
  | "string"
  | "number"
  | "comment"
  | "function"
  | "type"
  | "constant"
  | "operator"
  | "property"
  | "variable"
  | "punctuation"
  | "tag"
  | "attribute"
  | "heading"
  | "inserted"
  | "deleted";

export interface Theme {
  /** What can be chosen, and names of servers and tools. */
  readonly accent: Style;
  /** Modes and commands that were typed. */
  readonly mode: Style;
  readonly success: Style;
  readonly failure: Style;
  readonly warning: Style;
  /** Rows of the composer and of what the user said. */
  readonly input: Style;
  readonly code: Style;
  readonly link: Style;
  readonly quote: Style;
  readonly listNumber: Style;
  readonly addedLine: Style;
  readonly removedLine: Style;
  readonly syntax: Readonly<Record<SyntaxRole, Style>>;
}

const RED: Color = 1;
const GREEN: Color = 2;
const YELLOW: Color = 3;
const MAGENTA: Color = 5;
const CYAN: Color = 6;
const BRIGHT_BLUE: Color = 12;

/** How much white, or black, is mixed into the background of input. */
const INPUT_TINT_ON_DARK = 0.12;
const INPUT_TINT_ON_LIGHT = 0.04;

/**
 * The theme for a terminal's background; undefined when it did not tell.
 *
 * @param name one of `THEME_NAMES`; else it is what suits the background
 */
export function createTheme(
  background: RgbColor | undefined,
  name?: string,
): Theme {
  const isLight = background !== undefined && isLightColor(background);
  return {
    accent: { fg: CYAN },
    mode: { fg: MAGENTA },
    success: { fg: GREEN },
    failure: { fg: RED },
    warning: { fg: YELLOW },
    input: background === undefined ? PLAIN : {
      bg: isLight
        ? mixed(background, [0, 0, 0], INPUT_TINT_ON_LIGHT)
        : mixed(background, [255, 255, 255], INPUT_TINT_ON_DARK),
    },
    code: { fg: CYAN },
    link: { fg: CYAN, underline: true },
    quote: { fg: GREEN },
    listNumber: { fg: BRIGHT_BLUE },
    ...(isLight ? LIGHT_LINES : DARK_LINES),
    syntax: syntaxColors(name, isLight ? "light" : "dark"),
  };
}

/** Perceived lightness above the middle (ITU-R BT.601 luma). */
export function isLightColor([red, green, blue]: RgbColor): boolean {
  return 0.299 * red + 0.587 * green + 0.114 * blue > 128;
}

function mixed(base: RgbColor, other: RgbColor, share: number): Color {
  const part = (index: 0 | 1 | 2) =>
    Math.floor(base[index] * (1 - share) + other[index] * share);
  return rgb(part(0), part(1), part(2));
}

const DARK_LINES = {
  addedLine: { bg: rgb(33, 58, 43) },
  removedLine: { bg: rgb(74, 34, 29) },
};

const LIGHT_LINES = {
  addedLine: { bg: rgb(218, 251, 225) },
  removedLine: { bg: rgb(255, 235, 233) },
};
