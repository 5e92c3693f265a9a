/** The program with skills: what the model is told of them, and what it gets of them. */
import assert from "node:assert/strict";
import {
  type CodexRun,
  makeWorkspace,
  mockProvider,
  runCodex,
  type Workspace,
} from "@test/support/codex.ts";
import {
  message,
  type MockServer,
  response,
  startMockServer,
} from "@test/support/mock_responses_server.ts";

interface Place {
  readonly workspace: Workspace;
  readonly server: MockServer;
  /** Writes files, by their path below the workspace's root. */
  write(files: Readonly<Record<string, string>>): Promise<void>;
  exec(...args: readonly string[]): Promise<CodexRun>;
}

/** Without the skills that come with the program, unless the configuration says so. */
const NONE_BUNDLED = "[skills.bundled]\nenabled = false\n";

async function withPlace(
  use: (place: Place) => Promise<void>,
  config = NONE_BUNDLED,
): Promise<void> {
  await using server = startMockServer(
    Array.from({ length: 4 }, () => response(message("ok"))),
  );
  await using workspace = await makeWorkspace();
  await Deno.writeTextFile(
    `${workspace.home}/config.toml`,
    `${mockProvider(server.url)}\n${config}`,
  );
  await use({
    workspace,
    server,
    async write(files) {
      for (const [name, text] of Object.entries(files)) {
        const path = `${workspace.root}/${name}`;
        await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), {
          recursive: true,
        });
        await Deno.writeTextFile(path, text);
      }
    },
    exec: (...args) => runCodex({ workspace, args: ["exec", ...args] }),
  });
}

function skill(name: string, description: string): string {
  return `---\nname: ${name}\ndescription: ${description}\n---\nHow ${name} is done.\n`;
}

/** All texts of a request, with their roles. */
function texts(server: MockServer, at: number): readonly string[] {
  return server.requests[at]?.body.input.flatMap((
    item: { role?: string; content?: readonly { text: string }[] },
  ) => item.content?.map(({ text }) => `${item.role}: ${text}`) ?? []) ?? [];
}

/** The lines of the list, without the root of the workspace. */
function listed(
  { server, workspace }: Pick<Place, "server" | "workspace">,
  at = 0,
): readonly string[] {
  const block = texts(server, at).find((text) =>
    text.startsWith("developer: <skills_instructions>")
  );
  return block?.split("\n").filter((line) => line.includes("(file: "))
    .map((line) => line.replace(`${workspace.root}/`, "")) ?? [];
}

/** The names of the skills whose instructions are in a request. */
function loaded(server: MockServer, at: number): readonly string[] {
  return texts(server, at).flatMap((text) =>
    /^user: <skill>\n<name>(.*)<\/name>/.exec(text)?.[1] ?? []
  );
}

Deno.test("skills of all places are listed, the repository's before the user's, each by name", async () => {
  await withPlace(async (place) => {
    await place.write({
      "home/skills/b/SKILL.md": skill("b", "B thing"),
      "home/skills/a/deep/a/SKILL.md": skill("a", "A thing"),
      ".agents/skills/c/SKILL.md": skill("c", "C thing"),
      "work/.agents/skills/z/SKILL.md": skill("z", "Z thing"),
      "work/sub/.agents/skills/y/SKILL.md": skill("y", "Y thing"),
      "work/.codex/skills/x/SKILL.md": skill("x", "not trusted"),
    });
    await place.exec("-C", "sub", "hi");
    assert.deepEqual(listed(place), [
      "- y: Y thing (file: work/sub/.agents/skills/y/SKILL.md)",
      "- z: Z thing (file: work/.agents/skills/z/SKILL.md)",
      "- a: A thing (file: home/skills/a/deep/a/SKILL.md)",
      "- b: B thing (file: home/skills/b/SKILL.md)",
      "- c: C thing (file: .agents/skills/c/SKILL.md)",
    ]);
  });
});

Deno.test("a trusted project's .codex has a say, an untrusted project none at all", async () => {
  for (
    const [level, names] of [["trusted", ["x", "z"]], [
      "untrusted",
      [],
    ]] as const
  ) {
    await withPlace(async (place) => {
      const { workspace, write, exec } = place;
      await write({
        "work/.codex/skills/x/SKILL.md": skill("x", "X"),
        "work/.agents/skills/z/SKILL.md": skill("z", "Z"),
      });
      const path = `${workspace.home}/config.toml`;
      await Deno.writeTextFile(
        path,
        `${await Deno.readTextFile(path)}
[projects."${workspace.cwd}"]
trust_level = "${level}"
`,
      );
      await exec("hi");
      assert.deepEqual(
        listed(place).map((line) => line.slice(2, 3)),
        names,
      );
    });
  }
});

Deno.test("a skill that is named is loaded whole, behind what the user said", async () => {
  await withPlace(async ({ workspace, server, write, exec }) => {
    await write({
      "home/skills/a/SKILL.md": skill("a", "A"),
      "home/skills/b/SKILL.md": skill("b", "B"),
    });
    await exec("use $b, not $nosuch or $HOME");
    const path = `${workspace.home}/skills/b/SKILL.md`;
    assert.deepEqual(texts(server, 0).slice(-2), [
      "user: use $b, not $nosuch or $HOME",
      `user: <skill>\n<name>b</name>\n<path>${path}</path>\n${
        skill("b", "B")
      }\n</skill>`,
    ]);
    await exec(
      "resume",
      "--last",
      `and [$a](${workspace.home}/skills/a/SKILL.md)`,
    );
    assert.deepEqual(loaded(server, 1), ["b", "a"]);
    // What was there stays as it was.
    const [first, second] = [0, 1].map((at) => server.requests[at]?.body.input);
    assert.deepEqual(second.slice(0, first.length), first);
  });
});

