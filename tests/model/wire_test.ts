/** Requests as bytes, stream events as meanings. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { ModelError, type ModelRequest } from "@/model/model.ts";
import { decodeEvent, requestBody } from "@/model/wire.ts";
import type { ResponseItem } from "@/protocol/response_items.ts";
import { anyText } from "@test/support/arbitraries.ts";

const REQUEST: ModelRequest = {
  model: "gpt-5.2-codex",
  instructions: "Be good.",
  input: [],
  tools: [{ type: "function", name: "ls" }],
  parallelToolCalls: true,
  reasoning: { effort: "medium" },
  verbosity: "low",
  cacheKey: "thread",
  clientMetadata: { a: "b" },
  headers: {},
};

function said(text: string): ResponseItem {
  return {
    type: "message",
    role: "user",
    content: [{ type: "input_text", text }],
  };
}

Deno.test("requestBody() writes every field in one order", () => {
  assert.equal(
    requestBody({ ...REQUEST, input: [said("hi")] }),
    '{"model":"gpt-5.2-codex","instructions":"Be good.",' +
      '"input":[{"type":"message","role":"user","content":[{"type":"input_text","text":"hi"}]}],' +
      '"tools":[{"type":"function","name":"ls"}],"tool_choice":"auto",' +
      '"parallel_tool_calls":true,"reasoning":{"effort":"medium"},"store":false,' +
      '"stream":true,"include":["reasoning.encrypted_content"],' +
      '"prompt_cache_key":"thread","text":{"verbosity":"low"},"client_metadata":{"a":"b"}}',
  );
});

Deno.test("requestBody() leaves out what a model does not do, and adds schema and tier", () => {
  const { reasoning: _, verbosity: __, ...plain } = REQUEST;
  assert.deepEqual(
    JSON.parse(requestBody({
      ...plain,
      outputSchema: { type: "object" },
      serviceTier: "flex",
    })),
    {
      model: "gpt-5.2-codex",
      instructions: "Be good.",
      input: [],
      tools: REQUEST.tools,
      tool_choice: "auto",
      parallel_tool_calls: true,
      reasoning: null,
      store: false,
      stream: true,
      include: [],
      service_tier: "flex",
      prompt_cache_key: "thread",
      text: {
        format: {
          type: "json_schema",
          strict: true,
          name: "codex_output_schema",
          schema: { type: "object" },
        },
      },
      client_metadata: { a: "b" },
    },
  );
});

Deno.test("a longer input keeps every byte of the shorter one in front", () => {
  const items = fc.array(anyText().map(said));
  fc.assert(fc.property(items, items, (first, more) => {
    const before = requestBody({ ...REQUEST, input: first });
    const after = requestBody({ ...REQUEST, input: [...first, ...more] });
    const end = before.indexOf('],"tools":');
    assert.equal(after.slice(0, end), before.slice(0, end));
    assert.equal(
      JSON.stringify(JSON.parse(after).input),
      JSON.stringify([...first, ...more]),
    );
  }));
});

Deno.test("a finished item is kept without the server's own ids and statuses", () => {
  const done = (item: unknown) =>
    decodeEvent(JSON.stringify({ type: "response.output_item.done", item }));
  assert.deepEqual([
    done({
      type: "message",
      id: "msg_1",
      status: "completed",
      role: "assistant",
      content: [{ type: "output_text", text: "hi", annotations: [] }],
      phase: "final_answer",
    }),
    done({
      type: "function_call",
      id: "fc_1",
      status: "completed",
      name: "ls",
      arguments: "{}",
      call_id: "call_1",
    }),
    done({
      type: "reasoning",
      id: "rs_1",
      summary: [{ type: "summary_text", text: "hm" }],
      encrypted_content: "ENC",
    }),
    done({
      type: "web_search_call",
      id: "ws_1",
      status: "completed",
      action: { type: "search", query: "x" },
    }),
    done({
      type: "local_shell_call",
      id: "lsh_1",
      call_id: "call_2",
      status: "completed",
      action: { type: "exec", command: ["ls"] },
    }),
    done({ type: "from_the_future", id: "x", more: [1] }),
  ], [
    {
      type: "itemDone",
      itemId: "msg_1",
      item: {
        type: "message",
        role: "assistant",
        content: [{ type: "output_text", text: "hi" }],
        phase: "final_answer",
      },
    },
    {
      type: "itemDone",
      itemId: "fc_1",
      item: {
        type: "function_call",
        name: "ls",
        arguments: "{}",
        call_id: "call_1",
      },
    },
    {
      type: "itemDone",
      itemId: "rs_1",
      item: {
        type: "reasoning",
        summary: [{ type: "summary_text", text: "hm" }],
        content: null,
        encrypted_content: "ENC",
      },
    },
    {
      type: "itemDone",
      itemId: "ws_1",
      item: {
        type: "web_search_call",
        status: "completed",
        action: { type: "search", query: "x" },
      },
    },
    {
      type: "itemDone",
      itemId: "lsh_1",
      item: {
        type: "local_shell_call",
        call_id: "call_2",
        status: "completed",
        action: { type: "exec", command: ["ls"] },
      },
    },
    {
      type: "itemDone",
      itemId: "x",
      item: {
        type: "other",
        raw: { type: "from_the_future", more: [1] },
      },
    },
  ]);
});

Deno.test("the end of a response carries its usage, or none", () => {
  const usage = {
    input_tokens: 100,
    input_tokens_details: { cached_tokens: 10 },
    output_tokens: 20,
    output_tokens_details: { reasoning_tokens: 5 },
  };
  const end = (response: unknown) =>
    decodeEvent(JSON.stringify({ type: "response.completed", response }));
  assert.deepEqual([end({ usage }), end({}), end(undefined)], [
    {
      type: "completed",
      usage: {
        inputTokens: 100,
        cachedInputTokens: 10,
        outputTokens: 20,
        reasoningOutputTokens: 5,
        totalTokens: 120,
      },
    },
    { type: "completed" },
    { type: "completed" },
  ]);
});

Deno.test("a search for tools is kept without the server's own id", () => {
  const item = {
    type: "tool_search_call",
    call_id: "s1",
    execution: "client",
    arguments: { query: "x" },
  };
  const event = {
    type: "response.output_item.done",
    item: { ...item, id: "i" },
  };
  assert.deepEqual(decodeEvent(JSON.stringify(event)), {
    type: "itemDone",
    itemId: "i",
    item,
  });
});

Deno.test("no stream event, however shaped, is a bug of ours", () => {
  const type = fc.constantFrom(
    "response.output_item.added",
    "response.output_item.done",
    "response.output_text.delta",
    "response.reasoning_summary_text.delta",
    "response.completed",
    "response.failed",
    "response.incomplete",
    "response.from_the_future",
  );
  const event = fc.record({
    type,
    item: fc.jsonValue(),
    item_id: fc.jsonValue(),
    delta: fc.jsonValue(),
    response: fc.jsonValue(),
  }, { requiredKeys: ["type"] });
  const data = fc.oneof(
    event.map((value) => JSON.stringify(value)),
    fc.json(),
    fc.string(),
  );
  fc.assert(fc.property(data, (json) => {
    try {
      decodeEvent(json);
    } catch (error) {
      assert.ok(error instanceof ModelError, String(error));
    }
  }));
});
