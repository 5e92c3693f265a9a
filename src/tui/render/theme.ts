/**
 * Every colour of the terminal UI, by what it means. Tints are mixed from the
 * terminal's own background; where that is not known there are none.
 */
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

/** The theme for a terminal's background; undefined when it did not tell. */
export function createTheme(background: RgbColor | undefined): Theme {
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
    syntax: isLight ? LIGHT_SYNTAX : DARK_SYNTAX,
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

/** The colours of Catppuccin Mocha. */
const DARK_SYNTAX: Theme["syntax"] = syntaxOf({
  mauve: rgb(203, 166, 247),
  green: rgb(166, 227, 161),
  peach: rgb(250, 179, 135),
  grey: rgb(147, 153, 178),
  blue: rgb(137, 180, 250),
  yellow: rgb(249, 226, 175),
  sky: rgb(137, 220, 235),
  lavender: rgb(180, 190, 254),
  red: rgb(243, 139, 168),
});

/** The colours of Catppuccin Latte. */
const LIGHT_SYNTAX: Theme["syntax"] = syntaxOf({
  mauve: rgb(136, 57, 239),
  green: rgb(64, 160, 43),
  peach: rgb(254, 100, 11),
  grey: rgb(124, 127, 147),
  blue: rgb(30, 102, 245),
  yellow: rgb(223, 142, 29),
  sky: rgb(4, 165, 229),
  lavender: rgb(114, 135, 253),
  red: rgb(210, 15, 57),
});

type SyntaxColors = Readonly<
  Record<
    | "mauve"
    | "green"
    | "peach"
    | "grey"
    | "blue"
    | "yellow"
    | "sky"
    | "lavender"
    | "red",
    Color
  >
>;

function syntaxOf(colors: SyntaxColors): Theme["syntax"] {
  return {
    keyword: { fg: colors.mauve },
    string: { fg: colors.green },
    number: { fg: colors.peach },
    comment: { fg: colors.grey, italic: true },
    function: { fg: colors.blue },
    type: { fg: colors.yellow },
    constant: { fg: colors.peach },
    operator: { fg: colors.sky },
    property: { fg: colors.lavender },
    variable: PLAIN,
    punctuation: { fg: colors.grey },
    tag: { fg: colors.blue },
    attribute: { fg: colors.yellow },
    heading: { fg: colors.blue, bold: true },
    inserted: { fg: colors.green },
    deleted: { fg: colors.red },
  };
}
