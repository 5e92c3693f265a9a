/**
 * The generated schema beside that of Codex 0.124.0, message by message. The fixture
 * holds a hash of each shape; see `tests/support/schema_shape.ts` for what counts.
 */
import assert from "node:assert/strict";
import { nameOf, typeSchemas } from "@/app-server/generate/json_schema.ts";
import { CLIENT_METHODS, type MethodRow } from "@/protocol/rpc/methods.ts";
import { NOTIFICATIONS } from "@/protocol/rpc/notifications.ts";
import { SERVER_REQUESTS } from "@/protocol/rpc/server_requests.ts";
import { shapeHash, shapeOf } from "@test/support/schema_shape.ts";
import fixture from "@test/fixtures/app_server/shapes.json" with {
  type: "json",
};

const DEFINITIONS = Object.fromEntries(typeSchemas("experimental"));

async function hashOf(schema: MethodRow["params"]): Promise<string> {
  const name = nameOf(schema);
  return await shapeHash(
    name === undefined ? "null" : shapeOf(DEFINITIONS[name], DEFINITIONS),
  );
}

/** The names whose shapes differ. */
async function differing(
  rows: Readonly<Record<string, readonly MethodRow["params"][]>>,
  expected: Readonly<Record<string, readonly string[]>>,
): Promise<readonly string[]> {
  assert.deepEqual(
    Object.keys(rows).toSorted(),
    Object.keys(expected).toSorted(),
  );
  const found: string[] = [];
  for (const [name, schemas] of Object.entries(rows)) {
    for (const [index, schema] of schemas.entries()) {
      if (await hashOf(schema) !== expected[name]?.[index]) {
        found.push(`${name} ${index === 0 ? "params" : "result"}`);
      }
    }
  }
  return found;
}

Deno.test("85 of 85 requests have the parameters and results of Codex 0.124.0", async () => {
  const rows = Object.fromEntries(
    Object.entries<MethodRow>(CLIENT_METHODS).map(([name, row]) => [
      name,
      [row.params, row.result],
    ]),
  );
  assert.equal(Object.keys(rows).length, 85);
  assert.deepEqual(await differing(rows, fixture.requests), []);
});

Deno.test("58 of 58 notifications have the parameters of Codex 0.124.0", async () => {
  const rows = Object.fromEntries(
    Object.entries(NOTIFICATIONS).map(([name, params]) => [name, [params]]),
  );
  const expected = Object.fromEntries(
    Object.entries(fixture.notifications).map(([name, hash]) => [name, [hash]]),
  );
  assert.equal(Object.keys(rows).length, 58);
  assert.deepEqual(await differing(rows, expected), []);
});

Deno.test("9 of 9 requests of the server have the shapes of Codex 0.124.0", async () => {
  const rows = Object.fromEntries(
    Object.entries(SERVER_REQUESTS).map(([name, row]) => [
      name,
      [row.params, row.result],
    ]),
  );
  assert.equal(Object.keys(rows).length, 9);
  assert.deepEqual(await differing(rows, fixture.serverRequests), []);
});
