import assert from "node:assert/strict";
import { createPlatform } from "@/platform/deno.ts";
import { affectedPaths, type PlannedChange } from "@/patch/changes.ts";
import { planPatch } from "@/patch/plan.ts";
import { memoryFiles } from "@test/support/memory_files.ts";
import { readTree, temporaryDirectory } from "@test/support/trees.ts";

const FILES = { "/w/a.txt": "a\nb\n" };

function patch(...hunks: readonly string[]): string {
  return ["*** Begin Patch", ...hunks, "*** End Patch"].join("\n");
}

async function messages(
  text: string,
  files: Record<string, string> = FILES,
): Promise<readonly string[]> {
  const plan = await planPatch(text, "/w", memoryFiles(files));
  assert.equal(plan.kind, "failed");
  return plan.kind === "failed" ? [plan.message, plan.commandMessage] : [];
}

async function plannedChanges(
  text: string,
  files: Record<string, string> = FILES,
): Promise<readonly PlannedChange[]> {
  const plan = await planPatch(text, "/w", memoryFiles(files));
  assert.equal(plan.kind, "ok");
  return plan.kind === "ok" ? plan.changes : [];
}

Deno.test("planPatch() words a bad envelope for the model and for the command", async () => {
  assert.deepEqual(await messages("hello"), [
    "invalid patch: The first line of the patch must be '*** Begin Patch'",
    "Invalid patch: The first line of the patch must be '*** Begin Patch'",
  ]);
});

Deno.test("planPatch() words a bad hunk for the model and for the command", async () => {
  const text = patch("*** Update File: a.txt");
  assert.deepEqual(await messages(text), [
    "invalid hunk at line 2, Update file hunk for path 'a.txt' is empty",
    "Invalid patch hunk on line 2: Update file hunk for path 'a.txt' is empty",
  ]);
});

Deno.test("planPatch() says what it could not find, and in which file", async () => {
  const lines = patch("*** Update File: a.txt", "@@", "-x", "-y", "+z");
  const notFound = "Failed to find expected lines in /w/a.txt:\nx\ny";
  assert.deepEqual(await messages(lines), [notFound, notFound]);
  const context = patch("*** Update File: a.txt", "@@ q", "-a");
  const noContext = "Failed to find context 'q' in /w/a.txt";
  assert.deepEqual(await messages(context), [noContext, noContext]);
});

Deno.test("planPatch() says why a file cannot be read", async () => {
  const reason = "No such file or directory (os error 2)";
  const update = `Failed to read file to update /w/no: ${reason}`;
  assert.deepEqual(
    await messages(patch("*** Update File: no", "@@", "-x")),
    [update, update],
  );
  assert.deepEqual(await messages(patch("*** Delete File: no")), [
    `Failed to read /w/no: ${reason}`,
    "Failed to delete file /w/no",
  ]);
});

Deno.test("planPatch() of an empty patch plans nothing", async () => {
  assert.deepEqual(await plannedChanges(patch()), []);
});

Deno.test("planPatch() keeps what the hunks before a failing one would do", async () => {
  const text = patch("*** Add File: n", "+n", "*** Delete File: no");
  const plan = await planPatch(text, "/w", memoryFiles(FILES));
  assert.equal(plan.kind, "failed");
  if (plan.kind !== "failed") return;
  assert.deepEqual(plan.changesBefore.map(({ path }) => path), ["/w/n"]);
});

Deno.test("planPatch() lets hunks build on each other", async () => {
  const changes = await plannedChanges(patch(
    "*** Update File: a.txt",
    "*** Move to: sub/b.txt",
    "@@",
    "-a",
    "+A",
    "*** Update File: sub/b.txt",
    "@@",
    "-b",
    "+B",
    "*** Add File: /x/c",
    "+c",
  ));
  assert.deepEqual(
    changes.map((change) => [
      change.kind,
      change.path,
      change.kind === "delete" ? "" : change.text,
    ]),
    [
      ["move", "/w/a.txt", "A\nb\n"],
      ["update", "/w/sub/b.txt", "A\nB\n"],
      ["add", "/x/c", "c\n"],
    ],
  );
});

Deno.test("planPatch() does not see a file that an earlier hunk took away", async () => {
  const text = patch("*** Delete File: a.txt", "*** Delete File: a.txt");
  assert.deepEqual((await messages(text))[1], "Failed to delete file /w/a.txt");
});

Deno.test("planPatch() writes nothing", async () => {
  await using directory = await temporaryDirectory();
  await Deno.writeTextFile(`${directory.path}/a.txt`, "a\n");
  const text = patch(
    "*** Add File: n/b",
    "+b",
    "*** Update File: a.txt",
    "*** Move to: c",
    "@@",
    "-a",
  );
  await planPatch(text, directory.path, createPlatform().files);
  assert.deepEqual(await readTree(directory.path), { "a.txt": "a\n" });
});

Deno.test("affectedPaths() names where links lead", async () => {
  await using directory = await temporaryDirectory();
  const { path } = directory;
  await Deno.mkdir(`${path}/real`);
  await Deno.writeTextFile(`${path}/real/a`, "a\n");
  await Deno.symlink("real/a", `${path}/link`);
  await Deno.symlink("real", `${path}/folder`);
  const text = patch(
    "*** Update File: link",
    "@@",
    "-a",
    "+b",
    "*** Add File: folder/new/n",
    "*** Delete File: folder/a",
    "*** Delete File: link",
  );
  const plan = await planPatch(text, path, createPlatform().files);
  assert.equal(plan.kind, "ok");
  if (plan.kind !== "ok") return;
  assert.deepEqual(
    affectedPaths(plan.changes).map((each) => each.replace(`${path}/`, "")),
    ["link", "real/a", "folder/new/n", "real/new/n", "folder/a"],
  );
});

Deno.test("planPatch() refuses what is not a regular file", async () => {
  const path = await Deno.makeTempDir();
  await new Deno.Command("mkfifo", { args: [`${path}/pipe`] }).output();
  const text = patch("*** Update File: pipe", "@@", "-a");
  const plan = await planPatch(text, path, createPlatform().files);
  await Deno.remove(path, { recursive: true });
  assert.equal(
    plan.kind === "failed" && plan.message,
    `Failed to read file to update ${path}/pipe: not a regular file`,
  );
});
