import assert from "node:assert/strict";
import { reduceToolSchema } from "@/mcp/tool_schema.ts";

Deno.test("only the keywords every model API takes are kept", () => {
  assert.deepEqual(
    reduceToolSchema({
      $schema: "x",
      title: "T",
      type: "object",
      description: "all of it",
      properties: {
        b: { type: "integer", minimum: 1, default: 2, description: "a number" },
        a: { type: ["string", "null"], pattern: "^x" },
        c: { type: "array", items: { type: "object", properties: {} } },
        d: { anyOf: [{ type: "string", format: "uri" }, { type: "null" }] },
        e: { oneOf: [{ const: 1 }, { type: "boolean" }] },
      },
      required: ["b"],
      additionalProperties: false,
    }),
    {
      type: "object",
      description: "all of it",
      properties: {
        a: { type: ["string", "null"] },
        b: { type: "integer", description: "a number" },
        c: { type: "array", items: { type: "object", properties: {} } },
        d: { anyOf: [{ type: "string" }, { type: "null" }] },
        e: { anyOf: [{ type: "string", enum: [1] }, { type: "boolean" }] },
      },
      required: ["b"],
      additionalProperties: false,
    },
  );
});

Deno.test("a missing type is taken from the other keywords", () => {
  const cases: readonly (readonly [unknown, unknown])[] = [
    [true, { type: "string" }],
    [{}, { type: "string" }],
    [{ enum: ["a"] }, { type: "string", enum: ["a"] }],
    [{ minimum: 3 }, { type: "number" }],
    [{ items: {} }, { type: "array", items: { type: "string" } }],
    [{ type: "array" }, { type: "array", items: { type: "string" } }],
    [{ required: ["x"] }, { type: "object", properties: {}, required: ["x"] }],
    [{ additionalProperties: { type: "number" } }, {
      type: "object",
      properties: {},
      additionalProperties: { type: "number" },
    }],
    [{ $ref: "#/nowhere" }, { type: "string" }],
  ];
  for (const [given, wanted] of cases) {
    assert.deepEqual(
      reduceToolSchema({ type: "object", properties: { x: given } }).properties,
      { x: wanted },
    );
  }
});

Deno.test("what is no schema at all is an object without properties", () => {
  for (const odd of [undefined, null, 5, [], {}, { type: "object" }]) {
    assert.deepEqual(reduceToolSchema(odd), { type: "object", properties: {} });
  }
});

Deno.test("references are put in their place, parts merged", () => {
  assert.deepEqual(
    reduceToolSchema({
      type: "object",
      properties: {
        place: { $ref: "#/$defs/place", description: "where" },
        both: { allOf: [{ $ref: "#/$defs/place" }, { properties: { z: {} } }] },
      },
      $defs: {
        place: { type: "object", properties: { x: { type: "number" } } },
      },
    }).properties,
    {
      both: {
        type: "object",
        properties: { x: { type: "number" }, z: { type: "string" } },
      },
      place: {
        type: "object",
        description: "where",
        properties: { x: { type: "number" } },
      },
    },
  );
});

Deno.test("a schema that contains itself comes to an end", () => {
  const node = {
    type: "object",
    properties: {
      left: { $ref: "#/$defs/node" },
      right: { $ref: "#/$defs/node" },
    },
  };
  const schema = reduceToolSchema({ ...node, $defs: { node } });
  assert.ok(JSON.stringify(schema).length < 1_000_000);
});
