/** A thread's turns, folded out of rollout lines. */
import assert from "node:assert/strict";
import { parseLine } from "@/state/rollout_line.ts";
import { TurnFold } from "@/state/turn_fold.ts";

type Event = Readonly<Record<string, unknown>>;

function fold(events: readonly Event[]) {
  const turns = new TurnFold();
  for (const payload of events) turns.take({ type: "event_msg", payload });
  return turns.turns();
}

const started = (id: string): Event => ({
  type: "task_started",
  turn_id: id,
  started_at: 100,
});
const completed = (id: string): Event => ({
  type: "task_complete",
  turn_id: id,
  completed_at: 102,
  duration_ms: 1500,
});
const user = (message: string): Event => ({ type: "user_message", message });
const agent = (message: string): Event => ({ type: "agent_message", message });
const turnOf = (id: string): readonly Event[] => [
  started(id),
  user(`say ${id}`),
  agent(`said ${id}`),
  completed(id),
];

Deno.test("a turn of another program's rollout", async () => {
  const text = await Deno.readTextFile(
    new URL("../fixtures/rollouts/reference.jsonl", import.meta.url),
  );
  const turns = new TurnFold();
  for (const line of text.split("\n")) turns.take(parseLine(line) ?? {});
  const [turn, ...others] = turns.turns();
  assert.equal(others.length, 0);
  assert.deepEqual(turn?.items, [
    {
      type: "userMessage",
      content: [{ type: "text", text: "do things" }],
      id: "item-1",
    },
    {
      type: "reasoning",
      summary: ["**Plan**\n\nthinking"],
      content: [],
      id: "item-2",
    },
    {
      type: "agentMessage",
      text: "Working.",
      phase: "commentary",
      id: "item-3",
    },
    {
      type: "agentMessage",
      text: "Done.",
      phase: "final_answer",
      id: "item-4",
    },
  ]);
  assert.equal(turn?.status, "completed");
  assert.equal(turn?.startedAt, 1795369845);
  assert.equal(turn?.completedAt, 1795369846);
  assert.equal(turn?.durationMs, 152);
});

Deno.test("how turns end: completed, interrupted, not at all", () => {
  const turns = fold([
    ...turnOf("a"),
    started("b"),
    { type: "turn_aborted", turn_id: "b", reason: "interrupted" },
    started("c"),
    user("cut off"),
  ]);
  assert.deepEqual(turns.map(({ id, status }) => [id, status]), [
    ["a", "completed"],
    ["b", "interrupted"],
    ["c", undefined],
  ]);
});

Deno.test("a rollback takes turns away, and ids go on from what is left", () => {
  const back = (num_turns: unknown): Event => ({
    type: "thread_rolled_back",
    num_turns,
  });
  const turns = fold([
    ...turnOf("a"),
    ...turnOf("b"),
    ...turnOf("c"),
    back(2),
    back(0),
    back("many"),
    ...turnOf("d"),
  ]);
  assert.deepEqual(
    turns.map(({ id, items }) => [id, items.map((item) => item.id)]),
    [["a", ["item-1", "item-2"]], ["d", ["item-3", "item-4"]]],
  );
  assert.deepEqual(fold([...turnOf("a"), back(99)]), []);
});

Deno.test("lines of a time without turns make turns with ids of their own", () => {
  const [turn] = fold([user("hi"), agent("hello")]);
  assert.equal(turn?.id, "turn-1");
  assert.equal(turn?.items.length, 2);
});

Deno.test("images, the parts of a summary, plans and foldings", () => {
  const [turn] = fold([
    started("a"),
    {
      type: "user_message",
      message: "",
      images: ["data:image/png;base64,AA"],
      local_images: ["/a.png", 5],
    },
    { type: "agent_reasoning", text: "one" },
    { type: "agent_reasoning", text: "two" },
    { type: "item_completed", item: { type: "Plan", id: "p", text: "plan" } },
    { type: "item_completed", item: { type: "Else" } },
    { type: "context_compacted" },
    { type: "no_such_event" },
  ]);
  assert.deepEqual(turn?.items, [
    {
      type: "userMessage",
      content: [
        { type: "image", url: "data:image/png;base64,AA" },
        { type: "localImage", path: "/a.png" },
      ],
      id: "item-1",
    },
    { type: "reasoning", summary: ["one", "two"], content: [], id: "item-2" },
    { type: "plan", text: "plan", id: "item-3" },
    { type: "contextCompaction", id: "item-4" },
  ]);
});

Deno.test("a review is announced before its turn, and belongs to it", () => {
  const turns = fold([
    ...turnOf("a"),
    { type: "entered_review_mode", user_facing_hint: "current changes" },
    started("b"),
    {
      type: "exited_review_mode",
      review_output: { overall_explanation: "All well." },
    },
    { type: "exited_review_mode", review_output: null },
    { type: "exited_review_mode", review_output: { findings: 5 } },
    completed("b"),
  ]);
  assert.deepEqual(turns[1]?.items.map((item) => [item.type, item.id]), [
    ["enteredReviewMode", "item-3"],
    ["exitedReviewMode", "item-4"],
    ["exitedReviewMode", "item-5"],
    ["exitedReviewMode", "item-6"],
  ]);
  const texts = turns[1]?.items.map((item) =>
    "review" in item ? item.review : undefined
  );
  assert.deepEqual(texts, [
    "current changes",
    "All well.",
    "The reviewer gave no answer.",
    "",
  ]);
});

Deno.test("garbage changes nothing", () => {
  const turns = new TurnFold();
  turns.take({});
  turns.take({ type: "event_msg", payload: null });
  turns.take({ type: "response_item", payload: { type: "user_message" } });
  turns.take({ type: "event_msg", payload: { type: "task_complete" } });
  assert.deepEqual(turns.turns(), []);
});
