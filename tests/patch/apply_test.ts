import assert from "node:assert/strict";
import { createPlatform } from "@/platform/deno.ts";
import { FileError } from "@/platform/platform.ts";
import {
  applyChanges,
  fileSystemWriter,
  type PatchWriter,
  summarizeChanges,
} from "@/patch/apply.ts";
import type { PlannedChange } from "@/patch/changes.ts";
import { planPatch } from "@/patch/plan.ts";
import { memoryFiles } from "@test/support/memory_files.ts";
import { readTree, temporaryDirectory } from "@test/support/trees.ts";

const PATCH = `*** Begin Patch
*** Delete File: d
*** Update File: u
*** Move to: m
@@
-u
+U
*** Add File: a
+a
*** End Patch`;

async function changesOf(text: string): Promise<readonly PlannedChange[]> {
  const files = memoryFiles({ "/w/d": "d\n", "/w/u": "u\n" });
  const plan = await planPatch(text, "/w", files);
  if (plan.kind !== "ok") throw new Error(plan.message);
  return plan.changes;
}

/** Writes down what it is asked for, and fails where it is told to. */
class RecordingWriter implements PatchWriter {
  readonly calls: string[] = [];
  readonly #failures: Record<string, FileError["kind"]>;

  constructor(failures: Record<string, FileError["kind"]> = {}) {
    this.#failures = failures;
  }

  makeDirectory(path: string): Promise<void> {
    return this.#call(`mkdir ${path}`, path);
  }

  write(path: string, bytes: Uint8Array, mode?: number): Promise<void> {
    const shown = mode === undefined ? "" : ` ${mode.toString(8)}`;
    const text = new TextDecoder().decode(bytes).trimEnd();
    return this.#call(`write ${path} ${text}${shown}`, path);
  }

  remove(path: string): Promise<void> {
    return this.#call(`remove ${path}`, path);
  }

  async #call(call: string, path: string): Promise<void> {
    this.calls.push(call);
    const kind = this.#failures[call];
    if (kind !== undefined) throw new FileError(kind, path, "Failed");
  }
}

Deno.test("applyChanges() writes in order and moves by writing first", async () => {
  const writer = new RecordingWriter();
  const result = await applyChanges(await changesOf(PATCH), writer);
  assert.deepEqual(result, { kind: "ok" });
  assert.deepEqual(writer.calls, [
    "remove /w/d",
    "write /w/m U 644",
    "remove /w/u",
    "write /w/a a",
  ]);
});

Deno.test("applyChanges() makes a directory when a write finds none", async () => {
  const writer = new RecordingWriter({ "write /w/m U 644": "not_found" });
  const changes = await changesOf(PATCH);
  const result = await applyChanges(changes, writer);
  assert.deepEqual(writer.calls.slice(1), [
    "write /w/m U 644",
    "mkdir /w",
    "write /w/m U 644",
  ]);
  assert.deepEqual(result, {
    kind: "failed",
    message: "Failed to write file /w/m",
    applied: changes.slice(0, 1),
  });
});

Deno.test("applyChanges() says which step failed", async () => {
  const cases: readonly [Record<string, FileError["kind"]>, string][] = [
    [{ "remove /w/d": "permission" }, "Failed to delete file /w/d"],
    [{ "write /w/m U 644": "no_space" }, "Failed to write file /w/m"],
    [{ "remove /w/u": "permission" }, "Failed to remove original /w/u"],
    [
      { "write /w/a a": "not_found", "mkdir /w": "permission" },
      "Failed to create parent directories for /w/a",
    ],
    [
      { "write /w/a a": "not_found", "mkdir /w": "exists" },
      "Failed to write file /w/a",
    ],
  ];
  for (const [failures, message] of cases) {
    const writer = new RecordingWriter(failures);
    const result = await applyChanges(await changesOf(PATCH), writer);
    assert.equal(result.kind === "failed" && result.message, message);
  }
});

Deno.test("summarizeChanges() lists added, modified and deleted files", async () => {
  assert.equal(
    summarizeChanges(await changesOf(PATCH)),
    "Success. Updated the following files:\nA a\nM m\nD d\n",
  );
});

Deno.test("applyChanges() keeps permissions, also of a moved file", async () => {
  await using directory = await temporaryDirectory();
  const { path } = directory;
  for (const name of ["d", "u", "k"]) {
    await Deno.writeTextFile(`${path}/${name}`, `${name}\n`);
  }
  await Deno.chmod(`${path}/u`, 0o750);
  await Deno.chmod(`${path}/k`, 0o701);
  const { files } = createPlatform();
  const text = PATCH.replace(
    "*** Add File: a\n+a",
    "*** Update File: k\n@@\n-k\n+K",
  );
  const plan = await planPatch(text, path, files);
  assert.equal(plan.kind, "ok");
  if (plan.kind !== "ok") return;
  await applyChanges(plan.changes, fileSystemWriter(files));
  assert.deepEqual(await readTree(path), { k: "K\n", m: "U\n" });
  const mode = async (name: string) =>
    ((await Deno.stat(`${path}/${name}`)).mode ?? 0) & 0o777;
  assert.deepEqual([await mode("m"), await mode("k")], [0o750, 0o701]);
});
