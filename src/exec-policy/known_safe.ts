/**
 * Programs that only read, with arguments that keep it so. What is on this list runs
 * unasked even where everything else is asked about, so doubt means "not on it".
 */
import { baseName, isGenuine } from "./program.ts";
import type { Argv } from "./rule.ts";

type ArgumentCheck = (args: readonly string[]) => boolean;

const anything: ArgumentCheck = () => true;

const READERS: Readonly<Record<string, ArgumentCheck>> = {
  base64: without(["-o", "--output"]),
  cat: anything,
  cd: anything,
  cut: anything,
  echo: anything,
  expr: anything,
  false: anything,
  find: (args) => !args.some((word) => FIND_ACTIONS.includes(word)),
  git: isReadingGit,
  grep: anything,
  head: anything,
  id: anything,
  ls: anything,
  nl: anything,
  numfmt: anything,
  paste: anything,
  pwd: anything,
  rev: anything,
  rg: isReadingRipgrep,
  sed: isPrintingSed,
  seq: anything,
  stat: anything,
  tac: anything,
  tail: anything,
  tr: anything,
  true: anything,
  uname: anything,
  uniq: hasNoOutputFile,
  wc: anything,
  which: anything,
  whoami: anything,
};

/** True for a command that only reads. */
export function isKnownSafe(argv: Argv): boolean {
  const [program = "", ...args] = argv;
  const name = baseName(program);
  if (!isGenuine(program) || !Object.hasOwn(READERS, name)) return false;
  return READERS[name]?.(args) === true;
}

const FIND_ACTIONS = [
  "-exec",
  "-execdir",
  "-ok",
  "-okdir",
  "-delete",
  "-fls",
  "-fprint",
  "-fprint0",
  "-fprintf",
];

/** None of the options, in any spelling GNU getopt accepts. */
function without(options: readonly string[]): ArgumentCheck {
  return (args) => !args.some((word) => isSpelling(word, options));
}

/** `-ofile` for `-o`; `--output=file`, `--outp` for `--output`. */
function isSpelling(word: string, options: readonly string[]): boolean {
  const name = word.split("=", 1)[0] ?? "";
  return options.some((option) =>
    option.startsWith("--")
      ? name.length > 2 && option.startsWith(name)
      : word.startsWith(option)
  );
}

const RG_COMMANDS = without(["--pre", "--hostname-bin", "--search-zip"]);

function isReadingRipgrep(args: readonly string[]): boolean {
  // `-z` may stand among other letters.
  return RG_COMMANDS(args) && !args.some((word) => /^-[^-]*z/.test(word));
}

/** The second file of `uniq` is written to. */
function hasNoOutputFile(args: readonly string[]): boolean {
  const files = args.filter((word, index) =>
    word === "-" ||
    (!word.startsWith("-") && !/^-[fsw]$/.test(args[index - 1] ?? ""))
  );
  return files.length <= 1 && !args.includes("--");
}

/** `sed -n 5p`, `sed -n 1,5p file` */
function isPrintingSed(args: readonly string[]): boolean {
  const [quiet, script = "", file] = args;
  return quiet === "-n" && args.length >= 2 && args.length <= 3 &&
    /^\d+(?:,\d+)?p$/.test(script) && file?.startsWith("-") !== true;
}

/** Options before git's command that change nothing about what it runs. */
const GIT_GLOBALS = ["--no-pager", "-P", "--no-optional-locks"];

/** Options that write a file or run a program. */
const GIT_EFFECTS = [
  "--output",
  "--ext-diff",
  "--textconv",
  "--exec",
  "--paginate",
];

/** A real option that is the start of one above. */
const GIT_HARMLESS = ["--text", "--ext-grep"];

const GIT_READERS = ["status", "log", "diff", "show", "branch"];

const BRANCH_LISTING = [
  "--list",
  "-l",
  "--show-current",
  "-a",
  "--all",
  "-r",
  "--remotes",
  "-v",
  "-vv",
  "--verbose",
];

function isReadingGit(args: readonly string[]): boolean {
  let at = 0;
  while (GIT_GLOBALS.includes(args[at] ?? "") || args[at] === "-C") {
    at += args[at] === "-C" ? 2 : 1;
  }
  const [command = "", ...rest] = args.slice(at);
  if (!GIT_READERS.includes(command)) return false;
  const hasEffect = rest.some((word) =>
    !GIT_HARMLESS.includes(word) && isSpelling(word, GIT_EFFECTS)
  );
  if (hasEffect) return false;
  return command !== "branch" || rest.every(isBranchListing);
}

function isBranchListing(word: string): boolean {
  return BRANCH_LISTING.includes(word) || word.startsWith("--format=");
}
