import assert from "node:assert/strict";
import fc from "fast-check";
import type { ThreadId } from "@/protocol/ids.ts";
import type { ThreadItem } from "@/protocol/items.ts";
import { displayWidth } from "@/text/width.ts";
import { bulletedRows, reasoningTitle } from "@/tui/cells/answer.ts";
import type { AgentNames } from "@/tui/cells/agents.ts";
import { itemCell, liveItemLines } from "@/tui/cells/item.ts";
import { type Line, line, textOf } from "@/tui/render/line.ts";
import {
  allRowsOf,
  command,
  contextOf,
  rowsOf,
  styleOf,
  theme,
} from "./room.ts";

// Ids are strings with a name; these are made up.
const AGENT = "agent-1" as ThreadId;
const STRANGER = "agent-234567" as ThreadId;

const NAMES: AgentNames = new Map([
  [AGENT, { nickname: "Maxwell", role: "explorer" }],
]);

function cellOf(item: ThreadItem) {
  return itemCell(item, NAMES);
}

function live(item: ThreadItem, width = 80): readonly string[] {
  return liveItemLines(item, NAMES, contextOf(width)).map(textOf);
}

Deno.test("what the user said stands in tinted rows as wide as the screen", () => {
  const cell = cellOf({
    type: "userMessage",
    id: "1",
    content: [
      { type: "text", text: "Fix [Image #1]\n\nplease, all of it" },
      { type: "localImage", path: "/home/u/ws/a.png" },
    ],
  });
  assert.deepEqual(rowsOf(cell, 15), [
    "",
    "› Fix [Image",
    "  #1]",
    "  ",
    "  please, all",
    "  of it",
    "",
  ]);
  const lines = cell?.lines(contextOf(15)) ?? [];
  assert.ok(lines.every(({ fill }) => fill?.bg === theme.input.bg));
  assert.deepEqual(styleOf(lines, "› "), {
    ...theme.input,
    bold: true,
    dim: true,
  });
  assert.deepEqual(cell?.source, {
    kind: "user",
    text: "Fix [Image #1]\n\nplease, all of it",
  });
});

Deno.test("images without words are named", () => {
  const cell = cellOf({
    type: "userMessage",
    id: "1",
    content: [
      { type: "localImage", path: "/home/u/ws/a.png" },
      { type: "image", url: "data:image/png;base64,AA==" },
    ],
  });
  assert.deepEqual(rowsOf(cell), ["", "› [image a.png]", "  [image]", ""]);
});

Deno.test("an answer is Markdown behind a bullet; an empty one is nothing", () => {
  const cell = cellOf({
    type: "agentMessage",
    id: "1",
    text: "Hello **you**\n\n- a\n",
  });
  assert.deepEqual(rowsOf(cell), ["• Hello you", "", "  - a"]);
  assert.equal(
    cellOf({ type: "agentMessage", id: "1", text: " \n" }),
    undefined,
  );
});

Deno.test("rows of a stream follow each other without a second bullet", () => {
  const rows: readonly Line[] = [line("a"), line(), line("b")];
  assert.deepEqual(bulletedRows(rows, "first").map(textOf), ["• a", "", "  b"]);
  assert.deepEqual(bulletedRows(rows, "more").map(textOf), ["  a", "", "  b"]);
});

Deno.test("thoughts lose their first title, which stood in the status row", () => {
  const item = {
    type: "reasoning" as const,
    id: "1",
    summary: ["**Looking**\n\nI look.", "**Planning**\n\nI plan."],
    content: ["raw"],
  };
  const cell = cellOf(item);
  assert.deepEqual(rowsOf(cell), [
    "• I look.",
    "",
    "  Planning",
    "",
    "  I plan.",
  ]);
  assert.deepEqual(styleOf(cell?.lines(contextOf()) ?? [], "I look"), {
    dim: true,
    italic: true,
  });
  assert.equal(
    cellOf({ ...item, summary: ["**Only a title**"] }),
    undefined,
  );
  assert.equal(reasoningTitle("**A**\n\nx **B c**\n\n**D"), "B c");
  assert.equal(reasoningTitle("none"), undefined);
});

