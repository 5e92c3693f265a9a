/**
 * An overlay: something that takes the composer's place, or the whole terminal, until
 * it is done. A pane is a value; a key makes another one of it, or closes it, and may
 * change the rest of the state.
 */
import type { CellContext } from "@/tui/cells/context.ts";
import type { InputEvent } from "@/tui/input/events.ts";
import type { Line } from "@/tui/render/line.ts";
import type { CursorPlace } from "@/tui/render/screen.ts";
import type { Theme } from "@/tui/render/theme.ts";
import type { ThreadView } from "@/tui/state.ts";
import type { Change } from "@/tui/step.ts";

export type KeyEvent = Extract<InputEvent, { type: "key" }>;

export interface PaneContext {
  readonly width: number;
  /** Rows there are for it; at least 1. */
  readonly height: number;
  readonly theme: Theme;
  readonly nowMs: number;
  /** For those who show cells. */
  readonly cells: CellContext;
  /** The thread that is shown, as it is now. */
  readonly thread: ThreadView | undefined;
}

export interface PaneView {
  readonly lines: readonly Line[];
  readonly cursor?: CursorPlace | undefined;
}

export interface PaneResult {
  /** What stands there now; undefined closes it. */
  readonly pane: Pane | undefined;
  /** Applied after that. */
  readonly change?: Change;
}

export interface Pane {
  /** `full`: the whole terminal, on the alternate screen. */
  readonly placement: "inline" | "full";
  /** Names it for those who close or replace it. */
  readonly name: string;
  /** The height matters to keys that page: it is the one drawn last. */
  onKey(key: KeyEvent, context: PaneContext): PaneResult;
  onPaste?(text: string, context: PaneContext): PaneResult;
  render(context: PaneContext): PaneView;
}

export function stay(pane: Pane): PaneResult {
  return { pane };
}

export function close(change?: Change): PaneResult {
  return change === undefined ? { pane: undefined } : {
    pane: undefined,
    change,
  };
}
