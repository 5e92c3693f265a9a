/** Where Vim's motions lead, and the text between there and the cursor. */
import type { Range } from "./draft.ts";
import type { EditorState } from "./editor.ts";
import {
  atomClass,
  atomEnd,
  atomStart,
  lineEnd,
  lineStart,
  moved,
  runEnd,
} from "./motion.ts";
import {
  countOf,
  settled,
  type VimInput,
  type VimKey,
  type VimOperator,
} from "./vim_state.ts";

export function isRowKey(key: VimKey): boolean {
  return isDownKey(key) || key === "k" || key === "up";
}

export function isDownKey(key: VimKey): boolean {
  return key === "j" || key === "down";
}

export interface Target {
  readonly to: number;
  /** The character there belongs to what an operator takes. */
  readonly isInclusive: boolean;
}

export function motionTarget(
  { vim, editor, key }: VimInput,
): Target | undefined {
  const at = editor.cursor;
  const times = countOf(vim);
  const exclusive = (to: number): Target => ({ to, isInclusive: false });
  switch (key) {
    case "h":
    case "left":
      return exclusive(charsBack({ vim, editor }).start);
    case "l":
    case "right":
      return exclusive(charsForward({ vim, editor }).end);
    case "0":
    case "home":
      return exclusive(lineStart(editor, at));
    case "^":
      return exclusive(firstNonBlank(editor));
    case "$":
    case "end":
      return exclusive(lineEnd(editor, at));
    case "w":
      return exclusive(
        stepped(times, at, (from) => moved(editor, from, "wordNext")),
      );
    case "b":
      return exclusive(
        stepped(times, at, (from) => moved(editor, from, "wordBack")),
      );
    case "e":
      return {
        to: stepped(times, at, (from) => wordLast(editor, from)),
        isInclusive: true,
      };
    case "gg":
      return exclusive(lineOf(editor, vim.count === "" ? 1 : times));
    case "G":
      return exclusive(lineOf(editor, vim.count === "" ? Infinity : times));
    default:
      return undefined;
  }
}

function stepped(
  times: number,
  from: number,
  step: (at: number) => number,
): number {
  let at = from;
  for (let left = times; left > 0; left--) {
    const next = step(at);
    if (next === at) break;
    at = next;
  }
  return at;
}

/** The last character of the word that ends next. */
function wordLast(editor: EditorState, from: number): number {
  let at = atomEnd(editor, from);
  while (at < editor.text.length && atomClass(editor, at) === "space") {
    at = atomEnd(editor, at);
  }
  return at >= editor.text.length
    ? Math.max(from, atomStart(editor, editor.text.length))
    : atomStart(editor, runEnd(editor, at));
}

/** The start of a line, counted from 1; of the last one when there are fewer. */
function lineOf({ text }: EditorState, number: number): number {
  let at = 0;
  for (let left = number; left > 1; left--) {
    const next = text.indexOf("\n", at);
    if (next < 0) break;
    at = next + 1;
  }
  return at;
}

export function firstNonBlank(editor: EditorState): number {
  const end = lineEnd(editor, editor.cursor);
  let at = lineStart(editor, editor.cursor);
  while (at < end && atomClass(editor, at) === "space") {
    at = atomEnd(editor, at);
  }
  return at;
}

export function afterCursor(editor: EditorState): number {
  return Math.min(
    atomEnd(editor, editor.cursor),
    lineEnd(editor, editor.cursor),
  );
}

export function charsForward(
  { vim, editor }: Pick<VimInput, "vim" | "editor">,
): Range {
  const end = lineEnd(editor, editor.cursor);
  return {
    start: editor.cursor,
    end: stepped(
      countOf(vim),
      editor.cursor,
      (at) => Math.min(end, atomEnd(editor, at)),
    ),
  };
}

export function charsBack(
  { vim, editor }: Pick<VimInput, "vim" | "editor">,
): Range {
  const start = lineStart(editor, editor.cursor);
  return {
    start: stepped(
      countOf(vim),
      editor.cursor,
      (at) => Math.max(start, atomStart(editor, at)),
    ),
    end: editor.cursor,
  };
}

/** As many lines as counted from the cursor's, without the break behind the last. */
export function linesFrom(
  { vim, editor }: Pick<VimInput, "vim" | "editor">,
): Range {
  let end = lineEnd(editor, editor.cursor);
  for (
    let left = countOf(vim);
    left > 1 && end < editor.text.length;
    left--
  ) end = lineEnd(editor, end + 1);
  return { start: lineStart(editor, editor.cursor), end };
}

/** The lines from the cursor's to the one a motion over lines leads to. */
export function linesTo(input: VimInput): Range | undefined {
  const { vim, editor, key } = input;
  const here = linesFrom({ vim: settled(vim), editor });
  if (key === "j" || key === "down") {
    const more = { ...vim, operatorCount: "", count: `${countOf(vim) + 1}` };
    return linesFrom({ vim: more, editor });
  }
  if (key === "k" || key === "up") {
    const start = stepped(
      countOf(vim),
      here.start,
      (at) => lineStart(editor, Math.max(0, at - 1)),
    );
    return { start, end: here.end };
  }
  if (key !== "G" && key !== "gg") return undefined;
  const target = motionTarget(input)?.to ?? here.start;
  return {
    start: Math.min(target, here.start),
    end: Math.max(lineEnd(editor, target), here.end),
  };
}

export function rangeOf(
  input: VimInput,
  operator: VimOperator,
): Range | undefined {
  const { editor, key } = input;
  const at = editor.cursor;
  const isOnWord = atomClass(editor, at) !== "space";
  // A changed word keeps the space behind it.
  const isChangedWord = operator === "c" && key === "w" && isOnWord;
  if (isChangedWord) {
    const end = stepped(countOf(input.vim), at, (from) => {
      const next = from === at ? from : moved(editor, from, "wordNext");
      return runEnd(editor, next);
    });
    return { start: at, end };
  }
  const target = motionTarget(input);
  if (target === undefined) return undefined;
  const to = target.isInclusive ? atomEnd(editor, target.to) : target.to;
  // A word at the end of its line does not take the break along.
  const end = key === "w" ? Math.min(to, lastOfWords(editor, at, to)) : to;
  return { start: Math.min(at, end), end: Math.max(at, end) };
}

/** The end of the line when there is nothing but space between it and the next word. */
function lastOfWords(editor: EditorState, from: number, to: number): number {
  const start = lineStart(editor, to);
  const isBlank = editor.text.slice(start, to).trim() === "";
  return start > from && isBlank ? start - 1 : to;
}
