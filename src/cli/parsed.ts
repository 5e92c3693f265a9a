/**
 * ParsedCommand: what the user typed, checked against the command table. Command
 * modules read it through the accessors below and never see argv.
 */
import type { Platform } from "@/platform/platform.ts";

/** A flag's value: `true` for a switch, all values in order for a repeatable one. */
export type FlagValue = true | string | readonly string[];

export interface ParsedCommand {
  /** The command's canonical path, without the program: `["exec", "resume"]`. */
  readonly command: readonly string[];
  /** By long name without dashes (`output-schema`); flags given above the command included. */
  readonly flags: Readonly<Record<string, FlagValue>>;
  /** By the name the usage line shows (`PROMPT`). */
  readonly positionals: Readonly<Record<string, string | readonly string[]>>;
}

/** What every module under `commands/` exports as `run`; resolves to the exit code. */
export type RunCommand = (
  parsed: ParsedCommand,
  platform: Platform,
) => Promise<number>;

/** True when the switch was given. */
export function hasFlag(parsed: ParsedCommand, name: string): boolean {
  return parsed.flags[name] !== undefined;
}

/** The flag's value; for a repeatable flag the last one. */
export function flagValue(
  parsed: ParsedCommand,
  name: string,
): string | undefined {
  const value = parsed.flags[name];
  if (value === undefined || value === true) return undefined;
  return typeof value === "string" ? value : value[value.length - 1];
}

/** All values of a repeatable flag, in the order given. */
export function flagValues(
  parsed: ParsedCommand,
  name: string,
): readonly string[] {
  const value = parsed.flags[name];
  if (value === undefined || value === true) return [];
  return typeof value === "string" ? [value] : value;
}

/** A positional argument by its usage name. */
export function positional(
  parsed: ParsedCommand,
  name: string,
): string | undefined {
  const value = parsed.positionals[name];
  if (value === undefined) return undefined;
  return typeof value === "string" ? value : value[0];
}

/** All values of a variadic positional argument. */
export function positionals(
  parsed: ParsedCommand,
  name: string,
): readonly string[] {
  const value = parsed.positionals[name];
  if (value === undefined) return [];
  return typeof value === "string" ? [value] : value;
}
