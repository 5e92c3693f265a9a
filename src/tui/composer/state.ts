/** The composer with all that surrounds its draft: history, modes, popups. */
import type { Browsing, HistorySearch, PromptHistory } from "./history.ts";
import { type EditorState, EMPTY_EDITOR } from "./editor.ts";
import { type Burst, NO_BURST } from "./paste_burst.ts";
import { VIM_INSERT, type VimState } from "./vim_state.ts";

export interface ComposerState {
  readonly editor: EditorState;
  readonly history: PromptHistory;
  readonly browsing: Browsing | undefined;
  readonly search: HistorySearch | undefined;
  readonly burst: Burst;
  /** The row on top when the draft is taller than its place. */
  readonly top: number;
  readonly vim: VimState | undefined;
  /** What is written is a command of the user's own. */
  readonly isShell: boolean;
  readonly showsShortcuts: boolean;
  /** Escape was pressed once; the second leads back to an earlier message. */
  readonly isEscapePrimed: boolean;
  readonly popup: PopupState;
}

/** The list below the composer: of commands, files or skills. */
export interface PopupState {
  readonly selected: number;
  /** The token it was closed for; it stays closed until that changes. */
  readonly dismissed: string | undefined;
  /** What was found for `query`; undefined while nothing was asked. */
  readonly files: FilesFound | undefined;
}

export interface FilesFound {
  readonly query: string;
  readonly matches: readonly {
    readonly path: string;
    readonly isDirectory: boolean;
    readonly indices: readonly number[];
  }[];
}

export const NO_POPUP: PopupState = {
  selected: 0,
  dismissed: undefined,
  files: undefined,
};

export function createComposer(isVim: boolean): ComposerState {
  return {
    editor: EMPTY_EDITOR,
    history: [],
    browsing: undefined,
    search: undefined,
    burst: NO_BURST,
    top: 0,
    vim: isVim ? VIM_INSERT : undefined,
    isShell: false,
    showsShortcuts: false,
    isEscapePrimed: false,
    popup: NO_POPUP,
  };
}
