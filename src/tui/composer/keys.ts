/**
 * Keys of the composer that change nothing but the draft: moving, deleting, history,
 * searching it. What a draft is for once it is done, `update_composer.ts` decides.
 */
import type { ComposerKey } from "@/tui/input/keymap.ts";
import type { KeyEvent } from "@/tui/panes/pane.ts";
import { type Draft, EMPTY_DRAFT } from "./draft.ts";
import { edit, type EditorAction, type EditorState } from "./editor.ts";
import {
  beginSearch,
  isBrowsable,
  recallNewer,
  recallOlder,
  remember,
  searchFor,
  searchOlder,
} from "./history.ts";
import { layoutDraft } from "./layout.ts";
import { type ComposerState, NO_POPUP } from "./state.ts";
import { vimKey } from "./vim.ts";

/** The composer with another draft; what was recalled is left behind. */
export function withEditor(
  composer: ComposerState,
  editor: EditorState,
): ComposerState {
  const popup = editor.text === composer.editor.text
    ? composer.popup
    : { ...composer.popup, selected: 0 };
  return { ...composer, editor, popup };
}

export function edited(
  composer: ComposerState,
  ...actions: readonly EditorAction[]
): ComposerState {
  return withEditor(composer, actions.reduce(edit, composer.editor));
}

/** The composer without a draft; kills and history stay. */
export function emptied(composer: ComposerState): ComposerState {
  return {
    ...edited(composer, { type: "load", draft: EMPTY_DRAFT }),
    browsing: undefined,
    search: undefined,
    isShell: false,
    showsShortcuts: false,
    top: 0,
    popup: NO_POPUP,
  };
}

/** The draft goes into the history, where it can be recalled with its elements. */
export function remembered(composer: ComposerState): ComposerState {
  const { text, elements } = composer.editor;
  return {
    ...composer,
    history: remember(composer.history, {
      text: composer.isShell ? `!${text}` : text,
      elements: composer.isShell ? [] : elements,
    }),
  };
}

const EDITS: Partial<Record<ComposerKey, EditorAction>> = {
  newline: { type: "insert", text: "\n" },
  char_back: { type: "move", to: "charBack" },
  char_forward: { type: "move", to: "charForward" },
  word_back: { type: "move", to: "wordBack" },
  word_forward: { type: "move", to: "wordForward" },
  line_start: { type: "move", to: "lineStart" },
  line_end: { type: "move", to: "lineEnd" },
  text_start: { type: "move", to: "textStart" },
  text_end: { type: "move", to: "textEnd" },
  erase_back: { type: "erase", to: "charBack" },
  erase_forward: { type: "erase", to: "charForward" },
  delete_or_quit: { type: "erase", to: "charForward" },
  erase_word_back: { type: "kill", to: "wordBack" },
  erase_word_forward: { type: "kill", to: "wordForward" },
  kill_line_end: { type: "kill", to: "lineEnd" },
  yank: { type: "yank" },
  yank_pop: { type: "yankPop" },
  undo: { type: "undo" },
  redo: { type: "redo" },
};

/** What a key does to the draft; undefined when it is none of the draft's. */
export function draftKey(
  composer: ComposerState,
  action: ComposerKey | undefined,
  width: number,
): ComposerState | undefined {
  switch (action) {
    case undefined:
      return undefined;
    case "kill_line_start":
      return edited(composer, killToStart(composer.editor));
    case "up":
    case "down":
      return upOrDown(composer, action, width);
    case "search_history":
      return { ...composer, search: beginSearch(composer.editor) };
    default: {
      const change = EDITS[action];
      return change === undefined ? undefined : edited(composer, change);
    }
  }
}

/** At the start of a line, what is before it is the line break. */
function killToStart({ text, cursor }: EditorState): EditorAction {
  const isAtStart = cursor === 0 || text[cursor - 1] === "\n";
  return isAtStart
    ? { type: "erase", to: "charBack" }
    : { type: "kill", to: "lineStart" };
}

function upOrDown(
  composer: ComposerState,
  direction: "up" | "down",
  width: number,
): ComposerState {
  const { editor, history, browsing } = composer;
  const { rows, cursor } = layoutDraft(editor, editor.cursor, width);
  const isAtEdge = cursor.row === (direction === "up" ? 0 : rows.length - 1);
  if (!isBrowsable(history, browsing, editor) && !isAtEdge) {
    return edited(composer, { type: "moveRow", direction, width });
  }
  // A recalled message of several rows is walked through from its end.
  if (
    !isAtEdge && browsing !== undefined && editor.cursor < editor.text.length
  ) {
    return edited(composer, { type: "moveRow", direction, width });
  }
  const recalled = direction === "up"
    ? recallOlder(history, browsing, shownDraft(composer))
    : recallNewer(history, browsing);
  if (recalled === undefined) return composer;
  return { ...loaded(composer, recalled.draft), browsing: recalled.browsing };
}

function shownDraft({ editor, isShell }: ComposerState) {
  return isShell ? { text: `!${editor.text}`, elements: [] } : editor;
}

/** A draft of the history; one of a command brings its mode with it. */
export function loaded(
  composer: ComposerState,
  draft: Draft,
): ComposerState {
  const isShell = draft.text.startsWith("!") && draft.elements.length === 0;
  if (!isShell) return loadedMessage(composer, draft);
  const command = { ...draft, text: draft.text.slice(1) };
  return { ...loadedMessage(composer, command), isShell };
}

/** A draft that is a message, whatever it begins with. */
export function loadedMessage(
  composer: ComposerState,
  draft: Draft,
): ComposerState {
  return {
    ...edited(composer, { type: "load", draft }),
    isShell: false,
    popup: { ...NO_POPUP, dismissed: "" },
  };
}

/** Keys while the history is searched. */
export function searchKey(
  composer: ComposerState,
  key: KeyEvent,
  action: ComposerKey | undefined,
): ComposerState {
  const { search, history } = composer;
  if (search === undefined) return composer;
  if (action === "search_history") {
    return { ...composer, search: searchOlder(history, search) };
  }
  if (action === "erase_back") {
    const query = search.query.slice(0, -1);
    return { ...composer, search: searchFor(history, search, query) };
  }
  if (key.text !== undefined && action === undefined) {
    const query = search.query + key.text;
    return { ...composer, search: searchFor(history, search, query) };
  }
  const closed = { ...composer, search: undefined };
  if (action === "interrupt_or_back" || action === "clear_or_quit") {
    return closed;
  }
  return search.found === undefined
    ? closed
    : loaded(closed, search.found.draft);
}

/** A key as Vim takes it; undefined when Vim leaves it to the others. */
export function vimDraftKey(
  composer: ComposerState,
  key: KeyEvent,
  width: number,
): ComposerState | undefined {
  if (composer.vim === undefined) return undefined;
  const result = vimKey({
    vim: composer.vim,
    editor: composer.editor,
    key: key.text ?? key.chord,
    width,
  });
  return result.kind === "taken"
    ? { ...withEditor(composer, result.editor), vim: result.vim }
    : undefined;
}
