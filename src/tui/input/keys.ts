/**
 * The names of keys, and how terminals write them. Both ways are read: the one of
 * every terminal since the VT100, in which many keys are the same, and the one of
 * kitty, in which none are.
 */
import type { Chord, InputEvent } from "./events.ts";

type KeyEvent = Extract<InputEvent, { type: "key" }>;

/** Finals of `CSI` and `SS3` sequences. */
const FINAL_NAMES: Readonly<Record<string, string>> = {
  A: "up",
  B: "down",
  C: "right",
  D: "left",
  E: "begin",
  F: "end",
  H: "home",
  P: "f1",
  Q: "f2",
  R: "f3",
  S: "f4",
};

/** First numbers of `CSI … ~` sequences. */
const TILDE_NAMES: Readonly<Record<string, string>> = {
  1: "home",
  2: "insert",
  3: "delete",
  4: "end",
  5: "pageup",
  6: "pagedown",
  7: "home",
  8: "end",
  11: "f1",
  12: "f2",
  13: "f3",
  14: "f4",
  15: "f5",
  17: "f6",
  18: "f7",
  19: "f8",
  20: "f9",
  21: "f10",
  23: "f11",
  24: "f12",
};

/** Code points of keys that are not written by what they write. */
const POINT_NAMES: Readonly<Record<number, string>> = {
  9: "tab",
  13: "enter",
  27: "escape",
  127: "backspace",
  57414: "enter",
  57417: "left",
  57418: "right",
  57419: "up",
  57420: "down",
  57421: "pageup",
  57422: "pagedown",
  57423: "home",
  57424: "end",
  57425: "insert",
  57426: "delete",
};

/** Code points of the number pad's characters. */
const PAD_CHARACTERS: Readonly<Record<number, string>> = {
  57409: ".",
  57410: "/",
  57411: "*",
  57412: "-",
  57413: "+",
  57415: "=",
};

const SHIFT = 1;
const ALT = 2;
const CTRL = 4;
const SUPER = 8;

/** A character of the keyboard, as typed. */
export function typedKey(character: string): KeyEvent {
  return { type: "key", chord: nameOf(character), text: character };
}

/** The space bar has a name, so that tables of keys can be read. */
function nameOf(character: string): string {
  return character === " " ? "space" : character;
}

/** A control character, as old terminals send them. */
export function controlKey(point: number): KeyEvent {
  switch (point) {
    case 0x00:
      return key("ctrl+space");
    case 0x09:
      return key("tab");
    case 0x0a:
      return key("ctrl+j");
    case 0x0d:
      return key("enter");
    case 0x1b:
      return key("escape");
    case 0x7f:
      return key("backspace");
    default:
      return key(`ctrl+${String.fromCharCode(point | 0x40).toLowerCase()}`);
  }
}

/** `ESC O x`. */
export function ss3Key(final: string): KeyEvent | undefined {
  if (final === "M") return key("enter");
  const name = FINAL_NAMES[final];
  return name === undefined ? undefined : key(name);
}

/** `CSI parameters final`; undefined for what is no key, or a key let go of. */
export function csiKey(
  parameters: string,
  final: string,
): KeyEvent | undefined {
  if (/^[<=>?]/.test(parameters)) return undefined;
  const fields = parameters.split(";").map((field) => field.split(":"));
  const [modifiers = 1, event = 1] = (fields[1] ?? []).map(numberOf);
  if (event === RELEASED) return undefined;
  const held = Math.max(0, modifiers - 1);
  if (final === "Z") return key(chordOf("tab", held | SHIFT));
  if (final === "u") return kittyKey(fields, held);
  if (final === "~") return tildeKey(fields, held);
  const name = FINAL_NAMES[final];
  return name === undefined ? undefined : key(chordOf(name, held));
}

const RELEASED = 3;

function tildeKey(
  fields: readonly (readonly string[])[],
  held: number,
): KeyEvent | undefined {
  const first = fields[0]?.[0] ?? "";
  // modifyOtherKeys of xterm: `CSI 27 ; modifiers ; code point ~`.
  if (first === "27") return pointKey(numberOf(fields[2]?.[0]), held);
  const name = TILDE_NAMES[first];
  return name === undefined ? undefined : key(chordOf(name, held));
}

/** `CSI point:shifted:base ; modifiers:event u`. */
function kittyKey(
  fields: readonly (readonly string[])[],
  held: number,
): KeyEvent | undefined {
  const [point = 0, shifted = 0, base = 0] = (fields[0] ?? []).map(numberOf);
  if ((held & (CTRL | ALT | SUPER)) === 0 && (held & SHIFT) !== 0) {
    return pointKey(shifted || point, shifted > 0 ? held & ~SHIFT : held);
  }
  // Shortcuts are where they are on a Latin keyboard, whatever its letters are now.
  return pointKey(
    (held & (CTRL | ALT)) !== 0 && point > 0x7f && base > 0 ? base : point,
    held,
  );
}

function pointKey(point: number, held: number): KeyEvent | undefined {
  const name = POINT_NAMES[point];
  if (name !== undefined) return key(chordOf(name, held));
  // Keys that write nothing have their names in the private use area.
  const character = PAD_CHARACTERS[point] ??
    (point >= 57399 && point <= 57408 ? String(point - 57399) : undefined) ??
    (point < 0x20 || (point >= 0xe000 && point <= 0xf8ff) || point > 0x10ffff
      ? undefined
      : String.fromCodePoint(point));
  if (character === undefined) return undefined;
  if ((held & (CTRL | ALT | SUPER)) === 0) {
    return typedKey(
      (held & SHIFT) !== 0 ? character.toUpperCase() : character,
    );
  }
  return key(chordOf(nameOf(character), held));
}

/** The name with what was held, in the order tables of keys write it. */
function chordOf(name: string, held: number): Chord {
  return [
    (held & CTRL) !== 0 ? "ctrl+" : "",
    (held & ALT) !== 0 ? "alt+" : "",
    (held & SHIFT) !== 0 ? "shift+" : "",
    (held & SUPER) !== 0 ? "super+" : "",
    name,
  ].join("");
}

function key(chord: Chord): KeyEvent {
  return { type: "key", chord };
}

function numberOf(digits: string | undefined): number {
  return Number(digits === undefined || digits === "" ? "0" : digits);
}
