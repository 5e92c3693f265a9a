/**
 * Vim keys as a layer over the editor's actions, for those who switch them on. Insert
 * mode leaves every key but Escape to the composer; normal mode takes letters and
 * leaves what it does not know, such as Enter and Ctrl+C.
 */
import type { Range } from "./draft.ts";
import { edit, type EditorState } from "./editor.ts";
import {
  atomClass,
  atomEnd,
  atomStart,
  lineEnd,
  lineStart,
  moved,
  runEnd,
  standable,
} from "./motion.ts";

export interface VimState {
  readonly mode: "insert" | "normal";
  /** The digits typed so far. */
  readonly count: string;
  readonly operator: Operator | undefined;
  /** The digits in front of the operator. */
  readonly operatorCount: string;
  /** A command of two keys that waits for its second. */
  readonly awaits: "g" | "r" | undefined;
  /** What was cut or copied last were whole lines. */
  readonly holdsLines: boolean;
}

type Operator = "d" | "c" | "y";

/** A key: a character, or a name such as `Escape` or `ctrl+r`. */
export type VimKey = string;

export type VimResult =
  | {
    readonly kind: "taken";
    readonly vim: VimState;
    readonly editor: EditorState;
  }
  /** Not Vim's: the composer's own bindings go on with it. */
  | { readonly kind: "passed" };

export const VIM_INSERT: VimState = {
  mode: "insert",
  count: "",
  operator: undefined,
  operatorCount: "",
  awaits: undefined,
  holdsLines: false,
};

/** A typed count repeats no more than this: nobody means a million. */
const COUNT_MAX = 999;

interface Input {
  readonly vim: VimState;
  readonly editor: EditorState;
  readonly key: VimKey;
  /** Columns the rows are wrapped at. */
  readonly width: number;
}

/** What a key does. */
export function vimKey(input: Input): VimResult {
  const { vim, editor, key } = input;
  if (vim.mode === "insert") {
    return key === "Escape" ? toNormal(vim, steppedBack(editor)) : PASSED;
  }
  if (vim.awaits === "r") return replaced(input);
  if (key === "Escape") return toNormal(vim, editor);
  if (isDigit(key, vim.count)) {
    return taken({ ...vim, count: vim.count + key }, editor);
  }
  if (key === "g" && vim.awaits === undefined) {
    return taken({ ...vim, awaits: "g" }, editor);
  }
  const whole = vim.awaits === "g" ? `g${key}` : key;
  return vim.operator === undefined
    ? command({ ...input, key: whole })
    : operated({ ...input, key: whole }, vim.operator);
}

const PASSED: VimResult = { kind: "passed" };

function taken(vim: VimState, editor: EditorState): VimResult {
  return { kind: "taken", vim, editor };
}

/** Nothing half-typed is left. */
function settled(vim: VimState): VimState {
  return {
    ...vim,
    count: "",
    operator: undefined,
    operatorCount: "",
    awaits: undefined,
  };
}

function toNormal(vim: VimState, editor: EditorState): VimResult {
  return taken({ ...settled(vim), mode: "normal" }, onCharacter(editor));
}

function toInsert(vim: VimState, editor: EditorState): VimResult {
  return taken({ ...settled(vim), mode: "insert" }, editor);
}

/** In normal mode the cursor stands on a character, not behind the last one. */
function onCharacter(editor: EditorState): EditorState {
  const { cursor } = editor;
  const isBehind = cursor === lineEnd(editor, cursor) &&
    cursor > lineStart(editor, cursor);
  return isBehind ? { ...editor, cursor: atomStart(editor, cursor) } : editor;
}

function steppedBack(editor: EditorState): EditorState {
  const start = lineStart(editor, editor.cursor);
  return editor.cursor === start
    ? editor
    : edit(editor, { type: "move", to: "charBack" });
}

function isDigit(key: VimKey, count: string): boolean {
  return /^[1-9]$/.test(key) || (key === "0" && count !== "");
}

function countOf({ count, operatorCount }: VimState): number {
  const times = Number(count || "1") * Number(operatorCount || "1");
  return Math.min(times, COUNT_MAX);
}

function command(input: Input): VimResult {
  const { vim, editor, key } = input;
  const at = editor.cursor;
  switch (key) {
    case "d":
    case "c":
    case "y":
      return taken(
        { ...vim, operator: key, operatorCount: vim.count, count: "" },
        editor,
      );
    case "r":
      return taken({ ...vim, awaits: "r" }, editor);
    case "i":
      return toInsert(vim, editor);
    case "a":
      return toInsert(vim, movedTo(editor, afterCursor(editor)));
    case "I":
      return toInsert(vim, movedTo(editor, firstNonBlank(editor)));
    case "A":
      return toInsert(vim, movedTo(editor, lineEnd(editor, at)));
    case "o":
      return toInsert(vim, openedLine(editor, "below"));
    case "O":
      return toInsert(vim, openedLine(editor, "above"));
    case "x":
      return cut(input, charsForward(input));
    case "X":
      return cut(input, charsBack(input));
    case "s":
      return changedText(input, charsForward(input));
    case "S":
      return changedLines(input, linesFrom(input));
    case "D":
      return cut(input, { start: at, end: lineEnd(editor, at) });
    case "C":
      return changedText(input, { start: at, end: lineEnd(editor, at) });
    case "Y":
      return copiedLines(input, linesFrom(input));
    case "p":
    case "P":
      return put(input, key === "p" ? "behind" : "before");
    case "u":
    case "ctrl+r":
      return repeated(input, key === "u" ? "undo" : "redo");
    default:
      return motion(input);
  }
}

