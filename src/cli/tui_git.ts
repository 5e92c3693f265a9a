/** What the terminal UI shows of a repository. */
import { askGit, runGit, withoutFilters } from "@/core/git_command.ts";
import type { Platform } from "@/platform/platform.ts";
import { CodexError } from "@/protocol/errors.ts";

/** Files that are not in the repository are shown as long as there are not too many. */
const UNTRACKED_MAX = 200;
const COMMITS_MAX = 100;
const BRANCHES_MAX = 500;

/**
 * Uncommitted changes and new files, as a unified diff.
 *
 * @throws CodexError outside of a repository
 */
export async function workingDiff(
  platform: Platform,
  cwd: string,
  signal: AbortSignal,
): Promise<string> {
  const filters = await withoutFilters(platform, cwd, signal);
  const git = (args: readonly string[]) =>
    runGit(platform, { cwd, args: [...filters, ...args] }, signal);
  const tracked = await git(["diff", "--no-ext-diff", "--no-textconv"]);
  if (tracked === undefined || tracked.code !== 0) {
    throw new CodexError(
      "invalid_input",
      "`/diff` — not inside a git repository",
    );
  }
  const untracked = await git([
    "ls-files",
    "--others",
    "--exclude-standard",
    "-z",
  ]);
  const names = (untracked?.stdout ?? "").split("\0")
    .filter((name) => name !== "").slice(0, UNTRACKED_MAX);
  const parts = [tracked.stdout];
  for (const name of names) {
    // Ends with 1 when there is a difference, which there is.
    const added = await git([
      "diff",
      "--no-ext-diff",
      "--no-textconv",
      "--no-index",
      "--",
      "/dev/null",
      name,
    ]);
    parts.push(added?.stdout ?? "");
  }
  return parts.join("");
}

/** Local branches, the current one first. */
export async function branches(
  platform: Platform,
  cwd: string,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const text = await askGit(platform, cwd, [
    "for-each-ref",
    "--sort=-committerdate",
    `--count=${BRANCHES_MAX}`,
    "--format=%(HEAD)%(refname:short)",
    "refs/heads",
  ], signal);
  const rows = (text ?? "").split("\n").filter((row) => row !== "");
  const isCurrent = (row: string) => row.startsWith("*");
  return [
    ...rows.filter(isCurrent),
    ...rows.filter((row) => !isCurrent(row)),
  ].map((row) => row.replace(/^[* ]/, ""));
}

export async function commits(
  platform: Platform,
  cwd: string,
  signal: AbortSignal,
): Promise<readonly { readonly sha: string; readonly subject: string }[]> {
  const text = await askGit(
    platform,
    cwd,
    ["log", `--max-count=${COMMITS_MAX}`, "--format=%H %s"],
    signal,
  );
  return (text ?? "").split("\n").filter((row) => row !== "").map((row) => ({
    sha: row.slice(0, row.indexOf(" ")),
    subject: row.slice(row.indexOf(" ") + 1),
  }));
}
