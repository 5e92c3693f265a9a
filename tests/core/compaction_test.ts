import assert from "node:assert/strict";
import { compactHistory } from "@/core/compaction.ts";
import { RetryBudget } from "@/core/retry_budget.ts";
import {
  ModelError,
  type ModelEvent,
  type ModelRequest,
} from "@/model/model.ts";
import {
  messageText,
  outputFor,
  type ResponseItem,
  textMessage,
  type ToolCallItem,
} from "@/protocol/response_items.ts";
import { fixedRandom, InstantClock, NEVER } from "@test/support/fake_clock.ts";

const CALL: ToolCallItem = {
  type: "function_call",
  name: "ls",
  arguments: "{}",
  call_id: "1",
};
const CONTEXT = [
  textMessage("developer", "rules"),
  textMessage("user", "<environment_context>\nplace"),
];

function answer(text: string): readonly ModelEvent[] {
  return [
    {
      type: "itemDone",
      itemId: "m",
      item: {
        type: "message",
        role: "assistant",
        content: [{ type: "output_text", text }],
      },
    },
    { type: "completed" },
  ];
}

async function compact(
  history: readonly ResponseItem[],
  answers: readonly (readonly ModelEvent[] | Error)[],
) {
  const asked: (readonly ResponseItem[])[] = [];
  const left = [...answers];
  let counted = 0;
  const result = await compactHistory(
    {
      model: {
        async *stream(request: ModelRequest) {
          asked.push(request.input);
          const next = left.shift() ?? new Error("The script has ended");
          if (next instanceof Error) throw next;
          yield* next;
        },
      },
      prompt: "FOLD",
      initialContext: CONTEXT,
      retries: new RetryBudget({
        clock: new InstantClock(),
        random: fixedRandom(),
        maxRetries: 1,
        emit: () => Promise.resolve(),
      }),
      // Only the input is looked at.
      request: (input) => ({ input }) as unknown as ModelRequest,
      countUsage: async () => void counted++,
    },
    history,
    NEVER,
  );
  return { ...result, asked, counted };
}

function texts(items: readonly ResponseItem[]): readonly string[] {
  return items.map((item) =>
    item.type === "message"
      ? messageText(item).split("\n").at(-1) ?? ""
      : item.type
  );
}

const HISTORY = [
  ...CONTEXT.slice(0, 1),
  textMessage("user", "<environment_context>\n</environment_context>"),
  textMessage("user", "first"),
  CALL,
  outputFor(CALL, "out"),
  textMessage("user", "second"),
];

Deno.test("the user's messages stay, the context stands before the last one, the note is last", async () => {
  const { history, asked, counted, message } = await compact(HISTORY, [
    answer("THE NOTE"),
  ]);
  assert.deepEqual(texts(history), [
    "first",
    "rules",
    "place",
    "second",
    "THE NOTE",
  ]);
  assert.deepEqual(asked, [[...HISTORY, textMessage("user", "FOLD")]]);
  assert.equal(counted, 1);
  assert.equal(message.split("\n").at(-1), "THE NOTE");
});

Deno.test("an earlier note is not kept beside the new one, and an empty one says so", async () => {
  const first = await compact(HISTORY, [answer("OLD")]);
  const second = await compact(
    [...first.history, textMessage("user", "third")],
    [answer("  ")],
  );
  assert.deepEqual(texts(second.history), [
    "first",
    "second",
    "rules",
    "place",
    "third",
    "(no summary available)",
  ]);
});

Deno.test("when even the question does not fit, the oldest goes, with what belongs to it", async () => {
  const tooLong = new ModelError("context_window_exceeded", "too long", {
    isRetryable: false,
  });
  const { asked } = await compact(
    [CALL, outputFor(CALL, "out"), textMessage("user", "second")],
    [tooLong, answer("NOTE")],
  );
  assert.deepEqual(asked.map(texts), [
    ["function_call", "function_call_output", "second", "FOLD"],
    ["second", "FOLD"],
  ]);
});

Deno.test("a broken stream is asked for again, within the turn's budget", async () => {
  const broken = new ModelError("stream_disconnected", "broken", {
    isRetryable: true,
  });
  const { asked } = await compact(HISTORY, [broken, answer("NOTE")]);
  assert.equal(asked.length, 2);
  await assert.rejects(compact(HISTORY, [broken, broken]), broken);
});

Deno.test("very long messages of the user are cut to what may be kept, the newest first", async () => {
  const long = (letter: string) => textMessage("user", letter.repeat(60_000));
  const { history } = await compact([long("a"), long("b"), long("c")], [
    answer("NOTE"),
  ]);
  const kept = texts(history).map((text) => [text[0], text.length > 50_000]);
  assert.deepEqual(kept, [
    ["b", false],
    ["r", false],
    ["p", false],
    ["c", true],
    ["N", false],
  ]);
});
