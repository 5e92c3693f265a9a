/**
 * What can be completed where, derived from the command table. The shells' scripts
 * in `completion_scripts.ts` differ only in how they say it.
 */
import {
  chainName,
  type CommandChain,
  commandOf,
  type CommandSpec,
  flagsOf,
} from "./spec.ts";

/** A word that may come next. */
export interface CompletionWord {
  readonly word: string;
  readonly about: string;
}

/** One command: how to get further in, and what it offers. */
export interface CompletionPoint {
  /** `codex exec`; unique. */
  readonly path: string;
  /** Words that lead to another point; aliases included. */
  readonly enters: readonly {
    readonly words: readonly string[];
    readonly path: string;
  }[];
  readonly commands: readonly CompletionWord[];
  readonly options: readonly CompletionWord[];
  /** Options that take a value; without `values` it is a file or free text. */
  readonly valued: readonly {
    readonly words: readonly string[];
    readonly values: readonly string[] | undefined;
  }[];
  /** Possible values of the first positional argument. */
  readonly values: readonly string[];
}

/** Every command that is not hidden, outermost first. */
export function completionPoints(
  root: CommandSpec,
): readonly CompletionPoint[] {
  return pointsFrom([root]);
}

function pointsFrom(chain: CommandChain): readonly CompletionPoint[] {
  const inner = visibleCommands(commandOf(chain))
    .flatMap((command) => pointsFrom([...chain, command]));
  return [pointOf(chain), ...inner];
}

function pointOf(chain: CommandChain): CompletionPoint {
  const command = commandOf(chain);
  const path = chainName(chain);
  const commands = visibleCommands(command);
  const flags = flagsOf(chain).filter((flag) => flag.isHidden !== true);
  const wordsOf = (flag: typeof flags[number]) => [
    ...(flag.short === undefined ? [] : [`-${flag.short}`]),
    `--${flag.name}`,
  ];
  return {
    path,
    enters: commands.map((one) => ({
      words: [one.name, ...one.aliases ?? []],
      path: `${path} ${one.name}`,
    })),
    commands: commands.map(({ name, about }) => ({ word: name, about })),
    options: flags.flatMap((flag) =>
      wordsOf(flag).map((word) => ({ word, about: flag.help }))
    ),
    valued: flags.filter((flag) => flag.value !== undefined)
      .map((flag) => ({ words: wordsOf(flag), values: flag.values })),
    values: command.positionals?.[0]?.values ?? [],
  };
}

function visibleCommands(command: CommandSpec): readonly CommandSpec[] {
  return (command.commands ?? []).filter((one) => one.isHidden !== true);
}
