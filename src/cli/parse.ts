/**
 * The parser: arguments and the command table in, a tagged value out. It never
 * throws and has no effects; whatever is wrong with a command line is a value too.
 */
import { helpText } from "./help.ts";
import type { FlagValue, ParsedCommand } from "./parsed.ts";
import {
  type CommandChain,
  commandOf,
  type CommandSpec,
  flagLabel,
  flagsOf,
  type FlagSpec,
  positionalLabel,
  subcommand,
} from "./spec.ts";
import * as usage from "./usage_errors.ts";
import { versionLine } from "./version.ts";

export type ParseOutcome =
  | {
    readonly kind: "command";
    readonly parsed: ParsedCommand;
    readonly command: CommandSpec;
  }
  /** To print on standard output: help or a version. */
  | { readonly kind: "text"; readonly text: string }
  /** To print on standard error; the exit code is 2. */
  | { readonly kind: "usage"; readonly text: string };

/** What one command of the chain was given. */
interface Level {
  readonly chain: CommandChain;
  readonly flags: readonly FlagSpec[];
  /** Values by key, in the order first given; a switch has none. */
  readonly values: Map<string, string[]>;
  readonly given: usage.Given[];
}

type Stop = Exclude<ParseOutcome, { kind: "command" }>;

/** Parses the arguments after the program's name. */
export function parseCommandLine(
  root: CommandSpec,
  args: readonly string[],
): ParseOutcome {
  const levels: Level[] = [];
  let chain: CommandChain = [root];
  let rest = args;
  while (true) {
    const level = newLevel(chain);
    const end = parseLevel(level, rest);
    if (end.kind !== "end") return end;
    levels.push(level);
    if (end.next === undefined) break;
    if (end.next.name === "help") return helpFor(chain, end.rest);
    chain = [...chain, end.next];
    rest = end.rest;
  }
  const command = commandOf(chain);
  const isAnswered = command.standsAloneWith !== undefined &&
    levels.at(-1)?.values.has(command.standsAloneWith) === true;
  const problem = command.needsSubcommand === true && !isAnswered
    ? helpText(chain)
    : firstProblem(levels);
  if (problem !== undefined) return { kind: "usage", text: problem };
  return { kind: "command", parsed: combine(levels), command };
}

function newLevel(chain: CommandChain): Level {
  return { chain, flags: flagsOf(chain), values: new Map(), given: [] };
}

type LevelEnd = {
  readonly kind: "end";
  readonly next: CommandSpec | undefined;
  readonly rest: readonly string[];
};

/** Reads one command's arguments, up to a subcommand or the end. */
function parseLevel(
  level: Level,
  args: readonly string[],
): LevelEnd | Stop {
  let index = 0;
  while (index < args.length) {
    const word = args[index] ?? "";
    if (word === "--") return parseAfterDashes(level, args.slice(index + 1));
    if (word.startsWith("-") && word !== "-") {
      const taken = parseFlags(level, args, index);
      if (typeof taken !== "number") return taken;
      index += taken;
      continue;
    }
    const next = findSubcommand(level.chain, word);
    if (next !== undefined) {
      return { kind: "end", next, rest: args.slice(index + 1) };
    }
    const taken = takePositional(level, args.slice(index), false);
    if (typeof taken !== "number") return taken;
    index += taken;
  }
  return { kind: "end", next: undefined, rest: [] };
}

const HELP_COMMAND: CommandSpec = { name: "help", about: "" };

function findSubcommand(
  chain: CommandChain,
  word: string,
): CommandSpec | undefined {
  const command = commandOf(chain);
  if (command.commands === undefined) return undefined;
  return word === "help" ? HELP_COMMAND : subcommand(command, word);
}

function parseAfterDashes(
  level: Level,
  words: readonly string[],
): LevelEnd | Stop {
  let index = 0;
  while (index < words.length) {
    const taken = takePositional(level, words.slice(index), true);
    if (typeof taken !== "number") return taken;
    index += taken;
  }
  return { kind: "end", next: undefined, rest: [] };
}