function movedTo(editor: EditorState, to: number): EditorState {
  return edit(editor, { type: "move", to });
}

function motion(input: Input): VimResult {
  const { vim, editor, key, width } = input;
  if (isRowKey(key)) {
    let state = editor;
    for (let times = countOf(vim); times > 0; times--) {
      const direction = isDownKey(key) ? "down" : "up";
      const next = edit(state, { type: "moveRow", direction, width });
      if (next === state) break;
      state = next;
    }
    return taken(settled(vim), onCharacter(state));
  }
  const target = motionTarget(input);
  if (target !== undefined) {
    return taken(settled(vim), onCharacter(movedTo(editor, target.to)));
  }
  // A letter that means nothing is not text here; other keys are the composer's.
  return key.length === 1 || key.startsWith("g")
    ? taken(settled(vim), editor)
    : PASSED;
}

function isRowKey(key: VimKey): boolean {
  return isDownKey(key) || key === "k" || key === "Up";
}

function isDownKey(key: VimKey): boolean {
  return key === "j" || key === "Down";
}

interface Target {
  readonly to: number;
  /** The character there belongs to what an operator takes. */
  readonly isInclusive: boolean;
}

function motionTarget({ vim, editor, key }: Input): Target | undefined {
  const at = editor.cursor;
  const times = countOf(vim);
  const exclusive = (to: number): Target => ({ to, isInclusive: false });
  switch (key) {
    case "h":
    case "Left":
      return exclusive(charsBack({ vim, editor }).start);
    case "l":
    case "Right":
      return exclusive(charsForward({ vim, editor }).end);
    case "0":
    case "Home":
      return exclusive(lineStart(editor, at));
    case "^":
      return exclusive(firstNonBlank(editor));
    case "$":
    case "End":
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

function firstNonBlank(editor: EditorState): number {
  const end = lineEnd(editor, editor.cursor);
  let at = lineStart(editor, editor.cursor);
  while (at < end && atomClass(editor, at) === "space") {
    at = atomEnd(editor, at);
  }
  return at;
}

function afterCursor(editor: EditorState): number {
  return Math.min(
    atomEnd(editor, editor.cursor),
    lineEnd(editor, editor.cursor),
  );
}

function charsForward({ vim, editor }: Pick<Input, "vim" | "editor">): Range {
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

function charsBack({ vim, editor }: Pick<Input, "vim" | "editor">): Range {
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
function linesFrom({ vim, editor }: Pick<Input, "vim" | "editor">): Range {
  let end = lineEnd(editor, editor.cursor);
  for (
    let left = countOf(vim);
    left > 1 && end < editor.text.length;
    left--
  ) end = lineEnd(editor, end + 1);
  return { start: lineStart(editor, editor.cursor), end };
}

function operated(input: Input, operator: Operator): VimResult {
  const { vim, editor, key } = input;
  const lines = key === operator ? linesFrom(input) : linesTo(input);
  if (lines !== undefined) {
    if (operator === "d") return cutLines(input, lines);
    if (operator === "c") return changedLines(input, lines);
    return copiedLines(input, lines);
  }
  const range = rangeOf(input, operator);
  if (range === undefined) return taken(settled(vim), editor);
  if (operator === "d") return cut(input, range);
  if (operator === "c") return changedText(input, range);
  return taken(
    { ...settled(vim), holdsLines: false },
    movedTo(edit(editor, { type: "copy", range }), range.start),
  );
}

/** The lines from the cursor's to the one a motion over lines leads to. */
function linesTo(input: Input): Range | undefined {
  const { vim, editor, key } = input;
  const here = linesFrom({ vim: settled(vim), editor });
  if (key === "j" || key === "Down") {
    const more = { ...vim, operatorCount: "", count: `${countOf(vim) + 1}` };
    return linesFrom({ vim: more, editor });
  }
  if (key === "k" || key === "Up") {
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

function rangeOf(input: Input, operator: Operator): Range | undefined {
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

function cut(input: Input, range: Range): VimResult {
  const next = edit(input.editor, { type: "kill", to: range });
  return taken(
    { ...settled(input.vim), holdsLines: false },
    onCharacter({ ...next, run: undefined }),
  );
}

function changedText(input: Input, range: Range): VimResult {
  const next = edit(input.editor, { type: "kill", to: range });
  return toInsert({ ...input.vim, holdsLines: false }, {
    ...next,
    run: undefined,
  });
}

function changedLines(input: Input, range: Range): VimResult {
  const copied = edit(input.editor, { type: "copy", range });
  const emptied = edit(copied, {
    type: "insertDraft",
    draft: { text: "", elements: [] },
    at: range,
  });
  return toInsert({ ...input.vim, holdsLines: true }, emptied);
}

function copiedLines(input: Input, range: Range): VimResult {
  const copied = edit(input.editor, { type: "copy", range });
  return taken({ ...settled(input.vim), holdsLines: true }, copied);
}

/** Takes the lines out with one of the breaks around them. */
function cutLines(input: Input, range: Range): VimResult {
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

function openedLine(
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

function put(input: Input, side: "before" | "behind"): VimResult {
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

function replaced({ vim, editor, key }: Input): VimResult {
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

function repeated(input: Input, type: "undo" | "redo"): VimResult {
  let state = input.editor;
  for (let left = countOf(input.vim); left > 0; left--) {
    state = edit(state, { type });
  }
  return taken(settled(input.vim), onCharacter(state));
}
