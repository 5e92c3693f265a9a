/**
 * Edits the agent makes itself, under the same confinement as a command: whatever a
 * background command swaps meanwhile, nothing outside the writable roots changes.
 *
 * The helper does it in one process per plan (`linux/helper_writer.ts`). Under the
 * other mechanisms a confined shell does one operation each, as here.
 */
import {
  type ChildProcess,
  FileError,
  type FileSystem,
} from "@/platform/platform.ts";
import { directoryOf } from "@/platform/paths.ts";

/** Changes files inside a confinement. Paths are absolute and hold no links. */
export interface ConfinedWriter {
  /** Makes a directory and its parents. @throws FileError */
  makeDirectory(path: string): Promise<void>;
  /**
   * Makes or replaces a file, whole or not at all. Without `mode` a new file gets
   * the default and an existing one keeps its own. @throws FileError
   */
  write(path: string, bytes: Uint8Array, mode?: number): Promise<void>;
  /** Removes a file or a link, not what it points to. @throws FileError */
  remove(path: string): Promise<void>;
  /** Nothing may be called after. */
  close(): Promise<void>;
}

export interface ShellWriterDeps {
  readonly files: FileSystem;
  /** Starts a confined command with a pipe as its standard input. */
  start(argv: readonly string[]): Promise<ChildProcess>;
}

/** How the scripts below say what went wrong. */
const EXIT_MISSING = 44;
const EXIT_EXISTS = 46;

const SCRIPTS = {
  // A `mv` onto a directory would move into it.
  write: '[ -d "${1%/*}/" ] || exit 44; [ ! -d "$1" ] || exit 45; set -C; ' +
    'trap \'rm -f -- "$2"\' EXIT; cat >"$2" && ' +
    '{ [ -z "$3" ] || chmod -- "$3" "$2"; } && mv -f -- "$2" "$1"',
  makeDirectory: '[ -d "$1" ] && exit 0; [ ! -e "$1" ] || exit 46; ' +
    'mkdir -p -- "$1"',
  remove: '[ -e "$1" ] || [ -L "$1" ] || exit 44; rm -f -- "$1"',
} as const;

/** A writer that starts a shell for each operation. */
export function shellWriter(deps: ShellWriterDeps): ConfinedWriter {
  const run = async (
    operation: keyof typeof SCRIPTS,
    words: readonly [path: string, ...rest: string[]],
    input: Uint8Array = new Uint8Array(),
  ) => {
    const argv = ["/bin/sh", "-c", SCRIPTS[operation], "sh", ...words];
    const child = await deps.start(argv);
    const [, problem, { code }] = await Promise.all([
      new Response(child.stdout).bytes(),
      new Response(child.stderr).text(),
      child.exit,
      feed(child, input),
    ]);
    if (code !== 0) throw failure(words[0], code, problem);
  };
  return {
    makeDirectory: (path) => run("makeDirectory", [path]),
    async write(path, bytes, mode) {
      const kept = mode ?? (await deps.files.lstat(path))?.mode;
      const octal = kept === undefined ? "" : (kept & 0o7777).toString(8);
      const beside = directoryOf(path).replace(/\/$/, "");
      const temporary = `${beside}/.edit-${crypto.randomUUID()}`;
      await run("write", [path, temporary, octal], bytes);
    },
    remove: (path) => run("remove", [path]),
    close: async () => {},
  };
}

/** A shell that gave up before reading has said why. */
async function feed(child: ChildProcess, input: Uint8Array): Promise<void> {
  try {
    await child.writeStdin(input);
    await child.closeStdin();
  } catch {
    await child.exit;
  }
}

function failure(path: string, code: number, problem: string): FileError {
  const text = problem.trim() || "the operation failed inside the sandbox";
  if (code === EXIT_MISSING) return new FileError("not_found", path, text);
  if (code === EXIT_EXISTS) return new FileError("exists", path, text);
  return new FileError("permission", path, text);
}
