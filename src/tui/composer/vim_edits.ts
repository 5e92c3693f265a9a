/** What Vim's commands do to the text. Each ends with nothing half-typed left. */
import type { Range } from "./draft.ts";
import { edit, type EditorState } from "./editor.ts";
import { lineEnd, lineStart, standable } from "./motion.ts";
import { afterCursor, charsForward } from "./vim_motions.ts";
import {
  countOf,
  movedTo,
  onCharacter,
  settled,
  steppedBack,
  taken,
  toInsert,
  type VimInput,
  type VimResult,
} from "./vim_state.ts";

export function cut(input: VimInput, range: Range): VimResult {
  const next = edit(input.editor, { type: "kill", to: range });
  return taken(
    { ...settled(input.vim), holdsLines: false },
    onCharacter({ ...next, run: undefined }),
  );
}

export function changedText(input: VimInput, range: Range): VimResult {
  const next = edit(input.editor, { type: "kill", to: range });
  return toInsert({ ...input.vim, holdsLines: false }, {
    ...next,
    run: undefined,
  });
}

export function changedLines(input: VimInput, range: Range): VimResult {
  const copied = edit(input.editor, { type: "copy", range });
  const emptied = edit(copied, {
    type: "insertDraft",
    draft: { text: "", elements: [] },
    at: range,
  });
  return toInsert({ ...input.vim, holdsLines: true }, emptied);
}

export function copiedLines(input: VimInput, range: Range): VimResult {
  const copied = edit(input.editor, { type: "copy", range });
  return taken({ ...settled(input.vim), holdsLines: true }, copied);
}

/** Takes the lines out with one of the breaks around them. */
export function cutLines(input: VimInput, range: Range): VimResult {
  const { editor, vim } = input;
  const copied = edit(editor, { type: "copy", range });
  const isLast = range.end === editor.text.length;
  const at = isLast
    ? { start: Math.max(0, range.start - 1), end: range.end }
    : { start: range.start, end: range.end + 1 };
  const next = edit(copied, {
    type: "insertDraft",
    draft: { text: "", elements: [] },
    at,
  });
  const start = lineStart(next, next.cursor);
  return taken(
    { ...settled(vim), holdsLines: true },
    onCharacter(movedTo(next, start)),
  );
}

export function openedLine(
  editor: EditorState,
  side: "above" | "below",
): EditorState {
  const at = side === "above"
    ? lineStart(editor, editor.cursor)
    : lineEnd(editor, editor.cursor);
  const opened = edit(movedTo(editor, at), {
    type: "insertDraft",
    draft: { text: "\n", elements: [] },
  });
  return side === "above" ? movedTo(opened, at) : opened;
}

export function put(input: VimInput, side: "before" | "behind"): VimResult {
  const { vim, editor } = input;
  const held = editor.kills.at(-1);
  if (held === undefined) return taken(settled(vim), editor);
  if (!vim.holdsLines) {
    const at = side === "before" ? editor.cursor : afterCursor(editor);
    let next = movedTo(editor, at);
    for (let left = countOf(vim); left > 0; left--) {
      next = edit(next, { type: "insertDraft", draft: held });
    }
    return taken(settled(vim), steppedBack(next));
  }
  const opened = openedLine(editor, side === "before" ? "above" : "below");
  const next = edit(opened, { type: "insertDraft", draft: held });
  return taken(settled(vim), onCharacter(movedTo(next, opened.cursor)));
}

export function replaced({ vim, editor, key }: VimInput): VimResult {
  const isText = key.length > 0 && !/^[A-Z][a-z]+$|^\w+\+/.test(key);
  const range = charsForward({ vim: settled(vim), editor });
  if (!isText || range.start === range.end) {
    return taken(settled(vim), editor);
  }
  const next = edit(editor, {
    type: "insertDraft",
    draft: { text: key, elements: [] },
    at: range,
  });
  return taken(settled(vim), {
    ...next,
    cursor: standable(next, range.start, "back"),
  });
}

export function repeated(input: VimInput, type: "undo" | "redo"): VimResult {
  let state = input.editor;
  for (let left = countOf(input.vim); left > 0; left--) {
    state = edit(state, { type });
  }
  return taken(settled(input.vim), onCharacter(state));
}
