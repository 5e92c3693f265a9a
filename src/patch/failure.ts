/**
 * Why a patch cannot be applied, and the two wordings of it: the one a tool's caller
 * prefixes with `apply_patch verification failed: `, and the one the command prints.
 */
import type { ParseProblem } from "./parse.ts";

export type PatchFailure =
  | ParseProblem
  | {
    readonly kind: "no_context";
    readonly path: string;
    readonly context: string;
  }
  | {
    readonly kind: "no_lines";
    readonly path: string;
    readonly lines: readonly string[];
  }
  | {
    readonly kind: "unreadable";
    readonly path: string;
    readonly purpose: "update" | "delete";
    readonly reason: string;
  }
  | { readonly kind: "unwritable"; readonly path: string };

/** What the model reads when its patch is refused before anything is written. */
export function verificationText(failure: PatchFailure): string {
  switch (failure.kind) {
    case "invalid_patch":
      return `invalid patch: ${failure.reason}`;
    case "invalid_hunk":
      return `invalid hunk at line ${failure.line}, ${failure.reason}`;
    case "no_context":
      return `Failed to find context '${failure.context}' in ${failure.path}`;
    case "no_lines":
      return `Failed to find expected lines in ${failure.path}:\n` +
        failure.lines.join("\n");
    case "unreadable": {
      const what = failure.purpose === "update"
        ? "read file to update"
        : "read";
      return `Failed to ${what} ${failure.path}: ${failure.reason}`;
    }
    case "unwritable":
      return writeFailedText(failure.path);
  }
}

/** What the command prints to standard error. */
export function commandText(failure: PatchFailure): string {
  if (failure.kind === "invalid_patch") {
    return `Invalid patch: ${failure.reason}`;
  }
  if (failure.kind === "invalid_hunk") {
    return `Invalid patch hunk on line ${failure.line}: ${failure.reason}`;
  }
  if (failure.kind === "unreadable" && failure.purpose === "delete") {
    return deleteFailedText(failure.path);
  }
  return verificationText(failure);
}

/** A file could not be written; `path` as it is absolute in the patch. */
export function writeFailedText(path: string): string {
  return `Failed to write file ${path}`;
}

/** A file could not be deleted. */
export function deleteFailedText(path: string): string {
  return `Failed to delete file ${path}`;
}
