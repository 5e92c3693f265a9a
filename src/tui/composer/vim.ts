/**
 * Vim keys as a layer over the editor's actions, for those who switch them on. Insert
 * mode leaves every key but Escape to the composer; normal mode takes letters and
 * leaves what it does not know, such as Enter and Ctrl+C.
 */
import { edit } from "./editor.ts";
import { lineEnd } from "./motion.ts";
import {
  changedLines,
  changedText,
  copiedLines,
  cut,
  cutLines,
  openedLine,
  put,
  repeated,
  replaced,
} from "./vim_edits.ts";
import {
  afterCursor,
  charsBack,
  charsForward,
  firstNonBlank,
  isDownKey,
  isRowKey,
  linesFrom,
  linesTo,
  motionTarget,
  rangeOf,
} from "./vim_motions.ts";
import {
  countOf,
  movedTo,
  onCharacter,
  PASSED,
  settled,
  steppedBack,
  taken,
  toInsert,
  toNormal,
  type VimInput,
  type VimKey,
  type VimOperator,
  type VimResult,
} from "./vim_state.ts";

/** What a key does. */
export function vimKey(input: VimInput): VimResult {
  const { vim, editor, key } = input;
  if (vim.mode === "insert") {
    return key === "escape" ? toNormal(vim, steppedBack(editor)) : PASSED;
  }
  if (vim.awaits === "r") return replaced(input);
  if (key === "escape") return toNormal(vim, editor);
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

function isDigit(key: VimKey, count: string): boolean {
  return /^[1-9]$/.test(key) || (key === "0" && count !== "");
}

function command(input: VimInput): VimResult {
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

function motion(input: VimInput): VimResult {
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

function operated(input: VimInput, operator: VimOperator): VimResult {
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
