/** The configuration as clients of the app-server write it, with the real program. */
import assert from "node:assert/strict";
import { startAppClient } from "@test/support/app_client.ts";
import { type JsonEvent, makeWorkspace } from "@test/support/codex.ts";

const CONFIG = `# top
model = "gpt-5.2-codex" # mine

[mcp_servers.x] # srv
command = "a"
args = ["b"]
`;

const replace = (keyPath: string, value: unknown) => ({
  keyPath,
  value,
  mergeStrategy: "replace",
});

const reasonOf = ({ code, data }: JsonEvent) => [
  code,
  data?.config_write_error_code,
];

Deno.test("a value is written between its comments, with the version Codex CLI 0.124 gives", async () => {
  await using workspace = await makeWorkspace(undefined, CONFIG);
  const file = `${workspace.home}/config.toml`;
  await Deno.chmod(file, 0o640);
  await using client = await startAppClient(workspace);
  const { layers } = await client.request("config/read", {
    includeLayers: true,
  });
  const user = layers.find((one: JsonEvent) => one.name.type === "user");
  const written = await client.request("config/value/write", {
    ...replace("model", "m2"),
    expectedVersion: user.version,
  });
  assert.deepEqual(written, {
    status: "ok",
    version:
      "sha256:8172113a92660c60faf21de210e49de866334c2df40b8ddf380fc865454c9d01",
    filePath: file,
    overriddenMetadata: null,
  });
  assert.equal(
    (await Deno.readTextFile(file)).trimEnd(),
    CONFIG.replace("gpt-5.2-codex", "m2").trimEnd(),
  );
  assert.equal((await Deno.stat(file)).mode! & 0o777, 0o640);
  const conflict = await client.refused("config/value/write", {
    ...replace("model", "m3"),
    expectedVersion: user.version,
  });
  assert.deepEqual(reasonOf(conflict), [-32600, "configVersionConflict"]);
  await client.request("config/value/write", replace("model", null));
  const { config } = await client.request("config/read", {});
  assert.deepEqual([config.model, config.mcp_servers.x.command], [null, "a"]);
});

Deno.test("a batch is done as a whole or not at all", async () => {
  await using workspace = await makeWorkspace(undefined, CONFIG);
  const file = `${workspace.home}/config.toml`;
  const before = await Deno.readTextFile(file);
  await using client = await startAppClient(workspace);
  const good = {
    keyPath: "mcp_servers.x",
    value: { command: "d" },
    mergeStrategy: "upsert",
  };
  const refusals: readonly (readonly [JsonEvent, string, RegExp])[] = [
    [{ edits: [good, replace("model", 3)] }, "configValidationError", /model/],
    [
      { edits: [good, replace("mcp_servers.y", { enabled: true })] },
      "configValidationError",
      /invalid transport\nin `mcp_servers.y`/,
    ],
    [
      { edits: [good, replace("features.memories", 1)] },
      "configValidationError",
      /features.memories/,
    ],
    [
      { edits: [good], filePath: `${workspace.root}/other.toml` },
      "configLayerReadonly",
      /user config/,
    ],
    [
      { edits: [good], filePath: `${workspace.cwd}/.codex/config.toml` },
      "configLayerReadonly",
      /user config/,
    ],
  ];
  for (const [params, reason, message] of refusals) {
    const error = await client.refused("config/batchWrite", params);
    assert.deepEqual(reasonOf(error), [-32600, reason], error.message);
    assert.match(error.message, message);
    assert.equal(await Deno.readTextFile(file), before);
  }
  await client.request("config/batchWrite", {
    edits: [good, replace("model", "q")],
    filePath: "config.toml",
  });
  const { config } = await client.request("config/read", {});
  assert.deepEqual(config.mcp_servers.x, { args: ["b"], command: "d" });
  assert.equal(config.model, "q");
});

Deno.test("a client is told when what it wrote does not hold", async () => {
  await using workspace = await makeWorkspace(undefined, CONFIG);
  await using client = await startAppClient(workspace, {
    args: ["-c", "model=flagged"],
  });
  const write = (value: unknown) =>
    client.request("config/value/write", replace("model", value));
  const { status, overriddenMetadata } = await write("mine");
  assert.equal(status, "okOverridden");
  assert.equal(overriddenMetadata.effectiveValue, "flagged");
  assert.equal(overriddenMetadata.message, "Overridden by session flags");
  assert.equal(overriddenMetadata.overridingLayer.name.type, "sessionFlags");
  assert.equal((await write("flagged")).status, "ok");
  assert.equal((await write(null)).status, "okOverridden");
});

