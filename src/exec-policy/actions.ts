/**
 * What a command does, for people: reads a file, lists or searches, or something this
 * cannot tell. It decides nothing; a wrong guess only shows a wrong word.
 */
import { quoteCommand } from "@/text/shell_quote.ts";
import type { Argv } from "./rule.ts";
import { readScript } from "./shell_split.ts";
import { shellWords } from "./words.ts";

export type CommandAction =
  | {
    readonly type: "read";
    readonly command: string;
    readonly name: string;
    /** Absolute. */
    readonly path: string;
  }
  | {
    readonly type: "listFiles";
    readonly command: string;
    readonly path: string | null;
  }
  | {
    readonly type: "search";
    readonly command: string;
    readonly query: string | null;
    readonly path: string | null;
  }
  | { readonly type: "unknown"; readonly command: string };

const SHELLS = ["bash", "zsh", "sh"];

/**
 * What a command line does. One part nobody can tell about makes all of it unknown.
 *
 * @param line quoted for a POSIX shell
 * @param cwd absolute
 */
export function commandActions(
  line: string,
  cwd: string,
): readonly CommandAction[] {
  const argv = shellWords(line) ?? [];
  const script = scriptOf(argv);
  const unknown: CommandAction = { type: "unknown", command: script ?? line };
  const segments = script === undefined ? [argv] : readScript(script).plain;
  if (segments === undefined) return [unknown];
  const actions: CommandAction[] = [];
  let directory = cwd;
  for (const [index, segment] of segments.entries()) {
    const [program, target] = segment;
    if (program === "cd" && target !== undefined && segment.length === 2) {
      directory = joined(directory, target);
      continue;
    }
    if (index > 0 && isFormatting(segment)) continue;
    const action = actionOf(segment, directory);
    if (action === undefined) return [unknown];
    actions.push(action);
  }
  return actions.length === 0 ? [unknown] : actions;
}

/** The script a shell is started with. */
function scriptOf(argv: Argv): string | undefined {
  const [program = "", flag, script] = argv;
  const isShell = SHELLS.includes(baseName(program)) && argv.length === 3 &&
    (flag === "-lc" || flag === "-c");
  return isShell ? script : undefined;
}

/** Only cuts or counts what the command before it printed. */
function isFormatting([program, ...args]: Argv): boolean {
  switch (program) {
    case "head":
    case "tail":
    case "wc":
    case "sort":
    case "uniq":
    case "cut":
    case "tr":
    case "column":
      return operands(args, ["-n", "-c"]).length === 0;
    case "sed":
      return args[0] === "-n" && args.length === 2;
    default:
      return false;
  }
}

function actionOf(segment: Argv, cwd: string): CommandAction | undefined {
  const command = quoteCommand(segment);
  const read = fileRead(segment);
  if (read !== undefined) {
    return {
      type: "read",
      command,
      name: baseName(read),
      path: joined(cwd, read),
    };
  }
  const listed = directoryListed(segment);
  if (listed !== undefined) {
    return { type: "listFiles", command, path: listed.path };
  }
  const searched = search(segment);
  return searched && { type: "search", command, ...searched };
}

/** The one file a command prints. */
function fileRead([program, ...args]: Argv): string | undefined {
  const only = (files: readonly string[]) =>
    files.length === 1 ? files[0] : undefined;
  switch (program) {
    case "cat":
    case "less":
    case "more":
    case "bat":
    case "nl":
      return only(operands(args, ["-s", "-w", "-v", "-i"]));
    case "head":
    case "tail":
      return args[0] === "-n" && args.length === 3 ? args[2] : undefined;
    case "sed":
      return args[0] === "-n" && args.length === 3 ? args[2] : undefined;
    case "awk":
      return args.length === 2 ? args[1] : undefined;
    default:
      return undefined;
  }
}

function directoryListed(
  [program, ...args]: Argv,
): { readonly path: string | null } | undefined {
  switch (program) {
    case "ls":
    case "eza":
    case "exa":
    case "tree":
    case "du":
      return { path: operands(args, ["-I", "-L"])[0] ?? null };
    case "rg":
      return args.includes("--files")
        ? { path: operands(args, RG_VALUES)[0] ?? null }
        : undefined;
    case "git":
      return args[0] === "ls-files"
        ? { path: operands(args.slice(1), [])[0] ?? null }
        : undefined;
    case "find":
      return args.some((arg) => FIND_PATTERNS.includes(arg))
        ? undefined
        : { path: findPath(args) };
    default:
      return undefined;
  }
}

const RG_VALUES = ["-g", "-t", "-T", "-A", "-B", "-C", "-m", "--glob", "-e"];
const FIND_PATTERNS = ["-name", "-iname", "-path", "-regex", "-ipath"];

function search(
  [program, ...args]: Argv,
): { readonly query: string | null; readonly path: string | null } | undefined {
  switch (program) {
    case "rg":
    case "grep":
    case "egrep":
    case "fgrep":
    case "ag":
    case "ack":
      return queryAndPath(operands(args, RG_VALUES));
    case "fd":
      return queryAndPath(operands(args, ["-e", "-t", "-d"]));
    case "git":
      return args[0] === "grep"
        ? queryAndPath(operands(args.slice(1), RG_VALUES))
        : undefined;
    case "find": {
      const at = args.findIndex((arg) => FIND_PATTERNS.includes(arg));
      return { query: args[at + 1] ?? null, path: findPath(args) };
    }
    default:
      return undefined;
  }
}

function queryAndPath(
  [query, path]: readonly string[],
): { readonly query: string | null; readonly path: string | null } {
  return { query: query ?? null, path: path ?? null };
}

function findPath([first]: readonly string[]): string | null {
  return first === undefined || first.startsWith("-") ? null : first;
}

/** The arguments that are no flags and no values of the flags named. */
function operands(
  args: readonly string[],
  valueFlags: readonly string[],
): readonly string[] {
  const found: string[] = [];
  for (let at = 0; at < args.length; at++) {
    const arg = args[at] ?? "";
    if (arg === "--") return [...found, ...args.slice(at + 1)];
    if (valueFlags.includes(arg)) at++;
    else if (!arg.startsWith("-") || arg === "-") found.push(arg);
  }
  return found;
}

function joined(directory: string, path: string): string {
  if (path.startsWith("/")) return path;
  const parts = directory.split("/").filter((part) => part !== "");
  for (const part of path.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "." && part !== "") parts.push(part);
  }
  return `/${parts.join("/")}`;
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
