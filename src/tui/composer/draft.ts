/**
 * A draft: text with elements in it. An element is a piece of the text that stands for
 * something (a long paste, an image, a skill) and is moved over and removed as a whole.
 * Elements are in order and do not overlap; offsets are code units.
 */
import type { UserInput } from "@/protocol/items.ts";

/** What an element stands for. */
export type ElementContent =
  | { readonly kind: "paste"; readonly text: string }
  /** Anything that goes with the message beside its text. */
  | { readonly kind: "attachment"; readonly input: Attachment };

export type Attachment = Exclude<UserInput, { readonly type: "text" }>;

export interface DraftElement {
  readonly start: number;
  readonly end: number;
  readonly content: ElementContent;
}

export interface Draft {
  readonly text: string;
  readonly elements: readonly DraftElement[];
}

export interface Range {
  readonly start: number;
  readonly end: number;
}

export const EMPTY_DRAFT: Draft = { text: "", elements: [] };

export function plainDraft(text: string): Draft {
  return { text, elements: [] };
}

/** One element and nothing else. */
export function elementDraft(label: string, content: ElementContent): Draft {
  return {
    text: label,
    elements: [{ start: 0, end: label.length, content }],
  };
}

/** The part of a draft; an element that is cut becomes plain text. */
export function sliceDraft(draft: Draft, { start, end }: Range): Draft {
  return {
    text: draft.text.slice(start, end),
    elements: draft.elements
      .filter((element) => element.start >= start && element.end <= end)
      .map((element) => shifted(element, -start)),
  };
}

/** The draft with another one in place of a range. */
export function spliceDraft(
  draft: Draft,
  { start, end }: Range,
  other: Draft = EMPTY_DRAFT,
): Draft {
  const shift = start + other.text.length - end;
  return {
    text: draft.text.slice(0, start) + other.text + draft.text.slice(end),
    elements: [
      ...draft.elements.filter((element) => element.end <= start),
      ...other.elements.map((element) => shifted(element, start)),
      ...draft.elements.filter((element) => element.start >= end)
        .map((element) => shifted(element, shift)),
    ],
  };
}

/** The range widened so that it holds or leaves out every element as a whole. */
export function wholeElements(draft: Draft, { start, end }: Range): Range {
  let range = { start, end };
  for (const element of draft.elements) {
    if (element.start < range.end && element.end > range.start) {
      range = {
        start: Math.min(range.start, element.start),
        end: Math.max(range.end, element.end),
      };
    }
  }
  return range;
}

/** The element a place lies strictly inside of. */
export function elementAround(
  { elements }: Draft,
  at: number,
): DraftElement | undefined {
  return elements.find(({ start, end }) => start < at && at < end);
}

function shifted(element: DraftElement, by: number): DraftElement {
  return by === 0
    ? element
    : { ...element, start: element.start + by, end: element.end + by };
}
