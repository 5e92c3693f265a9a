import assert from "node:assert/strict";
import {
  decodeResponseItem,
  isToolCall,
  isToolOutput,
  outputFor,
} from "@/protocol/response_items.ts";

Deno.test("a search for tools is a call when this program is to make it, else kept unread", () => {
  const call = {
    type: "tool_search_call",
    call_id: "s1",
    execution: "client",
    arguments: { query: "x" },
  };
  const item = decodeResponseItem(call);
  assert.deepEqual(item, call);
  assert.ok(item !== undefined && isToolCall(item));
  const output = outputFor(item, "words have no place here");
  assert.deepEqual(output, {
    type: "tool_search_output",
    call_id: "s1",
    status: "completed",
    execution: "client",
    tools: [],
  });
  const again = decodeResponseItem(JSON.parse(JSON.stringify(output)));
  assert.ok(again !== undefined && isToolOutput(again));
  for (
    const other of [{ ...call, execution: "server" }, {
      ...call,
      call_id: null,
    }]
  ) {
    assert.deepEqual(decodeResponseItem(other), { type: "other", raw: other });
  }
});
