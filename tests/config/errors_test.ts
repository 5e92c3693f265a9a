import assert from "node:assert/strict";
import { ConfigError } from "@/config/problem.ts";
import { CodexError } from "@/protocol/errors.ts";
import { makeScratch, overrides } from "./scratch.ts";

/** What is printed for an error, as `cli/exit.ts` does it. */
async function printed(load: () => Promise<unknown>): Promise<string> {
  try {
    await load();
  } catch (error) {
    if (error instanceof ConfigError) return error.preface + error.message;
    if (error instanceof CodexError) return `Error: ${error.message}`;
    throw error;
  }
  return "";
}

interface Case {
  readonly config: string;
  /** What others print; ours starts with it. */
  readonly words: string;
  /** `line:column` in config.toml; undefined when the error names no key. */
  readonly place?: string;
}

const LOADING = "Error loading config.toml: ";

const CASES: readonly Case[] = [
  {
    config: "model = 5",
    words:
      `${LOADING}invalid type: integer \`5\`, expected a string\nin \`model\``,
    place: "1:9",
  },
  {
    config: `approval_policy = "nope"`,
    words:
      `${LOADING}unknown variant \`nope\`, expected one of \`untrusted\`, \`on-failure\`, \`on-request\`, \`granular\`, \`never\`\nin \`approval_policy\``,
    place: "1:19",
  },
  {
    config: `# a comment\n\nsandbox_mode = "x"`,
    words:
      `${LOADING}unknown variant \`x\`, expected one of \`read-only\`, \`workspace-write\`, \`danger-full-access\`\nin \`sandbox_mode\``,
    place: "3:16",
  },
  {
    config: `[features]\nnope = true\nunified_exec = "yes"`,
    words:
      `${LOADING}invalid type: string "yes", expected a boolean\nin \`features`,
    place: "3:16",
  },
  {
    config: `model_reasoning_effort = "ultra"`,
    words:
      `${LOADING}unknown variant \`ultra\`, expected one of \`none\`, \`minimal\`, \`low\`, \`medium\`, \`high\`, \`xhigh\`\nin \`model_reasoning_effort\``,
    place: "1:26",
  },
  {
    config: `[mcp_servers.x]\ncommand = "a"\nurl = "b"`,
    words: `${LOADING}url is not supported for stdio\nin \`mcp_servers.x\``,
    place: "1:1",
  },
  {
    config:
      `[mcp_servers.x]\ncommand = "a"\nenv_vars = [{ name = "B", source = "odd" }]`,
    words:
      `${LOADING}unsupported env_vars source \`odd\`; expected \`local\` or \`remote\`\nin \`mcp_servers.x\``,
    place: "1:1",
  },
  {
    config: `[mcp_servers.x]\ncommand = "a"\nenv_vars = [{ source = "local" }]`,
    words:
      `${LOADING}data did not match any variant of untagged enum McpServerEnvVar\nin \`mcp_servers.x.env_vars\``,
    place: "3:12",
  },
  {
    config: `[mcp_servers.x]\ncommand = "a"\ntool_timeout_sec = inf`,
    words:
      `${LOADING}cannot convert float seconds to Duration: value is either too big or NaN\nin \`mcp_servers.x.tool_timeout_sec\``,
    place: "3:20",
  },
  {
    config: `[mcp_servers.x]\nargs = ["a"]`,
    words: `${LOADING}invalid transport\nin \`mcp_servers.x\``,
    place: "1:1",
  },
  {
    config: `profile = "p"`,
    words: "Error: config profile `p` not found",
    place: "1:11",
  },
  {
    config: `model_provider = "nope"`,
    words: "Error: Model provider `nope` not found",
    place: "1:18",
  },
  {
    config: `[model_providers.openai]\nname = "x"`,
    words: LOADING +
      "model_providers contains reserved built-in provider IDs: `openai`. " +
      "Built-in providers cannot be overridden. Rename your custom provider " +
      "(for example, `openai-custom`).\nin `model_providers`",
    place: "1:1",
  },
  {
    config: `[model_providers.m]\nbase_url = "x"`,
    words:
      `${LOADING}model_providers.m: provider name must not be empty\nin \`model_providers\``,
    place: "1:1",
  },
  {
    config: `[model_providers.m]\nname = "m"\nwire_api = "chat"`,
    words: `${LOADING}\`wire_api = "chat"\` is no longer supported.\n` +
      'How to fix: set `wire_api = "responses"` in your provider config.\n' +
      "More info: https://github.com/openai/codex/discussions/7782\n" +
      "in `model_providers.m.wire_api`",
    place: "3:12",
  },
  {
    config: `[model_providers.m]\nname = "m"\nenv_key = "A"\n` +
      `[model_providers.m.auth]\ncommand = "x"`,
    words:
      `${LOADING}model_providers.m: provider auth cannot be combined with env_key\nin \`model_providers\``,
    place: "1:1",
  },
  {
    config: "project_doc_max_bytes = -1",
    words:
      `${LOADING}invalid value: integer \`-1\`, expected usize\nin \`project_doc_max_bytes\``,
    place: "1:25",
  },
  {
    config: "approval_policy = { granular = { sandbox_approval = true } }",
    words: `${LOADING}missing field \`rules\`\nin \`approval_policy\``,
    place: "1:19",
  },
  {
    config: `[tui]\ntheme = "nope"\nnotifications = "bogus"`,
    words:
      `${LOADING}data did not match any variant of untagged enum Notifications\nin \`tui`,
    place: "3:17",
  },
  {
    config: "[agents]\nmax_threads = 0",
    words: "Error: agents.max_threads must be at least 1",
    place: "2:15",
  },
  {
    config: `web_search = "bogus"`,
    words:
      `${LOADING}unknown variant \`bogus\`, expected one of \`disabled\`, \`cached\`, \`live\`\nin \`web_search\``,
    place: "1:14",
  },
  {
    config: `notify = "x"`,
    words:
      `${LOADING}invalid type: string "x", expected a sequence\nin \`notify\``,
    place: "1:10",
  },
  {
    config: "notify = [1]",
    words:
      `${LOADING}invalid type: integer \`1\`, expected a string\nin \`notify\``,
    place: "1:11",
  },
  {
    config: `[shell_environment_policy]\ninherit = "bogus"`,
    words:
      `${LOADING}unknown variant \`bogus\`, expected one of \`core\`, \`all\`, \`none\`\nin \`shell_environment_policy.inherit\``,
    place: "2:11",
  },
  {
    config: "[permissions.foo]\nx=1",
    words:
      "Error: config defines `[permissions]` profiles but does not set `default_permissions`",
    place: "1:1",
  },
  {
    config: `default_permissions = "foo"`,
    words: "Error: default_permissions requires a `[permissions]` table",
    place: "1:23",
  },
  {
    config: `model_context_window = "big"`,
    words:
      `${LOADING}invalid type: string "big", expected i64\nin \`model_context_window\``,
    place: "1:24",
  },
  {
    config: `experimental_compact_prompt_file = "/nope"`,
    words:
      "Error: failed to read experimental compact prompt file /nope: No such file or directory (os error 2)",
    place: "1:36",
  },
  {
    config: `model_instructions_file = "/nope.md"`,
    words:
      "Error: failed to read model instructions file /nope.md: No such file or directory (os error 2)",
    place: "1:27",
  },
  {
    config: "model_reasoning_effort = 5",
    words: `${LOADING}wanted string or table\nin \`model_reasoning_effort\``,
    place: "1:26",
  },
  {
    config: `[projects."/x"]\ntrust_level = "x"`,
    words:
      `${LOADING}unknown variant \`x\`, expected \`trusted\` or \`untrusted\`\nin \`projects./x.trust_level\``,
    place: "2:15",
  },
  {
    config: `project_root_markers = "x"`,
    words: `${LOADING}invalid type: string "x", expected a sequence`,
    place: "1:24",
  },
  {
    config: "history = { max_bytes = 1 }",
    words: `${LOADING}missing field \`persistence\`\nin \`history\``,
    place: "1:11",
  },
  {
    config: `profiles.x.model = 1`,
    words:
      `${LOADING}invalid type: integer \`1\`, expected a string\nin \`profiles.x.model\``,
    place: "1:20",
  },
  {
    config: `model_provider = "ollama-chat"`,
    words: "Error: `ollama-chat` is no longer supported.\n" +
      "How to fix: replace `ollama-chat` with `ollama` in `model_provider`, " +
      "`oss_provider`, or `--local-provider`.\n" +
      "More info: https://github.com/openai/codex/discussions/7782",
    place: "1:18",
  },
];

