/**
 * `codex apply`: puts the last diff of a thread into the working tree. A diff that fits
 * is applied; one that does not is merged, and what conflicts is named.
 */
import { findCodexHome } from "@/config/codex_home.ts";
import {
  askGit,
  type GitResult,
  runGit,
  withoutFilters,
} from "@/core/git_command.ts";
import type { Platform } from "@/platform/platform.ts";
import { CodexError } from "@/protocol/errors.ts";
import { isUuid } from "@/protocol/ids.ts";
import { readLastDiff } from "@/state/last_diff.ts";
import { findSession } from "@/state/sessions.ts";
import { type ParsedCommand, positional } from "../parsed.ts";

export async function run(
  parsed: ParsedCommand,
  platform: Platform,
): Promise<number> {
  const id = positional(parsed, "TASK_ID") ?? "";
  const diff = await lastDiff(platform, id);
  const { signal } = new AbortController();
  const root = await askGit(
    platform,
    platform.host.cwd,
    ["rev-parse", "--show-toplevel"],
    signal,
  ) ??
    platform.host.cwd;
  const apply = (...flags: readonly string[]) =>
    applyDiff(platform, root, diff, flags, signal);
  const check = await apply("--check");
  const result = check.code === 0 ? await apply() : await apply("--3way");
  if (result.code !== 0) throw notApplied(result, root);
  const count = diff.match(/^diff --git /gm)?.length ?? 0;
  platform.terminal.writeOut(
    `Applied the last diff of thread ${id}: ${count} ${
      count === 1 ? "file" : "files"
    }${check.code === 0 ? "" : ", merged with what had changed since"}\n`,
  );
  return 0;
}

async function lastDiff({ files, env, host }: Platform, id: string) {
  const home = await findCodexHome({ files, env, host });
  const session = isUuid(id) ? await findSession(files, home, id) : undefined;
  if (session === undefined) {
    throw new CodexError(
      "not_found",
      `Cannot apply "${id}": there is no thread of that id in ${home}; diffs of cloud tasks cannot be fetched in this version`,
    );
  }
  const diff = await readLastDiff(files, session.path);
  if (diff !== undefined) return diff;
  throw new CodexError(
    "not_found",
    `Cannot apply "${id}": no turn of that thread has kept a diff, because none changed a file or the diff was too long`,
  );
}

async function applyDiff(
  platform: Platform,
  cwd: string,
  input: string,
  flags: readonly string[],
  signal: AbortSignal,
): Promise<GitResult> {
  const quiet = await withoutFilters(platform, cwd, signal);
  const args = [...quiet, "apply", ...flags, "-"];
  const result = await runGit(platform, { cwd, args, input }, signal);
  if (result !== undefined) return result;
  throw new CodexError(
    "unsupported",
    "Cannot apply a diff: git cannot be run here; install it, or check that nothing holds a lock in this repository",
  );
}

function notApplied({ stderr }: GitResult, root: string): CodexError {
  const conflicts = /with conflicts/.test(stderr)
    ? `; conflict markers were left in the files git names`
    : "; nothing was changed";
  return new CodexError(
    "bad_request",
    `Cannot apply the diff in ${root}${conflicts}:\n${stderr.trim()}`,
  );
}
