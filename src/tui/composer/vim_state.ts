/** What Vim keys remember between them, and how a key of theirs ends. */
import { edit, type EditorState } from "./editor.ts";
import { atomStart, lineEnd, lineStart } from "./motion.ts";

export interface VimState {
  readonly mode: "insert" | "normal";
  /** The digits typed so far. */
  readonly count: string;
  readonly operator: VimOperator | undefined;
  /** The digits in front of the operator. */
  readonly operatorCount: string;
  /** A command of two keys that waits for its second. */
  readonly awaits: "g" | "r" | undefined;
  /** What was cut or copied last were whole lines. */
  readonly holdsLines: boolean;
}

export type VimOperator = "d" | "c" | "y";

/** A key: a character, or a name such as `escape` or `ctrl+r`. */
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

export interface VimInput {
  readonly vim: VimState;
  readonly editor: EditorState;
  readonly key: VimKey;
  /** Columns the rows are wrapped at. */
  readonly width: number;
}

export const PASSED: VimResult = { kind: "passed" };

export function taken(vim: VimState, editor: EditorState): VimResult {
  return { kind: "taken", vim, editor };
}

/** Nothing half-typed is left. */
export function settled(vim: VimState): VimState {
  return {
    ...vim,
    count: "",
    operator: undefined,
    operatorCount: "",
    awaits: undefined,
  };
}

export function toNormal(vim: VimState, editor: EditorState): VimResult {
  return taken({ ...settled(vim), mode: "normal" }, onCharacter(editor));
}

export function toInsert(vim: VimState, editor: EditorState): VimResult {
  return taken({ ...settled(vim), mode: "insert" }, editor);
}

/** In normal mode the cursor stands on a character, not behind the last one. */
export function onCharacter(editor: EditorState): EditorState {
  const { cursor } = editor;
  const isBehind = cursor === lineEnd(editor, cursor) &&
    cursor > lineStart(editor, cursor);
  return isBehind ? { ...editor, cursor: atomStart(editor, cursor) } : editor;
}

export function steppedBack(editor: EditorState): EditorState {
  const start = lineStart(editor, editor.cursor);
  return editor.cursor === start
    ? editor
    : edit(editor, { type: "move", to: "charBack" });
}

export function countOf({ count, operatorCount }: VimState): number {
  const times = Number(count || "1") * Number(operatorCount || "1");
  return Math.min(times, COUNT_MAX);
}

export function movedTo(editor: EditorState, to: number): EditorState {
  return edit(editor, { type: "move", to });
}