/** Gives the words to the next free positional; how many it took. */
function takePositional(
  level: Level,
  words: readonly string[],
  isAfterDashes: boolean,
): number | Stop {
  const [word = ""] = words;
  const positional = commandOf(level.chain).positionals
    ?.find(({ name, isTrailing }) =>
      isTrailing === true || !level.values.has(name)
    );
  if (positional === undefined) {
    return stop(usage.unexpectedWord(level.chain, word, isAfterDashes));
  }
  const label = positionalLabel(positional);
  if (positional.values !== undefined && !positional.values.includes(word)) {
    return stop(usage.invalidWord(label, word, positional.values));
  }
  const taken = positional.isTrailing === true ? words.length : 1;
  record(level, positional.name, label, words.slice(0, taken));
  return taken;
}

/** Reads the flag or the bundle of short flags at `index`; how many words it took. */
function parseFlags(
  level: Level,
  args: readonly string[],
  index: number,
): number | Stop {
  const word = args[index] ?? "";
  if (word.startsWith("--")) {
    const equals = word.indexOf("=");
    const name = equals < 0 ? word : word.slice(0, equals);
    const attached = equals < 0 ? undefined : word.slice(equals + 1);
    const flag = level.flags.find((one) =>
      one.name === name.slice(2) || one.aliases?.includes(name.slice(2))
    );
    return flag === undefined
      ? unknownFlag(level, name, args.slice(index + 1))
      : takeFlag(level, flag, attached, args.slice(index + 1));
  }
  for (let at = 1; at < word.length; at++) {
    const letter = word[at] ?? "";
    const flag = level.flags.find(({ short }) => short === letter);
    if (flag === undefined) return unknownFlag(level, `-${letter}`, []);
    if (flag.value !== undefined) {
      const attached = word.slice(at + 1).replace(/^=/, "");
      const value = at + 1 < word.length ? attached : undefined;
      return takeFlag(level, flag, value, args.slice(index + 1));
    }
    const taken = takeFlag(level, flag, undefined, []);
    if (typeof taken !== "number") return taken;
  }
  return 1;
}

function unknownFlag(
  level: Level,
  flag: string,
  rest: readonly string[],
): Stop {
  return stop(usage.unknownFlag(level.chain, level.given, flag, rest));
}

function takeFlag(
  level: Level,
  flag: FlagSpec,
  attached: string | undefined,
  rest: readonly string[],
): number | Stop {
  const { chain } = level;
  if (flag.name === "help") return { kind: "text", text: helpText(chain) };
  if (flag.name === "version") {
    return { kind: "text", text: versionLine(commandOf(chain).versionName) };
  }
  if (flag.value === undefined && attached !== undefined) {
    return stop(usage.unexpectedValue(chain, level.given, flag, attached));
  }
  const isRepeatable = flag.isRepeatable === true || flag.isVariadic === true;
  if (level.values.has(flag.name) && !isRepeatable) {
    return stop(usage.repeatedFlag(chain, flag));
  }
  const values = attached === undefined
    ? followingValues(flag, rest)
    : [attached];
  const problem = valueProblem(flag, values);
  if (problem !== undefined) return stop(problem);
  const split = flag.isCommaSeparated === true
    ? values.flatMap((value) => value.split(","))
    : values;
  record(level, flag.name, flagLabel(flag), split);
  return attached === undefined ? 1 + values.length : 1;
}

/** The words after a flag that are its values; words like flags never are. */
function followingValues(
  flag: FlagSpec,
  rest: readonly string[],
): readonly string[] {
  if (flag.value === undefined) return [];
  const end = rest.findIndex((word) => word.startsWith("-") && word !== "-");
  const available = end < 0 ? rest : rest.slice(0, end);
  return flag.isVariadic === true ? available : available.slice(0, 1);
}

/** Names of values that are paths; no path is empty. */
const PATH_VALUES = ["FILE", "DIR", "PATH"];

function valueProblem(
  flag: FlagSpec,
  values: readonly string[],
): string | undefined {
  if (flag.value === undefined) return undefined;
  if (values.length === 0 && flag.isValueOptional !== true) {
    return usage.missingValue(flag);
  }
  for (const value of values) {
    if (value === "" && PATH_VALUES.includes(flag.value)) {
      return usage.missingValue(flag);
    }
    if (flag.values !== undefined && !flag.values.includes(value)) {
      return value === ""
        ? usage.missingValue(flag)
        : usage.invalidWord(flagLabel(flag), value, flag.values);
    }
    const reason = flag.check?.(value);
    if (reason !== undefined) {
      return usage.invalidValue(flagLabel(flag), value, reason);
    }
  }
  return undefined;
}