Deno.test("a call of an MCP tool shows all it answered; a failed one is red", () => {
  const item: ThreadItem = {
    type: "mcpToolCall",
    id: "1",
    server: "demo",
    tool: "echo",
    arguments: { text: "hello\nmcp", n: 3 },
    status: "completed",
    result: {
      content: [
        { type: "text", text: "one\ntwo\x1b[2J" },
        { type: "image", mimeType: "image/png", data: "AA==" },
        { type: "resource", resource: { uri: "file:///a" } },
        { type: "new_kind", x: 1 },
      ],
    },
    durationMs: 1_200,
  };
  const cell = cellOf(item);
  assert.deepEqual(rowsOf(cell), [
    '• Called demo.echo({"text":"hello\\nmcp","n":3})',
    "  └ one",
    "    two",
    "    <image image/png>",
    "    <resource file:///a>",
    '    {"type":"new_kind","x":1}',
  ]);
  assert.ok(cell && allRowsOf(cell).at(-1) === "  1.2s");
  assert.deepEqual(
    live({ ...item, status: "inProgress", result: { content: [] } }),
    ['• Calling demo.echo({"text":"hello\\nmcp","n":3})'],
  );
  const structured = { content: [], structuredContent: { n: 42 } };
  assert.equal(
    rowsOf(cellOf({ ...item, result: structured })).at(-1),
    '  └ {"n":42}',
  );
  const failed = cellOf({
    ...item,
    arguments: {},
    status: "failed",
    error: { message: "user cancelled MCP tool call" },
    result: { content: [] },
  });
  assert.deepEqual(rowsOf(failed), [
    "• Called demo.echo()",
    "  └ Error: user cancelled MCP tool call",
  ]);
  assert.deepEqual(
    styleOf(failed?.lines(contextOf()) ?? [], "• "),
    { ...theme.failure, bold: true },
  );
});

Deno.test("long results are cut in the history and whole in the transcript", () => {
  const cell = cellOf({
    type: "dynamicToolCall",
    id: "1",
    tool: "dump",
    arguments: null,
    status: "completed",
    success: true,
    contentItems: [{ type: "inputText", text: "x\n".repeat(60) }],
  });
  const rows = rowsOf(cell);
  assert.equal(rows[0], "• Called dump()");
  assert.equal(rows.length, 51);
  assert.equal(rows.at(-1), "    … +11 lines (ctrl + t to view transcript)");
  assert.ok(cell && allRowsOf(cell).length === 61);
});

Deno.test("searches on the web are told by what was done", () => {
  const search = (
    action: Extract<ThreadItem, { type: "webSearch" }>["action"],
  ) =>
    rowsOf(cellOf({
      type: "webSearch",
      id: "1",
      query: "deno tui",
      ...(action === undefined ? {} : { action }),
    }));
  assert.deepEqual(search(undefined), ["• Searched deno tui"]);
  assert.deepEqual(search({ type: "search", queries: ["a", "b"] }), [
    "• Searched a, b",
  ]);
  assert.deepEqual(search({ type: "open_page", url: "https://x.y" }), [
    "• Opened https://x.y",
  ]);
  assert.deepEqual(
    search({ type: "find_in_page", url: "https://x.y", pattern: "tui" }),
    ["• Searched 'tui' in https://x.y"],
  );
  assert.deepEqual(live({ type: "webSearch", id: "1", query: "" }), [
    "• Searching the web",
  ]);
});

Deno.test("pictures are told by where they are or what they show", () => {
  assert.deepEqual(
    rowsOf(cellOf({ type: "imageView", id: "1", path: "/home/u/ws/pic.png" })),
    ["• Viewed Image", "  └ pic.png"],
  );
  const made = (status: string) =>
    rowsOf(cellOf({
      type: "imageGeneration",
      id: "1",
      status,
      revisedPrompt: "a cat",
      result: "",
    }));
  assert.deepEqual(made("completed"), ["• Generated Image", "  └ a cat"]);
  assert.equal(made("failed")[0], "• Could not generate an image");
});

