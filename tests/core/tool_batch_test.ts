import assert from "node:assert/strict";
import {
  type BatchPorts,
  groupCalls,
  runToolBatch,
} from "@/core/tool_batch.ts";
import type { ToolCallItem } from "@/protocol/response_items.ts";
import type { ToolContext, ToolSettings } from "@/tools/tool.ts";
import { FakeClock, NEVER } from "@test/support/fake_clock.ts";

const TOOLS: ToolSettings = {
  unifiedExec: true,
  shellTool: true,
  allowLoginShell: true,
  freeformPatch: true,
  acceptsImages: true,
  originalImageDetail: false,
};

function call(name: string, id: string, args: unknown = {}): ToolCallItem {
  return {
    type: "function_call",
    name,
    arguments: JSON.stringify(args),
    call_id: id,
  };
}

function patchCall(id: string): ToolCallItem {
  return {
    type: "custom_tool_call",
    name: "apply_patch",
    input: "",
    call_id: id,
  };
}

const exec = (id: string) => call("exec_command", id, { cmd: id });

Deno.test("parallel-safe neighbours form a group, everything else stands alone", () => {
  const calls = [
    exec("1"),
    exec("2"),
    patchCall("3"),
    exec("4"),
    call("unknown", "5"),
    exec("6"),
    call("view_image", "7"),
  ];
  const ids = (allowParallel: boolean) =>
    groupCalls(calls, {
      allowParallel,
      tools: TOOLS,
      findOtherTool: () => undefined,
    })
      .map((group) => group.map((item) => item.call_id).join(""));
  assert.deepEqual([ids(true), ids(false)], [
    ["12", "3", "4", "5", "67"],
    ["1", "2", "3", "4", "5", "6", "7"],
  ]);
});

/** A batch whose commands do what the test says, by their text. */
function ports(
  startCommand: ToolContext["startCommand"],
  changes: Partial<BatchPorts> = {},
): BatchPorts {
  return {
    clock: new FakeClock(),
    allowParallel: true,
    tools: TOOLS,
    findOtherTool: () => undefined,
    truncation: { mode: "bytes", limit: 1_000 },
    hooks: undefined,
    // Only commands are called for here.
    contextFor: () => ({
      shell: "/bin/sh",
      allowLoginShell: true,
      startCommand,
      chunkId: () => "abcdef",
    } as unknown as ToolContext),
    ...changes,
  };
}

const exited = (output: string) => ({
  kind: "exited" as const,
  exitCode: 0,
  output,
  wallMs: 0,
});

function lastLines(items: readonly unknown[]): readonly unknown[] {
  return items.map((item) => {
    const { call_id, output } = item as { call_id: string; output: string };
    return [call_id, output.split("\n").at(-1)];
  });
}

Deno.test("outputs come in the order of the calls, whichever ends first", async () => {
  const second = Promise.withResolvers<void>();
  const outputs = await runToolBatch(
    ports(async ({ argv }) => {
      if (argv.at(-1) === "1") await second.promise;
      if (argv.at(-1) === "2") second.resolve();
      return exited(`out ${argv.at(-1)}`);
    }),
    [exec("1"), exec("2"), call("unknown", "3")],
    NEVER,
  );
  assert.deepEqual(lastLines(outputs), [
    ["1", "out 1"],
    ["2", "out 2"],
    ["3", "unsupported call: unknown"],
  ]);
});

Deno.test("after an abort every call has an output: the running ones and those that never began", async () => {
  const controller = new AbortController();
  const clock = new FakeClock();
  const outputs = await runToolBatch(
    ports(async (_, signal) => {
      clock.advance(2_340);
      controller.abort(new Error("stop"));
      throw signal.reason;
    }, { clock, allowParallel: false }),
    [exec("1"), exec("2"), patchCall("3")],
    controller.signal,
  );
  assert.deepEqual(outputs, [
    {
      type: "function_call_output",
      call_id: "1",
      output: "aborted by user after 2.3s",
    },
    {
      type: "function_call_output",
      call_id: "2",
      output: "aborted by user after 0.0s",
    },
    {
      type: "custom_tool_call_output",
      call_id: "3",
      output: "aborted by user after 0.0s",
    },
  ]);
});

Deno.test("a tool that breaks ends the turn instead of hiding as an output", async () => {
  await assert.rejects(
    runToolBatch(
      ports(() => Promise.reject(new Error("a bug"))),
      [exec("1")],
      NEVER,
    ),
    { message: "a bug" },
  );
});

Deno.test("an output is cut to the history's limit and a fifth more", async () => {
  const [output] = await runToolBatch(
    ports(async () => exited("x".repeat(3_000))),
    [exec("1")],
    NEVER,
  ) as readonly { readonly output: string }[];
  assert.match(
    output?.output ?? "",
    /^Chunk ID: abcdef\n[^]*x…\d+ chars truncated…x+$/,
  );
  assert.equal(
    output?.output.replace(/…\d+ chars truncated…/, "").length,
    1_200,
  );
});

Deno.test("a tool of a server that is not there is unsupported, whatever its name", async () => {
  const outputs = await runToolBatch(ports(async () => exited("no")), [{
    type: "function_call",
    name: "exec_command",
    namespace: "mcp__gone__",
    arguments: "{}",
    call_id: "1",
  }], NEVER);
  assert.deepEqual(lastLines(outputs), [
    ["1", "unsupported call: mcp__gone__exec_command"],
  ]);
});