for (const { config, words, place } of CASES) {
  Deno.test(`loadConfig() explains ${JSON.stringify(config)}`, async () => {
    await using scratch = await makeScratch(config);
    const text = await printed(() => scratch.load());
    assert.equal(text.slice(0, words.length), words);
    assert.equal(
      text.split("\n").at(-1),
      `at ${scratch.home}/config.toml:${place}`,
    );
  });
}

Deno.test("loadConfig() shows the line of a syntax error", async () => {
  await using scratch = await makeScratch("model = \n");
  assert.equal(
    await printed(() => scratch.load()),
    [
      "Error loading config.toml:",
      `${scratch.home}/config.toml:1:9: string values must be quoted, expected literal string`,
      "  |",
      "1 | model = ",
      "  |         ^",
    ].join("\n"),
  );
});

Deno.test("loadConfig() ignores unknown keys at every level", async () => {
  await using scratch = await makeScratch([
    `model = "a"`,
    "bogus_key = 1",
    "[features]",
    "nope = true",
    `[mcp_servers."bad name"]`,
    `command = "a"`,
    "bogus = 1",
    "[otel]",
    "exporter = 5",
  ].join("\n"));
  assert.equal((await scratch.load()).model, "a");
});

Deno.test("loadConfig() says when a bad value is from the command line", async () => {
  await using scratch = await makeScratch(`model = "a"`);
  assert.equal(
    await printed(() => scratch.load(overrides("model=true"))),
    "Error loading config.toml: invalid type: boolean `true`, expected a string\n" +
      "in `model`\nfrom the command line",
  );
});

