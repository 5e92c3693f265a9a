import assert from "node:assert/strict";
import {
  FEATURES,
  featuresWithoutEffect,
  findFeature,
  resolveFeatures,
} from "@/config/features.ts";

Deno.test("findFeature() knows former names", () => {
  assert.deepEqual(
    ["collab", "multi_agent", "telepathy", "nope", "constructor"]
      .map((name) => findFeature(name)?.name),
    ["multi_agent", "multi_agent", "chronicle", undefined, undefined],
  );
});

Deno.test("resolveFeatures() starts from the defaults and ignores unknown names", () => {
  const states = resolveFeatures([{ nope: true }]);
  assert.deepEqual(
    Object.keys(states),
    FEATURES.map(({ name }) => name),
  );
  assert.equal(
    FEATURES.every(({ name, enabledByDefault }) =>
      states[name] === enabledByDefault
    ),
    true,
  );
});

Deno.test("resolveFeatures() lets later tables win", () => {
  const states = resolveFeatures([
    { undo: true, apps: false },
    { collab: false },
    { undo: false },
  ]);
  assert.deepEqual(
    [states.undo, states.apps, states.multi_agent],
    [false, false, false],
  );
});

Deno.test("a feature somebody switched on for nothing is named", () => {
  const states = resolveFeatures([{ js_repl: true, multi_agent: true }]);
  assert.deepEqual(featuresWithoutEffect(states), ["js_repl"]);
  assert.deepEqual(featuresWithoutEffect(resolveFeatures([])), []);
});
