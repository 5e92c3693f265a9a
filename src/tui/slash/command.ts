/** A command one types after a slash. A new one is a file and a line in `table.ts`. */
import type { Change } from "@/tui/step.ts";
import type { TuiState } from "@/tui/state.ts";

export interface SlashCommand {
  readonly name: string;
  readonly aliases?: readonly string[];
  /** Beside the name in the list. */
  readonly description: string;
  /** Works, and is not offered. */
  readonly isHidden?: boolean;
  /** False: refused while a turn runs. */
  readonly worksWhileBusy: boolean;
  /** True when something may follow the name. */
  readonly takesArguments?: boolean;
  /** Echoed in the history before what it says. */
  readonly isEchoed?: boolean;
  /** True when it can be used now; always, when it does not say. */
  readonly isAvailable?: (state: TuiState) => boolean;
  run(argument: string, state: TuiState): Change;
}