Deno.test("loadConfig() names the project file a bad value is from", async () => {
  await using scratch = await makeScratch();
  await scratch.write(
    `${scratch.home}/config.toml`,
    `[projects."${scratch.cwd}"]\ntrust_level = "trusted"\n`,
  );
  const path = `${scratch.cwd}/.codex/config.toml`;
  await scratch.write(path, "# mine\nmodel = 5\n");
  const text = await printed(() => scratch.load());
  assert.equal(text.split("\n").at(-1), `at ${path}:2:9`);
});

const SESSION_CASES: readonly (readonly [override: string, words: string])[] = [
  ["foo", "Error parsing -c overrides: Invalid override (missing '='): foo"],
  ["=x", "Error parsing -c overrides: Empty key in override: =x"],
];

for (const [override, words] of SESSION_CASES) {
  Deno.test(`loadConfig() refuses the override ${override}`, async () => {
    await using scratch = await makeScratch();
    assert.equal(
      await printed(() => scratch.load(overrides(override))),
      words,
    );
  });
}

Deno.test("loadConfig() refuses unknown features, profiles and directories", async () => {
  await using scratch = await makeScratch();
  const session = { overrides: [], enable: ["bogus"], disable: [] };
  assert.deepEqual([
    await printed(() => scratch.load({ session })),
    await printed(() => scratch.load({ profile: "nope" })),
    await printed(() => scratch.load({ cwd: "/nonexistent" })),
  ], [
    "Error: Unknown feature flag: bogus",
    "Error: config profile `nope` not found",
    "Error: No such file or directory (os error 2): /nonexistent",
  ]);
});

Deno.test("loadConfig() refuses a home that is not there", async () => {
  await using scratch = await makeScratch(undefined, {
    CODEX_HOME: "/nonexistent",
  });
  assert.equal(
    await printed(() => scratch.load()),
    'Error finding codex home: CODEX_HOME points to "/nonexistent", but that path does not exist',
  );
});

Deno.test("loadConfig() refuses what it would have to skip", async () => {
  await using scratch = await makeScratch(
    `default_permissions = "foo"\n[permissions.foo]\nx = 1`,
  );
  const bedrock = overrides("model_provider=amazon-bedrock");
  await using plain = await makeScratch();
  const codes = await Promise.all(
    [scratch.load(), plain.load(bedrock)].map((load) =>
      load.then(() => "loaded", (error) => error.code)
    ),
  );
  assert.deepEqual(codes, ["unsupported", "unsupported"]);
});

Deno.test("loadConfig() needs a provider for --oss", async () => {
  await using scratch = await makeScratch();
  assert.deepEqual([
    await printed(() => scratch.load({ flags: { oss: true } })),
    await printed(() =>
      scratch.load({ flags: { oss: true, localProvider: "bogus" } })
    ),
  ], [
    "Error: No default OSS provider configured. Use --local-provider=provider or set " +
    "oss_provider to one of: lmstudio, ollama in config.toml",
    "Error: Model provider `bogus` not found",
  ]);
});