function record(
  level: Level,
  name: string,
  label: string,
  values: readonly string[],
): void {
  const known = level.values.get(name);
  if (known !== undefined) {
    known.push(...values);
    return;
  }
  level.values.set(name, [...values]);
  level.given.push({ name, label });
}

function stop(text: string): Stop {
  return { kind: "usage", text };
}

function helpFor(
  chain: CommandChain,
  words: readonly string[],
): ParseOutcome {
  let found = chain;
  for (const word of words) {
    if (word === HELP_COMMAND.name) break;
    const next = subcommand(commandOf(found), word);
    if (next === undefined) {
      return stop(usage.unknownSubcommand(found, word, []));
    }
    found = [...found, next];
  }
  return { kind: "text", text: helpText(found) };
}

/** Conflicts and missing arguments, the innermost command first. */
function firstProblem(levels: readonly Level[]): string | undefined {
  for (const level of levels.toReversed()) {
    const problem = conflictOf(level) ??
      (level === levels.at(-1) ? missingOf(level) : undefined);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function conflictOf(level: Level): string | undefined {
  for (const first of level.given) {
    const others = level.given.filter((other) =>
      other !== first &&
      (conflictsOf(level, first.name).includes(other.name) ||
        conflictsOf(level, other.name).includes(first.name))
    );
    if (others.length > 0) {
      return usage.conflict(level.chain, level.given, first, others);
    }
  }
  return undefined;
}

function conflictsOf(level: Level, name: string): readonly string[] {
  const { positionals = [] } = commandOf(level.chain);
  const spec = level.flags.find((flag) => flag.name === name) ??
    positionals.find((positional) => positional.name === name);
  return spec?.conflicts ?? [];
}

function missingOf(level: Level): string | undefined {
  const command = commandOf(level.chain);
  const missing: usage.Given[] = [];
  const group = command.requiresOneOf;
  if (group?.names.every((name) => !level.values.has(name))) {
    missing.push({ name: group.label, label: group.label });
  }
  for (const flag of level.flags) {
    const needed = level.values.has(flag.name) ? flag.requires : undefined;
    const other = level.flags.find(({ name }) => name === needed);
    const required = flag.isRequired === true ? flag : other;
    if (required === undefined || level.values.has(required.name)) continue;
    missing.push({ name: required.name, label: flagLabel(required) });
  }
  for (const positional of command.positionals ?? []) {
    if (positional.isRequired !== true || level.values.has(positional.name)) {
      continue;
    }
    missing.push({ name: positional.name, label: positionalLabel(positional) });
  }
  return missing.length === 0
    ? undefined
    : usage.missingRequired(level.chain, level.given, missing);
}

/** How commands may be confined; a choice further in replaces the outer one whole. */
const SANDBOX_CHOICES = [
  "sandbox",
  "full-auto",
  "dangerously-bypass-approvals-and-sandbox",
];

/**
 * One value from all levels: a flag given to `codex` also counts for the command,
 * unless the command was given its own; repeatable flags add up, outer ones first.
 */
function combine(levels: readonly Level[]): ParsedCommand {
  const flags: Record<string, FlagValue> = {};
  let positionals: Record<string, string | readonly string[]> = {};
  levels.forEach((level, depth) => {
    if (SANDBOX_CHOICES.some((name) => level.values.has(name))) {
      for (const name of SANDBOX_CHOICES) delete flags[name];
    }
    for (const flag of level.flags) {
      const values = level.values.get(flag.name);
      if (values !== undefined) {
        flags[flag.name] = flagValueOf(flag, values, flags[flag.name]);
      }
    }
    // The program's own prompt is not the prompt of its commands.
    if (depth === 1) positionals = {};
    for (const one of commandOf(level.chain).positionals ?? []) {
      const values = level.values.get(one.name);
      if (values === undefined) continue;
      positionals[one.name] = one.isTrailing === true
        ? values
        : values[0] ?? "";
    }
  });
  const command = levels.slice(1).map((level) => commandOf(level.chain).name);
  return { command, flags, positionals };
}

function flagValueOf(
  flag: FlagSpec,
  values: readonly string[],
  outer: FlagValue | undefined,
): FlagValue {
  if (flag.value === undefined) return true;
  if (flag.isRepeatable !== true && flag.isVariadic !== true) {
    return values[0] ?? "";
  }
  return Array.isArray(outer) ? [...outer, ...values] : values;
}
