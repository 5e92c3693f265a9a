/**
 * Reads a rule file: calls of three functions with literal arguments, and constants.
 * What the language (Starlark) could do beyond that is an error that names its place,
 * so no entry of a file is passed over. Examples are checked here: a file whose
 * examples do not hold is not used.
 */
import { callRule, RuleSetBuilder } from "./builtins.ts";
import type { RuleSet } from "./rule.ts";
import {
  type Place,
  readTokens,
  RuleProblem,
  SUPPORTED,
  type Token,
} from "./tokens.ts";
import { type Arguments, typeName, type Value } from "./values.ts";

export type ParsedRules =
  | { readonly kind: "ok"; readonly rules: RuleSet }
  | {
    readonly kind: "error";
    readonly place: Place;
    readonly message: string;
  };

/** Reads the text of one rule file. */
export function parseRules(text: string): ParsedRules {
  try {
    return { kind: "ok", rules: new Parser(readTokens(text)).parse() };
  } catch (error) {
    if (!(error instanceof RuleProblem)) throw error;
    return { kind: "error", place: error.place, message: error.message };
  }
}

/** Deeper lists than this are no rule. */
const NESTING_MAX = 16;

class Parser {
  readonly #tokens: readonly Token[];
  readonly #constants = new Map<string, Value>();
  readonly #rules = new RuleSetBuilder();
  #at = 0;
  #depth = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  parse(): RuleSet {
    while (this.#at < this.#tokens.length) this.#statement();
    return this.#rules.finish();
  }

  #statement(): void {
    const token = this.#next();
    if (token.kind === "end") return;
    if (token.kind === "string") {
      // A string on its own is a remark.
      return this.#endStatement();
    }
    if (token.kind !== "name") throw unexpected(token);
    if (token.text === "pass") return this.#endStatement();
    const after = this.#next();
    if (isSign(after, "=") && !isSign(this.#peek(), "=")) {
      this.#constants.set(token.text, this.#value());
    } else if (isSign(after, "(")) {
      callRule(this.#rules, token.text, this.#arguments(token), token);
    } else {
      throw new RuleProblem(
        token,
        `unexpected \`${token.text}\`: ${SUPPORTED}`,
      );
    }
    this.#endStatement();
  }

  #endStatement(): void {
    const token = this.#next();
    if (token.kind !== "end") throw unexpected(token, "the end of the line");
  }

  #arguments(call: Token): Arguments {
    const positional: Value[] = [];
    const named = new Map<string, Value>();
    while (!isSign(this.#peek(), ")")) {
      const [token, after] = [this.#peek(), this.#peek(1)];
      if (token.kind === "name" && isSign(after, "=")) {
        this.#at += 2;
        if (named.has(token.text)) {
          throw new RuleProblem(token, `repeated argument \`${token.text}\``);
        }
        named.set(token.text, this.#value());
      } else {
        if (named.size > 0) {
          throw new RuleProblem(token, "a named argument must have a name");
        }
        positional.push(this.#value());
      }
      if (isSign(this.#peek(), ",")) this.#at++;
      else if (!isSign(this.#peek(), ")")) {
        throw unexpected(this.#peek(), '"," or ")"');
      }
    }
    this.#at++;
    return { place: call, positional, named };
  }

  /** A literal, a constant, or several joined by `+`. */
  #value(): Value {
    let value = this.#primary();
    while (isSign(this.#peek(), "+")) {
      const sign = this.#next();
      value = added(value, this.#primary(), sign);
    }
    return value;
  }

  #primary(): Value {
    const token = this.#next();
    if (token.kind === "string") return token.value;
    if (token.kind === "number") {
      if (!/^[0-9]+$/.test(token.text)) throw unexpected(token, "a value");
      return Number(token.text);
    }
    if (isSign(token, "[")) return this.#list(token);
    if (token.kind !== "name") throw unexpected(token, "a value");
    if (Object.hasOwn(LITERALS, token.text)) {
      return LITERALS[token.text] ?? null;
    }
    const constant = this.#constants.get(token.text);
    if (constant !== undefined) return constant;
    throw new RuleProblem(
      token,
      `unknown name \`${token.text}\`: only strings, lists, True, False and ` +
        "constants of this file can be values",
    );
  }

  #list(start: Token): readonly Value[] {
    if (++this.#depth > NESTING_MAX) {
      throw new RuleProblem(start, "these lists are nested too deeply");
    }
    const values: Value[] = [];
    while (!isSign(this.#peek(), "]")) {
      values.push(this.#value());
      if (isSign(this.#peek(), ",")) this.#at++;
      else if (!isSign(this.#peek(), "]")) {
        throw unexpected(this.#peek(), '"," or "]"');
      }
    }
    this.#at++;
    this.#depth--;
    return values;
  }

  #peek(ahead = 0): Token {
    // The list ends with an `end` token, so there always is a last one.
    const token = this.#tokens[this.#at + ahead] ?? this.#tokens.at(-1);
    if (token === undefined) throw new Error("A rule file without tokens");
    return token;
  }

  #next(): Token {
    const token = this.#peek();
    this.#at++;
    return token;
  }
}

const LITERALS: Readonly<Record<string, Value>> = {
  True: true,
  False: false,
  None: null,
};

function isSign(token: Token, text: string): boolean {
  return token.kind === "sign" && token.text === text;
}

function added(left: Value, right: Value, sign: Token): Value {
  if (typeof left === "string" && typeof right === "string") {
    return left + right;
  }
  if (Array.isArray(left) && Array.isArray(right)) return [...left, ...right];
  throw new RuleProblem(
    sign,
    `cannot add ${typeName(right)} to ${typeName(left)}`,
  );
}

function unexpected(token: Token, wanted?: string): RuleProblem {
  const found = token.kind === "end"
    ? "end of line"
    : token.kind === "indent"
    ? "indentation"
    : token.kind === "string"
    ? `string ${JSON.stringify(token.value)}`
    : `\`${token.text}\``;
  const expected = wanted === undefined
    ? `: ${SUPPORTED}`
    : `, expected ${wanted}`;
  return new RuleProblem(token, `unexpected ${found}${expected}`);
}
