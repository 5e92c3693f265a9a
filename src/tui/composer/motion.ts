/**
 * Where the cursor may stand and where motions lead. What a motion steps over is an
 * atom: an element as a whole, a line break, or one character as a reader sees it.
 */
import { graphemes } from "@/text/width.ts";
import { type Draft, elementAround } from "./draft.ts";

export type Motion =
  | "charBack"
  | "charForward"
  /** To the start of the word before, or the end of the one that follows. */
  | "wordBack"
  | "wordForward"
  /** To where the next word starts. */
  | "wordNext"
  | "lineStart"
  | "lineEnd"
  | "textStart"
  | "textEnd";

/** Where a motion leads from a place the cursor can stand at. */
export function moved(draft: Draft, from: number, motion: Motion): number {
  switch (motion) {
    case "charBack":
      return atomStart(draft, from);
    case "charForward":
      return atomEnd(draft, from);
    case "wordBack":
      return wordBack(draft, from);
    case "wordForward":
      return wordForward(draft, from);
    case "wordNext":
      return wordNext(draft, from);
    case "lineStart":
      return lineStart(draft, from);
    case "lineEnd":
      return lineEnd(draft, from);
    case "textStart":
      return 0;
    case "textEnd":
      return draft.text.length;
  }
}

/** The place itself, or the nearest one in that direction where the cursor may stand. */
export function standable(
  draft: Draft,
  at: number,
  direction: "back" | "forward",
): number {
  const place = Math.min(Math.max(at, 0), draft.text.length);
  const element = elementAround(draft, place);
  if (element !== undefined) {
    return direction === "back" ? element.start : element.end;
  }
  const stretch = plainStretch(draft, place);
  let end = stretch.start;
  for (const cluster of graphemes(stretch.text)) {
    if (end === place) return place;
    const next = end + cluster.length;
    if (next > place) return direction === "back" ? end : next;
    end = next;
  }
  return place;
}

/** Where the logical line begins: behind a line break that no element holds. */
export function lineStart({ text }: Draft, at: number): number {
  return at === 0 ? 0 : text.lastIndexOf("\n", at - 1) + 1;
}

export function lineEnd({ text }: Draft, at: number): number {
  const end = text.indexOf("\n", at);
  return end < 0 ? text.length : end;
}

/** The start of the atom that ends at a place. */
export function atomStart(draft: Draft, at: number): number {
  if (at <= 0) return 0;
  const element = draft.elements.find(({ end }) => end === at);
  if (element !== undefined) return element.start;
  if (isSimple(draft, at - 2, at + 1)) return at - 1;
  return standable(draft, at - 1, "back");
}

/** The end of the atom that starts at a place. */
export function atomEnd(draft: Draft, at: number): number {
  if (at >= draft.text.length) return draft.text.length;
  const element = draft.elements.find(({ start }) => start === at);
  if (element !== undefined) return element.end;
  if (isSimple(draft, at, at + 2)) return at + 1;
  return standable(draft, at + 1, "forward");
}

/** True when the text there is of characters that never join with a neighbour. */
function isSimple({ text, elements }: Draft, from: number, to: number) {
  if (elements.length > 0) return false;
  for (let at = Math.max(from, 0); at < to && at < text.length; at++) {
    if (text.charCodeAt(at) >= 0x300) return false;
  }
  return true;
}

/** The text around a place up to the next line breaks and elements. */
function plainStretch(
  draft: Draft,
  at: number,
): { readonly start: number; readonly text: string } {
  let start = lineStart(draft, at);
  let end = lineEnd(draft, at);
  for (const element of draft.elements) {
    if (element.end <= at) start = Math.max(start, element.end);
    if (element.start >= at) end = Math.min(end, element.start);
  }
  return { start, text: draft.text.slice(start, end) };
}

type AtomClass = "space" | "word" | "kana" | "han" | "sign" | "element";

const KANA = /^[\p{Script=Hiragana}\p{Script=Katakana}]/u;
const HAN = /^\p{Script=Han}/u;
const WORD = /^[\p{L}\p{N}\p{M}_]/u;
const SPACE = /^\s/;

/** What an atom is made of; a word ends where that changes. */
export function atomClass(draft: Draft, at: number): AtomClass {
  if (draft.elements.some(({ start }) => start === at)) return "element";
  const code = draft.text.codePointAt(at);
  if (code === undefined) return "space";
  const character = String.fromCodePoint(code);
  if (SPACE.test(character)) return "space";
  if (HAN.test(character)) return "han";
  if (KANA.test(character)) return "kana";
  return WORD.test(character) ? "word" : "sign";
}

function wordBack(draft: Draft, from: number): number {
  let at = from;
  while (at > 0 && classBefore(draft, at) === "space") {
    at = atomStart(draft, at);
  }
  const kind = classBefore(draft, at);
  while (at > 0 && classBefore(draft, at) === kind) {
    at = atomStart(draft, at);
    if (kind === "element") break;
  }
  return at;
}

function classBefore(draft: Draft, at: number): AtomClass {
  return atomClass(draft, atomStart(draft, at));
}

function wordForward(draft: Draft, from: number): number {
  return runEnd(draft, spaceEnd(draft, from));
}

function wordNext(draft: Draft, from: number): number {
  const isOnSpace = atomClass(draft, from) === "space";
  return spaceEnd(draft, isOnSpace ? from : runEnd(draft, from));
}

/** Behind the atoms of one class that follow. */
export function runEnd(draft: Draft, from: number): number {
  const kind = atomClass(draft, from);
  let at = atomEnd(draft, from);
  if (kind === "element") return at;
  while (at < draft.text.length && atomClass(draft, at) === kind) {
    at = atomEnd(draft, at);
  }
  return at;
}

function spaceEnd(draft: Draft, from: number): number {
  let at = from;
  while (at < draft.text.length && atomClass(draft, at) === "space") {
    at = atomEnd(draft, at);
  }
  return at;
}
