/**
 * Programs that run other programs: what they are given to run is a command too. Read
 * to suspect, never to trust: where the options end is not known exactly, so every
 * place where the inner command could begin counts.
 */
import { looseCommands } from "./loose.ts";
import { baseName } from "./program.ts";
import type { Argv } from "./rule.ts";

/** What a command runs besides itself. */
export interface Inner {
  readonly commands: readonly Argv[];
  /** Texts it hands to a shell. */
  readonly scripts: readonly string[];
}

const NOTHING: Inner = { commands: [], scripts: [] };

/** Shells whose scripts are read. */
const SHELLS = new Set(["bash", "sh", "zsh", "dash", "ksh", "ash", "mksh"]);

/** Interpreters that take a command line of another grammar. */
const OTHER_SHELLS = new Set([
  "fish",
  "csh",
  "tcsh",
  "nu",
  "pwsh",
  "powershell",
  "powershell.exe",
  "cmd",
  "cmd.exe",
]);

/** True for a program that runs its standard input or arguments as a script. */
export function isShell(program: string): boolean {
  return SHELLS.has(baseName(program)) || OTHER_SHELLS.has(baseName(program));
}

/** True for a shell of the family whose grammar is understood. */
export function isPosixShell(program: string): boolean {
  return SHELLS.has(baseName(program));
}

/** Programs that run their arguments, and how many words come before those. */
const RUNNERS: Readonly<Record<string, number>> = {
  "-": 0,
  ".": 0,
  builtin: 0,
  busybox: 0,
  bwrap: 0,
  caffeinate: 0,
  chroot: 1,
  chrt: 1,
  command: 0,
  doas: 0,
  entr: 0,
  env: 0,
  exec: 0,
  faketime: 1,
  firejail: 0,
  flock: 1,
  gtimeout: 1,
  ionice: 0,
  ltrace: 0,
  nice: 0,
  nocorrect: 0,
  noglob: 0,
  nohup: 0,
  nsenter: 0,
  parallel: 0,
  pkexec: 0,
  prlimit: 0,
  repeat: 1,
  runuser: 0,
  setarch: 1,
  setpriv: 0,
  setsid: 0,
  source: 0,
  stdbuf: 0,
  strace: 0,
  su: 0,
  sudo: 0,
  "systemd-run": 0,
  taskset: 1,
  time: 0,
  timeout: 1,
  toybox: 0,
  unbuffer: 0,
  unshare: 0,
  watch: 0,
  xargs: 0,
};

/** Options followed by a command or by a text for a shell. */
const COMMAND_OPTIONS: Readonly<Record<string, readonly string[]>> = {
  fd: ["-x", "-X", "--exec", "--exec-batch"],
  find: ["-exec", "-execdir", "-ok", "-okdir"],
  flock: ["-c", "--command"],
  git: ["-c", "-x", "--exec", "--extcmd", "foreach", "run"],
  runuser: ["-c", "--command"],
  script: ["-c", "--command"],
  su: ["-c", "--command"],
};

/** What the command runs besides itself, one level deep. */
export function innerOf(argv: Argv): Inner {
  const [program = "", ...args] = argv;
  const name = baseName(program);
  if (isShell(name)) return ofShell(name, args);
  switch (name) {
    case "command":
      // Asks what a name is; runs nothing.
      if (/^-p?[vV]/.test(args[0] ?? "")) return NOTHING;
      break;
    case "eval":
    case "let":
      return { commands: [], scripts: [args.join(" ")] };
    case "trap":
      return { commands: [], scripts: args.slice(0, 1) };
    case "alias":
      return {
        commands: [],
        scripts: args.map((word) => word.slice(word.indexOf("=") + 1)),
      };
  }
  const options = Object.hasOwn(COMMAND_OPTIONS, name)
    ? COMMAND_OPTIONS[name] ?? []
    : [];
  const given = afterOptions(options, args);
  const words = Object.hasOwn(RUNNERS, name)
    ? starts(args, RUNNERS[name] ?? 0)
    : NOTHING;
  return {
    commands: [...given.commands, ...words.commands],
    scripts: [...given.scripts, ...words.scripts],
  };
}

/** The script of `-c`, which may be one of several letters behind one dash. */
function ofShell(name: string, args: readonly string[]): Inner {
  const index = args.findIndex((word) =>
    /^(?:-[A-Za-z]*c|-Command|-EncodedCommand|\/[cCkK])$/i.test(word)
  );
  const file = starts(args, 0);
  if (index < 0) return file;
  // Words may stand between the option and its script: `bash -c -x 'script'`.
  const texts = args.slice(index + 1);
  const scripts = SHELLS.has(name) ? texts : [texts.join(" ")];
  return { commands: file.commands, scripts };
}

function afterOptions(
  options: readonly string[],
  args: readonly string[],
): Inner {
  const commands: Argv[] = [];
  const scripts: string[] = [];
  args.forEach((word, index) => {
    const [option = "", value] = word.split(/=(.*)/s);
    // `-qc` is `-q -c`.
    const isCluster = /^-[A-Za-z]+c$/.test(option) && options.includes("-c");
    if (!isCluster && !options.includes(option)) return;
    const rest = args.slice(index + 1);
    const end = rest.findIndex((one) => one === ";" || one === "+");
    if (value !== undefined) scripts.push(value);
    if (rest.length > 0) commands.push(end < 0 ? rest : rest.slice(0, end));
    // `-c alias.x='!command'`
    const text = rest[0]?.replace(/^[\w.-]+=!?/, "") ?? "";
    if (hasSeveralWords(text) || text !== rest[0]) scripts.push(text);
  });
  return { commands, scripts };
}

/**
 * Every place where the inner command could begin: behind the options, their values
 * and assignments, `skipped` words further on.
 */
function starts(args: readonly string[], skipped: number): Inner {
  const commands: Argv[] = [];
  const scripts: string[] = [];
  let wordsLeft = skipped;
  for (const [index, word] of args.entries()) {
    if (commands.length === STARTS_MAX) {
      commands.push(...looseCommands(args.slice(index).join(" ")));
      break;
    }
    if (word.startsWith("-") || /^[A-Za-z_]\w*=/.test(word)) {
      const value = /^-[^=]*=(.*)$/s.exec(word)?.[1] ??
        /^-[A-Za-z](.*)$/s.exec(word)?.[1];
      if (value !== undefined && hasSeveralWords(value)) scripts.push(value);
      continue;
    }
    commands.push(args.slice(index));
    if (hasSeveralWords(word)) scripts.push(word);
    // A word behind an option may be its value, so the next one could be it as well.
    if (args[index - 1]?.startsWith("-") && args[index - 1] !== "--") continue;
    if (wordsLeft-- === 0) break;
  }
  return { commands, scripts };
}

/** More options with values than this in front of a command are there to hide it. */
const STARTS_MAX = 16;

function hasSeveralWords(text: string): boolean {
  return /[\s;|&$`(]/.test(text);
}
