/**
 * Where hooks can be configured: a `hooks.json` in each folder that can hold a
 * `config.toml`. Reading them is a few failed opens at the start of a thread; decoding
 * what is there is the business of `hooks.ts`, which is loaded only then.
 */
import { resolvePath } from "@/platform/paths.ts";
import { FileError, type FileSystem } from "@/platform/platform.ts";
import type { HookSource } from "@/protocol/hooks.ts";
import type { Config } from "./config.ts";
import { SYSTEM_DIRECTORY } from "./layers.ts";

/** A folder of configuration and what its `hooks.json` holds. */
export interface HookFolder {
  readonly source: HookSource;
  readonly folder: string;
  readonly file:
    | { readonly kind: "absent" }
    | { readonly kind: "text"; readonly text: string }
    | { readonly kind: "unreadable"; readonly reason: string };
}

export const HOOKS_FILE = "hooks.json";

/** The folders, lowest first. A project's count only when the user trusts it. */
export function readHookFolders(
  files: Pick<FileSystem, "readTextIfExists">,
  config: Pick<Config, "codexHome" | "trustedFolders">,
): Promise<readonly HookFolder[]> {
  const folders: readonly (readonly [HookSource, string])[] = [
    ["system", SYSTEM_DIRECTORY],
    ["user", config.codexHome],
    ...config.trustedFolders.map((folder) => ["project", folder] as const),
  ];
  return Promise.all(folders.map(async ([source, folder]) => ({
    source,
    folder,
    file: await readHooksFile(files, resolvePath(folder, HOOKS_FILE)),
  })));
}

/** True when there is anything to decode. */
export function hasHooks(
  folders: readonly HookFolder[],
  { layers }: Pick<Config, "layers">,
): boolean {
  return folders.some(({ file }) => file.kind !== "absent") ||
    layers.some(({ table }) => table["hooks"] !== undefined);
}

async function readHooksFile(
  files: Pick<FileSystem, "readTextIfExists">,
  path: string,
): Promise<HookFolder["file"]> {
  try {
    const text = await files.readTextIfExists(path);
    return text === undefined ? { kind: "absent" } : { kind: "text", text };
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    return { kind: "unreadable", reason: error.osText };
  }
}
