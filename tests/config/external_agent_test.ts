/** Taking over what another agent was told, and what a hostile project would like. */
import assert from "node:assert/strict";
import { createExternalAgent } from "@/config/external_agent/external_agent.ts";
import { withOwnNames } from "@/config/external_agent/terms.ts";
import { writeConfig } from "@/config/write.ts";
import { createPlatform } from "@/platform/deno.ts";
import type { ExternalAgentService } from "@/protocol/external_agent.ts";

const { files } = createPlatform();
const never = new AbortController().signal;

interface Room extends AsyncDisposable {
  readonly root: string;
  readonly service: ExternalAgentService;
  put(contents: Readonly<Record<string, string>>): Promise<void>;
  read(path: string): Promise<string | undefined>;
  /** What is offered, as kinds with where. */
  offered(...cwds: readonly string[]): Promise<readonly string[]>;
  /** Takes over all that is offered. */
  importAll(...cwds: readonly string[]): Promise<void>;
}

/** A home with `.codex`, and a project with a repository. */
async function makeRoom(): Promise<Room> {
  const root = await Deno.realPath(
    await Deno.makeTempDir({ prefix: "codex-agent-" }),
  );
  const codexHome = `${root}/home/.codex`;
  await Deno.mkdir(codexHome, { recursive: true });
  await Deno.mkdir(`${root}/project/.git`, { recursive: true });
  const homeDirectory = `${root}/home`;
  const ports = { files, codexHome, homeDirectory };
  const service = createExternalAgent({
    ...ports,
    editor: {
      write: (write) =>
        writeConfig({ ...ports, layers: () => Promise.resolve([]) }, write),
    },
  });
  const detect = (cwds: readonly string[]) =>
    service.detect({
      includeHome: true,
      cwds: cwds.map((cwd) => `${root}/${cwd}`),
    });
  return {
    root,
    service,
    async put(contents) {
      for (const [name, text] of Object.entries(contents)) {
        const path = `${root}/${name}`;
        await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), {
          recursive: true,
        });
        await Deno.writeTextFile(path, text);
      }
    },
    read: (path) => files.readTextIfExists(`${root}/${path}`),
    offered: async (...cwds) =>
      (await detect(cwds)).map(({ itemType, cwd }) =>
        `${itemType} ${cwd?.slice(root.length + 1) ?? "home"}`
      ),
    importAll: async (...cwds) =>
      await service.import(await detect(cwds), never),
    async [Symbol.asyncDispose]() {
      await Deno.remove(root, { recursive: true });
    },
  };
}

Deno.test("the other agent's names become this one's, in sentences and not in paths", () => {
  const rows = [
    ["Claude reads CLAUDE.md.", "Codex reads AGENTS.md."],
    ["claude code, Claude-Code, claude_code", "Codex, Codex, Codex"],
    ["preclaude claudes", "preclaude claudes"],
    ["see ~/.claude/x and claude/y", "see ~/.claude/x and claude/y"],
    ["claude.json", "claude.json"],
    ["(Claude)", "(Codex)"],
  ] as const;
  for (const [text, expected] of rows) {
    assert.equal(withOwnNames(text), expected);
  }
});

