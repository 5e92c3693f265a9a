/** What a cell has to know to render itself. */
import type { Highlighter } from "@/tui/highlight/highlighter.ts";
import type { Theme } from "@/tui/render/theme.ts";

export interface CellContext {
  /** Columns there are. */
  readonly width: number;
  readonly theme: Theme;
  /** Of the thread, absolute: paths below it are shown relative to it. */
  readonly cwd: string;
  /** Shown as `~`; undefined when there is none. */
  readonly homeDirectory: string | undefined;
  /** Milliseconds since the Unix epoch. */
  readonly nowMs: number;
  /** Absent: code has no colours. */
  readonly highlighter?: Highlighter;
}
