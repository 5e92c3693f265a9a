/** Patches under guard: what changes while the user thinks is looked at again. */
import assert from "node:assert/strict";
import { FileError } from "@/platform/platform.ts";
import { FULL, makeRoom, READ_ONLY } from "./room.ts";

const PATCH = `*** Begin Patch
*** Update File: /project/a.txt
@@
-one
+two
*** End Patch`;

Deno.test("an approved patch is applied to what is there by then", async () => {
  const room = makeRoom({
    sandbox: READ_ONLY,
    files: { "/project/a.txt": "one\n" },
    whileAsked: (files) => files.replaceFile("/project/a.txt", "new\none\n"),
  });
  assert.equal((await room.patch(PATCH)).isSuccess, true);
  assert.equal(await room.files.readText("/project/a.txt"), "new\ntwo\n");
});

Deno.test("a patch that no longer fits after the approval changes nothing", async () => {
  const room = makeRoom({
    sandbox: READ_ONLY,
    files: { "/project/a.txt": "one\n" },
    whileAsked: (files) => files.replaceFile("/project/a.txt", "three\n"),
  });
  const outcome = await room.patch(PATCH);
  assert.equal(outcome.isSuccess, false);
  assert.match(
    outcome.text,
    /^apply_patch verification failed: Failed to find/,
  );
  assert.equal(await room.files.readText("/project/a.txt"), "three\n");
});

Deno.test("a patch whose file became a link elsewhere is refused after the approval", async () => {
  const room = makeRoom({
    sandbox: READ_ONLY,
    files: { "/project/a.txt": "one\n", "/etc/passwd": "one\n" },
    whileAsked: async (files) => {
      const { lstat, realPath } = files;
      files.lstat = async (path) => {
        const info = await lstat(path);
        return path === "/project/a.txt" && info !== undefined
          ? { ...info, isSymlink: true }
          : info;
      };
      files.realPath = (path) =>
        realPath(path === "/project/a.txt" ? "/etc/passwd" : path);
    },
  });
  const outcome = await room.patch(PATCH);
  assert.equal(outcome.isSuccess, false);
  assert.match(
    outcome.text,
    /its paths came to lead elsewhere \(.*\/etc\/passwd\)/,
  );
  assert.equal(await room.files.readText("/etc/passwd"), "one\n");
});

Deno.test("files accepted for the session are patched again unasked", async () => {
  const room = makeRoom({
    sandbox: READ_ONLY,
    files: { "/project/a.txt": "one\none\n" },
    answers: [{ kind: "acceptForSession" }],
  });
  await room.patch(PATCH);
  await room.patch(PATCH);
  assert.equal(room.questions().length, 1);
  assert.equal(await room.files.readText("/project/a.txt"), "two\ntwo\n");
});

Deno.test("a patch a hook refuses changes nothing and is refused in its words", async () => {
  const room = makeRoom({
    sandbox: READ_ONLY,
    files: { "/project/a.txt": "one\n" },
    standIn: async ({ call }) => ({ kind: "deny", text: `no ${call.name}` }),
  });
  const outcome = await room.patch(PATCH);
  assert.deepEqual([outcome.isSuccess, outcome.text], [
    false,
    "no apply_patch",
  ]);
  assert.equal(await room.files.readText("/project/a.txt"), "one\n");
});

Deno.test("a patch that could not be written is told of with the reason", async () => {
  const room = makeRoom({
    sandbox: FULL,
    files: { "/project/a.txt": "one\n" },
  });
  room.files.replaceFile = () =>
    Promise.reject(
      new FileError("other", "/project/a.txt", "No space left on device"),
    );
  const outcome = await room.patch(PATCH);
  const endings = room.events.flatMap((event) =>
    event.type === "itemCompleted" && event.item.type === "fileChange"
      ? [event.item]
      : []
  );
  assert.equal(outcome.isSuccess, false);
  assert.deepEqual(
    endings.map(({ status, problem }) => [status, problem]),
    [["failed", outcome.text]],
  );
});
