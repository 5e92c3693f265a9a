import assert from "node:assert/strict";
import { DEFAULT_MODEL, findModel, modelSlugs } from "@/model/catalog.ts";

Deno.test("a model is known exactly, by the longest slug it starts with, or behind one namespace", () => {
  const names = [
    "gpt-5.4",
    "gpt-5.4-mini-2026",
    "gpt-5.2-codex",
    "openai/gpt-5.4",
    "a/b/gpt-5.4",
    "gpt-4",
    "",
  ];
  assert.deepEqual(
    names.map((name) => [findModel(name).name, findModel(name).slug]),
    [
      ["gpt-5.4", "gpt-5.4"],
      ["gpt-5.4-mini-2026", "gpt-5.4-mini"],
      ["gpt-5.2-codex", "gpt-5.2"],
      ["openai/gpt-5.4", "gpt-5.4"],
      ["a/b/gpt-5.4", undefined],
      ["gpt-4", undefined],
      ["", undefined],
    ],
  );
});

Deno.test("a model nobody knows is taken to do the least", () => {
  const { supportsReasoning, supportsVerbosity, parallelToolCalls } = findModel(
    "somebody/else",
  );
  assert.deepEqual(
    [supportsReasoning, supportsVerbosity, parallelToolCalls],
    [false, false, false],
  );
});

Deno.test("the default model is in the catalogue", () => {
  assert.ok(modelSlugs().includes(DEFAULT_MODEL));
});
