/**
 * Random sessions: whatever is typed, pasted, resized and told, nothing throws, the
 * terminal is given back, and no letter that was typed into the composer is lost.
 *
 * `CODEX_TUI_FUZZ=10000` plays that many; the suite plays a few.
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { TuiSession } from "@test/support/tui_session.ts";
import type { ThreadEvent } from "@/protocol/events.ts";

const RUNS = Number(Deno.env.get("CODEX_TUI_FUZZ") ?? 60);

const KEYS = [
  "enter",
  "tab",
  "shift+tab",
  "escape",
  "backspace",
  "delete",
  "up",
  "down",
  "left",
  "right",
  "home",
  "end",
  "pageup",
  "pagedown",
  "shift+left",
  "shift+enter",
  "alt+left",
  "alt+right",
  "ctrl+left",
  "ctrl+right",
  ..."abefghjklnoprtuwy_".split("").map((letter) => `ctrl+${letter}`),
  ..."bdfry,.".split("").map((letter) => `alt+${letter}`),
];

const TEXTS = [
  "word ",
  "日本語",
  "👍🏽",
  "e\u0301",
  "שלום",
  "/",
  "/model",
  "/side x",
  "/permissions",
  "/statusline",
  "@ma",
  "$im",
  "!ls",
  "?",
  "1",
  "y",
  "n",
  " ",
  "x".repeat(50),
];

type Step =
  | { readonly do: "key"; readonly name: string }
  | { readonly do: "type"; readonly text: string }
  | { readonly do: "paste"; readonly text: string }
  | { readonly do: "bytes"; readonly bytes: string }
  | { readonly do: "resize"; readonly columns: number; readonly rows: number }
  | { readonly do: "event"; readonly which: number }
  | { readonly do: "wait"; readonly ms: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant("key" as const),
      name: fc.constantFrom(...KEYS),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant("type" as const),
      text: fc.constantFrom(...TEXTS),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("paste" as const),
      text: fc.oneof(
        fc.constantFrom("a\nb\r\nc", "z".repeat(1_200), "/tmp/real.png"),
        fc.string({ unit: "grapheme", maxLength: 30 }),
      ),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("bytes" as const),
      bytes: fc.string({ unit: "binary-ascii", maxLength: 6 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("resize" as const),
      columns: fc.integer({ min: 2, max: 200 }),
      rows: fc.integer({ min: 2, max: 60 }),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant("event" as const),
      which: fc.nat(EVENTS().length - 1),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("wait" as const),
      ms: fc.constantFrom(20, 500, 3_000),
    }),
  },
);

/** What an agent may tell, in any order. */
function EVENTS(): readonly Record<string, unknown>[] {
  const command = {
    type: "commandExecution",
    id: "c",
    command: "/bin/bash -lc 'npm test'",
    cwd: "/home/u/ws",
    status: "inProgress",
    aggregatedOutput: "",
  };
  return [
    { type: "turnStarted" },
    { type: "turnCompleted", status: "completed", durationMs: 1 },
    {
      type: "turnCompleted",
      status: "failed",
      durationMs: 1,
      error: { code: "usage_limit", message: "No more." },
    },
    {
      type: "agentMessageDelta",
      itemId: "a",
      delta: "# A title\n\nSome **text** with `code`\n",
    },
    { type: "agentMessageDelta", itemId: "a", delta: "```ts\nconst x = 1;\n" },
    {
      type: "agentMessageDelta",
      itemId: "b",
      delta: "| a | b |\n|---|---|\n| 日本 | 2 |\n\n",
    },
    {
      type: "itemCompleted",
      item: { type: "agentMessage", id: "a", text: "# A title\n\nDone." },
    },
    { type: "planDelta", itemId: "p", delta: "1. Look\n" },
    {
      type: "reasoningSummaryDelta",
      itemId: "r",
      delta: "**Thinking**\n\nabout it",
    },
    { type: "itemStarted", item: command },
    {
      type: "commandOutputDelta",
      itemId: "c",
      delta: "\x1b[31mred\x1b[0m\r50%\x1b[2J\n",
    },
    {
      type: "itemCompleted",
      item: {
        ...command,
        status: "completed",
        exitCode: 0,
        aggregatedOutput: "ok\n",
      },
    },
    {
      type: "itemCompleted",
      item: {
        type: "fileChange",
        id: "f",
        status: "completed",
        changes: [{
          path: "/home/u/ws/a.ts",
          kind: { type: "update", move_path: null },
          diff: "@@ -1 +1 @@\n-a\n+b\n",
        }],
      },
    },
    {
      type: "approvalRequested",
      requestId: "q1",
      itemId: "c",
      subject: { kind: "command", command: ["ls"], cwd: "/" },
    },
    {
      type: "elicitationRequested",
      requestId: "q2",
      server: "s",
      elicitation: {
        mode: "form",
        message: "m",
        requestedSchema: {
          type: "object",
          properties: { a: { type: "string" }, b: { type: "boolean" } },
        },
      },
    },
    { type: "elicitationResolved", requestId: "q2" },
    {
      type: "userInputRequested",
      requestId: "q3",
      itemId: "i",
      questions: [{
        id: "x",
        header: "h",
        question: "q?",
        options: [{ label: "l", description: "d" }],
      }],
    },
    { type: "planUpdated", plan: [{ step: "one", status: "inProgress" }] },
    { type: "warning", message: "Careful\x1b]0;x\x07" },
    {
      type: "error",
      willRetry: true,
      error: { code: "stream_lost", message: "Reconnecting... 1/5" },
    },
  ];
}

