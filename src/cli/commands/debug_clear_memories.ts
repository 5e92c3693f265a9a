/** `codex debug clear-memories`: forgets what earlier sessions left. */
import { findCodexHome } from "@/config/codex_home.ts";
import { clearMemories, memoriesDirectory } from "@/core/memories.ts";
import type { Platform } from "@/platform/platform.ts";
import type { ParsedCommand } from "../parsed.ts";

export async function run(
  _: ParsedCommand,
  { files, env, host, terminal }: Platform,
): Promise<number> {
  const codexHome = await findCodexHome({ files, env, host });
  const count = await clearMemories(files, codexHome);
  terminal.writeOut(
    `Removed ${count} ${count === 1 ? "file" : "files"} from ${
      memoriesDirectory(codexHome)
    }\n`,
  );
  return 0;
}
