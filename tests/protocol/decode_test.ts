import assert from "node:assert/strict";
import * as fc from "fast-check";
import * as v from "valibot";
import { decode, integer, mapOf, struct } from "@/protocol/decode.ts";

const Schema = struct("Command", {
  cmd: v.string(),
  mode: v.optional(v.picklist(["a", "b", "c"])),
  side: v.optional(v.picklist(["left", "right"])),
  only: v.optional(v.literal("x")),
  flags: v.optional(v.array(v.boolean())),
  env: v.optional(mapOf(v.string())),
  limit: v.optional(integer("usize")),
  offset: v.optional(integer("i64")),
  size: v.optional(v.number()),
  action: v.optional(v.variant("type", [
    v.object({ type: v.literal("open"), url: v.string() }),
    v.object({ type: v.literal("close") }),
  ])),
  either: v.optional(v.union([v.string(), v.object({ on: v.boolean() })])),
  strict: v.optional(v.strictObject({ k: v.optional(v.string()) })),
});

const CASES: readonly (readonly [
  value: unknown,
  message: string,
  path: readonly (string | number)[],
])[] = [
  [5, "invalid type: integer `5`, expected struct Command", []],
  [null, "invalid type: null, expected struct Command", []],
  [[], "invalid type: sequence, expected struct Command", []],
  [{}, "missing field `cmd`", []],
  [{ cmd: 5 }, "invalid type: integer `5`, expected a string", ["cmd"]],
  [
    { cmd: [1] },
    "invalid type: sequence, expected a string",
    ["cmd"],
  ],
  [{ cmd: {} }, "invalid type: map, expected a string", ["cmd"]],
  [
    { cmd: "", mode: "nope" },
    "unknown variant `nope`, expected one of `a`, `b`, `c`",
    ["mode"],
  ],
  [
    { cmd: "", mode: 1 },
    "invalid type: integer `1`, expected string or map",
    ["mode"],
  ],
  [
    { cmd: "", side: "up" },
    "unknown variant `up`, expected `left` or `right`",
    ["side"],
  ],
  [{ cmd: "", only: "y" }, "unknown variant `y`, expected `x`", ["only"]],
  [
    { cmd: "", flags: [true, "x"] },
    'invalid type: string "x", expected a boolean',
    ["flags", 1],
  ],
  [
    { cmd: "", flags: true },
    "invalid type: boolean `true`, expected a sequence",
    ["flags"],
  ],
  [
    { cmd: "", env: { A: 1.5 } },
    "invalid type: floating point `1.5`, expected a string",
    ["env", "A"],
  ],
  [{ cmd: "", env: [] }, "invalid type: sequence, expected a map", ["env"]],
  [
    { cmd: "", limit: -1 },
    "invalid value: integer `-1`, expected usize",
    ["limit"],
  ],
  [
    { cmd: "", limit: "big" },
    'invalid type: string "big", expected usize',
    ["limit"],
  ],
  [
    { cmd: "", offset: 1.5 },
    "invalid type: floating point `1.5`, expected i64",
    ["offset"],
  ],
  [{ cmd: "", action: {} }, "missing field `type`", ["action"]],
  [{ cmd: "", action: { type: "open" } }, "missing field `url`", ["action"]],
  [
    { cmd: "", action: { type: "x" } },
    "unknown variant `x`, expected `open` or `close`",
    ["action", "type"],
  ],
  [
    { cmd: "", either: { on: 1 } },
    "invalid type: integer `1`, expected a boolean",
    ["either", "on"],
  ],
  [{ cmd: "", either: {} }, "missing field `on`", ["either"]],
  [{ cmd: "", strict: { z: 1 } }, "unknown field `z`", ["strict"]],
];

for (const [value, message, path] of CASES) {
  Deno.test(`decode() says "${message}" of ${JSON.stringify(value)}`, () => {
    assert.deepEqual(decode(Schema, value), { ok: false, path, message });
  });
}

Deno.test("decode() drops unknown fields and keeps the known ones", () => {
  assert.deepEqual(
    decode(Schema, { cmd: "ls", limit: 3, more: true }),
    { ok: true, value: { cmd: "ls", limit: 3 } },
  );
});

Deno.test("decode() keeps a message of the schema's own", () => {
  const Own = v.object({ a: v.string("say what") });
  assert.deepEqual(decode(Own, { a: 1 }), {
    ok: false,
    path: ["a"],
    message: "say what",
  });
});

Deno.test("decode() never throws, whatever the value", () => {
  const keys = Object.keys(Schema.entries);
  const value = fc.dictionary(fc.constantFrom(...keys), fc.jsonValue());
  fc.assert(fc.property(fc.oneof(value, fc.anything()), (given) => {
    const decoded = decode(Schema, given);
    assert.ok(decoded.ok || decoded.message !== "");
  }));
});
