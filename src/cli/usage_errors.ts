/**
 * Everything that can be wrong with a command line, and its text. The wording is an
 * interface: scripts and people know it from other programs.
 */
import { closest, similar } from "./similar.ts";
import {
  chainName,
  type CommandChain,
  commandOf,
  flagLabel,
  flagsOf,
  type FlagSpec,
  positionalLabel,
  usageLines,
} from "./spec.ts";

/** A flag or positional the user gave, in the order given. */
export interface Given {
  /** The key in a parsed command. */
  readonly name: string;
  readonly label: string;
}

const FOOTER = "For more information, try '--help'.\n";

/** Puts message, notes and usage together. */
function render(
  message: string,
  tips: readonly string[],
  usage: readonly string[],
): string {
  const blocks = [`error: ${message}`];
  if (tips.length > 0) {
    blocks.push(tips.map((tip) => `  tip: ${tip}`).join("\n"));
  }
  if (usage.length > 0) {
    blocks.push(`Usage: ${usage.join("\n       ")}`);
  }
  return [...blocks, FOOTER].join("\n\n");
}

/** A flag the command does not have. */
export function unknownFlag(
  chain: CommandChain,
  given: readonly Given[],
  flag: string,
  rest: readonly string[],
): string {
  const flags = flagsOf(chain);
  const meant = flag.startsWith("--")
    ? closest(flag.slice(2), longNames(flags))
    : undefined;
  if (meant !== undefined) {
    const spec = flags.find((one) =>
      one.name === meant || one.aliases?.includes(meant)
    );
    const usage = spec === undefined
      ? given
      : [...given, { name: spec.name, label: flagLabel(spec) }];
    return render(
      `unexpected argument '${flag}' found`,
      [`a similar argument exists: '--${meant}'`],
      usageFor(chain, usage),
    );
  }
  const tips = [
    ...inSubcommand(chain, flag, rest),
    ...(commandOf(chain).positionals === undefined
      ? []
      : [`to pass '${flag}' as a value, use '-- ${flag}'`]),
  ].slice(0, 1);
  return render(
    `unexpected argument '${flag}' found`,
    tips,
    usageFor(chain, given),
  );
}

function longNames(flags: readonly FlagSpec[]): readonly string[] {
  return flags.flatMap((flag) => [flag.name, ...flag.aliases ?? []]);
}

/** The flag may belong behind a subcommand that is named later. */
function inSubcommand(
  chain: CommandChain,
  flag: string,
  rest: readonly string[],
): readonly string[] {
  if (!flag.startsWith("--")) return [];
  for (const word of rest) {
    const command = commandOf(chain).commands
      ?.find((candidate) => candidate.name === word);
    if (command === undefined) continue;
    const meant = closest(
      flag.slice(2),
      longNames(flagsOf([...chain, command])),
    );
    if (meant !== undefined) return [`'${command.name} --${meant}' exists`];
  }
  return [];
}

/** A positional argument too many, or a word that was meant as a subcommand. */
export function unexpectedWord(
  chain: CommandChain,
  word: string,
  isAfterDashes: boolean,
): string {
  const command = commandOf(chain);
  const names = (command.commands ?? []).flatMap((one) => [
    one.name,
    ...one.aliases ?? [],
  ]);
  if (isAfterDashes && names.includes(word)) {
    return render(
      `unexpected argument '${word}' found`,
      [`subcommand '${word}' exists; to use it, remove the '--' before it`],
      usageLines(chain),
    );
  }
  const meant = similar(word, names.length > 0 ? [...names, "help"] : []);
  if (meant.length > 0) return unknownSubcommand(chain, word, meant);
  if (names.length > 0 && command.positionals === undefined) {
    return unknownSubcommand(chain, word, []);
  }
  return render(`unexpected argument '${word}' found`, [], usageLines(chain));
}

