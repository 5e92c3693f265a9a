/**
 * Reads a shell script in two ways.
 *
 * `plain` is what may be trusted: the commands of a script that is nothing but bare
 * and quoted words joined by `&&`, `||`, `;`, `|` and line ends. Anything a shell
 * could expand, redirect or interpret makes the whole script opaque. The parser's
 * tree is not believed alone: every character of the script must be accounted for.
 *
 * `seen` is what must be suspected: every command found anywhere in the script, in
 * substitutions, branches, functions and here-documents too. A script the parser
 * cannot read is searched word by word.
 */
import { forEachChild, parse } from "unbash";
import type {
  Command,
  PipelineNode,
  Redirection,
  Script,
  Statement,
  SyntaxNode,
  Word,
} from "unbash";
import { looseCommands } from "./loose.ts";
import type { Argv } from "./rule.ts";

export interface ScriptReading {
  /** The commands of a plain script; undefined when it is opaque. */
  readonly plain: readonly Argv[] | undefined;
  /** Every command found. A word that is expanded stands as it is written. */
  readonly seen: readonly Argv[];
  /** Texts commands read: here-documents and here-strings. */
  readonly inputs: readonly string[];
}

/** Longer scripts are searched word by word instead of parsed. */
const SCRIPT_CHARACTERS_MAX = 100_000;
/** More commands than any honest script has. */
const SEEN_MAX = 5_000;
/** Deeper trees than any honest script has; keeps the stack small. */
const DEPTH_MAX = 500;

/** Reads a script of a POSIX-like shell. Never throws, whatever the text. */
export function readScript(script: string): ScriptReading {
  const found = findCommands(script);
  if (found === undefined) {
    return { plain: undefined, seen: looseCommands(script), inputs: [] };
  }
  const { tree, seen, inputs, isIncomplete } = found;
  return isIncomplete
    ? { plain: undefined, seen: [...seen, ...looseCommands(script)], inputs }
    : { plain: plainCommands(script, tree), seen, inputs };
}

interface Found {
  readonly tree: Script;
  readonly seen: readonly Argv[];
  readonly inputs: readonly string[];
  /** Parts of the script were not understood. */
  readonly isIncomplete: boolean;
}

function findCommands(script: string): Found | undefined {
  if (script.length > SCRIPT_CHARACTERS_MAX) return undefined;
  try {
    const tree = parse(script);
    const finder = new Finder();
    // Substitutions are parsed when they are visited.
    finder.visit(tree, 0);
    const { seen, inputs, isIncomplete } = finder;
    return { tree, seen, inputs, isIncomplete };
  } catch {
    // Whatever the parser cannot take is opaque, and is searched word by word.
    return undefined;
  }
}

/** Collects the commands of a tree, whatever surrounds them. */
class Finder {
  readonly seen: Argv[] = [];
  readonly inputs: string[] = [];
  isIncomplete = false;

  visit(node: SyntaxNode, depth: number): void {
    if (this.seen.length > SEEN_MAX || depth > DEPTH_MAX) {
      this.isIncomplete = true;
      return;
    }
    switch (node.type) {
      case "Command":
        this.#command(node);
        break;
      case "Script":
        if (hasErrors(node)) this.isIncomplete = true;
        break;
      case "CommandExpansion":
      case "ProcessSubstitution":
      case "ArithmeticCommandExpansion":
        // One the parser gave up on has no script to look into.
        if (node.script === undefined) this.isIncomplete = true;
        break;
      case "HereDocBody":
        this.inputs.push(node.text);
        break;
      case "HereString":
        if (node.target !== undefined) this.inputs.push(node.target.value);
        break;
    }
    forEachChild(node, (child) => this.visit(child, depth + 1));
  }

  #command({ name, args }: Command): void {
    if (name === undefined) return;
    const words = [name, ...args].flatMap((word) =>
      word.type === "Word" ? wordValues(word) : [word.text]
    );
    this.seen.push(words);
  }
}

function hasErrors(script: Script & { readonly errors?: unknown }): boolean {
  return script.errors !== undefined;
}

/** As many words as braces in one may stand for before only some are looked at. */
const BRACE_WORDS_MAX = 256;

