/**
 * The part of YAML 1.2 people write by hand into small headers: mappings, sequences,
 * plain and quoted scalars, block scalars, one-line flow collections, comments. What
 * lies outside it (anchors, aliases, tags, complex keys, several documents) is an
 * error that names the line, never a guess.
 */

import { FlowReader } from "./yaml_flow.ts";
import {
  closingQuote,
  DEPTH_MAX,
  scalarOf,
  UNKNOWN_STARTS,
  unquoted,
  withoutComment,
  YamlProblem,
  type YamlValue,
} from "./yaml_scalar.ts";

export type ParsedYaml =
  | { readonly ok: true; readonly value: YamlValue }
  | { readonly ok: false; readonly message: string; readonly line: number };

/** Reads one document. Never throws. */
export function parseYaml(text: string): ParsedYaml {
  try {
    const lines = text.replace(/^\uFEFF/, "").split(/\r\n|[\n\r]/);
    const reader = new Reader(lines);
    return { ok: true, value: reader.document() };
  } catch (error) {
    if (!(error instanceof YamlProblem)) throw error;
    return { ok: false, message: error.message, line: error.line + 1 };
  }
}

class Reader {
  /** Changed on the way: a dash that was read becomes a space. */
  readonly #lines: string[];
  #at = 0;
  #depth = 0;

  constructor(lines: readonly string[]) {
    this.#lines = [...lines];
  }

  document(): YamlValue {
    this.#skipBlank();
    if (this.#at >= this.#lines.length) return null;
    const value = this.#block(this.#indent());
    this.#skipBlank();
    if (this.#at < this.#lines.length) {
      this.#fail("this line belongs to nothing above it");
    }
    return value;
  }

  /** The value whose lines are indented by exactly this much. */
  #block(indent: number): YamlValue {
    if (++this.#depth > DEPTH_MAX) this.#fail("nested too deeply");
    const rest = this.#rest();
    const value = isSequenceItem(rest)
      ? this.#sequence(indent)
      : keyOf(rest) === undefined
      ? this.#scalar(rest, indent - 1)
      : this.#mapping(indent);
    this.#depth--;
    return value;
  }

  #mapping(indent: number): YamlValue {
    // Without a prototype, `__proto__` is a key like any other.
    const result: Record<string, YamlValue> = Object.create(null);
    while (this.#isAt(indent)) {
      const rest = this.#rest();
      if (isSequenceItem(rest)) {
        this.#fail("a list item where a key was expected");
      }
      const key = keyOf(rest);
      if (key === undefined) this.#fail("a line without `key: value`");
      if (Object.hasOwn(result, key.name)) {
        this.#fail(`the key \`${key.name}\` stands here twice`);
      }
      result[key.name] = this.#valueOf(key.rest, indent);
    }
    return result;
  }

  #sequence(indent: number): YamlValue {
    const items: YamlValue[] = [];
    while (this.#isAt(indent) && isSequenceItem(this.#rest())) {
      const rest = this.#rest().slice(1);
      const inner = rest.trimStart();
      const innerIndent = indent + 1 + rest.length - inner.length;
      if (inner !== "" && (keyOf(inner) || isSequenceItem(inner))) {
        items.push(this.#inlineBlock(inner, innerIndent));
      } else {
        items.push(this.#valueOf(inner, indent));
      }
    }
    return items;
  }

  /** `- key: value`: what follows the dash is a block of its own. */
  #inlineBlock(inner: string, indent: number): YamlValue {
    this.#lines[this.#at] = " ".repeat(indent) + inner;
    return this.#block(indent);
  }

  /** What stands behind a key or a dash, on its line or below it. */
  #valueOf(text: string, indent: number): YamlValue {
    if (withoutComment(text) !== "") return this.#scalar(text, indent);
    this.#at++;
    this.#skipBlank();
    const below = this.#at < this.#lines.length ? this.#indent() : -1;
    const isList = below === indent && isSequenceItem(this.#rest());
    return below > indent || isList ? this.#block(below) : null;
  }

