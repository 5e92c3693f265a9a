import assert from "node:assert/strict";
import type { ReasoningThreadItem, ThreadItem } from "@/protocol/items.ts";
import { shownEvent, shownItem } from "@/tui/thoughts.ts";

const THOUGHT: ReasoningThreadItem = {
  type: "reasoning",
  id: "1",
  summary: ["short"],
  content: ["long"],
};

Deno.test("thoughts are shown in short, in full or not at all", () => {
  const shown = (
    reasoning: "summary" | "raw" | "hidden",
    item: ThreadItem = THOUGHT,
  ) => {
    const seen = shownItem(item, { reasoning });
    return seen?.type === "reasoning" ? seen.summary : seen;
  };
  assert.deepEqual(shown("summary"), ["short"]);
  assert.deepEqual(shown("raw"), ["long"]);
  assert.deepEqual(shown("raw", { ...THOUGHT, content: [] }), ["short"]);
  assert.equal(shown("hidden"), undefined);
  const answer: ThreadItem = { type: "agentMessage", id: "1", text: "a" };
  assert.equal(shown("hidden", answer), answer);
});

Deno.test("titles of hidden thoughts are hidden too", () => {
  const delta = {
    type: "reasoningSummaryDelta",
    itemId: "1",
    delta: "**A**",
  } as const;
  assert.equal(shownEvent(delta, { reasoning: "hidden" }), undefined);
  assert.equal(shownEvent(delta, { reasoning: "raw" }), delta);
});
