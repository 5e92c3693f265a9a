/** Rollouts written and read back: whole, cut anywhere, damaged, huge. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { denoFiles } from "@/platform/files.ts";
import { FileError, type FileSystem } from "@/platform/platform.ts";
import type { ResponseItem } from "@/protocol/response_items.ts";
import type { RolloutEntry, SessionMeta } from "@/protocol/rollout.ts";
import { readRollout } from "@/state/rollout_reader.ts";
import { createRolloutWriter, encodeLine } from "@/state/rollout_writer.ts";
import { FakeClock } from "@test/support/fake_clock.ts";

const clock = new FakeClock(Date.UTC(2026, 0, 2, 3, 4, 5, 678));

const META: SessionMeta = {
  id: "01a20461-c44a-7f81-be73-f34280a2ded4",
  timestamp: "2026-01-02T03:04:05.678Z",
  cwd: "/work",
  originator: "test",
  cli_version: "0.0.0",
  source: "exec",
  model_provider: "mock",
  base_instructions: { text: "Be good." },
};

function item(payload: ResponseItem): RolloutEntry {
  return { type: "response_item", payload };
}

function said(text: string): ResponseItem {
  return {
    type: "message",
    role: "user",
    content: [{ type: "input_text", text }],
  };
}

const CALL: ResponseItem = {
  type: "function_call",
  name: "exec_command",
  arguments: '{"cmd":"ls"}',
  call_id: "call_1",
};
const OUTPUT: ResponseItem = {
  type: "function_call_output",
  call_id: "call_1",
  output: "a\nb\u2028\n",
};
const UNKNOWN: ResponseItem = {
  type: "other",
  raw: { type: "from_the_future", id: "x", nested: { deep: [1, null] } },
};

const ENTRIES: readonly RolloutEntry[] = [
  { type: "session_meta", payload: META },
  item(said("häl\u2028lo 👋")),
  item(CALL),
  item(OUTPUT),
  item(UNKNOWN),
];

const TEXT = ENTRIES.map((entry) => encodeLine(entry, clock)).join("");

async function withFile(
  use: (path: string) => Promise<void>,
): Promise<void> {
  const directory = await Deno.makeTempDir();
  try {
    await use(`${directory}/rollout.jsonl`);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test("what was written is read back, items of unknown kinds unchanged", () =>
  withFile(async (path) => {
    const writer = createRolloutWriter({ files: denoFiles, clock }, path);
    await writer.append(ENTRIES.slice(0, 2));
    await writer.append(ENTRIES.slice(2));
    writer.close();
    assert.deepEqual(await readRollout(denoFiles, path), {
      path,
      meta: META,
      history: [said("häl\u2028lo 👋"), CALL, OUTPUT, UNKNOWN],
      turnStarts: [],
      totalUsage: NO_USAGE,
      lastUsage: NO_USAGE,
      compactions: 0,
      preview: "",
      skippedLines: 0,
    });
    assert.equal(await Deno.readTextFile(path), TEXT);
    assert.equal((await Deno.stat(path)).mode! & 0o777, 0o600);
  }));

const NO_USAGE = {
  inputTokens: 0,
  cachedInputTokens: 0,
  outputTokens: 0,
  reasoningOutputTokens: 0,
  totalTokens: 0,
};

Deno.test("a file cut anywhere behind its first line opens with a prefix of the history, and can be written on", () =>
  withFile(async (path) => {
    const bytes = new TextEncoder().encode(TEXT);
    const firstLine = bytes.indexOf(0x0a);
    const whole = (await readBack(path, bytes)).history;
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: firstLine, max: bytes.length }),
        async (end) => {
          const stored = await readBack(path, bytes.subarray(0, end));
          const count = stored.history.length;
          assert.deepEqual(stored.history, whole.slice(0, count));

          const writer = createRolloutWriter({ files: denoFiles, clock }, path);
          await writer.append([item(said("more"))]);
          writer.close();
          const after = await readRollout(denoFiles, path);
          assert.deepEqual(after?.history, [...stored.history, said("more")]);
        },
      ),
      { numRuns: 60 },
    );
  }));

async function readBack(path: string, bytes: Uint8Array) {
  await Deno.writeFile(path, bytes);
  const stored = await readRollout(denoFiles, path);
  assert.ok(stored !== undefined);
  return stored;
}

Deno.test("any bytes in the middle of a file are passed over, line by line", () =>
  withFile(async (path) => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (noise) => {
        const [first = "", ...rest] = TEXT.split(/(?<=\n)/);
        const encoder = new TextEncoder();
        await Deno.writeFile(
          path,
          Uint8Array.from([
            ...encoder.encode(first),
            ...noise,
            0x0a,
            ...encoder.encode(rest.join("")),
          ]),
        );
        const stored = await readRollout(denoFiles, path);
        assert.deepEqual(
          stored?.history.slice(-4),
          [said("häl\u2028lo 👋"), CALL, OUTPUT, UNKNOWN],
        );
      }),
      { numRuns: 40 },
    );
  }));

Deno.test("a file without a readable first line is no thread", () =>
  withFile(async (path) => {
    for (const text of ["", "\n", "{", TEXT.slice(1, 40)]) {
      await Deno.writeTextFile(path, text);
      assert.equal(await readRollout(denoFiles, path), undefined);
    }
  }));

Deno.test("a line longer than a chunk and characters across chunks are read whole", () =>
  withFile(async (path) => {
    const long = "ä€👋".repeat(300_000);
    const entries = [...ENTRIES.slice(0, 1), item(said(long)), item(said("z"))];
    await Deno.writeTextFile(
      path,
      entries.map((entry) => encodeLine(entry, clock)).join(""),
    );
    const stored = await readRollout(denoFiles, path);
    assert.deepEqual(stored?.history, [said(long), said("z")]);
  }));

Deno.test("compactions, rollbacks, counts and contexts are replayed", () =>
  withFile(async (path) => {
    const usage = (tokens: number) => ({
      input_tokens: tokens,
      cached_input_tokens: 0,
      output_tokens: 0,
      reasoning_output_tokens: 0,
      total_tokens: tokens,
    });
    const lines: readonly unknown[] = [
      { type: "session_meta", payload: META },
      { type: "response_item", payload: said("folded") },
      {
        type: "compacted",
        payload: { message: "note", replacement_history: [said("note")] },
      },
      { type: "turn_context", payload: { cwd: "/elsewhere" } },
      { type: "response_item", payload: said("kept") },
      { type: "response_item", payload: said("<environment_context>\n") },
      { type: "response_item", payload: said("rolled back") },
      { type: "response_item", payload: CALL },
      {
        type: "response_item",
        payload: { type: "ghost_snapshot", ghost_commit: {} },
      },
      {
        type: "event_msg",
        payload: { type: "thread_rolled_back", num_turns: 1 },
      },
      {
        type: "event_msg",
        payload: {
          type: "token_count",
          info: {
            total_token_usage: usage(30),
            last_token_usage: usage(20),
          },
        },
      },
      { type: "event_msg", payload: { type: "token_count", info: null } },
      { type: "session_meta", payload: { ...META, id: "a parent's" } },
      { type: "from_the_future", payload: 7 },
    ];
    await Deno.writeTextFile(
      path,
      lines.map((line) => `${JSON.stringify(line)}\n`).join(""),
    );
    const stored = await readRollout(denoFiles, path);
    assert.deepEqual(
      {
        id: stored?.meta.id,
        history: stored?.history,
        cwd: stored?.lastContext?.cwd,
        total: stored?.totalUsage.totalTokens,
        last: stored?.lastUsage.totalTokens,
        compactions: stored?.compactions,
      },
      {
        id: META.id,
        history: [said("note"), said("kept"), said("<environment_context>\n")],
        cwd: "/elsewhere",
        total: 30,
        last: 20,
        compactions: 1,
      },
    );
  }));

Deno.test("a disk that refuses is a storage failure that names the file", async () => {
  const files: FileSystem = {
    ...denoFiles,
    makeDirectory: () => Promise.resolve(),
    openAppend: (path) =>
      Promise.reject(
        new FileError(
          "no_space",
          path,
          "No space left on device (os error 28)",
        ),
      ),
  };
  const writer = createRolloutWriter({ files, clock }, "/x/rollout.jsonl");
  await assert.rejects(writer.append(ENTRIES), {
    code: "storage",
    message:
      'Cannot save the thread to "/x/rollout.jsonl": No space left on device (os error 28); what was saved before can be resumed',
  });
});

Deno.test("after a write that failed half-way, the next line stands on its own", () =>
  withFile(async (path) => {
    let isFull = false;
    const files: FileSystem = {
      ...denoFiles,
      async openAppend(target, mode) {
        const file = await denoFiles.openAppend(target, mode);
        return {
          close: () => file.close(),
          async write(text) {
            if (!isFull) return await file.write(text);
            await file.write(text.slice(0, text.length / 2));
            throw new FileError("no_space", target, "No space left on device");
          },
        };
      },
    };
    const writer = createRolloutWriter({ files, clock }, path);
    await writer.append(ENTRIES.slice(0, 1));
    isFull = true;
    await assert.rejects(writer.append([item(said("lost"))]));
    isFull = false;
    await writer.append([item(said("found"))]);
    writer.close();
    const stored = await readRollout(denoFiles, path);
    assert.deepEqual(
      [stored?.history, stored?.skippedLines],
      [[said("found")], 1],
    );
  }));
