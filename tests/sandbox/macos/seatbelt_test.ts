import assert from "node:assert/strict";
import { createPlatform } from "@/platform/deno.ts";
import type { ChildProcess, SpawnRequest } from "@/platform/platform.ts";
import { trySeatbelt } from "@/sandbox/macos/mechanism.ts";
import { seatbeltArgv, seatbeltProfile } from "@/sandbox/macos/seatbelt.ts";

/** The rules behind the common part of a profile. */
function policyRules(text: string): readonly string[] {
  const lines = text.trimEnd().split("\n");
  return lines.slice(lines.lastIndexOf("") + 1);
}

Deno.test("seatbeltProfile() opens roots, closes protected names in them, hides files", () => {
  const profile = seatbeltProfile({
    writableRoots: [{ path: "/ws", protected: ["/ws/.git", "/ws/.codex"] }],
    hidden: ["/home/u/.codex/auth.json"],
    network: "none",
  });
  assert.deepEqual(profile.parameters, [
    ["PATH_0", "/ws"],
    ["PATH_1", "/ws/.codex"],
    ["PATH_2", "/ws/.git"],
    ["PATH_3", "/home/u/.codex/auth.json"],
  ]);
  assert.deepEqual(policyRules(profile.text), [
    '(allow file-write* (subpath (param "PATH_0")))',
    '(deny file-write-unlink (literal (param "PATH_0")))',
    '(deny file-write* (literal (param "PATH_1")) (subpath (param "PATH_1")))',
    '(deny file-write* (literal (param "PATH_2")) (subpath (param "PATH_2")))',
    '(deny file-read* file-write* (literal (param "PATH_3")) (subpath (param "PATH_3")))',
  ]);
});

Deno.test("seatbeltProfile() is closed by default and says nothing of the network", () => {
  const { text } = seatbeltProfile({
    writableRoots: [],
    hidden: [],
    network: "none",
  });
  assert.match(text, /^\(deny default\)$/m);
  assert.equal(text.includes("network"), false);
  assert.equal(/\(allow file-write\*/.test(text), false);
});

Deno.test("seatbeltProfile() opens the network only when the policy does", () => {
  const { text } = seatbeltProfile({
    writableRoots: [],
    hidden: [],
    network: "full",
  });
  assert.match(text, /^\(allow network\*\)$/m);
});

Deno.test("a root inside a protected path is opened again behind it", () => {
  const profile = seatbeltProfile({
    writableRoots: [
      { path: "/ws", protected: ["/ws/.git"] },
      { path: "/ws/.git/lfs", protected: [] },
    ],
    hidden: [],
    network: "none",
  });
  assert.deepEqual(profile.parameters.map(([, path]) => path), [
    "/ws",
    "/ws/.git",
    "/ws/.git/lfs",
  ]);
});

Deno.test("seatbeltArgv() passes paths as parameters, so no file name becomes a rule", () => {
  const path = '/ws") (allow network*) ("';
  const profile = seatbeltProfile({
    writableRoots: [{ path, protected: [] }],
    hidden: [],
    network: "none",
  });
  assert.deepEqual(seatbeltArgv(profile, ["ls", "-l"]), [
    "/usr/bin/sandbox-exec",
    "-p",
    profile.text,
    "-D",
    `PATH_0=${path}`,
    "--",
    "ls",
    "-l",
  ]);
  assert.equal(profile.text.includes("allow network"), false);
});

/** A system whose `sandbox-exec` lets the commands with these exit codes end. */
function fakeSystem(codes: readonly number[]) {
  const spawned: SpawnRequest[] = [];
  const left = [...codes];
  const child = (): ChildProcess => ({
    pid: 1,
    stdout: new Response("").body ?? new ReadableStream(),
    stderr: new Response("").body ?? new ReadableStream(),
    exit: Promise.resolve({ code: left.shift() ?? 0 }),
    writeStdin: () => Promise.resolve(),
    closeStdin: () => Promise.resolve(),
    kill() {},
  });
  const { files } = createPlatform();
  const info = { isFile: true, isDirectory: false, isSymlink: false };
  return {
    spawned,
    deps: {
      files: {
        ...files,
        stat: (path: string) =>
          path === "/usr/bin/sandbox-exec"
            ? Promise.resolve({
              ...info,
              size: 1,
              modifiedMs: 0,
              mode: 0o755,
              inode: 1,
            })
            : files.stat(path),
      },
      processes: {
        spawn(request: SpawnRequest) {
          spawned.push(request);
          return child();
        },
      },
    },
  };
}

Deno.test("trySeatbelt() trusts a system that refuses and allows as told", async () => {
  const { deps, spawned } = fakeSystem([1, 0]);
  const attempt = await trySeatbelt(deps);
  assert.equal(attempt.kind, "ready");
  assert.equal(spawned.length, 2);
});

Deno.test("trySeatbelt() does not trust a system that confines nothing", async () => {
  assert.deepEqual(await trySeatbelt(fakeSystem([0, 0]).deps), {
    kind: "unusable",
    reason: "Seatbelt let a write through that its profile forbids",
  });
});

Deno.test("trySeatbelt() does not use a system that refuses everything", async () => {
  assert.deepEqual(await trySeatbelt(fakeSystem([1, 1]).deps), {
    kind: "unusable",
    reason: "Seatbelt refused a write that its profile allows",
  });
});
