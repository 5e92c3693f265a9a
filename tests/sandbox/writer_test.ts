/** Edits under confinement, with real processes: what they can do and what not. */
import assert from "node:assert/strict";
import { applyChanges } from "@/patch/apply.ts";
import { planPatch } from "@/patch/plan.ts";
import { createPlatform } from "@/platform/deno.ts";
import type { ConfiningPolicy } from "@/sandbox/policy.ts";
import { encodeOperation } from "@/sandbox/linux/helper_writer.ts";
import type { ConfinedWriter } from "@/sandbox/writer.ts";
import { buildTools } from "./escapes/arena.ts";
import {
  availableMechanisms,
  exists,
  namesIn,
  removeAtEnd,
  Room,
} from "./room.ts";

const MECHANISMS = await availableMechanisms([
  "helper",
  "bwrap",
  "helper-landlock",
  "landlock",
]);
/** Those that can close a name inside a directory they opened. */
const MOUNTING = MECHANISMS.filter((name) => !name.includes("landlock"));
/** Those that edit through the helper. */
const HELPER = MECHANISMS.filter((name) => name.startsWith("helper"));

const tools = await makeTools();
const { files } = createPlatform();
const signal = new AbortController().signal;
const bytes = (text: string) => new TextEncoder().encode(text);

async function makeTools(): Promise<string | undefined> {
  const directory = await Deno.makeTempDir({ prefix: "codex-writer-" });
  removeAtEnd(directory);
  return await buildTools(directory);
}

function testEach(
  names: readonly string[],
  sentence: string,
  body: (room: Room, writer: ConfinedWriter) => Promise<void>,
): void {
  for (const name of names) {
    Deno.test(`${name}: ${sentence}`, async () => {
      await using room = await Room.open(name);
      const writer = await openWriter(room);
      try {
        await body(room, writer);
      } finally {
        await writer.close();
      }
    });
  }
}

async function openWriter(room: Room): Promise<ConfinedWriter> {
  const policy = room.policy();
  assert(policy.type !== "danger-full-access");
  return await room.sandbox.openWriter(
    { policy, policyCwd: room.workspace },
    signal,
  );
}

async function modeOf(path: string): Promise<number> {
  return ((await Deno.stat(path)).mode ?? 0) & 0o7777;
}

testEach(
  MECHANISMS,
  "an edit makes, replaces and removes",
  async (room, writer) => {
    const at = (name: string) => `${room.workspace}/${name}`;
    await writer.makeDirectory(at("a/b/c"));
    await writer.makeDirectory(at("a/b"));
    await writer.write(at("a/b/c/new"), bytes("one"));
    await writer.write(at("a/b/c/new"), bytes("two"));
    await writer.write(at("empty"), bytes(""));
    const big = new Uint8Array(300_000).fill(120);
    await writer.write(at("big"), big);
    await Deno.symlink("big", at("link"));
    await writer.remove(at("link"));
    assert.equal(await Deno.readTextFile(at("a/b/c/new")), "two");
    assert.deepEqual(await Deno.readFile(at("big")), big);
    assert.equal(await Deno.readTextFile(at("empty")), "");
    assert.equal(await exists(at("link")), false);
    const names = await Array.fromAsync(Deno.readDir(room.workspace));
    // The names with a dot in front are placeholders while the writer is open.
    const made = names.map(({ name }) => name).filter((name) =>
      name[0] !== "."
    );
    assert.deepEqual(made.sort(), ["a", "big", "empty"]);
  },
);

testEach(
  MECHANISMS,
  "an edit keeps a file's mode or sets the one it is given",
  async (room, writer) => {
    const kept = `${room.workspace}/kept`;
    const given = `${room.workspace}/given`;
    const fresh = `${room.workspace}/fresh`;
    await Deno.writeTextFile(kept, "old");
    await Deno.chmod(kept, 0o705);
    await writer.write(kept, bytes("new"));
    await writer.write(given, bytes("new"), 0o764);
    await writer.write(fresh, bytes("new"));
    assert.equal(await modeOf(kept), 0o705);
    assert.equal(await modeOf(given), 0o764);
    assert.equal(await modeOf(fresh), 0o666 & ~Deno.umask());
  },
);

testEach(
  MECHANISMS,
  "an edit of the longest name has room beside it",
  async (room, writer) => {
    const path = `${room.workspace}/${"x".repeat(255)}`;
    await writer.write(path, bytes("long"));
    assert.equal(await Deno.readTextFile(path), "long");
    await assert.rejects(writer.write(`${path}x`, bytes("too long")), {
      name: "FileError",
    });
  },
);

testEach(MECHANISMS, "an edit's failures have kinds", async (room, writer) => {
  const at = (name: string) => `${room.workspace}/${name}`;
  await Deno.writeTextFile(at("file"), "");
  await Deno.mkdir(at("directory"));
  const rows: [() => Promise<void>, string | undefined][] = [
    [() => writer.write(at("absent/file"), bytes("x")), "not_found"],
    [() => writer.write(at("file/below"), bytes("x")), "not_found"],
    [() => writer.makeDirectory(at("file")), "exists"],
    [() => writer.remove(at("absent")), "not_found"],
    [() => writer.write(at("directory"), bytes("x")), undefined],
    [() => writer.write(`${room.path}/outside`, bytes("x")), "permission"],
    [() => writer.makeDirectory(`${room.path}/made/below`), "permission"],
    [() => writer.remove("/etc/passwd"), "permission"],
  ];
  for (const [operation, kind] of rows) {
    const shape = { name: "FileError", ...(kind ? { kind } : {}) };
    await assert.rejects(operation, shape);
  }
  // After every failure the next operation still works.
  await writer.write(at("directory/fine"), bytes("x"));
  assert.equal(await exists(`${room.path}/outside`), false);
  assert.equal(await exists(`${room.path}/made`), false);
});

