/** What a review command was asked to look at. */
import { flagValue, hasFlag, type ParsedCommand } from "@/cli/parsed.ts";
import { CodexError } from "@/protocol/errors.ts";
import type { ReviewTarget } from "@/protocol/review.ts";

/** True for `codex review` and `codex exec review`. */
export function isReview(parsed: ParsedCommand): boolean {
  return parsed.command.includes("review");
}

/** A target named by a flag; undefined when the instructions must say it. */
export function flaggedTarget(parsed: ParsedCommand): ReviewTarget | undefined {
  if (hasFlag(parsed, "uncommitted")) return { type: "uncommittedChanges" };
  const branch = flagValue(parsed, "base");
  if (branch !== undefined) return { type: "baseBranch", branch };
  const sha = flagValue(parsed, "commit");
  if (sha === undefined) return undefined;
  const title = flagValue(parsed, "title");
  return { type: "commit", sha, ...(title === undefined ? {} : { title }) };
}

/** A target the user describes. */
export function describedTarget(instructions: string): ReviewTarget {
  if (instructions.trim() !== "") return { type: "custom", instructions };
  throw new CodexError("invalid_input", "Review prompt cannot be empty");
}

/** The error for a review of nothing in particular. */
export function missingTarget(): CodexError {
  return new CodexError(
    "invalid_input",
    "Specify --uncommitted, --base, --commit, or provide custom review instructions",
  );
}
