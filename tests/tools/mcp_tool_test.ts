import assert from "node:assert/strict";
import { serverTool } from "@/tools/mcp_tool.ts";
import type { McpOutcome, ToolContext } from "@/tools/tool.ts";
import { NEVER } from "@test/support/fake_clock.ts";

const tool = serverTool({ server: "s", tool: "t" }, {
  parallel: true,
  hookName: "mcp__s__t",
});

async function call(input: string, outcome: McpOutcome) {
  const asked: unknown[] = [];
  // Only this power is used.
  const context = {
    callMcpTool: async (request: unknown) => {
      asked.push(request);
      return outcome;
    },
  } as unknown as ToolContext;
  return { asked, ...await tool.call(input, context, NEVER) };
}

const result = (
  content: readonly unknown[],
  more: object = {},
): McpOutcome => ({
  kind: "result",
  content,
  isError: false,
  wallMs: 12.34,
  ...more,
});

const HEAD = "Wall time: 0.0123 seconds\nOutput:";

Deno.test("arguments are an object, or nothing; anything else is told and not sent", async () => {
  const ok = result([]);
  assert.deepEqual((await call('{"a":1}', ok)).asked, [
    { server: "s", tool: "t", arguments: { a: 1 } },
  ]);
  for (const nothing of ["", "  ", "null"]) {
    assert.deepEqual((await call(nothing, ok)).asked, [
      { server: "s", tool: "t", arguments: undefined },
    ]);
  }
  for (const bad of ["{", "[1]", "5"]) {
    const { asked, kind, output } = await call(bad, ok);
    assert.deepEqual([asked, kind], [[], "failed"]);
    assert.match(
      String(output),
      /^Wall time: 0\.0000 seconds\nOutput:\n\[{"type":"text","text":"err: /,
    );
  }
});

Deno.test("the model reads structured content, else the content, else the error", async () => {
  const text = { type: "text", text: "hi" };
  const cases: readonly (readonly [McpOutcome, string, string])[] = [
    [result([text]), "ok", `${HEAD}\n[{"type":"text","text":"hi"}]`],
    [
      result([text], { structuredContent: { v: 1 } }),
      "ok",
      `${HEAD}\n{"v":1}`,
    ],
    [
      result([text], { structuredContent: null, isError: true }),
      "failed",
      `${HEAD}\n[{"type":"text","text":"hi"}]`,
    ],
    [
      { kind: "error", message: "no", wallMs: 12.34 },
      "failed",
      `${HEAD}\n[{"type":"text","text":"no"}]`,
    ],
  ];
  for (const [outcome, kind, output] of cases) {
    const found = await call("{}", outcome);
    assert.deepEqual([found.kind, found.output], [kind, output]);
  }
});

Deno.test("images are shown as images, beside the rest", async () => {
  const { output } = await call(
    "{}",
    result([
      { type: "text", text: "see" },
      { type: "image", data: "AAAA", mimeType: "image/png" },
      { type: "resource_link", uri: "mem://a" },
    ]),
  );
  assert.deepEqual(output, [
    { type: "input_text", text: HEAD },
    { type: "input_text", text: "see" },
    {
      type: "input_image",
      image_url: "data:image/png;base64,AAAA",
      detail: "high",
    },
    { type: "input_text", text: '{"type":"resource_link","uri":"mem://a"}' },
  ]);
});

Deno.test("hooks are told the name, the arguments and the whole result", async () => {
  assert.deepEqual([
    tool.hooked?.('{"a":1}'),
    tool.hooked?.(""),
    tool.hooked?.("{"),
  ], [
    { name: "mcp__s__t", input: { a: 1 } },
    { name: "mcp__s__t", input: {} },
    undefined,
  ]);
  const outcome = result([{ type: "text", text: "x" }], {
    structuredContent: { n: 1 },
    isError: true,
  });
  assert.deepEqual((await call("{}", outcome)).response, {
    content: [{ type: "text", text: "x" }],
    structuredContent: { n: 1 },
    isError: true,
  });
});
