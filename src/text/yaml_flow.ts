/** The flow collections of YAML, `[a, b]` and `{ a: b }`, on one line. */
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

export class FlowReader {
  readonly #text: string;
  readonly #line: number;
  #at = 0;
  #depth = 0;

  constructor(text: string, line: number) {
    this.#text = text;
    this.#line = line;
  }

  whole(): YamlValue {
    const value = this.#value();
    if (withoutComment(this.#text.slice(this.#at).trim()) !== "") {
      this.#fail("text behind a closing bracket");
    }
    return value;
  }

  #value(): YamlValue {
    if (++this.#depth > DEPTH_MAX) this.#fail("nested too deeply");
    this.#space();
    const first = this.#text.charAt(this.#at);
    const value = first === "["
      ? this.#list()
      : first === "{"
      ? this.#map()
      : this.#scalar();
    this.#depth--;
    return value;
  }

  #list(): YamlValue {
    const items: YamlValue[] = [];
    this.#at++;
    while (!this.#takes("]")) {
      items.push(this.#value());
      if (!this.#takes(",") && !this.#sees("]")) this.#fail(UNCLOSED);
    }
    return items;
  }

  #map(): YamlValue {
    const result: Record<string, YamlValue> = Object.create(null);
    this.#at++;
    while (!this.#takes("}")) {
      const key = this.#value();
      if (!this.#takes(":")) this.#fail("a key without a value");
      result[String(key)] = this.#value();
      if (!this.#takes(",") && !this.#sees("}")) this.#fail(UNCLOSED);
    }
    return result;
  }

  #scalar(): YamlValue {
    const rest = this.#text.slice(this.#at);
    const first = rest.charAt(0);
    if (first === '"' || first === "'") {
      const end = closingQuote(rest);
      if (end === undefined) this.#fail("a quote is not closed");
      this.#at += end + 1;
      return unquoted(rest.slice(0, end + 1), this.#line);
    }
    const unknown = UNKNOWN_STARTS[first];
    if (unknown !== undefined) this.#fail(unknown);
    const text = /^(?:[^,\[\]{}:#]|:(?=[^\s,\]}])|(?<=\S)#)*/.exec(rest)?.[0] ??
      "";
    if (text === "") this.#fail(UNCLOSED);
    this.#at += text.length;
    return scalarOf(text.trim());
  }

  #sees(character: string): boolean {
    this.#space();
    return this.#text.charAt(this.#at) === character;
  }

  #takes(character: string): boolean {
    if (!this.#sees(character)) return false;
    this.#at++;
    return true;
  }

  #space(): void {
    while (/\s/.test(this.#text.charAt(this.#at))) this.#at++;
  }

  #fail(message: string): never {
    throw new YamlProblem(message, this.#line);
  }
}

const UNCLOSED = "a bracket is not closed on its line";
