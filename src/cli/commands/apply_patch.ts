/** `apply_patch`: the patch tool as a command of its own. */
import { runApplyPatchCommand } from "@/patch/command.ts";
import type { Platform } from "@/platform/platform.ts";
import { type ParsedCommand, positionals } from "../parsed.ts";

export async function run(
  parsed: ParsedCommand,
  { terminal, files, host }: Platform,
): Promise<number> {
  const { exitCode, stdout, stderr } = await runApplyPatchCommand({
    args: positionals(parsed, "PATCH"),
    stdin: async () => {
      const chunks = await Array.fromAsync(terminal.readStdin());
      return new Uint8Array(await new Blob(chunks as BlobPart[]).arrayBuffer());
    },
    cwd: host.cwd,
    files,
  });
  if (stdout !== "") terminal.writeOut(stdout);
  if (stderr !== "") terminal.writeErr(stderr);
  return exitCode;
}