/** A word where only a subcommand can stand. */
export function unknownSubcommand(
  chain: CommandChain,
  word: string,
  meant: readonly string[],
): string {
  const quoted = meant.map((name) => `'${name}'`).join(", ");
  const tip = meant.length === 1
    ? `a similar subcommand exists: ${quoted}`
    : `some similar subcommands exist: ${quoted}`;
  return render(
    `unrecognized subcommand '${word}'`,
    meant.length === 0 ? [] : [tip],
    usageLines(chain),
  );
}

export function missingValue(flag: FlagSpec): string {
  return render(
    `a value is required for '${flagLabel(flag)}' but none was supplied` +
      possibleValues(flag.values),
    [],
    [],
  );
}

export function unexpectedValue(
  chain: CommandChain,
  given: readonly Given[],
  flag: FlagSpec,
  value: string,
): string {
  return render(
    `unexpected value '${value}' for '--${flag.name}' found; no more were expected`,
    [],
    usageFor(chain, given),
  );
}

/** A value that is not one of the possible words. */
export function invalidWord(
  label: string,
  value: string,
  words: readonly string[],
): string {
  const meant = closest(value, words);
  return render(
    `invalid value '${value}' for '${label}'` + possibleValues(words),
    meant === undefined ? [] : [`a similar value exists: '${meant}'`],
    [],
  );
}

/** A value refused for a reason of its own. */
export function invalidValue(
  label: string,
  value: string,
  reason: string,
): string {
  return render(`invalid value '${value}' for '${label}': ${reason}`, [], []);
}

function possibleValues(words: readonly string[] | undefined): string {
  return words === undefined
    ? ""
    : `\n  [possible values: ${words.join(", ")}]`;
}

export function repeatedFlag(chain: CommandChain, flag: FlagSpec): string {
  return render(
    `the argument '${flagLabel(flag)}' cannot be used multiple times`,
    [],
    usageLines(chain),
  );
}

/** `first` was given together with what excludes it. */
export function conflict(
  chain: CommandChain,
  given: readonly Given[],
  first: Given,
  others: readonly Given[],
): string {
  const labels = others.map(({ label }) => label);
  const what = labels.length === 1
    ? ` '${labels[0]}'`
    : `:${labels.map((label) => `\n  ${label}`).join("")}`;
  const names = new Set(others.map(({ name }) => name));
  return render(
    `the argument '${first.label}' cannot be used with${what}`,
    [],
    usageFor(chain, given.filter(({ name }) => !names.has(name))),
  );
}

export function missingRequired(
  chain: CommandChain,
  given: readonly Given[],
  missing: readonly Given[],
): string {
  const list = missing.map(({ label }) => `\n  ${label}`).join("");
  return render(
    `the following required arguments were not provided:${list}`,
    [],
    usageFor(chain, [...missing, ...given]),
  );
}

/**
 * The usage line that shows what was given and what is required; the plain one when
 * nothing was given or the command has lines of its own.
 */
function usageFor(
  chain: CommandChain,
  given: readonly Given[],
): readonly string[] {
  const command = commandOf(chain);
  const flags = flagsOf(chain).filter((flag) => flag.isHidden !== true);
  const names = new Set(given.map(({ name }) => name));
  if (command.usage !== undefined || names.size === 0) return usageLines(chain);
  const required = (command.flags ?? [])
    .filter((flag) => flag.isRequired === true && !names.has(flag.name))
    .map(({ name }) => name);
  const shown = [...required, ...names]
    .map((name) => flags.find((flag) => flag.name === name))
    .filter((flag) => flag !== undefined)
    .map((flag) => flagLabel(flag).replace(/\.\.\.$/, ""));
  const positionals = (command.positionals ?? []).map((positional) =>
    names.has(positional.name)
      ? positionalLabel(positional, { asRequired: true })
      : positionalLabel(positional)
  );
  return [[chainName(chain), ...shown, ...positionals].join(" ")];
}
