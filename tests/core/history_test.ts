import assert from "node:assert/strict";
import fc from "fast-check";
import { pairCalls, ThreadHistory } from "@/core/history.ts";
import {
  isToolCall,
  isToolOutput,
  outputFor,
  type ResponseItem,
  textMessage,
  type ToolCallItem,
} from "@/protocol/response_items.ts";

function call(id: string): ToolCallItem {
  return { type: "function_call", name: "ls", arguments: "{}", call_id: id };
}

function customCall(id: string): ToolCallItem {
  return {
    type: "custom_tool_call",
    name: "apply_patch",
    input: "",
    call_id: id,
  };
}

Deno.test("a proper history comes back as it is", () => {
  const items = [
    textMessage("user", "a"),
    call("1"),
    outputFor(call("1"), "x"),
  ];
  assert.equal(pairCalls(items), items);
});

Deno.test("a call without output gets one of its kind right behind it, a lone output goes", () => {
  const note = textMessage("user", "note");
  assert.deepEqual(
    pairCalls([
      outputFor(call("lone"), "x"),
      call("1"),
      customCall("2"),
      note,
      outputFor(customCall("2"), "y"),
    ]),
    [
      call("1"),
      { type: "function_call_output", call_id: "1", output: "aborted" },
      customCall("2"),
      note,
      { type: "custom_tool_call_output", call_id: "2", output: "y" },
    ],
  );
});

Deno.test("whatever came in, every call has an output, every output a call, and nothing else is lost", () => {
  const id = fc.constantFrom("1", "2", "3", "4");
  const item = fc.oneof(
    id.map(call),
    id.map(customCall),
    id.map((callId) => outputFor(call(callId), "x")),
    id.map((callId) => outputFor(customCall(callId), "x")),
    fc.constant(textMessage("user", "text")),
  );
  // A server gives each call an id of its own.
  const items = fc.array(item).map((list) => {
    const seen = new Set<string>();
    return list.filter((entry) => {
      const key = isToolCall(entry)
        ? `call ${entry.call_id}`
        : isToolOutput(entry)
        ? `output ${entry.call_id}`
        : undefined;
      const isNew = key === undefined || !seen.has(key);
      if (key !== undefined) seen.add(key);
      return isNew;
    });
  });
  fc.assert(fc.property(items, (list) => {
    const paired = pairCalls(list);
    assert.deepEqual(idsOf(paired, isToolCall), idsOf(paired, isToolOutput));
    assert.deepEqual(
      paired.filter((entry) => !isToolOutput(entry)),
      list.filter((entry) => !isToolOutput(entry)),
    );
    assert.equal(pairCalls(paired), paired);
  }));
});

function idsOf(
  items: readonly ResponseItem[],
  isKind: typeof isToolCall | typeof isToolOutput,
): readonly string[] {
  return items.filter((item) => isKind(item))
    .map((item) => (item as ToolCallItem).call_id).toSorted();
}

Deno.test("an item joins the history only when it is safe on disk", async () => {
  const item = textMessage("user", "a");
  let isFull = true;
  const history = new ThreadHistory(
    [],
    () => isFull ? Promise.reject(new Error("full")) : Promise.resolve(),
  );
  await assert.rejects(history.append([item]), { message: "full" });
  assert.deepEqual(history.items, []);
  isFull = false;
  await history.append([item]);
  assert.deepEqual(history.items, [item]);
});
