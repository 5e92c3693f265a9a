/**
 * Help screens, derived from the command table: usage, subcommands, arguments,
 * options, in two columns that fit a hundred characters.
 */
import {
  type CommandChain,
  commandOf,
  type CommandSpec,
  flagsOf,
  type FlagSpec,
  positionalLabel,
  type PositionalSpec,
  usageLines,
} from "./spec.ts";

const WIDTH = 100;
/** A left column wider than this would leave too little for the text. */
const LEFT_WIDTH_MAX = 38;

/** One entry: what is typed, and what it does. */
type Row = readonly [left: string, right: string];

/** The whole help of a command, ending in a line break. */
export function helpText(chain: CommandChain): string {
  const command = commandOf(chain);
  const flags = flagsOf(chain).filter((flag) => flag.isHidden !== true);
  const sections = [
    command.about,
    `Usage: ${usageLines(chain).join("\n       ")}`,
    section("Commands", commandRows(command)),
    section("Arguments", (command.positionals ?? []).map(positionalRow)),
    section("Options", flags.map(flagRow)),
  ];
  return sections.filter((text) => text !== "").join("\n\n") + "\n";
}

function section(title: string, rows: readonly Row[]): string {
  if (rows.length === 0) return "";
  const left = Math.max(
    ...rows.map(([label]) => label.length)
      .filter((length) => length <= LEFT_WIDTH_MAX),
  );
  return [`${title}:`, ...rows.flatMap((row) => layOut(row, left))].join("\n");
}

function layOut([label, text]: Row, left: number): readonly string[] {
  const margin = " ".repeat(left + 4);
  const lines = wrap(text, WIDTH - margin.length);
  if (label.length > left) {
    return [`  ${label}`, ...lines.map((line) => margin + line)];
  }
  const [first = "", ...others] = lines;
  return [
    `  ${label.padEnd(left)}  ${first}`.trimEnd(),
    ...others.map((line) => margin + line),
  ];
}

function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}

function commandRows(command: CommandSpec): readonly Row[] {
  if (command.commands === undefined) return [];
  const visible = command.commands.filter((one) => one.isHidden !== true);
  return [
    ...visible.map((one): Row => [
      one.name,
      note(one.about, "aliases", one.aliases),
    ]),
    ["help", "Print the help of this or a subcommand"],
  ];
}

function positionalRow(positional: PositionalSpec): Row {
  return [positionalLabel(positional), describe(positional)];
}

function flagRow(flag: FlagSpec): Row {
  const short = flag.short === undefined ? "    " : `-${flag.short}, `;
  const dots = flag.isVariadic === true ? "..." : "";
  const value = flag.value === undefined ? "" : ` <${flag.value}>${dots}`;
  return [`${short}--${flag.name}${value}`, describe(flag)];
}

function describe(spec: FlagSpec | PositionalSpec): string {
  const withDefault = spec.default === undefined
    ? spec.help
    : note(spec.help, "default", [spec.default]);
  return note(withDefault, "possible values", spec.values);
}

function note(
  text: string,
  label: string,
  words: readonly string[] | undefined,
): string {
  return words === undefined ? text : `${text} [${label}: ${words.join(", ")}]`;
}