/** `{rm,-rf}` is two words; every other word is one. */
function wordValues(word: Word): readonly string[] {
  const isBraced = word.parts?.some(({ type }) => type === "BraceExpansion");
  if (isBraced !== true) return [word.value];
  let texts = [word.text];
  while (texts.length <= BRACE_WORDS_MAX) {
    const next = texts.flatMap(expandFirst);
    if (next.length === texts.length) break;
    texts = next;
  }
  return texts.map((text) => text.replaceAll(/\\\n|['"\\]/g, ""));
}

/** Replaces the first innermost list of braces by each of its pieces. */
function expandFirst(text: string): readonly string[] {
  const match = /\{([^{}]*,[^{}]*)\}/.exec(text);
  if (match === null) return [text];
  const before = text.slice(0, match.index);
  const after = text.slice(match.index + match[0].length);
  return (match[1] ?? "").split(",").map((piece) => before + piece + after);
}

function plainCommands(
  script: string,
  tree: Script,
): readonly Argv[] | undefined {
  const commands = flatten(tree.commands);
  if (commands === undefined || commands.length === 0) return undefined;
  const result: Argv[] = [];
  let at = 0;
  for (const command of commands) {
    const between = script.slice(at, command.pos);
    if (!(at === 0 ? LEADING : JOINT).test(between)) return undefined;
    const argv = plainCommand(script, command);
    if (argv === undefined) return undefined;
    result.push(argv);
    at = command.end;
  }
  return TRAILING.test(script.slice(at)) ? result : undefined;
}

const LEADING = /^[ \t\n]*$/;
const JOINT = /^[ \t]*(?:&&|\|\||;|\||\n)[ \t\n]*$/;
const TRAILING = /^[ \t]*;?[ \t\n]*$/;

/** The simple commands of a list in order; undefined when there is anything else. */
function flatten(
  statements: readonly Statement[],
): readonly Command[] | undefined {
  const commands: Command[] = [];
  const isPlain = statements.every(({ background, command }) =>
    background !== true &&
    (command.type === "AndOr" ? command.commands : [command])
      .every((node) => collect(node, commands))
  );
  return isPlain ? commands : undefined;
}

function collect(node: PipelineNode, commands: Command[]): boolean {
  if (node.type === "Command") {
    commands.push(node);
    return true;
  }
  return node.type === "Pipeline" && node.prefixes.length === 0 &&
    node.operators.every((operator) => operator === "|") &&
    node.commands.every((command) => collect(command, commands));
}

function plainCommand(script: string, command: Command): Argv | undefined {
  const { name, prefix, suffix } = command;
  if (name === undefined || prefix.length > 0) return undefined;
  const words = [name, ...suffix.filter(isWord)];
  if (words.length !== suffix.length + 1) return undefined;
  const argv: string[] = [];
  let at = command.pos;
  for (const word of words) {
    const blank = script.slice(at, word.pos);
    const isJoined = argv.length === 0 ? blank === "" : /^[ \t]+$/.test(blank);
    const value = argv.length === 0
      ? plainName(script.slice(word.pos, word.end))
      : plainWord(script.slice(word.pos, word.end));
    if (!isJoined || value === undefined || value !== word.value) {
      return undefined;
    }
    argv.push(value);
    at = word.end;
  }
  return at === command.end ? argv : undefined;
}

function isWord(
  part: Word | Redirection | Command["suffix"][number],
): part is Word {
  return part.type === "Word";
}

/** A program's name: nothing in it that any shell reads as more than a name. */
function plainName(text: string): string | undefined {
  return /^[A-Za-z0-9_./][A-Za-z0-9_.,:@+/-]*$/.test(text) ? text : undefined;
}

/** Letters of every script are safe in a word, other signs and blanks are not. */
const PLAIN_PIECE =
  /([\p{L}\p{M}\p{N}_.,:@%+=/-]+)|'([^'\0]*)'|"([^"$`\\\0]*)"/uy;

/** The value of a word without anything a shell expands; undefined otherwise. */
function plainWord(text: string): string | undefined {
  // zsh reads `=ls` as the path of ls.
  if (text.startsWith("=")) return undefined;
  let value = "";
  let at = 0;
  while (at < text.length) {
    PLAIN_PIECE.lastIndex = at;
    const match = PLAIN_PIECE.exec(text);
    if (match === null) return undefined;
    value += match[1] ?? match[2] ?? match[3] ?? "";
    at = PLAIN_PIECE.lastIndex;
  }
  return value;
}
