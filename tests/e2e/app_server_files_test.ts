/** Files over the app-server, with the real program on real files. */
import assert from "node:assert/strict";
import { startAppClient } from "@test/support/app_client.ts";
import { makeWorkspace } from "@test/support/codex.ts";

const NOT_THERE = "No such file or directory (os error 2)";

Deno.test("files are written, read, described, copied and removed", async () => {
  await using workspace = await makeWorkspace();
  await using client = await startAppClient(workspace);
  const at = `${workspace.root}/files`;
  const base64 = (text: string) => new TextEncoder().encode(text).toBase64();
  await client.request("fs/createDirectory", { path: `${at}/deep/er` });
  await client.request("fs/createDirectory", { path: at });
  const path = `${at}/a`;
  await client.request("fs/writeFile", { path, dataBase64: base64("hi\0") });
  assert.deepEqual(await client.request("fs/readFile", { path }), {
    dataBase64: base64("hi\0"),
  });
  await Deno.symlink("a", `${at}/link`);
  await Deno.symlink("nothing", `${at}/dangling`);
  const facts = await client.request("fs/getMetadata", { path: `${at}/link` });
  const { mtime } = await Deno.stat(path);
  assert.deepEqual(
    [facts.isFile, facts.isDirectory, facts.isSymlink, facts.modifiedAtMs],
    [true, false, true, mtime?.getTime()],
  );
  await client.request("fs/copy", {
    sourcePath: path,
    destinationPath: `${at}/b`,
  });
  await client.request("fs/copy", {
    sourcePath: at,
    destinationPath: `${workspace.root}/copy`,
    recursive: true,
  });
  assert.equal(
    await Deno.readLink(`${workspace.root}/copy/dangling`),
    "nothing",
  );
  const { entries } = await client.request("fs/readDirectory", {
    path: `${workspace.root}/copy`,
  });
  assert.deepEqual(
    entries.toSorted((one: { fileName: string }, other: { fileName: string }) =>
      one.fileName < other.fileName ? -1 : 1
    ),
    [
      { fileName: "a", isDirectory: false, isFile: true },
      { fileName: "b", isDirectory: false, isFile: true },
      { fileName: "deep", isDirectory: true, isFile: false },
      { fileName: "link", isDirectory: false, isFile: true },
    ],
  );
  // A link goes; what it leads to stays.
  await client.request("fs/remove", { path: `${at}/link` });
  await client.request("fs/remove", { path: `${at}/deep` });
  await client.request("fs/remove", { path: `${at}/deep` });
  const left = [...Deno.readDirSync(at)].map(({ name }) => name).toSorted();
  assert.deepEqual(left, ["a", "b", "dangling"]);
});

Deno.test("a file keeps its mode and its links when it is written", async () => {
  await using workspace = await makeWorkspace();
  await using client = await startAppClient(workspace);
  const path = `${workspace.root}/script`;
  await Deno.writeTextFile(path, "old", { mode: 0o750 });
  await Deno.symlink("script", `${workspace.root}/link`);
  await Deno.link(path, `${workspace.root}/second`);
  const write = (name: string) =>
    client.request("fs/writeFile", {
      path: `${workspace.root}/${name}`,
      dataBase64: btoa(name),
    });
  await write("link");
  assert.ok((await Deno.lstat(`${workspace.root}/link`)).isSymlink);
  assert.equal(await Deno.readTextFile(`${workspace.root}/second`), "link");
  await Deno.remove(`${workspace.root}/second`);
  await write("script");
  assert.equal(await Deno.readTextFile(path), "script");
  assert.equal(((await Deno.stat(path)).mode ?? 0) & 0o777, 0o750);
  await client.request("fs/writeFile", { path: "/dev/null", dataBase64: "" });
  assert.ok((await Deno.stat("/dev/null")).isCharDevice);
});

Deno.test("what cannot be done with a file is said with its path", async () => {
  await using workspace = await makeWorkspace();
  await using client = await startAppClient(workspace);
  const at = workspace.root;
  await Deno.mkdir(`${at}/d/sub`, { recursive: true });
  await Deno.symlink("d", `${at}/round`);
  const copy = (
    sourcePath: string,
    destinationPath: string,
    recursive = true,
  ) => client.refused("fs/copy", { sourcePath, destinationPath, recursive });
  const answers = await Promise.all([
    client.refused("fs/readFile", { path: `${at}/none` }),
    client.refused("fs/readFile", { path: `${at}/d` }),
    client.refused("fs/readFile", { path: "/dev/zero" }),
    client.refused("fs/readFile", { path: "relative" }),
    client.refused("fs/writeFile", { path: `${at}/x`, dataBase64: "!!" }),
    client.refused("fs/writeFile", { path: `${at}/none/x`, dataBase64: "" }),
    client.refused("fs/createDirectory", { path: `${at}/d`, recursive: false }),
    client.refused("fs/getMetadata", { path: `${at}/none` }),
    client.refused("fs/readDirectory", { path: `${at}/none` }),
    client.refused("fs/remove", { path: `${at}/none`, force: false }),
    client.refused("fs/remove", { path: `${at}/d`, recursive: false }),
    copy(`${at}/d`, `${at}/e`, false),
    copy(`${at}/d`, `${at}/d/sub/e`),
    // The same place by another name.
    copy(`${at}/d`, `${at}/round/e`),
    copy("/dev/null", `${at}/e`),
  ]);
  assert.deepEqual(answers.map(({ code, message }) => `${code} ${message}`), [
    `-32603 ${NOT_THERE}: ${at}/none`,
    `-32603 Is a directory (os error 21): ${at}/d`,
    "-32603 Neither a file nor a directory, so it may have no end: /dev/zero",
    "-32600 Invalid request: AbsolutePathBuf deserialized without a base path",
    answers[4].code + " " + answers[4].message,
    `-32603 ${NOT_THERE}: ${at}/none/x`,
    `-32603 File exists (os error 17): ${at}/d`,
    `-32603 ${NOT_THERE}: ${at}/none`,
    `-32603 ${NOT_THERE}: ${at}/none`,
    `-32603 ${NOT_THERE}: ${at}/none`,
    `-32603 Directory not empty (os error 39): ${at}/d`,
    "-32600 fs/copy requires recursive: true when sourcePath is a directory",
    ...Array(2).fill(
      "-32600 fs/copy cannot copy a directory to itself or one of its descendants",
    ),
    "-32600 fs/copy cannot copy what is no file, directory or link",
  ]);
  assert.match(answers[4].message, /^fs\/writeFile requires valid base64/);
});
