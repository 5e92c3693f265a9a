import assert from "node:assert/strict";
import { makeScratch, overrides, type Scratch } from "./scratch.ts";

const USER = `
model = "user-model"
sandbox_mode = "read-only"

[profiles.p1]
model = "profile-model"
model_reasoning_effort = "high"

[sandbox_workspace_write]
writable_roots = ["from-user"]
`;

/** A user file and a project with a file at its root and one in `sub`. */
async function makeProject(
  trust: "trusted" | "untrusted" | undefined,
): Promise<Scratch> {
  const scratch = await makeScratch();
  const entry = trust === undefined
    ? ""
    : `[projects."${scratch.cwd}"]\ntrust_level = "${trust}"\n`;
  await scratch.write(`${scratch.home}/config.toml`, USER + entry);
  await scratch.write(
    `${scratch.cwd}/.codex/config.toml`,
    `model = "root-model"\nnotify = ["root"]\n`,
  );
  await scratch.write(
    `${scratch.cwd}/sub/.codex/config.toml`,
    `model = "sub-model"\nmodel_instructions_file = "rules.md"\n`,
  );
  await scratch.write(`${scratch.cwd}/sub/.codex/rules.md`, " Be kind. \n");
  return scratch;
}

Deno.test("loadConfig() lets deeper project files win over outer ones and the user", async () => {
  await using scratch = await makeProject("trusted");
  const [root, sub] = await Promise.all([
    scratch.load(),
    scratch.load({ cwd: "sub" }),
  ]);
  assert.deepEqual(
    [root.model, root.notify, sub.model, sub.notify, sub.modelInstructions],
    ["root-model", ["root"], "sub-model", ["root"], "Be kind."],
  );
  assert.deepEqual(
    sub.layers.map(({ kind, path }) => [kind, path]),
    [
      ["user", `${scratch.home}/config.toml`],
      ["project", `${scratch.cwd}/.codex/config.toml`],
      ["project", `${scratch.cwd}/sub/.codex/config.toml`],
      ["session", undefined],
    ],
  );
});

Deno.test("loadConfig() orders profile over project, -m over -c, -c over project", async () => {
  await using scratch = await makeProject("trusted");
  const models = await Promise.all([
    scratch.load({ profile: "p1" }),
    scratch.load(overrides("model=cli-model")),
    scratch.load({
      ...overrides("model=cli-model"),
      flags: { model: "flag-model" },
    }),
    scratch.load({ profile: "p1", ...overrides("profiles.p1.model=pcli") }),
    scratch.load({ profile: "p1", ...overrides("model=cli-model") }),
  ]);
  assert.deepEqual(models.map(({ model }) => model), [
    "profile-model",
    "cli-model",
    "flag-model",
    "pcli",
    "profile-model",
  ]);
  assert.equal(models[0].reasoningEffort, "high");
  assert.equal(models[0].profile, "p1");
});

Deno.test("loadConfig() reads no project file without trust, and says so", async () => {
  for (const trust of [undefined, "untrusted"] as const) {
    await using scratch = await makeProject(trust);
    const config = await scratch.load({ cwd: "sub" });
    assert.equal(config.model, "user-model");
    assert.equal(config.warnings.length, 2);
    assert.deepEqual(
      config.layers.filter(({ kind }) => kind === "project")
        .map(({ table, disabledReason }) => [
          Object.keys(table).length,
          disabledReason,
        ]),
      Array(2).fill([
        0,
        trust === undefined
          ? "this project is not marked as trusted"
          : "this project is marked as untrusted",
      ]),
    );
  }
});

Deno.test("loadConfig() does not parse files of a project that is not trusted", async () => {
  await using scratch = await makeScratch();
  await scratch.write(`${scratch.cwd}/.codex/config.toml`, "model = = =");
  assert.equal((await scratch.load()).model, undefined);
});

Deno.test("loadConfig() takes sandbox and approvals from the trust level", async () => {
  const settings = [];
  for (const trust of ["trusted", "untrusted", undefined]) {
    await using scratch = await makeScratch();
    if (trust !== undefined) {
      await scratch.write(
        `${scratch.home}/config.toml`,
        `[projects."${scratch.cwd}"]\ntrust_level = "${trust}"\n`,
      );
    }
    const { sandboxMode, approvalPolicy, trustLevel } = await scratch.load();
    settings.push([trustLevel, sandboxMode, approvalPolicy]);
  }
  assert.deepEqual(settings, [
    ["trusted", "workspace-write", "on-request"],
    ["untrusted", "workspace-write", "untrusted"],
    [undefined, "read-only", "on-request"],
  ]);
});

Deno.test("loadConfig() finds trust through the repository of a working tree", async () => {
  await using scratch = await makeScratch();
  const main = `${scratch.root}/main`;
  const tree = `${scratch.root}/tree`;
  await scratch.write(`${main}/.git/worktrees/tree/HEAD`, "");
  await scratch.write(`${tree}/.git`, `gitdir: ${main}/.git/worktrees/tree\n`);
  await scratch.write(
    `${scratch.home}/config.toml`,
    `[projects."${main}"]\ntrust_level = "trusted"\n`,
  );
  assert.equal((await scratch.load({ cwd: tree })).trustLevel, "trusted");
});

Deno.test("loadConfig() writes no file", async () => {
  await using scratch = await makeScratch();
  await scratch.load({ flags: { sandboxMode: "workspace-write" } });
  const names = await Array.fromAsync(
    Deno.readDir(scratch.home),
    ({ name }) => name,
  );
  assert.deepEqual(names, []);
});

