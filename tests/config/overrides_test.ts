import assert from "node:assert/strict";
import { sessionLayer } from "@/config/overrides.ts";

/** As plain objects, for comparison. */
function layer(...overrides: readonly string[]): unknown {
  return JSON.parse(
    JSON.stringify(sessionLayer({ overrides, enable: [], disable: [] })),
  );
}

Deno.test("sessionLayer() reads a value as TOML when it is TOML", () => {
  assert.deepEqual(
    layer("a.b=[1,2]", `c="x=y"`, "d=true", "e={f=1}", "g = 5", "h=1.5"),
    { a: { b: [1, 2] }, c: "x=y", d: true, e: { f: 1 }, g: 5, h: 1.5 },
  );
});

Deno.test("sessionLayer() takes anything else as text, without quotes around it", () => {
  assert.deepEqual(
    layer("model=o3", "a='b", "c=x=y", "d=", "e=1\nf = 2"),
    { model: "o3", a: "b", c: "x=y", d: "", e: "1\nf = 2" },
  );
});

Deno.test("sessionLayer() lets later overrides win, and replaces what is no table", () => {
  assert.deepEqual(layer("a=1", "a.b=2", "a.c=3", "a.b=4"), {
    a: { b: 4, c: 3 },
  });
});

Deno.test("sessionLayer() puts --disable behind --enable and both behind -c", () => {
  const table = sessionLayer({
    overrides: ["features.memories=false"],
    enable: ["memories", "undo"],
    disable: ["undo"],
  });
  assert.deepEqual(JSON.parse(JSON.stringify(table)), {
    features: { memories: true, undo: false },
  });
});
