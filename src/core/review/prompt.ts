/** What a reviewer is asked. Pure. */
import type { ReviewTarget } from "@/protocol/review.ts";

/**
 * What the reviewer is asked.
 *
 * @param mergeBase the commit where a base branch was left; undefined when unknown
 */
export function reviewPrompt(
  target: ReviewTarget,
  mergeBase: string | undefined,
): string {
  switch (target.type) {
    case "uncommittedChanges":
      return "Review what is not committed yet: staged, unstaged and untracked files (`git status`, `git diff HEAD`). Give your findings, the most urgent first.";
    case "baseBranch":
      return mergeBase === undefined
        ? `Review the changes of this branch against '${target.branch}'. Find where it left that branch first, for example with \`git merge-base HEAD "$(git rev-parse --abbrev-ref '${target.branch}@{upstream}' || echo '${target.branch}')"\`, then look at \`git diff\` from that commit. Give your findings, the most urgent first.`
        : `Review the changes of this branch against '${target.branch}', which it left at ${mergeBase}. Look at them with \`git diff ${mergeBase}\`. Give your findings, the most urgent first.`;
    case "commit":
      return `Review the changes of commit ${target.sha}${
        target.title === undefined ? "" : ` ("${target.title}")`
      } (\`git show ${target.sha}\`). Give your findings, the most urgent first.`;
    case "custom":
      return target.instructions;
  }
}