Deno.test("loadConfig() makes paths absolute where they were written", async () => {
  await using scratch = await makeScratch(USER);
  const config = await scratch.load({
    ...overrides(`log_dir=logs`, `sqlite_home="~/db"`),
    flags: { addDirectories: ["more"] },
  });
  assert.deepEqual(
    [
      config.workspaceWrite.writableRoots,
      config.logDirectory,
      config.sqliteHome,
    ],
    [
      [`${scratch.home}/from-user`, `${scratch.cwd}/more`],
      `${scratch.cwd}/logs`,
      `${scratch.root}/db`,
    ],
  );
});

Deno.test("loadConfig() leaves out the user's file when asked to", async () => {
  await using scratch = await makeScratch(USER);
  assert.equal(
    (await scratch.load({ ignoreUserConfig: true })).model,
    undefined,
  );
});

Deno.test("loadConfig() turns features on and off, by former names too", async () => {
  await using scratch = await makeScratch(
    "[features]\nunified_exec = false\ncollab = false\n",
  );
  const { features } = await scratch.load({
    session: { overrides: [], enable: ["memories"], disable: ["shell_tool"] },
  });
  assert.deepEqual(
    [
      features.unified_exec,
      features.multi_agent,
      features.memories,
      features.shell_tool,
      features.personality,
    ],
    [false, false, true, false, true],
  );
});

Deno.test("loadConfig() replaces the model for --oss, unless -m names one", async () => {
  await using scratch = await makeScratch(`model = "big"`);
  const flags = { oss: true, localProvider: "ollama" };
  const [plain, named] = await Promise.all([
    scratch.load({ flags }),
    scratch.load({ flags: { ...flags, model: "mine" } }),
  ]);
  assert.deepEqual(
    [plain.model, named.model, plain.provider.baseUrl],
    ["gpt-oss:20b", "mine", "http://localhost:11434/v1"],
  );
  assert.equal(plain.showRawAgentReasoning, true);
});

Deno.test("loadConfig() tells that --add-dir has no effect when nothing is writable", async () => {
  await using scratch = await makeScratch();
  const { warnings } = await scratch.load({
    flags: { addDirectories: ["/x"] },
  });
  assert.equal(warnings.length, 1);
});

Deno.test("loadConfig() treats names of object members as plain keys", async () => {
  await using scratch = await makeScratch();
  const config = await scratch.load(
    overrides("__proto__.model=evil", "constructor.prototype.x=1"),
  );
  assert.equal(config.model, undefined);
  assert.equal(({} as Record<string, unknown>)["model"], undefined);
  await assert.rejects(scratch.load({ profile: "constructor" }), {
    message: "config profile `constructor` not found",
  });
});

Deno.test("loadConfig() puts the system's file lowest and the managed one highest", async () => {
  await using scratch = await makeScratch(`review_model = "user"`);
  const system = `${scratch.root}/etc`;
  await scratch.write(
    `${system}/config.toml`,
    `model = "system"\nreview_model = "system"\n`,
  );
  assert.deepEqual(
    await scratch.load().then((config) => [config.model, config.reviewModel]),
    ["system", "user"],
  );
  await scratch.write(`${system}/managed_config.toml`, `model = "managed"\n`);
  const { model, layers } = await scratch.load(overrides("model=mine"));
  assert.equal(model, "managed");
  assert.deepEqual(
    layers.map(({ kind }) => kind),
    ["system", "user", "session", "managed"],
  );
});

Deno.test("loadConfig() refuses to run where limits are set that it cannot enforce", async () => {
  await using scratch = await makeScratch();
  await scratch.write(
    `${scratch.root}/etc/requirements.toml`,
    `allowed_sandbox_modes = ["read-only"]\n`,
  );
  await assert.rejects(scratch.load(), { code: "unsupported" });
});

Deno.test("loadConfig() takes hosts to open, and refuses what is none by its place", async () => {
  await using scratch = await makeScratch(
    '[sandbox_workspace_write]\nnetwork_allow = ["api.github.com", "*.b.org:8443"]',
  );
  const { workspaceWrite, warnings } = await scratch.load({});
  assert.deepEqual(workspaceWrite.networkAllow, [
    "api.github.com",
    "*.b.org:8443",
  ]);
  assert.deepEqual(warnings, []);
  await assert.rejects(
    scratch.load(overrides(
      'sandbox_workspace_write.network_allow=["10.0.0.1"]',
    )),
    { message: /cannot open "10.0.0.1" to commands: it is an address/ },
  );
});

Deno.test("loadConfig() says that the whole network makes a list of hosts useless", async () => {
  await using scratch = await makeScratch(
    '[sandbox_workspace_write]\nnetwork_allow = ["a.org"]\nnetwork_access = true',
  );
  const { warnings } = await scratch.load({
    flags: { sandboxMode: "workspace-write" },
  });
  assert.match(
    warnings.join(),
    /^Ignoring sandbox_workspace_write.network_allow/,
  );
});

Deno.test("loadConfig() takes limits of at least one, and refuses others by name", async () => {
  await using scratch = await makeScratch(
    "[sandbox_workspace_write]\nprivate_tmp = true\n" +
      "[sandbox_workspace_write.limits]\nprocesses = 350\nmemory_mb = 2048",
  );
  const { workspaceWrite } = await scratch.load({});
  assert.equal(workspaceWrite.privateTmp, true);
  assert.deepEqual(workspaceWrite.limits, { processes: 350, memory_mb: 2048 });
  for (const limit of ["processes=5000", "open_files=0"]) {
    await assert.rejects(
      scratch.load(overrides(`sandbox_workspace_write.limits.${limit}`)),
      { message: /cannot limit (processes to 5000|open_files to 0)/ },
    );
  }
});
