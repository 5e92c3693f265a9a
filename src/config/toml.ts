/**
 * TOML text to tables, with syntax errors that show the line. The messages for the
 * commonest mistakes are worded as users of this file format know them.
 */
import { parse, TomlError } from "smol-toml";
import type { RawTable } from "./config.ts";
import { ConfigError } from "./problem.ts";

/**
 * Reads a TOML document.
 *
 * @param path names the file in messages
 * @throws ConfigError with file, line, column and the line itself
 */
export function parseToml(text: string, path: string): RawTable {
  try {
    return parse(text, { integersAsBigInt: "asNeeded" });
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    throw new ConfigError(
      "Error loading config.toml:\n",
      syntaxMessage(error, text, path),
      { cause: error },
    );
  }
}

function syntaxMessage(error: TomlError, text: string, path: string): string {
  const line = text.split("\n")[error.line - 1]?.replace(/\r$/, "") ?? "";
  const number = String(error.line);
  const margin = " ".repeat(number.length);
  return [
    `${path}:${number}:${error.column}: ${wording(error.message)}`,
    `${margin} |`,
    `${number} | ${line}`,
    `${margin} | ${" ".repeat(error.column - 1)}^`,
  ].join("\n");
}

const WORDINGS: readonly (readonly [part: string, wording: string])[] = [
  ["redefine", "duplicate key"],
  ["invalid value", "string values must be quoted, expected literal string"],
  ["unfinished array", "unclosed array, expected `]`"],
];

function wording(message: string): string {
  const first = message.split("\n")[0]?.replace("Invalid TOML document: ", "");
  const known = WORDINGS.find(([part]) => first?.includes(part));
  return known?.[1] ?? first ?? message;
}
