/** The YAML people write into headers, and what is refused with its line. */
import assert from "node:assert/strict";
import { parseYaml } from "@/text/yaml.ts";
import type { YamlValue } from "@/text/yaml_scalar.ts";

/** The value as plain JSON, or `line: message`. */
function read(text: string): unknown {
  const parsed = parseYaml(text);
  return parsed.ok
    ? JSON.parse(JSON.stringify(parsed.value))
    : `${parsed.line}: ${parsed.message}`;
}

const VALUES: readonly (readonly [string, YamlValue])[] = [
  ["", null],
  ["# nothing\n", null],
  ["a: b", { a: "b" }],
  ["a: b # c\nd: e#f", { a: "b", d: "e#f" }],
  ["a: 1\nb: -2.5\nc: true\nd: ~\ne:\nf: 1.0.0", {
    a: 1,
    b: -2.5,
    c: true,
    d: null,
    e: null,
    f: "1.0.0",
  }],
  ["a: one\n  two\n  three\nb: c", { a: "one two three", b: "c" }],
  ["a: 'it''s: q'\nb: \"x\\n\\u0041\\\"\"", { a: "it's: q", b: 'x\nA"' }],
  ['a: "one\n  two\n\n  three"', { a: "one two\nthree" }],
  ["a: |\n  l1\n    l2\n\n  l3\nb: c", { a: "l1\n  l2\n\nl3\n", b: "c" }],
  ["a: >\n  l1\n  l2\n\n  l3\n", { a: "l1 l2\nl3\n" }],
  ["a: |-\n  x\nb: >-\n  y\n  z", { a: "x", b: "y z" }],
  ["a:\n  b:\n    c: d\n  e: f\ng: h", {
    a: { b: { c: "d" }, e: "f" },
    g: "h",
  }],
  ["a:\n- x\n- y\nb: c", { a: ["x", "y"], b: "c" }],
  ["a:\n  - x: 1\n    y: 2\n  - x: 3\n  -\n    z: 4", {
    a: [{ x: 1, y: 2 }, { x: 3 }, { z: 4 }],
  }],
  ["a: 0x1f\nb: 0o17\nc: 0x", { a: 31, b: 15, c: "0x" }],
  ["- - a\n  - b\n- c", [["a", "b"], "c"]],
  ["a: [x, 'y z', 3, [], {b: c, \"d\": e}]", {
    a: ["x", "y z", 3, [], { b: "c", d: "e" }],
  }],
  ["a: http://x/y:z", { a: "http://x/y:z" }],
  ['a b: c\n"d: e": f', { "a b": "c", "d: e": "f" }],
  ["\uFEFFa: b\r\nc: d\r\n", { a: "b", c: "d" }],
  ["__proto__: x", JSON.parse('{"__proto__":"x"}')],
];

Deno.test("values are read as YAML means them", () => {
  for (const [text, value] of VALUES) {
    assert.deepEqual([text, read(text)], [text, value]);
  }
});

const PROBLEMS: readonly (readonly [string, RegExp])[] = [
  ["a: Use when: x", /^1: a plain value cannot hold/],
  ["a: b\nc: [x\n", /^2: a bracket is not closed/],
  ["a: b\na: c", /^2: the key `a` stands here twice/],
  ["a: &x b", /^1: anchors/],
  ["a: *x", /^1: aliases/],
  ["a: !!str b", /^1: tags/],
  ["? a\n: b", /^1: complex keys/],
  ["a: b\n---\nc: d", /^2: several documents/],
  ["a:\n\tb: c", /^2: tabs/],
  ["a: 'x", /^1: a quote is not closed/],
  ["a: 'x' y", /^1: text behind a closing quote/],
  ["a: b\n  c: d", /^2: a plain value cannot hold/],
  ["a:\n  b: c\n d: e", /^3: /],
  ["a: b\njust words", /^2: a line without `key: value`/],
  ["a: |2x\n  b", /^1: this block scalar header/],
  ["a: b # c\n  d", /^2: indented more/],
  ["a: - b", /^1: a list cannot begin on this line/],
  ["a: @b", /^1: .*quote it/],
  [`${"- ".repeat(40)}x`, /^1: nested too deeply/],
  [`a: ${"[".repeat(40)}`, /^1: nested too deeply/],
];

Deno.test("what is outside the subset is an error with its line", () => {
  for (const [text, words] of PROBLEMS) {
    assert.match(String(read(text)), words, text);
  }
});