Deno.test("switches of the user and of the skill decide what is listed and what can be named", async () => {
  await withPlace(
    async (place) => {
      const { server, write, exec } = place;
      await write({
        "home/skills/a/SKILL.md": skill("a", "A"),
        "home/skills/b/SKILL.md": skill("b", "B"),
        "home/skills/quiet/SKILL.md": skill("quiet", "Q"),
        "home/skills/quiet/agents/openai.yaml":
          "policy:\n  allow_implicit_invocation: false\n",
        "home/skills/shown/SKILL.md": skill("shown", "S"),
      });
      await exec("$a $b $quiet $shown");
      assert.deepEqual(listed(place), [
        "- shown: S (file: home/skills/shown/SKILL.md)",
      ]);
      assert.deepEqual(loaded(server, 0), ["quiet", "shown"]);
    },
    `${NONE_BUNDLED}[[skills.config]]\nname = "a"\nenabled = false
[[skills.config]]\npath = "skills/b"\nenabled = false\n`,
  );
});

Deno.test("include_instructions = false lists nothing and still loads what is named", async () => {
  await withPlace(async (place) => {
    await place.write({ "home/skills/a/SKILL.md": skill("a", "A") });
    await place.exec("$a");
    assert.deepEqual([listed(place), loaded(place.server, 0)], [[], ["a"]]);
  }, `[skills]\ninclude_instructions = false\n${NONE_BUNDLED}`);
});

Deno.test("a skill that cannot be used is a warning that says why, the others are there", async () => {
  await withPlace(async (place) => {
    await place.write({
      "home/skills/good/SKILL.md": skill("good", "G"),
      "home/skills/plain/SKILL.md": "no header",
      "home/skills/empty/SKILL.md": "---\nname: x\n---\n",
      "home/skills/colon/SKILL.md":
        "---\nname: colon\ndescription: Use when: always\n---\n",
      "home/skills/long/SKILL.md": skill("l".repeat(65), "L"),
    });
    const run = await place.exec("hi");
    const warnings = run.stderr.split("\n")
      .filter((line) => line.startsWith("warning: Cannot use the skill"))
      .map((line) => line.replace(`${place.workspace.home}/skills/`, ""));
    assert.deepEqual(warnings.sort(), [
      'warning: Cannot use the skill "colon/SKILL.md": invalid YAML: a plain value cannot hold `: `; quote it at line 3',
      'warning: Cannot use the skill "empty/SKILL.md": missing field `description`',
      'warning: Cannot use the skill "long/SKILL.md": invalid name: exceeds maximum length of 64 characters',
      'warning: Cannot use the skill "plain/SKILL.md": missing YAML frontmatter delimited by ---',
    ]);
    assert.equal(listed(place).length, 1);
  });
});

Deno.test("a name that several skills share loads none and says so", async () => {
  await withPlace(async (place) => {
    await place.write({
      "home/skills/a/SKILL.md": skill("a", "A"),
      "work/.agents/skills/a/SKILL.md": skill("a", "Other A"),
    });
    const run = await place.exec("$a");
    assert.deepEqual(loaded(place.server, 0), []);
    assert.match(run.stderr, /warning: "\$a" names several skills/);
  });
});

Deno.test("the program's own skills are written once, and again only for another edition", async () => {
  await withPlace(async (place) => {
    const { workspace, exec } = place;
    await exec("hi");
    assert.deepEqual(
      listed(place).map((line) => /^- ([a-z-]+): ./.exec(line)?.[1]),
      ["agents-md", "create-skill"],
    );
    const path = `${workspace.home}/skills/.system/create-skill/SKILL.md`;
    const before = await Deno.stat(path);
    await exec("hi");
    assert.deepEqual((await Deno.stat(path)).mtime, before.mtime);
    assert.equal((await Deno.stat(path)).ino, before.ino);
    // Another edition was here.
    const marker = `${workspace.home}/skills/.system/.codex-deno.marker`;
    const text = await Deno.readTextFile(path);
    await Deno.writeTextFile(path, "older");
    await Deno.writeTextFile(marker, "0");
    await exec("hi");
    assert.equal(await Deno.readTextFile(path), text);
  }, "");
});

Deno.test("skills switched off leave no trace in the home and none in the request", async () => {
  await withPlace(async ({ workspace, server, exec }) => {
    await exec("hi");
    const names = [...Deno.readDirSync(workspace.home)].map(({ name }) => name);
    assert.ok(!names.includes("skills"), names.join(" "));
    assert.ok(!texts(server, 0).some((text) => text.includes("skills")));
  });
});

Deno.test("a home that cannot be written is a warning, and the run goes on", async () => {
  await withPlace(async (place) => {
    // A file where the directory should be stops everybody, root included.
    await place.write({ "home/skills/.system": "in the way" });
    const run = await place.exec("hi");
    assert.deepEqual([run.code, run.stdout], [0, "ok\n"]);
    assert.match(
      run.stderr,
      /warning: Cannot use the skill ".*\.system": the program's own skills cannot be written: /,
    );
    assert.deepEqual(listed(place), []);
  }, "");
});
