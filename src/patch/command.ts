/**
 * The `apply_patch` command: one patch, as the argument or on standard input,
 * applied in the working directory. It is not atomic: what the hunks before a
 * failing one did stays.
 */
import type { FileSystem } from "@/platform/platform.ts";
import { decodeUtf8 } from "@/text/utf8.ts";
import { applyChanges, fileSystemWriter, summarizeChanges } from "./apply.ts";
import { planPatch } from "./plan.ts";

export interface ApplyPatchRequest {
  /** What follows the command's name. */
  readonly args: readonly string[];
  /** Reads standard input to its end; called only when there is no argument. */
  readonly stdin: () => Promise<Uint8Array>;
  /** Absolute. */
  readonly cwd: string;
  readonly files: FileSystem;
}

export interface CommandResult {
  readonly exitCode: 0 | 1 | 2;
  readonly stdout: string;
  readonly stderr: string;
}

const USAGE = "Usage: apply_patch 'PATCH'\n       echo 'PATCH' | apply_patch\n";

/** Runs the command. Exit code 1: the patch failed; 2: it was not called rightly. */
export async function runApplyPatchCommand(
  request: ApplyPatchRequest,
): Promise<CommandResult> {
  const [patch, ...more] = request.args;
  if (more.length > 0) {
    return failed(2, "Error: apply_patch accepts exactly one argument.\n");
  }
  if (patch !== undefined) return await applyText(patch, request);
  const input = decodeUtf8(await request.stdin());
  if (input.kind === "invalid") {
    return failed(
      1,
      "Error: Failed to read PATCH from stdin.\nstream did not contain valid UTF-8\n",
    );
  }
  if (input.text === "") return failed(2, USAGE);
  return await applyText(input.text, request);
}

async function applyText(
  text: string,
  { cwd, files }: ApplyPatchRequest,
): Promise<CommandResult> {
  const plan = await planPatch(text, cwd, files);
  const changes = plan.kind === "ok" ? plan.changes : plan.changesBefore;
  const applied = await applyChanges(changes, fileSystemWriter(files));
  if (applied.kind === "failed") return failed(1, `${applied.message}\n`);
  if (plan.kind === "failed") return failed(1, `${plan.commandMessage}\n`);
  if (changes.length === 0) return failed(1, "No files were modified.\n");
  return { exitCode: 0, stdout: summarizeChanges(changes), stderr: "" };
}

function failed(exitCode: 1 | 2, stderr: string): CommandResult {
  return { exitCode, stdout: "", stderr };
}
