/**
 * Every key of the terminal UI, by what it does: dispatch, the overview of shortcuts and
 * the reference page come from here. `[tui.keymap]` of config.toml puts other keys in
 * the place of an action's own.
 */
import type { Chord } from "./events.ts";

interface KeyRow {
  readonly keys: readonly Chord[];
  /** What it does, for people. */
  readonly help: string;
}

function row(help: string, ...keys: readonly Chord[]): KeyRow {
  return { keys, help };
}

/** Keys while a message is written. */
export const COMPOSER_KEYS = {
  submit: row("send, or steer a running turn", "enter"),
  newline: row("start a new line", "ctrl+j", "alt+enter", "shift+enter"),
  queue: row("queue for the end of the turn; send when none runs", "tab"),
  interrupt_or_back: row(
    "stop the turn; twice: edit an earlier message",
    "escape",
  ),
  clear_or_quit: row("clear the draft, stop the turn, or quit", "ctrl+c"),
  delete_or_quit: row(
    "delete forward, or quit when nothing is written",
    "ctrl+d",
  ),
  char_back: row("one character back", "left", "ctrl+b"),
  char_forward: row("one character forward", "right", "ctrl+f"),
  word_back: row("one word back", "alt+b", "ctrl+left"),
  word_forward: row("one word forward", "alt+f", "ctrl+right"),
  line_start: row("start of the line", "ctrl+a", "home"),
  line_end: row("end of the line", "ctrl+e", "end"),
  text_start: row("start of the draft", "ctrl+home"),
  text_end: row("end of the draft", "ctrl+end"),
  up: row("one row up, or an earlier message", "up", "ctrl+p"),
  down: row("one row down, or a later message", "down", "ctrl+n"),
  erase_back: row(
    "delete the character before",
    "backspace",
    "ctrl+h",
    "shift+backspace",
  ),
  erase_forward: row("delete the character after", "delete"),
  erase_word_back: row(
    "delete the word before",
    "ctrl+w",
    "alt+backspace",
    "ctrl+backspace",
  ),
  erase_word_forward: row(
    "delete the word after",
    "alt+d",
    "ctrl+delete",
    "alt+delete",
  ),
  kill_line_start: row("delete to the start of the line", "ctrl+u"),
  kill_line_end: row("delete to the end of the line", "ctrl+k"),
  yank: row("put back what was deleted", "ctrl+y"),
  yank_pop: row("put back what was deleted before that", "alt+y"),
  undo: row("undo", "ctrl+_", "ctrl+-", "ctrl+shift+z"),
  redo: row("redo", "alt+_", "alt+r"),
  search_history: row("search earlier messages", "ctrl+r"),
  external_editor: row("edit in an external editor", "ctrl+g"),
  paste_image: row("paste an image", "ctrl+v", "ctrl+alt+v"),
  transcript: row("view the transcript", "ctrl+t"),
  clear_screen: row("clear the terminal", "ctrl+l"),
  copy_answer: row("copy the last answer", "ctrl+o"),
  cycle_mode: row("change mode", "shift+tab"),
  effort_down: row("less reasoning", "alt+,"),
  effort_up: row("more reasoning", "alt+."),
  previous_agent: row("previous agent", "alt+left"),
  next_agent: row("next agent", "alt+right"),
  edit_queued: row("edit the message queued last", "shift+left", "alt+up"),
  suspend: row("suspend the program", "ctrl+z"),
} as const satisfies Readonly<Record<string, KeyRow>>;

/** Keys in lists. */
export const LIST_KEYS = {
  list_up: row("one up", "up", "ctrl+p"),
  list_down: row("one down", "down", "ctrl+n"),
  list_first: row("first", "home"),
  list_last: row("last", "end"),
  list_page_up: row("one page up", "pageup"),
  list_page_down: row("one page down", "pagedown"),
  list_choose: row("choose", "enter"),
  list_cancel: row("close", "escape", "ctrl+c"),
} as const satisfies Readonly<Record<string, KeyRow>>;

/** Keys where text is read. */
export const PAGER_KEYS = {
  pager_up: row("one row up", "up", "k", "ctrl+p"),
  pager_down: row("one row down", "down", "j", "ctrl+n"),
  pager_page_up: row("one page up", "pageup", "ctrl+b", "shift+space"),
  pager_page_down: row("one page down", "pagedown", "ctrl+f", "space"),
  pager_half_up: row("half a page up", "ctrl+u"),
  pager_half_down: row("half a page down", "ctrl+d"),
  pager_top: row("to the top", "home", "g"),
  pager_bottom: row("to the end", "end", "G"),
  pager_search: row("search", "/"),
  pager_next: row("next match", "n"),
  pager_previous: row("match before", "N"),
  pager_close: row("close", "q", "ctrl+t", "ctrl+c"),
} as const satisfies Readonly<Record<string, KeyRow>>;

export type ComposerKey = keyof typeof COMPOSER_KEYS;
export type ListKey = keyof typeof LIST_KEYS;
export type PagerKey = keyof typeof PAGER_KEYS;

/** From keys to what they do, one table for each place. */
export interface Keymap {
  readonly composer: ReadonlyMap<Chord, ComposerKey>;
  readonly list: ReadonlyMap<Chord, ListKey>;
  readonly pager: ReadonlyMap<Chord, PagerKey>;
}

/** Keys by action, in place of the usual ones. */
export type KeyChanges = Readonly<Record<string, readonly Chord[]>>;

export function createKeymap(changes: KeyChanges): Keymap {
  return {
    composer: tableOf(COMPOSER_KEYS, changes),
    list: tableOf(LIST_KEYS, changes),
    pager: tableOf(PAGER_KEYS, changes),
  };
}

/** What is wrong with such changes, in words; nothing when all of them can be used. */
export function keymapProblems(changes: KeyChanges): readonly string[] {
  const tables = [COMPOSER_KEYS, LIST_KEYS, PAGER_KEYS];
  const unknown = Object.keys(changes)
    .filter((action) => !tables.some((table) => action in table))
    .map((action) => `tui.keymap: there is no action "${action}"`);
  const doubled = tables.flatMap((table) => {
    const owners = new Map<Chord, string>();
    return Object.entries(table).flatMap(([action, { keys }]) =>
      (changes[action] ?? keys).flatMap((chord) => {
        const owner = owners.get(chord);
        owners.set(chord, action);
        return owner === undefined
          ? []
          : [`tui.keymap: "${chord}" is both ${owner} and ${action}`];
      })
    );
  });
  return [...unknown, ...doubled];
}

function tableOf<A extends string>(
  rows: Readonly<Record<A, KeyRow>>,
  changes: KeyChanges,
): ReadonlyMap<Chord, A> {
  const table = new Map<Chord, A>();
  for (const action in rows) {
    for (const chord of changes[action] ?? rows[action].keys) {
      table.set(chord, action);
    }
  }
  return table;
}
