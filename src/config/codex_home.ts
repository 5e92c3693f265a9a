/**
 * Where this program keeps its files: `CODEX_HOME`, else `~/.codex`. A home named by
 * the variable must exist; the default one is made, private, by whoever first needs
 * to write.
 */
import type { Platform } from "@/platform/platform.ts";
import { resolvePath } from "@/platform/paths.ts";
import { ConfigError } from "./problem.ts";

const PREFACE = "Error finding codex home: ";

/** What finding the home needs of the machine. */
export type HomePlatform = Pick<Platform, "files" | "env" | "host">;

/**
 * The absolute path of the home; the default one may not exist yet.
 *
 * @throws ConfigError when `CODEX_HOME` names no directory
 */
export async function findCodexHome(platform: HomePlatform): Promise<string> {
  const named = platform.env.get("CODEX_HOME");
  if (named !== undefined && named !== "") return namedHome(platform, named);
  const home = platform.host.homeDirectory;
  if (home === undefined || home === "") {
    throw new ConfigError(PREFACE, "Could not find home directory");
  }
  return resolvePath(home, ".codex");
}

async function namedHome(
  platform: HomePlatform,
  named: string,
): Promise<string> {
  const path = resolvePath(platform.host.cwd, named);
  const [info, real] = await Promise.all([
    platform.files.stat(path),
    platform.files.realPath(path),
  ]);
  if (info === undefined || real === undefined) {
    throw new ConfigError(
      PREFACE,
      `CODEX_HOME points to ${
        JSON.stringify(named)
      }, but that path does not exist`,
    );
  }
  if (!info.isDirectory) {
    throw new ConfigError(
      PREFACE,
      `CODEX_HOME points to ${
        JSON.stringify(named)
      }, but that path is not a directory`,
    );
  }
  return real;
}

/** Makes the home, for its owner alone, when it is not there. @throws FileError */
export async function ensureCodexHome(
  platform: Pick<Platform, "files">,
  codexHome: string,
): Promise<void> {
  if (await platform.files.stat(codexHome) !== undefined) return;
  await platform.files.makeDirectory(codexHome, 0o700);
}
