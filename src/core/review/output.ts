/** A reviewer's answer: JSON by agreement, read leniently. Pure. */
import { decode } from "@/protocol/decode.ts";
import { type ReviewOutput, ReviewOutputSchema } from "@/protocol/review.ts";

/** What an answer says; text that is not the agreed JSON becomes the explanation. */
export function readReview(answer: string): ReviewOutput {
  for (const json of [answer, outermostObject(answer)]) {
    const decoded = decode(ReviewOutputSchema, parse(json));
    if (decoded.ok && saysSomething(decoded.value)) return decoded.value;
  }
  return {
    findings: [],
    overall_correctness: "",
    overall_explanation: answer,
    overall_confidence_score: 0,
  };
}

/** Every field may be missing, so any object could pass for a review. */
function saysSomething(review: ReviewOutput): boolean {
  return review.findings.length > 0 || review.overall_explanation !== "";
}

/** Models like to write a sentence or a fence around the JSON they were asked for. */
function outermostObject(text: string): string {
  const start = text.indexOf("{");
  const end = text.lastIndexOf("}");
  return start === -1 || end < start ? "" : text.slice(start, end + 1);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON: the caller shows the text as it is.
    return undefined;
  }
}
