import assert from "node:assert/strict";
import * as fc from "fast-check";
import { closest, jaro, similar } from "@/cli/similar.ts";

Deno.test("jaro() gives the values its definition is usually shown with", () => {
  const rounded = ([left, right]: readonly [string, string]) =>
    Math.round(jaro(left, right) * 1000) / 1000;
  assert.deepEqual(
    ([
      ["martha", "marhta"],
      ["dixon", "dicksonx"],
      ["jellyfish", "smellyfish"],
      ["a", "b"],
      ["", "x"],
      ["", ""],
    ] as const).map(rounded),
    [0.944, 0.767, 0.896, 0, 0, 1],
  );
});

Deno.test("similar() puts the best candidate last and drops the others", () => {
  const commands = ["exec", "e", "execpolicy", "exec-server", "login"];
  assert.deepEqual(similar("exce", commands), [
    "exec-server",
    "execpolicy",
    "e",
    "exec",
  ]);
  assert.equal(closest("bogus", commands), undefined);
});

Deno.test("jaro() is symmetric and stays between nothing and the same", () => {
  fc.assert(fc.property(fc.string(), fc.string(), (left, right) => {
    const score = jaro(left, right);
    assert.ok(score >= 0 && score <= 1);
    assert.equal(score.toFixed(9), jaro(right, left).toFixed(9));
  }));
});
