/**
 * Recognises a shell script that is nothing but a patch in a heredoc, so that it can
 * be checked and applied without a shell. Anything that is not certainly that runs
 * as the script it is.
 */
import { parsePatch } from "./parse.ts";

export type Interception =
  /** `workdir` is the word after `cd`, unquoted, relative to the command's directory. */
  | {
    readonly kind: "patch";
    readonly patch: string;
    readonly workdir?: string;
  }
  /** A patch where a command should be. */
  | { readonly kind: "bare_patch" }
  | { readonly kind: "none" };

/** Means the same to every shell: no expansion, no option, no `~`, no `=command`. */
const BARE_WORD = String
  .raw`[\w./:,@%\u0080-\uffff][\w./:,@%+=\u0080-\uffff-]*`;
/** In double quotes, what a backslash does depends on what follows: left out too. */
const WORD = String
  .raw`(?:(?<bare>${BARE_WORD})|'(?<single>[^']+)'|"(?<double>[^"$\x60\\]+)")`;
const CHANGE_DIRECTORY = String.raw`(?:cd[ \t]+${WORD}[ \t]*&&\s*)?`;

const NAME = String.raw`[A-Za-z_]\w*`;
const DELIMITER = String
  .raw`(?:\\?(?<plain>${NAME})|'(?<quoted>[^'\n]+)'|"(?<doubled>${NAME})")`;
const HEREDOC = String
  .raw`(?:apply_patch|applypatch)[ \t]*<<-?[ \t]*${DELIMITER}`;

const SCRIPT_START = new RegExp(
  `^\\s*${CHANGE_DIRECTORY}${HEREDOC}[ \\t\\r]*\\n`,
);

/** Looks at a whole script. Whether the patch is valid is for `planPatch` to say. */
export function interceptPatch(script: string): Interception {
  const start = SCRIPT_START.exec(script);
  if (start === null) {
    const isPatch = parsePatch(script).kind === "ok";
    return { kind: isPatch ? "bare_patch" : "none" };
  }
  const words = start.groups ?? {};
  const delimiter = words["plain"] ?? words["quoted"] ?? words["doubled"] ?? "";
  const patch = heredocBody(script.slice(start[0].length), delimiter);
  if (patch === undefined) return { kind: "none" };
  const workdir = words["bare"] ?? words["single"] ?? words["double"];
  return workdir === undefined
    ? { kind: "patch", patch }
    : { kind: "patch", patch, workdir };
}

/** The text before the delimiter's line; undefined when that is missing or not the end. */
function heredocBody(text: string, delimiter: string): string | undefined {
  const lines = text.trimEnd().split("\n");
  const end = lines.findIndex((line) => closes(line, delimiter));
  if (end < 0 || end < lines.length - 1) return undefined;
  return lines.slice(0, end).join("\n");
}

/** `<<-` allows tabs before the delimiter; a script may have CRLF line ends. */
function closes(line: string, delimiter: string): boolean {
  return line.replace(/^\t+/, "").replace(/\r$/, "") === delimiter;
}
