/**
 * The vocabulary of the command table: what a command, a flag and a positional
 * argument are. The table itself is `commands_table.ts`; parser, help and
 * completions read it and know no command by name.
 */
import type { RunCommand } from "./parsed.ts";

/** A flag. Without `value` it is a switch. */
export interface FlagSpec {
  /** Long name without dashes; its key in a parsed command. */
  readonly name: string;
  readonly short?: string;
  /** Other long names, accepted and never shown. */
  readonly aliases?: readonly string[];
  /** The value's name in usage lines: `FILE`. */
  readonly value?: string;
  /** The words the value may be; shown in help and errors. */
  readonly values?: readonly string[];
  readonly default?: string;
  /** May be given more than once. */
  readonly isRepeatable?: boolean;
  /** Takes all following arguments up to the next flag. */
  readonly isVariadic?: boolean;
  /** A value with commas is several values. */
  readonly isCommaSeparated?: boolean;
  readonly isValueOptional?: boolean;
  readonly isRequired?: boolean;
  /** Also accepted after the command's subcommands. */
  readonly isGlobal?: boolean;
  readonly isHidden?: boolean;
  /** Names of flags and positionals that must not be given as well. */
  readonly conflicts?: readonly string[];
  /** The flag that must be given as well. */
  readonly requires?: string;
  /** Why the value cannot be used; undefined when it can. */
  readonly check?: (value: string) => string | undefined;
  readonly help: string;
}

export interface PositionalSpec {
  /** As in usage lines; its key in a parsed command. */
  readonly name: string;
  readonly isRequired?: boolean;
  /** Takes every argument from its first on, flags included. */
  readonly isTrailing?: boolean;
  readonly values?: readonly string[];
  readonly default?: string;
  readonly conflicts?: readonly string[];
  readonly help: string;
}

export interface CommandSpec {
  readonly name: string;
  /** Accepted and shown. */
  readonly aliases?: readonly string[];
  readonly about: string;
  readonly flags?: readonly FlagSpec[];
  readonly positionals?: readonly PositionalSpec[];
  readonly commands?: readonly CommandSpec[];
  /** Given alone it prints its help, because only its subcommands do something. */
  readonly needsSubcommand?: boolean;
  /** The flag that makes a command do something without a subcommand. */
  readonly standsAloneWith?: string;
  /** Usage lines, when they are not what the table implies. */
  readonly usage?: readonly string[];
  /** The name `--version` prints; commands without it have no such flag. */
  readonly versionName?: string;
  readonly isHidden?: boolean;
  /** At least one of these must be given; `label` names them in the error. */
  readonly requiresOneOf?: {
    readonly names: readonly string[];
    readonly label: string;
  };
  /** Loads what runs it; undefined while this version has nothing that does. */
  readonly load?: () => Promise<{ readonly run: RunCommand }>;
}

const HELP_FLAG: FlagSpec = {
  name: "help",
  short: "h",
  help: "Print this help",
};

const VERSION_FLAG: FlagSpec = {
  name: "version",
  short: "V",
  help: "Print the version",
};

/** A command with the chain that leads to it: `[codex, exec, resume]`. */
export type CommandChain = readonly [CommandSpec, ...CommandSpec[]];

/** The last command of the chain. */
export function commandOf(chain: CommandChain): CommandSpec {
  return chain[chain.length - 1] ?? chain[0];
}

/** The chain as typed: `codex exec resume`. */
export function chainName(chain: CommandChain): string {
  return chain.map((command) => command.name).join(" ");
}

/** Every flag the command takes: its own, its parents' global ones, help, version. */
export function flagsOf(chain: CommandChain): readonly FlagSpec[] {
  const command = commandOf(chain);
  const own = command.flags ?? [];
  const inherited = chain.slice(0, -1)
    .flatMap((parent) => parent.flags ?? [])
    .filter((flag) => flag.isGlobal === true)
    .filter((flag) => own.every(({ name }) => name !== flag.name));
  return [
    ...inherited,
    ...own,
    HELP_FLAG,
    ...(command.versionName === undefined ? [] : [VERSION_FLAG]),
  ];
}

/** The subcommand of that name or alias. */
export function subcommand(
  command: CommandSpec,
  name: string,
): CommandSpec | undefined {
  return command.commands?.find((candidate) =>
    candidate.name === name || candidate.aliases?.includes(name)
  );
}

/** `--model <MODEL>`, `--image <FILE>...`, `--json` */
export function flagLabel(flag: FlagSpec): string {
  if (flag.value === undefined) return `--${flag.name}`;
  const dots = flag.isVariadic === true ? "..." : "";
  return `--${flag.name} <${flag.value}>${dots}`;
}

/** `<NAME>`, `[PROMPT]`, `[COMMAND]...` */
export function positionalLabel(
  positional: PositionalSpec,
  options?: { readonly asRequired: boolean },
): string {
  const isRequired = options?.asRequired ?? positional.isRequired === true;
  const dots = positional.isTrailing === true ? "..." : "";
  return isRequired
    ? `<${positional.name}>${dots}`
    : `[${positional.name}]${dots}`;
}

/** The usage line or lines of the command, complete. */
export function usageLines(chain: CommandChain): readonly string[] {
  const command = commandOf(chain);
  if (command.usage !== undefined) return command.usage;
  const isGiven = (flag: FlagSpec) => flag.isRequired === true;
  const parts = [
    chainName(chain),
    "[OPTIONS]",
    ...(command.flags ?? []).filter(isGiven).map(flagLabel),
    ...(command.positionals ?? []).map((one) => positionalLabel(one)),
  ];
  if (command.commands !== undefined) {
    parts.push(command.needsSubcommand === true ? "<COMMAND>" : "[COMMAND]");
  }
  return [parts.join(" ")];
}
