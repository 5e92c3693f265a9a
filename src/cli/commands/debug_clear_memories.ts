/** `codex debug clear-memories`: forgets what earlier sessions left. */
import { findCodexHome } from "@/config/codex_home.ts";
import { memoriesDirectory } from "@/core/memories.ts";
import { resolvePath } from "@/platform/paths.ts";
import type { FileSystem, Platform } from "@/platform/platform.ts";
import type { ParsedCommand } from "../parsed.ts";

export async function run(
  _: ParsedCommand,
  { files, env, host, terminal }: Platform,
): Promise<number> {
  const codexHome = await findCodexHome({ files, env, host });
  const directory = memoriesDirectory(codexHome);
  const count = await removeBelow(files, directory);
  terminal.writeOut(
    `Removed ${count} ${count === 1 ? "file" : "files"} from ${directory}\n`,
  );
  return 0;
}

/** Empties a directory. Links are removed, never followed. */
async function removeBelow(
  files: FileSystem,
  directory: string,
): Promise<number> {
  if ((await files.lstat(directory))?.isSymlink) return 0;
  let count = 0;
  for (const entry of await files.readDirectory(directory)) {
    const path = resolvePath(directory, entry.name);
    if (entry.isDirectory && !entry.isSymlink) {
      count += await removeBelow(files, path);
    } else count++;
    await files.remove(path);
  }
  return count;
}
