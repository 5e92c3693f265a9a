/**
 * Reads a command: what it plainly is, and everything it may run. A shell's script is
 * looked into, as are programs that run others.
 */
import { looseCommands } from "./loose.ts";
import { baseName, isGenuine } from "./program.ts";
import type { Argv } from "./rule.ts";
import { readScript, type ScriptReading } from "./shell_split.ts";
import { innerOf, isPosixShell, isShell } from "./wrappers.ts";

/** One of the commands a command plainly is, with all it may run. */
export interface Segment {
  readonly argv: Argv;
  /** Itself first. */
  readonly seen: readonly Argv[];
}

export interface CommandReading {
  /** What it plainly is; undefined when it holds a script that cannot be split. */
  readonly segments: readonly Segment[] | undefined;
  /** Every command it may run, whatever surrounds it. */
  readonly seen: readonly Argv[];
}

/** Scripts inside scripts, deeper than anyone writes by hand. */
const DEPTH_MAX = 8;
/** More commands than any honest command line holds. */
const COMMANDS_MAX = 10_000;

/**
 * Reads a command.
 *
 * @param shell the user's shell, which is trusted wherever it lies
 */
export function readCommand(argv: Argv, shell: string): CommandReading {
  const script = plainScript(argv, shell);
  const { plain, seen } = script === undefined
    ? { plain: [argv], seen: seenIn((search) => search.command(argv)) }
    // The shell that carries the script is the caller's, not the script's.
    : {
      plain: readScript(script).plain,
      seen: seenIn((search) => search.script(script)),
    };
  if (plain === undefined || plain.some(holdsScript)) {
    return { segments: undefined, seen };
  }
  const segments = plain.map((one): Segment => ({
    argv: one,
    seen: seenIn((search) => search.command(one)),
  }));
  return { segments, seen };
}

/** The script of `bash -c script` and `bash -lc script`, started by a genuine shell. */
function plainScript(argv: Argv, shell: string): string | undefined {
  const [program = "", option, script] = argv;
  if (argv.length !== 3 || (option !== "-c" && option !== "-lc")) {
    return undefined;
  }
  if (!["bash", "sh", "zsh"].includes(baseName(program))) return undefined;
  return program === shell || isGenuine(program) ? script : undefined;
}

/** True for a shell told to run a text: never to be taken for a plain command. */
function holdsScript(argv: Argv): boolean {
  return isShell(argv[0] ?? "") &&
    (argv.length === 1 || innerOf(argv).scripts.length > 0);
}

function seenIn(search: (search: Search) => void): readonly Argv[] {
  const found = new Search();
  search(found);
  return found.seen;
}

/** Follows commands into the commands they run. */
class Search {
  readonly seen: Argv[] = [];
  readonly #known = new Set<string>();

  command(argv: Argv, depth = 0): void {
    const key = JSON.stringify(argv);
    if (this.#known.has(key)) return;
    this.#known.add(key);
    this.seen.push(argv);
    const [program = ""] = argv;
    const { commands, scripts } = innerOf(argv);
    for (const inner of commands) this.#go(inner, depth + 1);
    for (const script of scripts) {
      const isForeign = isShell(program) && !isPosixShell(program);
      this.#goScript(script, isForeign ? Infinity : depth + 1);
    }
  }

  script(script: string, depth = 0): void {
    const reading = readScript(script);
    for (const argv of reading.seen) this.#go(argv, depth);
    if (!feedsShell(reading)) return;
    for (const text of [...reading.inputs, ...printedTexts(reading)]) {
      this.#goScript(text, depth + 1);
    }
  }

  // Past the limits nothing is followed, and nothing goes unnoticed either.
  #go(argv: Argv, depth: number): void {
    if (this.#isFull(depth)) {
      this.seen.push(argv, ...looseCommands(argv.join(" ")));
    } else this.command(argv, depth);
  }

  #goScript(script: string, depth: number): void {
    if (this.#isFull(depth)) this.seen.push(...looseCommands(script));
    else this.script(script, depth);
  }

  #isFull(depth: number): boolean {
    return depth > DEPTH_MAX || this.seen.length > COMMANDS_MAX;
  }
}

/** True when a shell in the script may run what other commands write. */
function feedsShell({ seen }: ScriptReading): boolean {
  return seen.some((argv) =>
    [argv, ...innerOf(argv).commands].some(([program = "", ...args]) =>
      isShell(program) && !args.some((word) => /^-[A-Za-z]*c$/.test(word))
    )
  );
}

/** What `echo` and `printf` of the script would print. */
function printedTexts({ seen }: ScriptReading): readonly string[] {
  return seen
    .filter(([program = ""]) => ["echo", "printf"].includes(baseName(program)))
    .flatMap(([, ...words]) => [...words, words.join(" ")]);
}
