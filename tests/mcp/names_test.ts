import assert from "node:assert/strict";
import { modelNames } from "@/mcp/names.ts";

async function names(...tools: readonly (readonly [string, string])[]) {
  const found = await modelNames(
    tools.map(([server, tool]) => ({ server, tool })),
  );
  return found.map((one) => one && [one.namespace, one.name]);
}

Deno.test("a tool is named in the namespace of its server, odd characters replaced", async () => {
  assert.deepEqual(
    await names(["mock", "echo"], ["my-srv-x", "do.it now!"], ["s", "ü"]),
    [
      ["mcp__mock__", "echo"],
      ["mcp__my_srv_x__", "do_it_now_"],
      ["mcp__s__", "_"],
    ],
  );
});

// The hashes are those of the reference, measured with these very names.
Deno.test("a name that is too long is cut and ends in a hash", async () => {
  const [long] = await names(["mock", "long".repeat(20)]);
  assert.deepEqual(long, [
    "mcp__mock__",
    "longlonglonglonglonglonglonglonglonglong_33303016a10b",
  ]);
  assert.equal(long?.join("").length, 64);
});

Deno.test("tools that would share a name each end in a hash", async () => {
  assert.deepEqual(
    await names(["mock", "tool.a"], ["mock", "tool a"], ["mock", "tool_b"]),
    [
      ["mcp__mock__", "tool_a_01bbadc604fb"],
      ["mcp__mock__", "tool_a_51139fd1c794"],
      ["mcp__mock__", "tool_b"],
    ],
  );
});

Deno.test("servers that would share a namespace each get a hash in it", async () => {
  assert.deepEqual(await names(["a-b", "t"], ["a_b", "t"]), [
    ["mcp__a_b_60ab36632e07__", "t"],
    ["mcp__a_b_ec4afa65682a__", "t"],
  ]);
});

Deno.test("a tool named twice by its server is taken once", async () => {
  assert.deepEqual(await names(["s", "t"], ["s", "t"]), [
    ["mcp__s__", "t"],
    undefined,
  ]);
});

Deno.test("a namespace that leaves no room is cut, too, and names stay distinct", async () => {
  const found = await names(["s".repeat(80), "a"], ["s".repeat(80), "b"]);
  const whole = found.map((one) => one?.join("") ?? "");
  assert.deepEqual(whole.map((name) => name.length), [64, 64]);
  assert.equal(new Set(whole).size, 2);
});
