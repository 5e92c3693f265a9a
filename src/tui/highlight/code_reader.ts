/**
 * Colours code line by line, carrying what a line leaves open (a comment, a string) to
 * the next. A line's colours never depend on lines after it.
 */
import { StringStream } from "@codemirror/streamparser";
import type { Span } from "../render/line.ts";
import { PLAIN, type Style } from "../render/style.ts";
import type { SyntaxRole, Theme } from "../render/theme.ts";
import type { Grammar } from "./languages.ts";
import { type CodeReader, PLAIN_READER } from "./plain_reader.ts";
import { roleOf } from "./roles.ts";

/** Longer lines are data, such as minified code, which nobody reads for its colours. */
const COLOURED_CHARS_MAX = 2_000;

/** Columns grammars count a tab as; they only compare indentation. */
const TAB_COLUMNS = 4;

/** A grammar may return without moving once or twice, to change its mind. */
const STANDSTILLS_MAX = 10;

export class GrammarReader implements CodeReader {
  readonly #grammar: Grammar;
  readonly #syntax: Theme["syntax"];
  readonly #state: unknown;
  #isBroken = false;

  constructor(
    grammar: Grammar,
    syntax: Theme["syntax"],
    state: unknown = grammar.startState?.(TAB_COLUMNS) ?? {},
  ) {
    this.#grammar = grammar;
    this.#syntax = syntax;
    this.#state = state;
  }

  fork(): CodeReader {
    return this.#isBroken ? PLAIN_READER : new GrammarReader(
      this.#grammar,
      this.#syntax,
      this.#grammar.copyState?.(this.#state) ?? copied(this.#state),
    );
  }

  line(text: string): readonly Span[] {
    if (this.#isBroken || text.length > COLOURED_CHARS_MAX) {
      return PLAIN_READER.line(text);
    }
    try {
      return this.#tokens(text);
    } catch {
      // A grammar that fails on some code must not take the screen down with it;
      // what follows is shown without colours.
      this.#isBroken = true;
      return PLAIN_READER.line(text);
    }
  }

  #tokens(text: string): readonly Span[] {
    if (text === "") {
      this.#grammar.blankLine?.(this.#state, TAB_COLUMNS);
      return [];
    }
    const stream = new StringStream(text, TAB_COLUMNS, TAB_COLUMNS);
    const spans: Span[] = [];
    while (!stream.eol()) {
      const style = this.#token(stream);
      const token = stream.current();
      const role = refined(roleOf(style), style, token, stream.peek());
      append(spans, token, role === undefined ? PLAIN : this.#syntax[role]);
      stream.start = stream.pos;
    }
    return spans;
  }

  /** One token, which is at least one character. */
  #token(stream: StringStream): string | null {
    for (let tries = 0; tries < STANDSTILLS_MAX; tries++) {
      const style = this.#grammar.token(stream, this.#state);
      // Some grammars return nothing at all, whatever their type says.
      if (stream.pos > stream.start) return style ?? null;
    }
    stream.next();
    return null;
  }
}

/** What CodeMirror does for a grammar that does not copy its state itself. */
function copied(state: unknown): unknown {
  if (typeof state !== "object" || state === null) return state;
  return Object.fromEntries(
    Object.entries(state).map(([key, value]) => [
      key,
      Array.isArray(value) ? [...value] : value,
    ]),
  );
}

/** Grammars do not look at what follows a name, nor at its case. */
function refined(
  role: SyntaxRole | undefined,
  style: string | null,
  token: string,
  next: string | void,
): SyntaxRole | undefined {
  switch (role) {
    case "variable":
      if (next === "(") return "function";
      return isTypeName(token) ? "type" : role;
    case "property":
      return next === "(" ? "function" : role;
    case "function":
      // A definition: of a function, a type or a variable.
      if (style !== "def" || next === "(" || next === "<") return role;
      return isTypeName(token) ? "type" : "variable";
    case "number":
      return /\d/.test(token) ? role : "punctuation";
    default:
      return role;
  }
}

function isTypeName(token: string): boolean {
  return /^[A-Z]\w*[a-z]/.test(token);
}

function append(spans: Span[], text: string, style: Style): void {
  const last = spans.at(-1);
  if (last?.style === style) {
    spans[spans.length - 1] = { text: last.text + text, style };
  } else {
    spans.push({ text, style });
  }
}
