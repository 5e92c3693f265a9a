/** What comes from the terminal, as the rest of the terminal UI sees it. */
import type { RgbColor } from "@/tui/render/theme.ts";

/**
 * A key as the tables of keys write it: `a`, `A`, `é`, `enter`, `ctrl+c`, `alt+enter`,
 * `shift+tab`, `ctrl+shift+left`. Modifiers stand in the order ctrl, alt, shift; a
 * character that was typed with shift is that character.
 */
export type Chord = string;

export type InputEvent =
  | {
    readonly type: "key";
    readonly chord: Chord;
    /** What the key writes; undefined for keys that write nothing. */
    readonly text?: string;
  }
  | { readonly type: "paste"; readonly text: string }
  | { readonly type: "focus"; readonly hasFocus: boolean }
  /** Where the cursor is, as asked; both from 0. */
  | {
    readonly type: "cursorReport";
    readonly row: number;
    readonly column: number;
  }
  | {
    readonly type: "colorReport";
    readonly which: "foreground" | "background";
    readonly color: RgbColor;
  }
  /** The terminal speaks the keyboard protocol of kitty. */
  | { readonly type: "keyboardReport" }
  /** What every terminal answers; whatever was asked before it has been answered. */
  | { readonly type: "attributesReport" };
