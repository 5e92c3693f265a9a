/** Looking for skills in real directories: how deep, through links, what is left out. */
import assert from "node:assert/strict";
import { discoverSkills } from "@/core/skills/discover.ts";
import { createPlatform } from "@/platform/deno.ts";

const { files } = createPlatform();

async function withTree(
  paths: readonly string[],
  use: (root: string) => Promise<void>,
): Promise<void> {
  const root = await Deno.realPath(await Deno.makeTempDir());
  try {
    for (const path of paths) {
      const file = `${root}/${path}`;
      await Deno.mkdir(file.slice(0, file.lastIndexOf("/")), {
        recursive: true,
      });
      await Deno.writeTextFile(file, "---\ndescription: d\n---\n");
    }
    await use(root);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

async function found(root: string): Promise<readonly string[]> {
  const { skills } = await discoverSkills(files, [{
    scope: "user",
    path: root,
  }]);
  return skills.map(({ path }) => path.slice(root.length + 1));
}

Deno.test("skills lie at any depth up to six, beside and inside each other", async () => {
  await withTree([
    "SKILL.md",
    "a/SKILL.md",
    "a/b/SKILL.md",
    "1/2/3/4/5/6/SKILL.md",
    "1/2/3/4/5/6/7/SKILL.md",
    ".hidden/SKILL.md",
    "c/skill.md",
  ], async (root) => {
    assert.deepEqual((await found(root)).toSorted(), [
      "1/2/3/4/5/6/SKILL.md",
      "SKILL.md",
      "a/SKILL.md",
      "a/b/SKILL.md",
    ]);
  });
});

Deno.test("links are followed once, also when they lead in a circle", async () => {
  await withTree(["real/x/SKILL.md", "root/y/SKILL.md"], async (root) => {
    await Deno.symlink(`${root}/real/x`, `${root}/root/x`);
    await Deno.symlink(`${root}/root`, `${root}/root/circle`);
    await Deno.symlink(`${root}/root/circle`, `${root}/root/y/again`);
    await Deno.symlink("/nowhere", `${root}/root/broken`);
    assert.deepEqual(await found(`${root}/root`), [
      "x/SKILL.md",
      "y/SKILL.md",
    ]);
  });
});

Deno.test("more directories than the limit are told, and those within it are found", async () => {
  const names = Array.from({ length: 2_100 }, (_, n) => `d${n}/x.md`);
  await withTree(["a/SKILL.md", ...names], async (root) => {
    const { problems } = await discoverSkills(files, [
      { scope: "user", path: root },
    ]);
    assert.equal(problems.length, 1);
    assert.match(problems[0]?.message ?? "", /more than 2000 directories/);
  });
});

Deno.test("the same file found from two roots is one skill", async () => {
  await withTree(["a/SKILL.md"], async (root) => {
    const roots = [
      { scope: "repo", path: root },
      { scope: "user", path: root },
    ] as const;
    const { skills } = await discoverSkills(files, roots);
    assert.deepEqual(skills.map(({ scope }) => scope), ["repo"]);
  });
});

Deno.test("a circle of links through the root does not repeat the root's skills", async () => {
  await withTree(["y/SKILL.md"], async (root) => {
    await Deno.symlink(root, `${root}/circle`);
    assert.deepEqual(await found(root), ["y/SKILL.md"]);
  });
});

Deno.test("a link to a device or a pipe is no skill, and nobody waits for it", async () => {
  await withTree(["good/SKILL.md", "policy/SKILL.md"], async (root) => {
    for (const name of ["device", "pipe", "policy/agents"]) {
      await Deno.mkdir(`${root}/${name}`);
    }
    await Deno.symlink("/dev/zero", `${root}/device/SKILL.md`);
    await Deno.symlink("/dev/zero", `${root}/policy/agents/openai.yaml`);
    const pipe = await new Deno.Command("mkfifo", {
      args: [`${root}/pipe/SKILL.md`],
    }).output();
    assert.ok(pipe.success);
    const { skills, problems } = await discoverSkills(files, [
      { scope: "repo", path: root },
    ]);
    assert.deepEqual(skills.map(({ path }) => path.slice(root.length + 1)), [
      "good/SKILL.md",
      "policy/SKILL.md",
    ]);
    assert.deepEqual(
      problems.map((
        { path, message },
      ) => [path.slice(root.length + 1), message])
        .toSorted(),
      [
        ["device/SKILL.md", "it is no regular file"],
        ["pipe/SKILL.md", "it is no regular file"],
      ],
    );
  });
});
