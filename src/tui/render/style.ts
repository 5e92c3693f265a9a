/**
 * How text looks, independent of what a terminal can show: `encode.ts` turns a style
 * into the colours there are. Styles are values that are made once and shared.
 */

/** One of the 256 indexed colours, or 24 bits marked by `RGB`. */
export type Color = number;

const RGB = 0x100_0000;

export interface Style {
  readonly fg?: Color;
  readonly bg?: Color;
  readonly bold?: boolean;
  readonly dim?: boolean;
  readonly italic?: boolean;
  readonly underline?: boolean;
  readonly strike?: boolean;
  readonly reverse?: boolean;
  /** An address the terminal may open (OSC 8). */
  readonly link?: string;
}

export const PLAIN: Style = {};
export const BOLD: Style = { bold: true };
export const DIM: Style = { dim: true };
export const ITALIC: Style = { italic: true };

/** A colour of 24 bits; each part 0 to 255. */
export function rgb(red: number, green: number, blue: number): Color {
  return RGB | red << 16 | green << 8 | blue;
}

/** The parts of a colour of 24 bits; undefined for an indexed one. */
export function rgbParts(
  color: Color,
): readonly [number, number, number] | undefined {
  return color < RGB
    ? undefined
    : [color >> 16 & 0xff, color >> 8 & 0xff, color & 0xff];
}

/** The first style with what the second one says in its place. */
export function over(base: Style, style: Style): Style {
  if (base === PLAIN) return style;
  if (style === PLAIN) return base;
  return { ...base, ...style };
}