Deno.test("a file is made for its owner alone, and one that is not TOML is left alone", async () => {
  await using workspace = await makeWorkspace();
  const file = `${workspace.home}/config.toml`;
  await Deno.remove(file);
  await using client = await startAppClient(workspace);
  await client.request("config/value/write", replace("model", "m"));
  assert.equal((await Deno.stat(file)).mode! & 0o777, 0o600);
  assert.equal(await Deno.readTextFile(file), 'model = "m"\n');
  await Deno.writeTextFile(file, "model = \n");
  const error = await client.refused(
    "config/value/write",
    replace("model", "n"),
  );
  assert.match(error.message, /config.toml:1:9/);
  assert.equal(await Deno.readTextFile(file), "model = \n");
});

Deno.test("writes that meet do not lose each other", async () => {
  await using workspace = await makeWorkspace();
  await using client = await startAppClient(workspace);
  const names = Array.from({ length: 20 }, (_, index) => `s${index}`);
  await Promise.all(names.map((name) =>
    client.request(
      "config/value/write",
      replace(`mcp_servers.${name}.command`, name),
    )
  ));
  const { config } = await client.request("config/read", {});
  assert.deepEqual(
    Object.keys(config.mcp_servers).toSorted(),
    names.toSorted(),
  );
});

Deno.test("a link to the configuration stays a link", async () => {
  await using workspace = await makeWorkspace();
  const file = `${workspace.home}/config.toml`;
  const real = `${workspace.root}/dotfiles.toml`;
  await Deno.rename(file, real);
  await Deno.symlink(real, file);
  await using client = await startAppClient(workspace);
  await client.request("config/value/write", {
    ...replace("model", "m"),
    filePath: real,
  });
  assert.ok((await Deno.lstat(file)).isSymlink);
  assert.match(await Deno.readTextFile(real), /model = "m"/);
});

Deno.test("features are switched until the end, below what files say", async () => {
  await using workspace = await makeWorkspace(
    undefined,
    "[features]\nplugins = true\n",
  );
  await using client = await startAppClient(workspace, {
    args: ["--disable", "tool_suggest"],
    capabilities: { experimentalApi: true },
  });
  const enablement = {
    memories: true,
    apps: false,
    plugins: false,
    tool_suggest: true,
  };
  assert.deepEqual(
    await client.request("experimentalFeature/enablement/set", { enablement }),
    { enablement },
  );
  const { data } = await client.request("experimentalFeature/list", {});
  const states = Object.fromEntries(
    data.filter(({ name }: JsonEvent) => Object.hasOwn(enablement, name))
      .map(({ name, enabled }: JsonEvent) => [name, enabled]),
  );
  assert.deepEqual(states, {
    memories: true,
    apps: false,
    plugins: true,
    tool_suggest: false,
  });
  const refusals = [
    ["nope", "invalid feature enablement `nope`"],
    [
      "memory_tool",
      "invalid feature enablement `memory_tool`: use canonical feature key `memories`",
    ],
    [
      "unified_exec",
      "unsupported feature enablement `unified_exec`: currently supported features are apps, memories, plugins, tool_search, tool_suggest, tool_call_mcp_elicitation",
    ],
  ] as const;
  for (const [name, message] of refusals) {
    const error = await client.refused("experimentalFeature/enablement/set", {
      enablement: { apps: true, [name]: true },
    });
    assert.deepEqual([error.code, error.message], [-32600, message]);
  }
});

Deno.test("a skill is switched off and on by its name or its file", async () => {
  await using workspace = await makeWorkspace();
  const skill = `${workspace.home}/skills/mine/SKILL.md`;
  await Deno.mkdir(`${workspace.home}/skills/mine`, { recursive: true });
  await Deno.writeTextFile(
    skill,
    "---\nname: mine\ndescription: Mine.\n---\nBody\n",
  );
  await using client = await startAppClient(workspace);
  const isListedOn = async () => {
    const { data } = await client.request("skills/list", {});
    return data[0].skills.find(({ name }: JsonEvent) => name === "mine")
      .enabled;
  };
  for (const which of [{ name: "mine" }, { path: skill }]) {
    for (const enabled of [false, false, true]) {
      const answer = await client.request("skills/config/write", {
        ...which,
        enabled,
      });
      assert.equal(answer.effectiveEnabled, enabled);
      assert.equal(await isListedOn(), enabled);
    }
  }
  for (const which of [{}, { name: " " }, { name: "a", path: "/b" }]) {
    const error = await client.refused("skills/config/write", {
      ...which,
      enabled: true,
    });
    assert.deepEqual([error.code, error.message], [
      -32602,
      "skills/config/write requires exactly one of path or name",
    ]);
  }
});