Deno.test("work with sub-agents names them", () => {
  const item = {
    type: "collabAgentToolCall" as const,
    id: "1",
    status: "completed" as const,
    senderThreadId: STRANGER,
    receiverThreadIds: [AGENT],
    agentsStates: {},
  };
  assert.deepEqual(
    rowsOf(cellOf({
      ...item,
      tool: "spawnAgent",
      prompt: "Count the files",
      model: "gpt-5.2-codex",
      reasoningEffort: "medium",
    })),
    [
      "• Spawned Maxwell [explorer] (gpt-5.2-codex medium)",
      "  └ Count the files",
    ],
  );
  const marks = (["inProgress", "completed", "failed"] as const)
    .map((status) =>
      styleOf(
        cellOf({ ...item, tool: "closeAgent", status })?.lines(contextOf()) ??
          [],
        "• ",
      )
    );
  assert.deepEqual(marks, [
    { bold: true },
    { ...theme.success, bold: true },
    { ...theme.failure, bold: true },
  ]);
  const wait = {
    ...item,
    tool: "wait" as const,
    receiverThreadIds: [AGENT, STRANGER],
  };
  assert.deepEqual(live({ ...wait, status: "inProgress" }), [
    "• Waiting for Maxwell [explorer], agent …234567",
  ]);
  assert.deepEqual(
    rowsOf(cellOf({
      ...wait,
      agentsStates: {
        [AGENT]: { kind: "completed", message: "There are\ntwo files." },
        [STRANGER]: { kind: "errored", message: "No luck" },
      },
    })),
    [
      "• Finished waiting",
      "  └ Maxwell [explorer]: Completed - There are two files.",
      "    agent …234567: Failed - No luck",
    ],
  );
  const told = cellOf({
    ...item,
    tool: "sendInput",
    prompt: "1\n2\n3\n4\n5\n6",
  });
  assert.deepEqual(rowsOf(told), [
    "• Sent input to Maxwell [explorer]",
    "  └ 1",
    "    2",
    "    3",
    "    4",
    "    … +2 lines (ctrl + t to view transcript)",
  ]);
  assert.ok(told && allRowsOf(told).at(-1) === "    6");
  const silent = { kind: "completed" as const, message: " " };
  assert.deepEqual(
    rowsOf(cellOf({ ...wait, agentsStates: { [AGENT]: silent } })).at(-1),
    "  └ Maxwell [explorer]: Completed",
  );
  assert.deepEqual(
    rowsOf(cellOf({ ...item, tool: "sendInput", status: "failed" })),
    ["• Could not send input to Maxwell [explorer]"],
  );
});

Deno.test("reviews stand in a frame", () => {
  assert.deepEqual(
    rowsOf(cellOf({
      type: "enteredReviewMode",
      id: "1",
      review: "current changes",
    })),
    [">> Code review started: current changes <<"],
  );
  assert.deepEqual(
    rowsOf(cellOf({ type: "exitedReviewMode", id: "1", review: "- one" })),
    ["<< Code review finished >>"],
  );
});

Deno.test("a proposed plan is a tinted block, compaction a word, a hook its words", () => {
  const plan = cellOf({ type: "plan", id: "1", text: "# Plan" });
  assert.deepEqual(rowsOf(plan), ["• Proposed Plan", "", "  # Plan", ""]);
  assert.ok(plan?.lines(contextOf())[2]?.fill);
  assert.deepEqual(rowsOf(cellOf({ type: "contextCompaction", id: "1" })), [
    "• Context compacted",
  ]);
  assert.deepEqual(
    rowsOf(cellOf({
      type: "hookPrompt",
      id: "1",
      fragments: [{ text: "Run the tests", hookRunId: "h" }],
    })),
    ["• A hook asks to go on", "  └ Run the tests"],
  );
});