testEach(
  MECHANISMS,
  "a patch outside tells the model which file, as always",
  async (room, writer) => {
    const patch = "*** Begin Patch\n*** Add File: in/new\n+a\n" +
      "*** Add File: ../out/new\n+b\n*** End Patch";
    const plan = await planPatch(patch, room.workspace, files);
    assert(plan.kind === "ok");
    const result = await applyChanges(plan.changes, writer);
    assert.deepEqual(result, {
      kind: "failed",
      message: `Failed to create parent directories for ${room.path}/out/new`,
      applied: plan.changes.slice(0, 1),
    });
    assert.equal(await Deno.readTextFile(`${room.workspace}/in/new`), "a\n");
  },
);

testEach(
  MOUNTING,
  "an edit cannot touch a protected name",
  async (room, writer) => {
    for (const name of [".git/hooks", ".codex/hooks", ".agents/skills"]) {
      const path = `${room.workspace}/${name}`;
      await assert.rejects(writer.makeDirectory(path), { kind: "permission" });
    }
    const path = `${room.workspace}/.codex/config.toml`;
    await assert.rejects(writer.write(path, bytes("a = 1")), {
      kind: "permission",
    });
  },
);

testEach(
  HELPER,
  "an edit follows no link, not even inside the workspace",
  async (room, writer) => {
    await Deno.mkdir(`${room.workspace}/real`);
    await Deno.symlink("real", `${room.workspace}/link`);
    await Deno.symlink("real/file", `${room.workspace}/file`);
    await assert.rejects(
      writer.write(`${room.workspace}/link/x`, bytes("x")),
      { name: "FileError", kind: "other", osText: /os error 40/ },
    );
    // The link itself is replaced, as its planner did not see it.
    await writer.write(`${room.workspace}/file`, bytes("x"));
    assert.equal((await Deno.lstat(`${room.workspace}/file`)).isSymlink, false);
    assert.deepEqual(
      await Array.fromAsync(Deno.readDir(`${room.workspace}/real`)),
      [],
    );
  },
);

testEach(
  MECHANISMS,
  "a directory swapped for a link leads no edit out",
  async (room, writer) => {
    const outside = `${room.path}/outside`;
    await Deno.mkdir(outside);
    await Deno.mkdir(`${room.workspace}/d`);
    await Deno.symlink(outside, `${room.workspace}/l`);
    if (tools === undefined) return console.log("skipped: no C compiler");
    await Deno.copyFile(`${tools}/tool`, `${room.path}/tool`);
    // The attack is a command like any other, and runs all the while.
    const attack = await room.start([`${room.path}/tool`, "swap", "d", "l"]);
    const reader = attack.stdout.getReader();
    await reader.read();
    const rounds = HELPER.includes(room.name ?? "") ? 400 : 15;
    let refused = 0;
    for (let round = 0; round < rounds; round++) {
      const path = `${room.workspace}/d/file${round % 7}`;
      const made = await attempt(() => writer.write(path, bytes("x")));
      const removed = await attempt(() => writer.remove(path));
      const deep = `${room.workspace}/d/deep${round}/deeper`;
      const nested = await attempt(() => writer.makeDirectory(deep));
      refused += [made, removed, nested].filter((ok) => !ok).length;
      assert.deepEqual(await Array.fromAsync(Deno.readDir(outside)), []);
    }
    attack.kill("SIGKILL");
    await Promise.all([attack.exit, reader.cancel(), attack.stderr.cancel()]);
    console.log(`${room.name}: ${refused} of ${rounds * 3} edits refused`);
    assert(refused > rounds / 10, "the attack never met an edit");
  },
);

async function attempt(operation: () => Promise<void>): Promise<boolean> {
  try {
    await operation();
    return true;
  } catch (error) {
    assert(error instanceof Error && error.name === "FileError", String(error));
    return false;
  }
}

Deno.test("without a mechanism there is no writer", async () => {
  await using room = await Room.open("none");
  await assert.rejects(openWriter(room), { code: "sandbox_unavailable" });
});

Deno.test("a writer whose root is gone says why it cannot write", async () => {
  if (!HELPER.includes("helper")) return console.log("skipped: no helper");
  await using room = await Room.open("helper");
  const policy: ConfiningPolicy = {
    type: "workspace-write",
    writable_roots: [],
    network_access: false,
    exclude_slash_tmp: true,
    exclude_tmpdir_env_var: true,
  };
  const gone = `${room.path}/gone`;
  await Deno.mkdir(gone);
  const opening = room.sandbox.openWriter({ policy, policyCwd: gone }, signal);
  const writer = await opening;
  await writer.close();
  assert.deepEqual(await namesIn(gone), []);
  await Deno.remove(gone);
  const late = await room.sandbox.openWriter(
    { policy, policyCwd: gone },
    signal,
  );
  await assert.rejects(late.write(`${gone}/x`, bytes("x")), {
    name: "FileError",
  });
  await late.close();
});

Deno.test("encodeOperation() refuses paths no system call takes", () => {
  const path = `/${"x".repeat(4095)}`;
  assert.equal(encodeOperation({ what: "remove", path }), undefined);
  assert.equal(encodeOperation({ what: "remove", path: "/a\0b" }), undefined);
  assert.deepEqual(
    encodeOperation({
      what: "write",
      path: "/a",
      content: bytes("b"),
      mode: 0o644,
    }),
    new Uint8Array([1, 0xa4, 1, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 47, 97, 98]),
  );
});
