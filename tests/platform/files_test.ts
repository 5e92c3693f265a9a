import assert from "node:assert/strict";
import { denoFiles } from "@/platform/files.ts";
import { FileError } from "@/platform/platform.ts";

async function inScratch(
  test: (directory: string) => Promise<void>,
): Promise<void> {
  const directory = await Deno.realPath(await Deno.makeTempDir());
  try {
    await test(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

function modeOf(path: string): number {
  return (Deno.statSync(path).mode ?? 0) & 0o777;
}

Deno.test("replaceFile() keeps the mode of what it replaces and leaves nothing beside it", () =>
  inScratch(async (directory) => {
    const path = `${directory}/script`;
    await Deno.writeTextFile(path, "old");
    await Deno.chmod(path, 0o750);
    await denoFiles.replaceFile(path, "new");
    assert.equal(await Deno.readTextFile(path), "new");
    assert.equal(modeOf(path), 0o750);
    assert.deepEqual([...Deno.readDirSync(directory)].map(({ name }) => name), [
      "script",
    ]);
  }));

Deno.test("replaceFile() gives the mode it is told, whatever the umask", () =>
  inScratch(async (directory) => {
    await denoFiles.replaceFile(`${directory}/secret`, "x", 0o600);
    await denoFiles.replaceFile(`${directory}/shared`, "x", 0o666);
    assert.deepEqual([
      modeOf(`${directory}/secret`),
      modeOf(`${directory}/shared`),
    ], [
      0o600,
      0o666,
    ]);
  }));

Deno.test("replaceFile() that fails leaves the old file and no temporary one", () =>
  inScratch(async (directory) => {
    await Deno.mkdir(`${directory}/taken`);
    await Deno.writeTextFile(`${directory}/taken/file`, "kept");
    await assert.rejects(
      denoFiles.replaceFile(`${directory}/taken`, "x"),
      FileError,
    );
    assert.deepEqual([...Deno.readDirSync(directory)].map(({ name }) => name), [
      "taken",
    ]);
    assert.equal(await Deno.readTextFile(`${directory}/taken/file`), "kept");
  }));

Deno.test("a missing file is undefined where that is asked for, and an error with the system's words elsewhere", () =>
  inScratch(async (directory) => {
    const path = `${directory}/none`;
    assert.deepEqual(
      [
        await denoFiles.readTextIfExists(path),
        await denoFiles.stat(path),
        await denoFiles.realPath(path),
        await denoFiles.readDirectory(path),
      ],
      [undefined, undefined, undefined, []],
    );
    await assert.rejects(
      denoFiles.readText(path),
      (error: FileError) =>
        error.kind === "not_found" &&
        error.osText === "No such file or directory (os error 2)",
    );
  }));

Deno.test("openAppend() adds at the end and makes the file with its mode", () =>
  inScratch(async (directory) => {
    const path = `${directory}/log`;
    for (const text of ["one\n", "two\n"]) {
      const file = await denoFiles.openAppend(path, 0o600);
      await file.write(text);
      file.close();
    }
    assert.equal(await Deno.readTextFile(path), "one\ntwo\n");
    assert.equal(modeOf(path), 0o600);
  }));

Deno.test("readRange() gives what is there, also past the end", () =>
  inScratch(async (directory) => {
    const path = `${directory}/text`;
    await Deno.writeTextFile(path, "0123456789");
    const read = async (offset: number, length: number) =>
      new TextDecoder().decode(await denoFiles.readRange(path, offset, length));
    assert.deepEqual([await read(2, 3), await read(8, 9), await read(20, 5)], [
      "234",
      "89",
      "",
    ]);
  }));
