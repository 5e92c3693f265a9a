/** A thread's events as JSON lines. */
import assert from "node:assert/strict";
import { JsonView } from "@/exec/jsonl.ts";
import type { ThreadEvent } from "@/protocol/events.ts";
import type { ThreadItem } from "@/protocol/items.ts";

const turnId = "turn";

function started(item: ThreadItem): ThreadEvent {
  return { type: "itemStarted", turnId, item };
}

function done(item: ThreadItem): ThreadEvent {
  return { type: "itemCompleted", turnId, item };
}

function told(...events: readonly ThreadEvent[]): readonly unknown[] {
  const view = new JsonView();
  return events.flatMap((event) => view.events(event));
}

function command(id: string): Extract<
  ThreadItem,
  { type: "commandExecution" }
> {
  return {
    type: "commandExecution",
    id,
    command: "ls",
    cwd: "/",
    status: "inProgress",
    aggregatedOutput: "",
  };
}

Deno.test("items are numbered when first seen and keep their number to the end", () => {
  assert.deepEqual(
    told(
      started(command("a")),
      started(command("b")),
      done({ ...command("b"), status: "completed", exitCode: 0 }),
      done({ type: "agentMessage", id: "m", text: "hi" }),
      done({ ...command("a"), status: "declined" }),
      // An id may come back in a later turn; it is another item then.
      started(command("a")),
    ).map((event) => {
      const { type, item } = event as {
        type: string;
        item: { id: string; status?: string; exit_code?: number | null };
      };
      return [type, item.id, item.status, item.exit_code];
    }),
    [
      ["item.started", "item_0", "in_progress", null],
      ["item.started", "item_1", "in_progress", null],
      ["item.completed", "item_1", "completed", 0],
      ["item.completed", "item_2", undefined, undefined],
      ["item.completed", "item_0", "declined", null],
      ["item.started", "item_3", "in_progress", null],
    ],
  );
});

Deno.test("messages and reasoning are told whole, empty reasoning not at all", () => {
  assert.deepEqual(
    told(
      started({ type: "agentMessage", id: "m", text: "" }),
      { type: "agentMessageDelta", itemId: "m", delta: "h" },
      done({ type: "agentMessage", id: "m", text: "hi" }),
      started({ type: "reasoning", id: "r", summary: [], content: [] }),
      done({ type: "reasoning", id: "r", summary: [], content: ["secret"] }),
      done({
        type: "reasoning",
        id: "s",
        summary: ["one", "two"],
        content: [],
      }),
    ),
    [
      {
        type: "item.completed",
        item: { id: "item_0", type: "agent_message", text: "hi" },
      },
      {
        type: "item.completed",
        item: { id: "item_1", type: "reasoning", text: "one\ntwo" },
      },
    ],
  );
});

Deno.test("a plan is one list: started, updated, completed with the turn, once for each turn", () => {
  const plan = (status: "pending" | "completed"): ThreadEvent => ({
    type: "planUpdated",
    turnId,
    plan: [{ step: "one", status }],
  });
  const end: ThreadEvent = {
    type: "turnCompleted",
    turnId,
    status: "completed",
    durationMs: 0,
  };
  const list = (id: string, completed: boolean) => ({
    id,
    type: "todo_list",
    items: [{ text: "one", completed }],
  });
  const usage = {
    input_tokens: 0,
    cached_input_tokens: 0,
    output_tokens: 0,
  };
  assert.deepEqual(
    told(plan("pending"), plan("completed"), end, plan("pending"), end),
    [
      { type: "item.started", item: list("item_0", false) },
      { type: "item.updated", item: list("item_0", true) },
      { type: "item.completed", item: list("item_0", true) },
      { type: "turn.completed", usage },
      { type: "item.started", item: list("item_1", false) },
      { type: "item.completed", item: list("item_1", false) },
      { type: "turn.completed", usage },
    ],
  );
});

Deno.test("errors and warnings have their own shapes, an interrupted turn has none", () => {
  const error = { code: "stream_disconnected", message: "m" } as const;
  assert.deepEqual(
    told(
      { type: "error", error: { ...error, details: "why" }, willRetry: true },
      { type: "warning", message: "careful" },
      {
        type: "turnCompleted",
        turnId,
        status: "failed",
        error,
        durationMs: 0,
      },
      {
        type: "turnCompleted",
        turnId,
        status: "interrupted",
        durationMs: 0,
      },
    ),
    [
      { type: "error", message: "m (why)" },
      {
        type: "item.completed",
        item: { id: "item_0", type: "error", message: "careful" },
      },
      { type: "turn.failed", error: { message: "m" } },
    ],
  );
});

Deno.test("calls of MCP tools, patches and searches are told in full; other items have no form here", () => {
  assert.deepEqual(
    told(
      done({
        type: "mcpToolCall",
        id: "t",
        server: "s",
        tool: "echo",
        arguments: { a: 1 },
        status: "failed",
        error: { message: "no" },
      }),
      done({
        type: "fileChange",
        id: "f",
        status: "declined",
        changes: [
          {
            path: "/a",
            kind: { type: "update", move_path: "/b" },
            diff: "",
          },
          { path: "/c", kind: { type: "add" }, diff: "" },
        ],
      }),
      done({
        type: "webSearch",
        id: "w",
        query: "https://e.com",
        action: { type: "open_page", url: "https://e.com" },
      }),
      done({ type: "imageView", id: "i", path: "/x.png" }),
      done({ type: "contextCompaction", id: "c" }),
      done({ type: "userMessage", id: "u", content: [] }),
    ),
    [
      {
        type: "item.completed",
        item: {
          id: "item_0",
          type: "mcp_tool_call",
          server: "s",
          tool: "echo",
          arguments: { a: 1 },
          result: null,
          error: { message: "no" },
          status: "failed",
        },
      },
      {
        type: "item.completed",
        item: {
          id: "item_1",
          type: "file_change",
          changes: [{ path: "/a", kind: "update" }, {
            path: "/c",
            kind: "add",
          }],
          status: "failed",
        },
      },
      {
        type: "item.completed",
        item: {
          id: "item_2",
          type: "web_search",
          query: "https://e.com",
          action: { type: "other" },
        },
      },
    ],
  );
});
