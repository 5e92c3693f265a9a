/** What is found in random trees with random rules, beside what git itself lists. */
import assert from "node:assert/strict";
import { createPlatform } from "@/platform/deno.ts";
import { FileTree } from "@/search/file_tree.ts";

const { files } = createPlatform();

const RULES = [
  "*.log",
  "!a.log",
  "/b",
  "c/",
  "**/d",
  "e/**",
  "!e/f",
  "f*",
  "[ab].txt",
  "?x",
  "sub/*.txt",
  "!sub/",
  "\\#h",
  "#comment",
  "dir/*",
  "!dir/keep",
];
const NAMES = [
  "a.log",
  "b",
  "c",
  "d",
  "e",
  "f",
  "a.txt",
  "b.txt",
  "zx",
  "sub",
  "dir",
  "keep",
  "#h",
];

/** The same numbers every time (Numerical Recipes' generator). */
function makeDice(seed: number): (count: number) => number {
  let state = seed;
  return (count) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor(state / 2 ** 32 * count);
  };
}

async function fill(
  directory: string,
  depth: number,
  dice: (count: number) => number,
): Promise<void> {
  await Deno.mkdir(directory, { recursive: true });
  const pick = (from: readonly string[]) => from[dice(from.length)] ?? "";
  if (depth === 0 || dice(5) < 3) {
    const rules = Array.from({ length: 1 + dice(4) }, () => `${pick(RULES)}\n`);
    await Deno.writeTextFile(`${directory}/.gitignore`, rules.join(""));
  }
  for (let count = 2 + dice(5); count > 0; count--) {
    const path = `${directory}/${pick(NAMES)}`;
    if (await files.lstat(path) !== undefined) continue;
    if (depth < 3 && dice(2) === 0) await fill(path, depth + 1, dice);
    else await Deno.writeTextFile(path, "");
  }
}

async function git(cwd: string, ...args: readonly string[]): Promise<string> {
  const { stdout } = await new Deno.Command("git", {
    args: ["-c", "core.excludesFile=", ...args],
    cwd,
    env: { GIT_CONFIG_NOSYSTEM: "1", GIT_CONFIG_GLOBAL: "/dev/null" },
  }).output();
  return new TextDecoder().decode(stdout);
}

Deno.test("in random trees the files are found that git lists", async () => {
  const root = await Deno.realPath(
    await Deno.makeTempDir({ prefix: "codex-tree-" }),
  );
  try {
    let count = 0;
    for (let seed = 0; seed < 25; seed++) {
      const repository = `${root}/${seed}`;
      await fill(repository, 0, makeDice(seed));
      await git(repository, "init", "-q");
      const list = await git(
        repository,
        "ls-files",
        "-o",
        "--exclude-standard",
        "-z",
      );
      const expected = list.split("\0").filter((path) => path !== "");
      const tree = new FileTree(files, [repository]);
      while (!tree.hasEnded) await tree.grown;
      const found = tree.entries.filter(({ isDirectory }) => !isDirectory)
        .map(({ path }) => path);
      assert.deepEqual(found.toSorted(), expected.toSorted(), `seed ${seed}`);
      await tree.close();
      count += expected.length;
    }
    assert.ok(count > 200, `${count} files`);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});