Deno.test("a cell names the languages it has to have loaded to be drawn", () => {
  const cell = cellOf({
    type: "agentMessage",
    id: "1",
    text: "```ts\n```\n- ```Rust x\n  > ~~~py",
  });
  assert.deepEqual(cell?.languages, ["ts", "rust", "py"]);
  assert.deepEqual(cellOf(command("ls"))?.languages, ["sh"]);
  const patch = cellOf({
    type: "fileChange",
    id: "1",
    status: "completed",
    changes: [
      { path: "/a.rs", kind: { type: "add" }, diff: "" },
      { path: "/a.py", kind: { type: "update", move_path: "/b.go" }, diff: "" },
      { path: "/LICENSE", kind: { type: "delete" }, diff: "" },
    ],
  });
  assert.deepEqual(patch?.languages, ["rs", "go"]);
  assert.equal(
    cellOf({ type: "contextCompaction", id: "1" })?.languages,
    undefined,
  );
});

Deno.test("without what draws it, text is shown as it is", () => {
  const cell = cellOf({ type: "agentMessage", id: "1", text: "**a**\nb" });
  const { drawing: _, ...bare } = contextOf();
  assert.deepEqual(cell?.lines(bare).map(textOf), ["• **a**", "  b"]);
});

/** Text of many kinds: wide, joined, right to left, long, with controls. */
const nastyText = fc.string({
  unit: fc.constantFrom(
    "a",
    "word ",
    "\n",
    "\t",
    "日本",
    "👩‍👩‍👧",
    "שלום",
    "e\u0301",
    "x".repeat(50),
    "\x1b[31m",
    "\x1b]0;t\x07",
    "\r",
    "\b",
    "```ts\n",
    "| a | b |\n|---|---|\n",
    "- ",
    "**",
  ),
  maxLength: 14,
});

const anyItem: fc.Arbitrary<ThreadItem> = fc.tuple(
  nastyText,
  nastyText,
  fc.nat({ max: 12 }),
).map(([text, other, kind]): ThreadItem => {
  const id = "1";
  switch (kind) {
    case 0:
      return { type: "userMessage", id, content: [{ type: "text", text }] };
    case 1:
      return { type: "agentMessage", id, text };
    case 2:
      return { type: "plan", id, text };
    case 3:
      return { type: "reasoning", id, summary: [text, other], content: [] };
    case 4:
      return command(text.replaceAll("'", ""), { aggregatedOutput: other });
    case 5:
      return { ...command("x"), command: text, status: "failed", exitCode: 1 };
    case 6:
      return {
        type: "fileChange",
        id,
        status: "completed",
        changes: [{ path: text, kind: { type: "add" }, diff: other }],
      };
    case 7:
      return {
        type: "fileChange",
        id,
        status: "failed",
        problem: text,
        changes: [{
          path: "/home/u/ws/a.ts",
          kind: { type: "update", move_path: other },
          diff: `@@ -1,2 +1,2 @@\n-${text}\n+${other}\n`,
        }],
      };
    case 8:
      return {
        type: "mcpToolCall",
        id,
        server: text,
        tool: other,
        arguments: { text },
        status: "failed",
        result: { content: [{ type: "text", text }] },
      };
    case 9:
      return { type: "webSearch", id, query: text };
    case 10:
      return { type: "imageView", id, path: text };
    case 11:
      return {
        type: "collabAgentToolCall",
        id,
        tool: "wait",
        status: "completed",
        senderThreadId: AGENT,
        receiverThreadIds: [AGENT],
        prompt: text,
        agentsStates: { [AGENT]: { kind: "completed", message: other } },
      };
    default:
      return { type: "exitedReviewMode", id, review: text };
  }
});

Deno.test("any item in any width: rows fit, and nothing in them steers the terminal", () => {
  fc.assert(
    fc.property(anyItem, fc.constantFrom(10, 40, 80, 200), (item, width) => {
      const cell = cellOf(item);
      const context = contextOf(width);
      const lines = [
        ...cell?.lines(context) ?? [],
        ...cell?.allLines?.(context) ?? [],
        ...liveItemLines(item, NAMES, context),
      ];
      for (const row of lines) {
        const text = textOf(row);
        assert.doesNotMatch(text, /\p{Cc}/u);
        assert.ok(displayWidth(text) <= width, JSON.stringify(text));
      }
    }),
    { numRuns: 1_000 },
  );
});
