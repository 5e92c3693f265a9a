/** Reviews: what is looked at, and what was found. Shapes as clients and rollouts know them. */
import * as v from "valibot";

export type ReviewTarget =
  | { readonly type: "uncommittedChanges" }
  | { readonly type: "baseBranch"; readonly branch: string }
  | { readonly type: "commit"; readonly sha: string; readonly title?: string }
  | { readonly type: "custom"; readonly instructions: string };

const Finding = v.object({
  title: v.string(),
  body: v.string(),
  confidence_score: v.optional(v.number(), 0),
  /** 0 is the most urgent. */
  priority: v.optional(v.number(), 3),
  code_location: v.object({
    absolute_file_path: v.string(),
    line_range: v.object({ start: v.number(), end: v.number() }),
  }),
});

/** What a reviewer answers with. */
export const ReviewOutputSchema = v.object({
  findings: v.optional(v.array(Finding), []),
  overall_correctness: v.optional(v.string(), ""),
  overall_explanation: v.optional(v.string(), ""),
  overall_confidence_score: v.optional(v.number(), 0),
});
export type ReviewOutput = v.InferOutput<typeof ReviewOutputSchema>;
export type ReviewFinding = ReviewOutput["findings"][number];

/** How many digits of a commit's name people read. */
const SHORT_SHA = 7;

/** What the user is shown for a target. */
export function reviewHint(target: ReviewTarget): string {
  switch (target.type) {
    case "uncommittedChanges":
      return "current changes";
    case "baseBranch":
      return `changes against '${target.branch}'`;
    case "commit": {
      const commit = `commit ${target.sha.slice(0, SHORT_SHA)}`;
      return target.title === undefined ? commit : `${commit}: ${target.title}`;
    }
    case "custom":
      return target.instructions.trim();
  }
}

const NOTHING_SAID = "The reviewer gave no answer.";

/** A review as people read it. */
export function reviewText(review: ReviewOutput): string {
  const { findings, overall_explanation } = review;
  const explanation = overall_explanation.trim();
  if (findings.length === 0) {
    return explanation === "" ? NOTHING_SAID : explanation;
  }
  const heading = findings.length === 1
    ? "Review comment:"
    : "Full review comments:";
  return [
    ...(explanation === "" ? [] : [explanation]),
    heading,
    ...findings.map(findingText),
  ].join("\n\n");
}

function findingText(finding: ReviewFinding): string {
  const { absolute_file_path: path, line_range: lines } = finding.code_location;
  return [
    `- ${finding.title} — ${path}:${lines.start}-${lines.end}`,
    ...finding.body.split("\n").map((line) => `  ${line}`),
  ].join("\n");
}
