/** A real home and working directory for one configuration test. */
import type { Config } from "@/config/config.ts";
import { loadConfig, type LoadOptions } from "@/config/load.ts";
import { createPlatform } from "@/platform/deno.ts";

export interface Scratch extends AsyncDisposable {
  readonly root: string;
  readonly home: string;
  readonly cwd: string;
  readonly platform: LoadOptions["platform"];
  /** Loads with the home's config.toml, and whatever the options say. */
  load(options?: Partial<LoadOptions>): Promise<Config>;
  write(path: string, text: string): Promise<void>;
}

/** @param config the text of config.toml; undefined leaves the file out */
export async function makeScratch(
  config?: string,
  variables: Readonly<Record<string, string>> = {},
): Promise<Scratch> {
  const root = await Deno.realPath(
    await Deno.makeTempDir({ prefix: "codex-config-" }),
  );
  const home = `${root}/home`;
  const cwd = `${root}/work`;
  await Deno.mkdir(home);
  await Deno.mkdir(`${cwd}/.git`, { recursive: true });
  const env: Readonly<Record<string, string>> = {
    CODEX_HOME: home,
    ...variables,
  };
  const machine = createPlatform();
  const platform: LoadOptions["platform"] = {
    files: machine.files,
    env: { get: (name) => env[name], all: () => env },
    host: { ...machine.host, cwd, homeDirectory: root },
  };
  const write = (path: string, text: string) => writeFile(path, text);
  if (config !== undefined) await write(`${home}/config.toml`, config);
  return {
    root,
    home,
    cwd,
    platform,
    load: (options) =>
      loadConfig({
        platform,
        session: { overrides: [], enable: [], disable: [] },
        systemDirectory: `${root}/etc`,
        ...options,
      }),
    write,
    async [Symbol.asyncDispose]() {
      await Deno.remove(root, { recursive: true });
    },
  };
}

async function writeFile(path: string, text: string): Promise<void> {
  await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
  await Deno.writeTextFile(path, text);
}

/** Session flags of `-c` alone. */
export function overrides(...list: readonly string[]): Partial<LoadOptions> {
  return { session: { overrides: list, enable: [], disable: [] } };
}
