/** One model request: what is recorded, what is shown, what is asked for again. */
import assert from "node:assert/strict";
import { RetryBudget } from "@/core/retry_budget.ts";
import { Sampler } from "@/core/step.ts";
import {
  ModelError,
  type ModelEvent,
  type ModelRequest,
} from "@/model/model.ts";
import type { ThreadEvent } from "@/protocol/events.ts";
import {
  outputFor,
  type ResponseItem,
  textMessage,
  type ToolCallItem,
} from "@/protocol/response_items.ts";
import { fixedRandom, InstantClock, NEVER } from "@test/support/fake_clock.ts";

const ASKED = textMessage("user", "go");
const CALL: ToolCallItem = {
  type: "function_call",
  name: "ls",
  arguments: "{}",
  call_id: "1",
};
const SAID: ResponseItem = {
  type: "message",
  role: "assistant",
  content: [{ type: "output_text", text: "hi" }],
  phase: "final_answer",
};
const BROKEN = new ModelError("stream_disconnected", "broken", {
  isRetryable: true,
});

function done(item: ResponseItem, itemId = "id"): ModelEvent {
  return { type: "itemDone", itemId, item };
}

/** Asks once for a history and tells everything that happened, in its order. */
async function sample(
  history: readonly ResponseItem[],
  events: readonly (ModelEvent | Error)[],
  mode: "default" | "plan" = "default",
) {
  const log: unknown[] = [];
  const inputs: (readonly ResponseItem[])[] = [];
  const emit = async (event: ThreadEvent) => void log.push(event);
  const clock = new InstantClock();
  const sampler = new Sampler({
    model: {
      async *stream(request: ModelRequest) {
        inputs.push(request.input);
        for (const event of events) {
          if (event instanceof Error) throw event;
          yield event;
        }
      },
    },
    clock,
    turnId: "turn",
    retries: new RetryBudget({
      clock,
      random: fixedRandom(),
      maxRetries: 1,
      emit,
    }),
    isPlanning: mode === "plan",
    // Only the input is looked at.
    request: (input) => ({ input }) as unknown as ModelRequest,
    persist: async (entries) =>
      void log.push(...entries.map(({ payload }) => ({ stored: payload }))),
    emit,
    countUsage: async (usage) => void log.push({ counted: usage }),
  });
  const result = await sampler.sample(
    history,
    async (items) =>
      void log.push(...items.map((item) => ({ recorded: item }))),
    NEVER,
  );
  return { result, log, inputs, lastMessage: sampler.lastMessage };
}

Deno.test("a message is streamed, stored, recorded and only then shown whole", async () => {
  const { result, log, lastMessage } = await sample([ASKED], [
    { type: "itemStarted", itemId: "m", kind: "message" },
    { type: "textDelta", itemId: "m", delta: "hi" },
    done(SAID, "m"),
    { type: "completed" },
  ]);
  const item = { type: "agentMessage", id: "m" };
  assert.deepEqual(log, [
    { type: "itemStarted", turnId: "turn", item: { ...item, text: "" } },
    { type: "agentMessageDelta", itemId: "m", delta: "hi" },
    {
      stored: {
        type: "agent_message",
        message: "hi",
        phase: "final_answer",
        memory_citation: null,
      },
    },
    { recorded: SAID },
    {
      type: "itemCompleted",
      turnId: "turn",
      item: { ...item, text: "hi", phase: "final_answer" },
    },
    { counted: undefined },
  ]);
  assert.deepEqual(result, { toolCalls: [], isComplete: true });
  assert.equal(lastMessage, "hi");
});

Deno.test("calls are recorded and handed on, never shown", async () => {
  const { result, log } = await sample([ASKED], [
    done(CALL),
    { type: "completed" },
  ]);
  assert.deepEqual(log, [{ recorded: CALL }, { counted: undefined }]);
  assert.deepEqual(result, { toolCalls: [CALL], isComplete: true });
});

Deno.test("a stream that breaks keeps what had finished and says that it is incomplete", async () => {
  const { result, log } = await sample([ASKED], [
    done(CALL),
    { type: "textDelta", itemId: "m", delta: "half" },
    BROKEN,
  ]);
  assert.deepEqual(result, { toolCalls: [CALL], isComplete: false });
  assert.deepEqual(
    log.filter((entry) => "recorded" in (entry as object)),
    [{ recorded: CALL }],
  );
});

