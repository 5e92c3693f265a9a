/**
 * Shell scripts, where the word that matters is the one that is run: what stands first
 * in a command is told from its arguments, whatever both are called.
 */
import { shell } from "@codemirror/legacy-modes/mode/shell";
import type { Grammar } from "./languages.ts";

interface ShellState {
  readonly inner: unknown;
  place: Place;
}

/**
 * A command may begin; in the word that is run; behind it; in the value of an
 * assignment, behind which a command may still begin.
 */
type Place = "first" | "command" | "argument" | "value";

/** Words behind which a command stands. */
const OPENERS: ReadonlySet<string> = new Set([
  "do",
  "then",
  "else",
  "elif",
  "if",
  "while",
  "until",
  "time",
]);

export const shellGrammar: Grammar = {
  name: "shell",
  startState: (indentUnit): ShellState => ({
    inner: shell.startState?.(indentUnit),
    place: "first",
  }),
  copyState(state) {
    const { inner, place } = own(state);
    return { inner: shell.copyState?.(inner) ?? copied(inner), place };
  },
  token(stream, state) {
    const shellState = own(state);
    // Text that goes on from the line before is no command.
    const isOpen = stream.sol() && isInText(shellState.inner);
    if (stream.sol() && !isOpen) shellState.place = "first";
    if (isOpen) shellState.place = "argument";
    const style = shell.token(stream, shellState.inner) ?? null;
    // The grammar takes `(cd` for one word.
    const mark = style === null && /^[;|&({!]+(?=.)/.exec(stream.current());
    if (mark) stream.backUp(stream.current().length - mark[0].length);
    return placed(shellState, style, stream.current(), stream.peek());
  },
};

function placed(
  state: ShellState,
  style: string | null,
  token: string,
  next: string | void,
): string | null {
  if (token.trim() === "") {
    if (state.place === "command") state.place = "argument";
    if (state.place === "value") state.place = "first";
    return style;
  }
  if (/^[;|&(`{!]+$/.test(token)) {
    state.place = "first";
    return style;
  }
  if (style === "keyword") {
    state.place = OPENERS.has(token) ? "first" : "argument";
    return token === "exit" || token === "return" ? "macroName" : style;
  }
  if (state.place === "first" && style === "def" && next === "=") {
    state.place = "value";
    return style;
  }
  const isName = style === null || style === "builtin";
  if (isName && (state.place === "first" || state.place === "command")) {
    state.place = "command";
    return "macroName";
  }
  if (state.place === "first" && style !== "comment") state.place = "argument";
  return style === "builtin" ? null : style;
}

function own(state: unknown): ShellState {
  // Made by `startState` or `copyState`, and by nobody else.
  return state as ShellState;
}

/** Strings and here-documents have a reader of their own on the grammar's stack. */
function isInText(inner: unknown): boolean {
  const { tokens } = inner as { readonly tokens?: readonly unknown[] };
  return (tokens?.length ?? 0) > 0;
}

function copied(inner: unknown): unknown {
  const { tokens } = inner as { readonly tokens: readonly unknown[] };
  return { tokens: [...tokens] };
}
