/**
 * The names of elements: `[Pasted Content 1500 chars]`, with ` #2` for a second of the
 * same size, and `[Image #1]`. Images are numbered by where they stand, because that
 * is the order in which the model gets them.
 */
import {
  type Draft,
  type DraftElement,
  elementDraft,
  spliceDraft,
} from "./draft.ts";

/** Longer pastes are folded: more hides the rest of what is written. */
const PASTE_CHARS_MAX = 1_000;

/** A paste as it goes into a draft: folded when it is long. */
export function pastedDraft(text: string): Draft {
  const chars = countChars(text);
  return chars <= PASTE_CHARS_MAX
    ? { text, elements: [] }
    : elementDraft(`[Pasted Content ${chars} chars]`, { kind: "paste", text });
}

function imageLabel(number: number): string {
  return `[Image #${number}]`;
}

/** The draft with every element named as it should be, and where a place has gone. */
export function relabelled(
  draft: Draft,
  cursor: number,
): { readonly draft: Draft; readonly cursor: number } {
  const taken = new Set<string>();
  let images = 0;
  let named = draft;
  let at = cursor;
  // From the left, by index: renaming moves what stands behind.
  for (let index = 0; index < draft.elements.length; index++) {
    const element = named.elements[index];
    if (element === undefined) break;
    if (isImage(element)) images++;
    const old = named.text.slice(element.start, element.end);
    const label = isImage(element)
      ? imageLabel(images)
      : isPaste(element)
      ? freeLabel(old, taken)
      : old;
    taken.add(label);
    if (label === old) continue;
    if (at >= element.end) at += label.length - old.length;
    named = spliceDraft(named, element, elementDraft(label, element.content));
  }
  return { draft: named, cursor: at };
}

function isImage({ content }: DraftElement): boolean {
  return content.kind === "attachment" &&
    (content.input.type === "image" || content.input.type === "localImage");
}

function isPaste({ content }: DraftElement): boolean {
  return content.kind === "paste";
}

/** The label, or the first of its kind nobody has. */
function freeLabel(label: string, taken: ReadonlySet<string>): string {
  if (!taken.has(label)) return label;
  const base = label.replace(/ #\d+$/, "");
  let number = 2;
  while (taken.has(`${base} #${number}`)) number++;
  return `${base} #${number}`;
}

/** Code points, as people count characters in a message about size. */
function countChars(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}
