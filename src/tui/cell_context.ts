/** What cells have to know, from the state. */
import type { CellContext } from "./cells/context.ts";
import type { TuiState } from "./state.ts";

export function cellContext(state: TuiState, nowMs: number): CellContext {
  const { size, theme, thread, cwd, homeDirectory, drawing } = state;
  return {
    width: size.columns,
    theme,
    cwd: thread?.info.cwd ?? cwd,
    homeDirectory,
    nowMs,
    drawing,
  };
}
