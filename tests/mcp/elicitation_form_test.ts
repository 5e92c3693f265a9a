import assert from "node:assert/strict";
import { checkForm } from "@/mcp/elicitation_form.ts";

function problem(
  field: Readonly<Record<string, unknown>>,
  value: unknown,
): string {
  const check = checkForm({ properties: { f: field } }, { f: value });
  return check.kind === "ok" ? "" : check.problem;
}

Deno.test("a field is held to what the server asked for", () => {
  const text = { type: "string" };
  const list = { type: "array", items: { enum: ["a", "b"] } };
  const cases: readonly (readonly [object, unknown, string])[] = [
    [text, "x", ""],
    [text, 5, '"f" must be a text'],
    [{ ...text, minLength: 2 }, "😀", '"f" needs at least 2 characters'],
    [{ ...text, maxLength: 2 }, "abc", '"f" takes at most 2 characters'],
    [{ ...text, format: "email" }, "me", '"f" must be an email address'],
    [{ ...text, format: "email" }, "me@x.org", ""],
    [{ ...text, format: "uri" }, "nowhere", '"f" must be an address'],
    [
      { ...text, format: "date" },
      "2026-02-31",
      '"f" must be a date such as 2026-01-31',
    ],
    [{ ...text, format: "date" }, "2026-02-28", ""],
    [{ ...text, format: "date-time" }, "2026-02-28T10:00:00+01:00", ""],
    [{ ...text, format: "unheard-of" }, "x", ""],
    [{ type: "integer" }, 1.5, '"f" must be a whole number'],
    [{ type: "integer", minimum: 1 }, 0, '"f" must be at least 1'],
    [{ type: "number", maximum: 1 }, 1.5, '"f" must be at most 1'],
    [{ type: "number" }, "1", '"f" must be a number'],
    [{ type: "boolean" }, "yes", '"f" must be true or false'],
    [{ type: "string", enum: ["a", "b"] }, "c", '"f" must be one of "a", "b"'],
    [{ oneOf: [{ const: "a", title: "A" }] }, "A", '"f" must be one of "a"'],
    [{ oneOf: [{ const: "a", title: "A" }] }, "a", ""],
    [list, ["a", "b"], ""],
    [list, "a", '"f" must be a list'],
    [list, ["c"], '"f" has an entry that must be one of "a", "b"'],
    [{ ...list, minItems: 1 }, [], '"f" needs at least 1 entries'],
    [{ ...list, maxItems: 1 }, ["a", "b"], '"f" takes at most 1 entries'],
    [
      { type: "array", items: { anyOf: [{ const: "x" }] } },
      ["y"],
      '"f" has an entry that must be one of "x"',
    ],
  ];
  for (const [field, value, wanted] of cases) {
    const name = JSON.stringify([field, value]);
    assert.equal(problem({ ...field }, value), wanted, name);
  }
});

Deno.test("a form has the fields that were asked for, and defaults for those left out", () => {
  const schema = {
    properties: {
      name: { type: "string" },
      size: { type: "integer", default: 3 },
      note: { type: "string" },
    },
    required: ["name", "size"],
  };
  assert.deepEqual(checkForm(schema, { name: "n" }), {
    kind: "ok",
    content: { name: "n", size: 3 },
  });
  assert.deepEqual(checkForm(schema, {}), {
    kind: "bad",
    problem: '"name" is required',
  });
  assert.deepEqual(checkForm(schema, { name: "n", extra: 1 }), {
    kind: "bad",
    problem: '"extra" was not asked for',
  });
  assert.deepEqual(checkForm(schema, ["n"]), {
    kind: "bad",
    problem: "the answer is not an object of fields",
  });
  assert.deepEqual(checkForm({}, undefined), { kind: "ok", content: {} });
  // A field of that name is a field like any other.
  assert.equal(
    checkForm({ properties: {} }, JSON.parse('{"__proto__":1}')).kind,
    "bad",
  );
});
