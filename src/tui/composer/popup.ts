/** What is offered below the composer for what is being written. */
import { offeredCommands } from "@/tui/slash/run.ts";
import type { TuiState } from "@/tui/state.ts";
import type { Range } from "./draft.ts";

export interface PopupRow {
  readonly label: string;
  readonly description?: string;
  /** Code units of the label that matched. */
  readonly hits?: readonly number[];
  /** What comes in the place of the token. */
  readonly replacement: Replacement;
}

export type Replacement =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "skill"; readonly name: string; readonly path: string };

export interface Popup {
  readonly kind: "commands" | "files" | "skills";
  /** The token it is about, in the draft's text. */
  readonly range: Range;
  readonly token: string;
  readonly rows: readonly PopupRow[];
  /** While nothing was found. */
  readonly emptyText: string;
  readonly footer: string | undefined;
}

/** Rows that are shown at once. */
export const POPUP_ROWS_MAX = 8;

/** The popup for the draft as it is; undefined when nothing is offered. */
export function popupOf(state: TuiState): Popup | undefined {
  const { composer } = state;
  if (composer.search !== undefined || composer.isShell) return undefined;
  const popup = commandPopup(state) ?? tokenPopup(state);
  return popup === undefined || popup.token === composer.popup.dismissed
    ? undefined
    : popup;
}

function commandPopup(state: TuiState): Popup | undefined {
  const { text, cursor } = state.composer.editor;
  const match = /^\/([\w-]*)$/.exec(text);
  if (match === null || cursor === 0) return undefined;
  const rows = offeredCommands(state, match[1] ?? "").map((command) => ({
    label: `/${command.name}`,
    description: command.description,
    hits: Array.from({ length: text.length }, (_, index) => index),
    replacement: { kind: "text", text: `/${command.name} ` } as const,
  }));
  return rows.length === 0 ? undefined : {
    kind: "commands",
    range: { start: 0, end: text.length },
    token: text,
    rows,
    emptyText: "no matches",
    footer: undefined,
  };
}

/** `@` and `$` with what follows, where the cursor is in or behind it. */
const TOKEN = /(?<=^|\s)[@$][^\s]*/g;

function tokenPopup(state: TuiState): Popup | undefined {
  const { editor } = state.composer;
  for (const match of editor.text.matchAll(TOKEN)) {
    const range = { start: match.index, end: match.index + match[0].length };
    if (editor.cursor <= range.start || editor.cursor > range.end) continue;
    const isElement = editor.elements.some(({ start, end }) =>
      start < range.end && end > range.start
    );
    if (isElement) continue;
    return match[0].startsWith("@")
      ? filePopup(state, match[0], range)
      : skillPopup(state, match[0], range);
  }
  return undefined;
}

function filePopup(state: TuiState, token: string, range: Range): Popup {
  const { files } = state.composer.popup;
  // What was found for the text before is shown until there is something better.
  const matches = token === "@" ? [] : files?.matches ?? [];
  return {
    kind: "files",
    range,
    token,
    rows: matches.map(({ path, isDirectory, indices }) => ({
      label: isDirectory ? `${path}/` : path,
      hits: indices,
      replacement: { kind: "text", text: `${quotedPath(path)} ` },
    })),
    emptyText: token === "@"
      ? "type to search for a file"
      : files?.query === token.slice(1)
      ? "no matches"
      : "searching…",
    footer: undefined,
  };
}

/** A path with spaces would be several words. */
function quotedPath(path: string): string {
  return /\s/.test(path) ? `"${path}"` : path;
}

function skillPopup(
  state: TuiState,
  token: string,
  range: Range,
): Popup | undefined {
  const sought = token.slice(1).toLowerCase();
  const rows = state.skills
    .filter(({ name }) => name.toLowerCase().includes(sought))
    .map(({ name, path, title, description }) => ({
      label: title,
      description: `[Skill] ${description}`,
      replacement: { kind: "skill", name, path } as const,
    }));
  // A variable of a shell is no skill: without one nothing is offered.
  return rows.length === 0 ? undefined : {
    kind: "skills",
    range,
    token,
    rows,
    emptyText: "no matches",
    footer: "Press enter to insert or esc to close",
  };
}