  /** A scalar or flow collection that starts here and may go on in deeper lines. */
  #scalar(text: string, indent: number): YamlValue {
    const first = text.charAt(0);
    const unknown = UNKNOWN_STARTS[first];
    if (unknown !== undefined) this.#fail(unknown);
    if (/^\?(\s|$)/.test(text)) this.#fail("complex keys are not supported");
    if (first === "|" || first === ">") return this.#blockScalar(text, indent);
    if (first === '"' || first === "'") return this.#quoted(text, indent);
    if (first === "[" || first === "{") {
      const start = this.#at++;
      return new FlowReader(text, start).whole();
    }
    return this.#plain(text, indent);
  }

  #plain(text: string, indent: number): YamlValue {
    if (isSequenceItem(text)) this.#fail("a list cannot begin on this line");
    const words = [this.#plainPart(text)];
    // A comment ends the value, whatever stands below it.
    let isEnded = withoutComment(text) !== text.trimEnd();
    for (this.#at++; this.#at < this.#lines.length && !isEnded; this.#at++) {
      const line = this.#lines[this.#at] ?? "";
      if (line.trim() === "" || indentOf(line) <= indent) break;
      if (line.trimStart().startsWith("#")) break;
      words.push(this.#plainPart(line.trim()));
      isEnded = withoutComment(line) !== line.trimEnd();
    }
    const whole = words.join(" ");
    return words.length === 1 ? scalarOf(whole) : whole;
  }

  #plainPart(text: string): string {
    const part = withoutComment(text);
    if (/:(\s|$)/.test(part)) {
      this.#fail("a plain value cannot hold `: `; quote it");
    }
    return part;
  }

  #quoted(text: string, indent: number): YamlValue {
    const start = this.#at++;
    let whole = text;
    while (closingQuote(whole) === undefined) {
      const line = this.#lines[this.#at];
      if (
        line === undefined || (line.trim() !== "" && indentOf(line) <= indent)
      ) {
        throw new YamlProblem("a quote is not closed", start);
      }
      // Line ends fold to spaces, an empty line to a line feed.
      whole += line.trim() === ""
        ? "\n"
        : whole.endsWith("\n")
        ? line.trim()
        : ` ${line.trim()}`;
      this.#at++;
    }
    const end = closingQuote(whole) ?? 0;
    if (withoutComment(whole.slice(end + 1).trim()) !== "") {
      throw new YamlProblem("text behind a closing quote", start);
    }
    return unquoted(whole.slice(0, end + 1), start);
  }

  #blockScalar(header: string, indent: number): string {
    const match = /^([|>])([-+]?)(\s+#.*)?$/.exec(header.trimEnd());
    if (match === null) this.#fail("this block scalar header is not supported");
    const lines: string[] = [];
    let own = -1;
    for (this.#at++; this.#at < this.#lines.length; this.#at++) {
      const line = this.#lines[this.#at] ?? "";
      if (line.trim() === "") {
        lines.push("");
        continue;
      }
      if (indentOf(line) <= indent) break;
      if (own < 0) own = indentOf(line);
      if (indentOf(line) < own) {
        this.#fail("less indented than the block above");
      }
      lines.push(line.slice(own));
    }
    const text = match[1] === "|" ? lines.join("\n") : folded(lines);
    const body = text.replace(/\n+$/, "");
    if (match[2] === "+") return `${text}\n`;
    return match[2] === "-" || body === "" ? body : `${body}\n`;
  }

  #isAt(indent: number): boolean {
    this.#skipBlank();
    if (this.#at >= this.#lines.length || this.#indent() < indent) return false;
    if (this.#indent() > indent) {
      this.#fail("indented more than its neighbours");
    }
    return true;
  }

  #skipBlank(): void {
    while (this.#at < this.#lines.length) {
      const line = this.#lines[this.#at] ?? "";
      if (!/^\s*(#.*)?$/.test(line)) return;
      this.#at++;
    }
  }

  #indent(): number {
    const line = this.#lines[this.#at] ?? "";
    if (/^ *\t/.test(line)) this.#fail("tabs cannot indent");
    return indentOf(line);
  }

  #rest(): string {
    const text = (this.#lines[this.#at] ?? "").trim();
    if (/^(---|\.\.\.)(\s|$)/.test(text)) {
      this.#fail("several documents are not supported");
    }
    return text;
  }

  #fail(message: string): never {
    throw new YamlProblem(message, this.#at);
  }
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}

function isSequenceItem(text: string): boolean {
  return text === "-" || text.startsWith("- ");
}

/** The key a line begins with and what follows its colon. */
function keyOf(
  text: string,
): { readonly name: string; readonly rest: string } | undefined {
  const first = text.charAt(0);
  if (first === '"' || first === "'") {
    const end = closingQuote(text);
    if (end === undefined || !/^\s*:(\s|$)/.test(text.slice(end + 1))) {
      return undefined;
    }
    const colon = text.indexOf(":", end);
    return {
      name: unquoted(text.slice(0, end + 1), 0),
      rest: text.slice(colon + 1).trim(),
    };
  }
  if ("[{|>#&*!?".includes(first)) return undefined;
  const match = /^([^#]*?[^\s#])\s*:(?:\s+(.*))?$/.exec(text);
  const name = match?.[1];
  if (name === undefined || /:\s/.test(name)) return undefined;
  return { name, rest: match?.[2]?.trim() ?? "" };
}

/** Lines folded: one line end is a space, more are one less. */
function folded(lines: readonly string[]): string {
  let text = "";
  let pending = 0;
  for (const line of lines) {
    if (line === "") {
      pending++;
      continue;
    }
    const joint = text === "" ? "" : pending === 0 ? " " : "";
    text += "\n".repeat(text === "" ? 0 : pending) + joint + line;
    pending = 0;
  }
  return text + "\n".repeat(pending);
}
