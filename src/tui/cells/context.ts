/** What a cell has to know to render itself. */
import type { Highlighter } from "@/tui/highlight/highlighter.ts";
import type { Line } from "@/tui/render/line.ts";
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
  /** Absent while it is being loaded: text is shown as it is, code without colours. */
  readonly drawing?: Drawing | undefined;
}

/** What draws Markdown and code. It comes with parsers, so it comes when it is needed. */
export interface Drawing {
  readonly highlighter: Highlighter;
  /** The rows of a text. */
  markdown(
    text: string,
    width: number,
    context: Pick<CellContext, "theme" | "cwd">,
  ): readonly Line[];
}
