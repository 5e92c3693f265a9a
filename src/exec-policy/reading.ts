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
  /** It is wrapped too deeply to be followed to its end. */
  readonly isTangled: boolean;
}

/** Scripts inside scripts, deeper than anyone writes by hand. */
const DEPTH_MAX = 8;
/** More commands than any honest command line holds. */
const COMMANDS_MAX = 50_000;

/**
 * Reads a command.
 *
 * @param shell the user's shell, which is trusted wherever it lies
 */
export function readCommand(argv: Argv, shell: string): CommandReading {
  const script = plainScript(argv, shell);
  const search = new Search();
  // The shell that carries the script is the caller's, not the script's.
  if (script === undefined) search.command(argv);
  else search.script(script);
  const { isTangled } = search;
  const seen = isTangled
    ? [...search.seen, ...looseCommands(argv.join(" "))]
    : search.seen;
  const plain = script === undefined ? [argv] : readScript(script).plain;
  if (plain === undefined || isTangled || plain.some(holdsScript)) {
    return { segments: undefined, seen, isTangled };
  }
  return { segments: plain.map(segmentOf), seen, isTangled };
}

function segmentOf(argv: Argv): Segment {
  const search = new Search();
  search.command(argv);
  return { argv, seen: search.seen };
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

/** Follows commands into the commands they run. */
class Search {
  readonly seen: Argv[] = [];
  /** The limits were reached and not everything was followed. */
  isTangled = false;
  readonly #known = new Set<string>();

  command(argv: Argv, depth = 0): void {
    const key = JSON.stringify(argv);
    if (this.#isFull(depth) || this.#known.has(key)) return;
    this.#known.add(key);
    this.seen.push(argv);
    const [program = ""] = argv;
    const { commands, scripts } = innerOf(argv);
    for (const inner of commands) this.command(inner, depth + 1);
    for (const script of scripts) {
      if (isShell(program) && !isPosixShell(program)) {
        this.seen.push(...looseCommands(script));
      } else this.script(script, depth + 1);
    }
  }

  script(script: string, depth = 0): void {
    if (this.#isFull(depth)) return;
    const reading = readScript(script);
    for (const argv of reading.seen) this.command(argv, depth);
    if (!feedsShell(reading)) return;
    for (const text of [...reading.inputs, ...printedTexts(reading)]) {
      this.script(text, depth + 1);
    }
  }

  #isFull(depth: number): boolean {
    const isFull = depth > DEPTH_MAX || this.seen.length > COMMANDS_MAX;
    this.isTangled ||= isFull;
    return isFull;
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
