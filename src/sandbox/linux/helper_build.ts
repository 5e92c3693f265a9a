/**
 * Finds the sandbox helper or builds it: beside this program (in `dist/` of a source
 * tree, or embedded in the compiled program), else in the agent's own directory.
 */
import { directoryOf } from "@/platform/paths.ts";
import {
  FileError,
  type FileSystem,
  type HostInfo,
  type ProcessSpawner,
} from "@/platform/platform.ts";
import {
  COMPILER_FLAGS,
  type HelperSource,
  helperSource,
} from "./helper_source.ts";
import type { Architecture } from "./syscalls.ts";

/** Absolute, because PATH is something a command may have written into. */
const COMPILERS = [
  "/usr/bin/musl-gcc",
  "/usr/local/bin/musl-gcc",
  "/usr/bin/cc",
  "/usr/bin/gcc",
  "/usr/bin/clang",
] as const;

/** Those of Debian, for building on a machine of another kind. */
const CROSS_COMPILERS: Readonly<Record<Architecture, string>> = {
  x86_64: "/usr/bin/x86_64-linux-gnu-gcc",
  aarch64: "/usr/bin/aarch64-linux-gnu-gcc",
};

const SOURCE_FOLDER = "/src/sandbox/linux";

export interface BuildDeps {
  readonly host: Pick<HostInfo, "arch">;
  readonly files: FileSystem;
  readonly processes: ProcessSpawner;
}

export type BuildResult =
  | { readonly kind: "built"; readonly path: string; readonly compiler: string }
  | { readonly kind: "failed"; readonly reason: string };

/**
 * The helper for these sources, when it was built before: the one seam between the
 * sandbox and how the program was packaged. A package puts the file named by
 * `helperSource(arch).name` beside the bundled module.
 */
export async function helperBytes(
  files: FileSystem,
  arch: Architecture,
  codexHome: string,
): Promise<Uint8Array | undefined> {
  const { name } = await helperSource(arch);
  for (const directory of [besideThisProgram(), cacheDirectory(codexHome)]) {
    const path = `${directory}/${name}`;
    if (await files.stat(path) !== undefined) return await files.readFile(path);
  }
  return undefined;
}

/** Where a helper built on this machine is kept; commands cannot write there. */
export function cacheDirectory(codexHome: string): string {
  return `${codexHome}/helper`;
}

function besideThisProgram(): string {
  const here = directoryOf(
    decodeURIComponent(new URL(import.meta.url).pathname),
  );
  return here.endsWith(SOURCE_FOLDER)
    ? `${here.slice(0, -SOURCE_FOLDER.length)}/dist`
    : here;
}

/** Builds the helper into `directory`, which exists, with the first compiler that can. */
export async function buildHelper(
  deps: BuildDeps,
  arch: Architecture,
  directory: string,
): Promise<BuildResult> {
  const source = await helperSource(arch);
  const room = `${directory}/${source.name}.${crypto.randomUUID()}`;
  await deps.files.makeDirectory(room, 0o700);
  try {
    for (const [name, text] of source.files) {
      await deps.files.replaceFile(`${room}/${name}`, text);
    }
    const compilers = arch === deps.host.arch
      ? COMPILERS
      : [CROSS_COMPILERS[arch]];
    return await compile(deps, source, { compilers, room, directory });
  } finally {
    for (const name of [...source.files.map(([file]) => file), "helper"]) {
      await deps.files.remove(`${room}/${name}`).catch(() => {});
    }
    await deps.files.remove(room).catch(() => {});
  }
}

async function compile(
  deps: BuildDeps,
  source: HelperSource,
  { compilers, room, directory }: {
    readonly compilers: readonly string[];
    readonly room: string;
    readonly directory: string;
  },
): Promise<BuildResult> {
  let reason = `there is no C compiler (${compilers.join(", ")})`;
  for (const compiler of compilers) {
    if (await deps.files.stat(compiler) === undefined) continue;
    const { code, text } = await runCompiler(deps.processes, compiler, room);
    if (code === 0) {
      // The rename makes it appear whole, whoever else builds at the same time.
      const path = `${directory}/${source.name}`;
      await deps.files.rename(`${room}/helper`, path);
      return { kind: "built", path, compiler };
    }
    reason = `${compiler} failed: ${text.trim()}`;
  }
  return { kind: "failed", reason };
}

async function runCompiler(
  processes: ProcessSpawner,
  compiler: string,
  room: string,
): Promise<{ readonly code: number; readonly text: string }> {
  try {
    const child = processes.spawn({
      argv: [compiler, ...COMPILER_FLAGS, "-o", "helper", "helper.c"],
      cwd: room,
      env: { PATH: "/usr/bin:/bin", LC_ALL: "C", TMPDIR: room },
      stdin: "null",
      newGroup: true,
    });
    const [, text, { code }] = await Promise.all([
      new Response(child.stdout).text(),
      new Response(child.stderr).text(),
      child.exit,
    ]);
    return { code, text };
  } catch (error) {
    // A compiler that cannot be started is one that is not there.
    if (error instanceof FileError) return { code: -1, text: error.osText };
    throw error;
  }
}
