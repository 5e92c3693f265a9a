/** What a draft says once it is sent: long pastes unfolded, and what goes with it. */
import type { Attachment, Draft } from "./draft.ts";

export interface Expanded {
  readonly text: string;
  /** In the order in which they stand in the text. */
  readonly attachments: readonly Attachment[];
}

/** The text with its pastes in full. Attachments keep their labels in the text. */
export function expandDraft({ text, elements }: Draft): Expanded {
  const parts: string[] = [];
  const attachments: Attachment[] = [];
  let at = 0;
  for (const { start, end, content } of elements) {
    parts.push(text.slice(at, start));
    if (content.kind === "paste") {
      parts.push(content.text);
    } else {
      parts.push(text.slice(start, end));
      attachments.push(content.input);
    }
    at = end;
  }
  parts.push(text.slice(at));
  return { text: parts.join(""), attachments };
}