Deno.test("what no retry heals is thrown", async () => {
  const final = new ModelError("bad_request", "no", { isRetryable: false });
  await assert.rejects(sample([ASKED], [final]), final);
});

Deno.test("every call in a request has its output", async () => {
  const { inputs } = await sample([ASKED, CALL], [{ type: "completed" }]);
  assert.deepEqual(inputs, [[ASKED, CALL, outputFor(CALL, "aborted")]]);
});

Deno.test("a search is shown with what it looked for", async () => {
  const search = (action: object): ResponseItem => ({
    type: "web_search_call",
    // Each of the actions below is one of the four kinds.
    action: action as never,
  });
  const { log } = await sample([ASKED], [
    done(search({ type: "search", queries: ["a", "b"] }), "1"),
    done(search({ type: "open_page", url: "u" }), "2"),
    done(search({ type: "find_in_page", url: "u", pattern: "p" }), "3"),
    done({ type: "web_search_call" }, "4"),
  ]);
  const shown = (log as readonly { type?: string; item?: { query: string } }[])
    .filter((entry) => entry.type === "itemCompleted")
    .map((entry) => entry.item?.query);
  assert.deepEqual(shown, ["a", "u", "'p' in u", ""]);
});

Deno.test("in plan mode the plan is an item of its own, and the history keeps the message", async () => {
  const text = "Look:\n<proposed_plan>\n1. do\n</proposed_plan>\n";
  const item: ResponseItem = {
    type: "message",
    role: "assistant",
    content: [{ type: "output_text", text }],
  };
  const { log, lastMessage } = await sample([ASKED], [
    { type: "itemStarted", kind: "message", itemId: "m" },
    { type: "textDelta", itemId: "m", delta: "Look:\n<proposed" },
    {
      type: "textDelta",
      itemId: "m",
      delta: "_plan>\n1. do\n</proposed_plan>\n",
    },
    done(item, "m"),
  ], "plan");
  const plan = { type: "plan", id: "turn-plan" };
  assert.deepEqual(
    log.filter((entry) => Object.hasOwn(entry as object, "type")),
    [
      {
        type: "itemStarted",
        turnId: "turn",
        item: { type: "agentMessage", id: "m", text: "" },
      },
      { type: "agentMessageDelta", itemId: "m", delta: "Look:\n" },
      { type: "itemStarted", turnId: "turn", item: { ...plan, text: "" } },
      { type: "planDelta", itemId: "turn-plan", delta: "1. do\n" },
      {
        type: "itemCompleted",
        turnId: "turn",
        item: { ...plan, text: "1. do\n" },
      },
      {
        type: "itemCompleted",
        turnId: "turn",
        item: { type: "agentMessage", id: "m", text: "Look:\n" },
      },
    ],
  );
  assert.ok(
    log.some((entry) => (entry as { recorded?: unknown }).recorded === item),
  );
  assert.equal(lastMessage, "Look:\n");
});

Deno.test("an answer that is nothing but a plan has the plan for its last message", async () => {
  const item: ResponseItem = {
    type: "message",
    role: "assistant",
    content: [{
      type: "output_text",
      text: "<proposed_plan>\n1. do\n</proposed_plan>",
    }],
  };
  const { log, lastMessage } = await sample([ASKED], [done(item, "m")], "plan");
  assert.equal(lastMessage, "1. do\n");
  assert.ok(!JSON.stringify(log).includes('"agentMessage"'));
});

Deno.test("a picture the provider made is shown, and kept as it came", async () => {
  const raw = {
    type: "image_generation_call",
    id: "ig_1",
    status: "completed",
    revised_prompt: "a cat",
    result: "QUJD",
  };
  const item: ResponseItem = { type: "other", raw };
  const { log } = await sample([ASKED], [done(item, "ig_1")]);
  const shown = {
    type: "imageGeneration",
    id: "ig_1",
    status: "completed",
    result: "QUJD",
    revisedPrompt: "a cat",
  };
  assert.deepEqual(log.slice(0, 3), [
    { recorded: item },
    { type: "itemStarted", turnId: "turn", item: shown },
    { type: "itemCompleted", turnId: "turn", item: shown },
  ]);
});
