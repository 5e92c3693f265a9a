/**
 * Marks that are still open at the end of streamed text are closed for the moment, so
 * that `**bol` is bold from its first letter and nothing flashes when the end comes.
 */

/** What is open, from the outside in; each is closed by writing it again. */
type Mark = string;

/** The text as if it ended here on purpose. */
export function closeMarks(text: string): string {
  const open: Mark[] = [];
  let kept = "";
  for (let at = 0; at < text.length;) {
    const rest = text.slice(at, at + LOOKAHEAD);
    const part = partAt(text, at, rest, open);
    if (part.kind === "rest") {
      kept += part.shown;
      break;
    }
    kept += part.shown;
    at += part.length;
  }
  return open.length === 0 ? kept : closed(kept.trimEnd(), open);
}

/** The longest stretch a single mark is looked for in. */
const LOOKAHEAD = 32;

type Part =
  | { readonly kind: "part"; readonly shown: string; readonly length: number }
  /** What stands there takes the text to its end. */
  | { readonly kind: "rest"; readonly shown: string };

function partAt(text: string, at: number, rest: string, open: Mark[]): Part {
  const run = /^(?:\\[\s\S]|`+|\*+|_+|~+|!?\[)/.exec(rest)?.[0];
  if (run === undefined) {
    const plain = /^[^\\`*_~![]+/.exec(text.slice(at))?.[0] ?? text[at] ?? "";
    return { kind: "part", shown: plain, length: plain.length };
  }
  if (run.startsWith("\\")) {
    return { kind: "part", shown: run, length: run.length };
  }
  if (run.startsWith("`")) return codePart(text, at, run, open);
  if (run.endsWith("[")) return linkPart(text, at, run);
  return emphasisPart(text, at, run, open);
}

function codePart(text: string, at: number, run: string, open: Mark[]): Part {
  const from = at + run.length;
  const end = closingRun(text, from, run);
  if (end !== undefined) {
    return { kind: "part", shown: text.slice(at, end), length: end - at };
  }
  const content = text.slice(from).replace(/`+$/, "").trimEnd();
  if (content === "") return { kind: "rest", shown: "" };
  open.push(run);
  return { kind: "rest", shown: run + content };
}

/** Behind the backticks that close code. */
function closingRun(
  text: string,
  from: number,
  run: string,
): number | undefined {
  for (let at = text.indexOf(run, from); at >= 0;) {
    let end = at;
    while (text[end] === "`") end++;
    if (end - at === run.length) return end;
    at = text.indexOf(run, end);
  }
  return undefined;
}

/** Words of a link that has begun and not ended, without its brackets. */
function linkPart(text: string, at: number, run: string): Part {
  const literal: Part = { kind: "part", shown: run, length: run.length };
  // An index, such as `list[0]`.
  if (run === "[" && isWord(text[at - 1] ?? " ")) return literal;
  const tail = text.slice(at + run.length);
  const whole = /^[^\[\]\n]*\](?:\([^()\s]*(?:\s+"[^"]*")?\))?/.exec(tail)?.[0];
  const isOver = whole !== undefined &&
    (whole.endsWith(")") || !/^(?:\(|$)/.test(tail.slice(whole.length)));
  const label = /^[^\[\]\n]*/.exec(tail)?.[0] ?? "";
  const ends = /^(?:\](?:\([^()\n]*)?)?$/.test(tail.slice(label.length));
  return !isOver && ends && label.trim() !== ""
    ? { kind: "rest", shown: label }
    : literal;
}

function emphasisPart(
  text: string,
  at: number,
  run: string,
  open: Mark[],
): Part {
  const before = text[at - 1] ?? " ";
  const after = text[at + run.length];
  // Nothing behind it yet: it closes, or it is about to open something.
  if (after === undefined) {
    const top = open.at(-1);
    if (top !== undefined && top[0] === run[0]) {
      return { kind: "rest", shown: "" };
    }
    return /\s/.test(before) || isPlainRun(run)
      ? { kind: "rest", shown: "" }
      : { kind: "rest", shown: run };
  }
  // Inside a word a mark is rarely one: `snake_case`, `2*3`.
  const isInWord = isWord(before);
  const isIgnored = run.startsWith("_") && isInWord && isWord(after) ||
    run.startsWith("~") && run.length !== 2;
  const top = open.at(-1);
  if (!isIgnored) {
    const canClose = !/\s/.test(before) && top === run;
    if (canClose) open.pop();
    else if (!isInWord && !/\s/.test(after) && run.length <= 3) open.push(run);
  }
  return { kind: "part", shown: run, length: run.length };
}

function isWord(character: string): boolean {
  return /[\p{L}\p{N}]/u.test(character);
}

function isPlainRun(run: string): boolean {
  return run.startsWith("*") || run === "~~";
}

/** Closes the marks, unless there is nothing between them yet. */
function closed(kept: string, open: readonly Mark[]): string {
  const opened = open.join("");
  return kept.endsWith(opened)
    ? kept.slice(0, kept.length - opened.length)
    : kept + open.toReversed().join("");
}
