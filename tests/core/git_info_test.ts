import assert from "node:assert/strict";
import { readGitInfo } from "@/core/git_info.ts";
import { denoFiles } from "@/platform/files.ts";

const COMMIT = "0123456789abcdef0123456789abcdef01234567";
const OTHER = COMMIT.replaceAll("0", "f");

/** What is known of `directory` in a tree of these files. */
async function infoOf(
  tree: Readonly<Record<string, string>>,
  directory: string,
): Promise<unknown> {
  const root = await Deno.realPath(await Deno.makeTempDir());
  try {
    for (const [path, text] of Object.entries(tree)) {
      const file = `${root}/${path}`;
      await Deno.mkdir(file.slice(0, file.lastIndexOf("/")), {
        recursive: true,
      });
      await Deno.writeTextFile(file, text.replaceAll("ROOT", root));
    }
    const info = await readGitInfo(denoFiles, `${root}/${directory}`);
    return info && { ...info, root: info.root.replace(root, "ROOT") };
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

Deno.test("a branch, its commit and the origin are read from the files", async () => {
  assert.deepEqual(
    await infoOf({
      "r/.git/HEAD": "ref: refs/heads/feature/x\n",
      "r/.git/refs/heads/feature/x": `${COMMIT}\n`,
      "r/.git/config":
        '[core]\n\tbare = false\n[remote "other"]\n\turl = no\n[remote "origin"]\n\turl = https://user:token@host/r.git\n',
      "r/deep/down/file": "",
    }, "r/deep/down"),
    {
      root: "ROOT/r",
      branch: "feature/x",
      commit: COMMIT,
      originUrl: "https://host/r.git",
    },
  );
});

Deno.test("packed references, detached heads and worktrees are understood", async () => {
  const packed =
    `# pack-refs with: peeled\n${OTHER} refs/tags/main\n${COMMIT} refs/heads/main\n^${OTHER}\n`;
  assert.deepEqual(
    [
      await infoOf({
        "r/.git/HEAD": "ref: refs/heads/main\n",
        "r/.git/packed-refs": packed,
      }, "r"),
      await infoOf({ "r/.git/HEAD": `${COMMIT}\n` }, "r"),
      await infoOf({
        "main/.git/packed-refs": packed,
        "main/.git/worktrees/w/HEAD": "ref: refs/heads/main\n",
        "main/.git/worktrees/w/commondir": "../..\n",
        "w/.git": "gitdir: ROOT/main/.git/worktrees/w\n",
      }, "w"),
    ],
    [
      { root: "ROOT/r", branch: "main", commit: COMMIT },
      { root: "ROOT/r", commit: COMMIT },
      { root: "ROOT/w", branch: "main", commit: COMMIT },
    ],
  );
});

Deno.test("a repository without a commit, and what only looks like one, has no commit", async () => {
  assert.deepEqual(
    [
      await infoOf({ "r/.git/HEAD": "ref: refs/heads/main\n" }, "r"),
      await infoOf({ "r/.git/HEAD": "nonsense" }, "r"),
      await infoOf({ "r/.git": "nonsense" }, "r"),
    ],
    [
      { root: "ROOT/r", branch: "main" },
      { root: "ROOT/r" },
      { root: "ROOT/r" },
    ],
  );
});
