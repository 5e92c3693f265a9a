/** Finding files in real trees, and in one too large to be real. */
import assert from "node:assert/strict";
import { createPlatform } from "@/platform/deno.ts";
import type { DirectoryEntry, FileSystem } from "@/platform/platform.ts";
import type { OpenSearch, SearchUpdate } from "@/protocol/file_search.ts";
import { createFileSearch } from "@/search/file_search.ts";

const platform = createPlatform();
const never = new AbortController().signal;

async function withTree(
  files: readonly string[],
  use: (root: string) => Promise<void>,
  contents: Readonly<Record<string, string>> = {},
): Promise<void> {
  const root = await Deno.realPath(
    await Deno.makeTempDir({ prefix: "codex-search-" }),
  );
  try {
    for (const file of [...files, ...Object.keys(contents)]) {
      const path = `${root}/${file}`;
      await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), {
        recursive: true,
      });
      await Deno.writeTextFile(path, contents[file] ?? "");
    }
    await use(root);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

async function last(
  search: OpenSearch,
  query: string,
): Promise<SearchUpdate> {
  const updates = await Array.fromAsync(search.query(query, never));
  const end = updates.at(-1);
  assert.ok(end?.isComplete);
  return end;
}

async function found(
  roots: readonly string[],
  query: string,
): Promise<readonly string[]> {
  const search = createFileSearch(platform).open(roots);
  try {
    const { matches } = await last(search, query);
    return matches.map(({ path }) => path);
  } finally {
    await search.close();
  }
}

Deno.test("the best stand first, those as good by their paths, directories among them", async () => {
  await withTree([
    "src/main.ts",
    "src/app_main.ts",
    "main/x.txt",
    ".hidden/main.ts",
  ], async (root) => {
    assert.deepEqual(await found([root], "main"), [
      ".hidden/main.ts",
      "main",
      "main/x.txt",
      "src/main.ts",
      "src/app_main.ts",
    ]);
    assert.deepEqual(await found([root], ""), []);
    assert.deepEqual(await found([], "main"), []);
    assert.deepEqual(await found([`${root}/none`], "main"), []);
    assert.deepEqual(await found([`${root}/src/main.ts`], "main"), []);
    const search = createFileSearch(platform).open([
      `${root}/src`,
      `${root}/main`,
    ]);
    const { matches } = await last(search, "x");
    assert.deepEqual(matches, [{
      root: `${root}/main`,
      path: "x.txt",
      kind: "file",
      score: 34,
      indices: [0],
    }]);
    await search.close();
  });
});

Deno.test("what a repository ignores is not found, the deepest rule decides", async () => {
  const contents = {
    ".git/HEAD": "ref",
    ".gitignore": "node_modules/\n/build\n*.log\nvendor/\nCASE.txt\n",
    ".ignore": "secret.txt\n!debug.log\n",
    "src/.gitignore": "!keep.log\n/gen/*\n!gen/shown.txt\n!vendor/\n",
  };
  await withTree([
    "node_modules/a/file.txt",
    "build/file.txt",
    "src/build/file.txt",
    "a.log",
    "debug.log",
    "src/keep.log",
    "src/drop.log",
    "secret.txt",
    "src/gen/hidden.txt",
    "src/gen/shown.txt",
    "vendor/hidden.txt",
    "src/vendor/mine/shown.txt",
    "case.txt",
  ], async (root) => {
    assert.deepEqual((await found([root], ".txt$")).toSorted(), [
      "case.txt",
      "src/build/file.txt",
      "src/gen/shown.txt",
      "src/vendor/mine/shown.txt",
    ]);
    assert.deepEqual((await found([root], ".log$")).toSorted(), [
      "debug.log",
      "src/keep.log",
    ]);
    assert.deepEqual(await found([root], "HEAD"), []);
    // The rules of the repository hold in its directories.
    assert.deepEqual(await found([`${root}/src`], ".log$"), ["keep.log"]);
  }, contents);
});

Deno.test("links to directories are followed, and never in circles", async () => {
  await withTree(["src/deep/file.txt", "other/more.txt"], async (root) => {
    await Deno.symlink(`${root}/src`, `${root}/link`);
    await Deno.symlink(root, `${root}/src/up`);
    await Deno.symlink("self", `${root}/self`);
    await Deno.symlink(`${root}/other`, `${root}/src/deep/a`);
    await Deno.symlink(`${root}/src`, `${root}/other/b`);
    const paths = await found([root], "txt");
    assert.ok(paths.includes("link/deep/file.txt"));
    assert.ok(paths.includes("src/deep/a/more.txt"));
    assert.ok(!paths.some((path) => path.includes("up/")), paths.join());
    assert.ok(!paths.some((path) => /b\/.*a\/.*b\//.test(path)));
  });
});

Deno.test("what cannot be read is passed over", async () => {
  await withTree(["open/file.txt", "closed/file.txt"], async (root) => {
    const pipe = new Deno.Command("mkfifo", { args: [`${root}/.gitignore`] });
    await pipe.output();
    const files: FileSystem = {
      ...platform.files,
      readDirectory: (path) =>
        path.endsWith("/closed")
          ? platform.files.readDirectory(`${path}/file.txt`)
          : platform.files.readDirectory(path),
    };
    const search = createFileSearch({ ...platform, files }).open([root]);
    const { matches } = await last(search, "file");
    assert.deepEqual(matches.map(({ path }) => path), ["open/file.txt"]);
    await search.close();
  });
});

/** A tree of so many directories with so many files each, on no disk. */
function largeTree(directories: number, files: number): FileSystem {
  const entry = (name: string, isDirectory: boolean): DirectoryEntry => ({
    name,
    isDirectory,
    isFile: !isDirectory,
    isSymlink: false,
  });
  return {
    ...platform.files,
    realPath: (path) => Promise.resolve(path),
    stat: () => Promise.resolve(undefined),
    readDirectory: async (path) =>
      path === "/large"
        ? Array.from(
          { length: directories },
          (_, at) => entry(`directory${at}`, true),
        )
        : Array.from(
          { length: files },
          (_, at) => entry(`file${at}.ts`, false),
        ),
  };
}

Deno.test("a large tree is searched in slices, with fifty to show for it", async () => {
  let pauses = 0;
  let now = 0;
  const search = createFileSearch({
    files: largeTree(100, 1_000),
    clock: {
      ...platform.clock,
      // Every look at the clock takes a millisecond.
      monotonic: () => now++,
      sleep: async () => void pauses++,
    },
  }).open(["/large"]);
  const updates = await Array.fromAsync(search.query("file9", never));
  const end = updates.at(-1);
  assert.equal(end?.isComplete, true);
  assert.equal(end?.matches.length, 50);
  assert.ok(updates.length > 1);
  assert.ok(pauses > 50, `${pauses} pauses`);
  // What was read once is not read again.
  const again = await last(search, "directory99/file999");
  assert.equal(again.matches[0]?.path, "directory99/file999.ts");
  await search.close();
});

Deno.test("a query ends with its signal, and reading with the search", async () => {
  const stop = new AbortController();
  const search = createFileSearch({
    ...platform,
    files: {
      ...largeTree(1_000, 10),
      async readDirectory(path) {
        if (path.endsWith("directory3")) stop.abort(new Error("enough"));
        return await largeTree(1_000, 10).readDirectory(path);
      },
    },
  }).open(["/large"]);
  await assert.rejects(
    Array.fromAsync(search.query("file", stop.signal)),
    { message: "enough" },
  );
  await search.close();
});
