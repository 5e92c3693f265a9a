/** The turn loop against a scripted object. */
import assert from "node:assert/strict";
import { ThreadHistory } from "@/core/history.ts";
import { runTurn, type Sample, type TurnPorts } from "@/core/turn.ts";
import {
  outputFor,
  type ResponseItem,
  textMessage,
  type ToolCallItem,
} from "@/protocol/response_items.ts";
import { NEVER } from "@test/support/fake_clock.ts";

const ASKED = textMessage("user", "go");

function call(id: string): ToolCallItem {
  return { type: "function_call", name: "ls", arguments: "{}", call_id: id };
}

interface Script {
  /** What each model request gives; after the last one, nothing is asked for. */
  readonly samples: readonly Partial<Sample>[];
  /** What the user says, by the number of the look. */
  readonly steering?: Readonly<Record<number, readonly ResponseItem[]>>;
  readonly runTools?: TurnPorts["runTools"];
  /** With what the turn goes on, by how often it has come to rest. */
  readonly goOn?: readonly (readonly ResponseItem[])[];
}

async function run(script: Script, signal = NEVER) {
  const log: string[] = [];
  const history = new ThreadHistory([ASKED], () => Promise.resolve());
  let sampled = 0;
  let looked = 0;
  let rested = 0;
  const ports: TurnPorts = {
    async compactIfFull() {
      log.push("compact?");
    },
    async sample(items, record) {
      log.push(`sample ${items.length}`);
      const sample = {
        toolCalls: [],
        isComplete: true,
        ...script.samples[sampled++],
      };
      await record(sample.toolCalls);
      return sample;
    },
    async runTools(calls, toolSignal) {
      log.push(`tools ${calls.map((item) => item.call_id).join(" ")}`.trim());
      return await script.runTools?.(calls, toolSignal) ??
        calls.map((item) => outputFor(item, "done"));
    },
    async joinSteering(record) {
      const items = script.steering?.[looked++] ?? [];
      await record(items);
      return items.length > 0;
    },
    goOn: async () => script.goOn?.[rested++] ?? [],
  };
  const outcome = await runTurn(ports, history, signal).then(
    () => "at rest",
    (error) => error.message,
  );
  return { log, outcome, items: history.items };
}

Deno.test("a turn without calls asks once", async () => {
  assert.deepEqual(await run({ samples: [{}] }), {
    log: ["compact?", "sample 1", "tools"],
    outcome: "at rest",
    items: [ASKED],
  });
});

Deno.test("a turn asks again as long as there are outputs, and each ask has them", async () => {
  const [a, b, c] = [call("a"), call("b"), call("c")];
  const { log, outcome, items } = await run({
    samples: [{ toolCalls: [a, b] }, { toolCalls: [c] }, {}],
  });
  assert.deepEqual(log, [
    "compact?",
    "sample 1",
    "tools a b",
    "compact?",
    "sample 5",
    "tools c",
    "compact?",
    "sample 7",
    "tools",
  ]);
  assert.equal(outcome, "at rest");
  assert.deepEqual(items, [
    ASKED,
    a,
    b,
    outputFor(a, "done"),
    outputFor(b, "done"),
    c,
    outputFor(c, "done"),
  ]);
});

Deno.test("a broken stream is asked for again, with the outputs of the calls that had come", async () => {
  const a = call("a");
  const { log } = await run({
    samples: [{ toolCalls: [a], isComplete: false }, { isComplete: false }, {}],
  });
  assert.deepEqual(
    log.filter((line) => line.startsWith("sample")),
    ["sample 1", "sample 3", "sample 3"],
  );
});

Deno.test("what the user says meanwhile joins at the next checkpoint and keeps the turn going", async () => {
  const [early, late] = ["early", "late"].map((text) =>
    textMessage("user", text)
  ) as [ResponseItem, ResponseItem];
  const { log, items } = await run({
    samples: [{}, {}],
    steering: { 0: [early], 1: [late] },
  });
  assert.deepEqual(items, [ASKED, early, late]);
  assert.deepEqual(
    log.filter((line) => line.startsWith("sample")),
    ["sample 2", "sample 3"],
  );
});

Deno.test("an abort while tools run still records their outputs, then ends the turn", async () => {
  const controller = new AbortController();
  const a = call("a");
  const { items, outcome } = await run({
    samples: [{ toolCalls: [a] }],
    runTools: async (calls) => {
      controller.abort(new Error("stopped by the user"));
      return calls.map((item) => outputFor(item, "aborted"));
    },
  }, controller.signal);
  assert.equal(outcome, "stopped by the user");
  assert.deepEqual(items, [ASKED, a, outputFor(a, "aborted")]);
});

Deno.test("a turn at rest goes on with what it is given, and ends when that is nothing", async () => {
  const [one, two] = ["one", "two"].map((text) =>
    textMessage("user", text)
  ) as [ResponseItem, ResponseItem];
  const { log, outcome, items } = await run({
    samples: [{}, { toolCalls: [call("a")] }, {}, {}],
    goOn: [[one], [two], []],
  });
  assert.equal(outcome, "at rest");
  assert.deepEqual(items, [
    ASKED,
    one,
    call("a"),
    outputFor(call("a"), "done"),
    two,
  ]);
  assert.equal(log.filter((line) => line.startsWith("sample")).length, 4);
});

Deno.test("a model that never rests is stopped", async () => {
  const { log, outcome } = await run({
    samples: Array.from({ length: 600 }, (_, n) => ({
      toolCalls: [call(`c${n}`)],
    })),
  });
  assert.match(
    outcome,
    /^Cannot finish the turn: it made more than 500 model requests/,
  );
  assert.equal(log.filter((line) => line.startsWith("sample")).length, 500);
});