async function play(session: TuiSession, one: Step): Promise<void> {
  switch (one.do) {
    case "key":
      return await session.key(one.name);
    case "type":
      return await session.type(one.text);
    case "paste":
      return await session.paste(one.text);
    case "bytes":
      return await session.type(one.bytes);
    case "resize":
      return await session.resize(one.columns, one.rows);
    case "wait":
      return await session.advance(one.ms);
    case "event": {
      const { thread } = session;
      // The list holds the fields of each kind.
      thread.emit(
        { turnId: thread.turnId, ...EVENTS()[one.which] } as ThreadEvent,
      );
      return await session.settle();
    }
  }
}

Deno.test(`${RUNS} random sessions: nothing throws, and the terminal is given back`, async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 1, maxLength: 25 }),
      async (steps) => {
        const session = new TuiSession({
          columns: 60,
          rows: 20,
          files: ["src/main.ts"],
          agent: {
            skills: [{
              name: "im",
              path: "/s",
              enabled: true,
              description: "d",
            }],
          },
        });
        await session.settle();
        for (const one of steps) {
          if (session.isDone) break;
          await play(session, one);
        }
        await session[Symbol.asyncDispose]();
        assert.equal(session.rawMode, "cooked");
        const end = session.written.lastIndexOf("\x1b[<1u");
        assert.ok(end > session.written.lastIndexOf("\x1b[>5u"));
        assert.ok(
          session.written.lastIndexOf("\x1b[?25h") >
            session.written.lastIndexOf("\x1b[?25l"),
        );
        assert.ok(
          session.written.lastIndexOf("\x1b[?1049l") >=
            session.written.lastIndexOf("\x1b[?1049h"),
        );
        // A mistake in a task of the session is told, not thrown.
        assert.doesNotMatch(
          session.written,
          /is not a function|is not iterable|Cannot read prop|not defined/,
        );
        // What commands and models write steers nothing.
        assert.ok(!session.written.includes("\x1b]0;x"));
      },
    ),
    { numRuns: RUNS, endOnFailure: true },
  );
});

Deno.test("any letters between other keys: none that was typed is lost", async () => {
  const letters = fc.constantFrom(..."abcdefgh日é".split(""));
  // Keys that only move or change what is shown.
  const harmless = fc.constantFrom(
    "left",
    "right",
    "home",
    "end",
    "ctrl+t",
    "shift+tab",
    "escape",
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof(letters, harmless), { maxLength: 20 }),
      async (keys) => {
        await using session = new TuiSession({ columns: 30, rows: 12 });
        await session.settle();
        let typed = "";
        let isPaging = false;
        for (const key of keys) {
          const isLetter = [...key].length === 1;
          // A pager takes letters for itself.
          if (key === "ctrl+t") isPaging = !isPaging;
          if (isLetter && isPaging) continue;
          if (key === "escape" && isPaging) continue;
          await session.key(key);
          if (isLetter) typed += key;
        }
        if (isPaging) await session.key("ctrl+t");
        await session.advance(1_100);
        assert.deepEqual([...session.draft].sort(), [...typed].sort());
      },
    ),
    { numRuns: Math.max(20, Math.floor(RUNS / 10)) },
  );
});
