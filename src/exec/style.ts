/** The few colours of exec's human output (ECMA-48 SGR), or none. */

export interface Style {
  bold(text: string): string;
  dim(text: string): string;
  cyan(text: string): string;
  magenta(text: string): string;
  red(text: string): string;
  green(text: string): string;
}

const PLAIN: Style = {
  bold: same,
  dim: same,
  cyan: same,
  magenta: same,
  red: same,
  green: same,
};

const COLOURED: Style = {
  bold: (text) => sgr("1", text),
  dim: (text) => sgr("2", text),
  cyan: (text) => sgr("36", text),
  magenta: (text) => sgr("35;3", text),
  red: (text) => sgr("31", text),
  green: (text) => sgr("32", text),
};

export function styleFor(useColour: boolean): Style {
  return useColour ? COLOURED : PLAIN;
}

function same(text: string): string {
  return text;
}

function sgr(code: string, text: string): string {
  return `\x1b[${code}m${text}\x1b[0m`;
}