Deno.test("settings, skills and instructions are taken over once", async () => {
  await using room = await makeRoom();
  await room.put({
    "home/.claude/settings.json":
      '{"env":{"A":"1","B":2,"C":null,"D":{}},"sandbox":{"enabled":true}}',
    "home/.claude/CLAUDE.md": "Claude, be kind",
    "home/.claude/skills/one/SKILL.md": "for Claude",
    "home/.claude/skills/one/more/text.txt": "Claude stays",
    "home/.claude/skills/loose.md": "no skill",
    "home/.codex/config.toml":
      '# mine\nsandbox_mode = "read-only"\n\n[shell_environment_policy]\nset = { A = "own" }\n',
    "project/CLAUDE.md": "In the project",
    "project/sub/x": "",
  });
  const all = [
    "CONFIG home",
    "SKILLS home",
    "AGENTS_MD home",
    "AGENTS_MD project",
  ];
  assert.deepEqual(await room.offered("project/sub", "project", "none"), all);
  await room.importAll("project/sub");
  assert.equal(
    await room.read("home/.codex/config.toml"),
    '# mine\nsandbox_mode = "read-only"\n\n[shell_environment_policy]\nset = { A = "own", B = "2" }\ninherit = "core"\n',
  );
  assert.equal(await room.read("home/.codex/AGENTS.md"), "Codex, be kind");
  assert.equal(
    await room.read("home/.agents/skills/one/SKILL.md"),
    "for Codex",
  );
  assert.equal(
    await room.read("home/.agents/skills/one/more/text.txt"),
    "Claude stays",
  );
  assert.equal(await room.read("project/AGENTS.md"), "In the project");
  assert.deepEqual(await room.offered("project"), []);
});

Deno.test("what is there already stays, and an empty file is no instructions", async () => {
  await using room = await makeRoom();
  await room.put({
    "project/CLAUDE.md": " \n",
    "project/.claude/CLAUDE.md": "inner",
    "project/AGENTS.md": "\n",
    "project/.claude/skills/here/SKILL.md": "theirs",
    "project/.claude/skills/new/SKILL.md": "new",
    "project/.agents/skills/here/SKILL.md": "ours",
  });
  assert.deepEqual(await room.offered("project"), [
    "SKILLS project",
    "AGENTS_MD project",
  ]);
  await room.importAll("project");
  assert.equal(await room.read("project/AGENTS.md"), "inner");
  assert.equal(
    await room.read("project/.agents/skills/here/SKILL.md"),
    "ours",
  );
  assert.equal(await room.read("project/.agents/skills/new/SKILL.md"), "new");
});

Deno.test("a project is read and written inside the project alone", async () => {
  await using room = await makeRoom();
  const { root } = room;
  await room.put({
    "secret": "the key",
    "project/.claude/settings.json": '{"sandbox":{"enabled":true}}',
    "project/.claude/skills/s/SKILL.md": "s",
    "outside/x": "",
  });
  await Deno.symlink(`${root}/secret`, `${root}/project/CLAUDE.md`);
  assert.ok(!(await room.offered("project")).includes("AGENTS_MD project"));
  // Links that lead out, in place of what would be written.
  await Deno.symlink(`${root}/outside`, `${root}/project/.codex`);
  await Deno.symlink(`${root}/outside`, `${root}/project/.agents`);
  for (const itemType of ["CONFIG", "SKILLS"] as const) {
    const item = { itemType, cwd: `${root}/project`, description: "" };
    await assert.rejects(room.service.import([item], never), /lead out/);
  }
  assert.deepEqual(
    (await Array.fromAsync(Deno.readDir(`${root}/outside`)))
      .map(({ name }) => name),
    ["x"],
  );
  await Deno.remove(`${root}/project/CLAUDE.md`);
  await room.put({ "project/CLAUDE.md": "words" });
  await Deno.symlink(`${root}/planted`, `${root}/project/AGENTS.md`);
  assert.ok(!(await room.offered("project")).includes("AGENTS_MD project"));
});

Deno.test("nothing is written when one of the items cannot be imported", async () => {
  await using room = await makeRoom();
  await room.put({ "project/CLAUDE.md": "words" });
  const cwd = `${room.root}/project`;
  await assert.rejects(
    room.service.import([
      { itemType: "AGENTS_MD", cwd, description: "" },
      { itemType: "PLUGINS", cwd, description: "" },
    ], never),
    /kind PLUGINS/,
  );
  assert.equal(await room.read("project/AGENTS.md"), undefined);
  for (const text of ["nonsense", "[1]"]) {
    await room.put({ "project/.claude/settings.json": text });
    await assert.rejects(room.offered("project"), /settings.json: it /);
  }
});
