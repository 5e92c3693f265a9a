/** Where hooks come from, which of them run, and what is said of those that cannot. */
import assert from "node:assert/strict";
import { hasHooks, readHookFolders } from "@/config/hook_files.ts";
import {
  type HookSet,
  matchingHandlers,
  resolveHooks,
} from "@/config/hooks.ts";
import { ConfigError } from "@/config/problem.ts";
import type { LoadOptions } from "@/config/load.ts";
import { makeScratch, overrides, type Scratch } from "./scratch.ts";

/** The hooks of a scratch place; undefined when there is nothing to decode. */
async function hooksOf(
  scratch: Scratch,
  options: Partial<LoadOptions> = {},
): Promise<HookSet | undefined> {
  const config = await scratch.load(options);
  const { files } = scratch.platform;
  const folders = await readHookFolders(files, config);
  if (!hasHooks(folders, config)) return undefined;
  return await resolveHooks(files, config.layers, folders);
}

function json(event: string, command: string, more: object = {}): string {
  const hooks = [{ type: "command", command, ...more }];
  return JSON.stringify({ hooks: { [event]: [{ hooks }] } });
}

function commands(set: HookSet | undefined): readonly string[] {
  return set?.handlers.map(({ command }) => command) ?? [];
}

Deno.test("without a file and a table there is nothing to decode", async () => {
  await using scratch = await makeScratch("model = 'x'");
  assert.equal(await hooksOf(scratch), undefined);
});

Deno.test("the hooks of all layers run, the lowest layer's first, files before tables", async () => {
  await using scratch = await makeScratch();
  const toml = (command: string) =>
    `[[hooks.Stop]]\nhooks = [{ type = "command", command = "${command}" }]\n`;
  const trust = `[projects."${scratch.cwd}"]\ntrust_level = "trusted"\n`;
  await scratch.write(`${scratch.home}/config.toml`, toml("user toml") + trust);
  await scratch.write(`${scratch.home}/hooks.json`, json("Stop", "user json"));
  await scratch.write(
    `${scratch.cwd}/.codex/config.toml`,
    toml("project toml"),
  );
  await scratch.write(
    `${scratch.cwd}/.codex/hooks.json`,
    json("Stop", "project json"),
  );
  const set = await hooksOf(
    scratch,
    overrides(
      'hooks.Stop=[{hooks=[{type="command",command="session"}]}]',
    ),
  );
  assert.deepEqual(
    set?.handlers.map((
      { command, source, displayOrder, sourcePath },
    ) => [
      displayOrder,
      command,
      source,
      sourcePath.replace(scratch.root, ""),
    ]),
    [
      [0, "user json", "user", "/home/hooks.json"],
      [1, "user toml", "user", "/home/config.toml"],
      [2, "project json", "project", "/work/.codex/hooks.json"],
      [3, "project toml", "project", "/work/.codex/config.toml"],
      [4, "session", "sessionFlags", "/<session-flags>/config.toml"],
    ],
  );
  assert.deepEqual(set?.warnings.map((text) => text.slice(0, 5)), [
    "Both ",
    "Both ",
  ]);
});

Deno.test("a project's hooks count only when the user trusts it", async () => {
  await using scratch = await makeScratch();
  const file = `${scratch.cwd}/.codex/hooks.json`;
  await scratch.write(file, json("Stop", "evil"));
  await scratch.write(
    `${scratch.cwd}/.codex/config.toml`,
    '[[hooks.Stop]]\nhooks = [{ type = "command", command = "evil" }]\n',
  );
  assert.equal(await hooksOf(scratch), undefined);
  for (const level of ["untrusted", "trusted"]) {
    await scratch.write(
      `${scratch.home}/config.toml`,
      `[projects."${scratch.cwd}"]\ntrust_level = "${level}"\n`,
    );
    assert.deepEqual(
      commands(await hooksOf(scratch)),
      level === "trusted" ? ["evil", "evil"] : [],
    );
  }
});

Deno.test("a file that cannot be used is named with the key, and none of its hooks runs", async () => {
  const cases: readonly (readonly [string, RegExp])[] = [
    ["{nope", /hooks\.json": .*JSON.*; none of them runs/],
    ["[]", /hooks\.json": invalid type: sequence, expected struct HooksFile;/],
    [
      json("Stop", "ok").replace(
        '"Stop":',
        '"PreToolUse":[{"matcher":5}],"Stop":',
      ),
      /invalid type: integer `5`, expected a string in `hooks\.PreToolUse\[0\]\.matcher`;/,
    ],
    [
      '{"hooks":{"Stop":[{"hooks":[{"type":"nope"}]}]}}',
      /unknown variant `nope`.* in `hooks\.Stop\[0\]\.hooks\[0\]\.type`;/,
    ],
    [
      '{"hooks":{"Stop":[{"hooks":[{"type":"command"}]}]}}',
      /missing field `command` in `hooks\.Stop\[0\]\.hooks\[0\]`;/,
    ],
  ];
  for (const [text, words] of cases) {
    await using scratch = await makeScratch();
    await scratch.write(`${scratch.home}/hooks.json`, text);
    const set = await hooksOf(scratch);
    assert.deepEqual(set?.handlers, []);
    assert.equal(set.warnings.length, 1);
    assert.match(set.warnings[0] ?? "", words);
  }
});

Deno.test("a file that cannot be opened is a warning too", async () => {
  await using scratch = await makeScratch();
  await Deno.mkdir(`${scratch.home}/hooks.json`);
  const set = await hooksOf(scratch);
  assert.match(set?.warnings[0] ?? "", /hooks\.json": Is a directory/);
});

Deno.test("a [hooks] table of the wrong type ends the start with its place", async () => {
  await using scratch = await makeScratch(
    'model = "x"\n[[hooks.PreToolUse]]\nmatcher = 5\n',
  );
  await assert.rejects(() => hooksOf(scratch), (error) => {
    assert.ok(error instanceof ConfigError);
    assert.equal(
      error.preface + error.message,
      "Error loading config.toml: invalid type: integer `5`, expected a string\n" +
        `in \`hooks.PreToolUse\`\nat ${scratch.home}/config.toml:3:11`,
    );
    return true;
  });
});

Deno.test("handlers that cannot run here are named one by one, the others run", async () => {
  await using scratch = await makeScratch();
  const groups = [
    {
      hooks: [
        { type: "prompt" },
        { type: "agent" },
        { type: "command", command: " " },
        { type: "command", command: "x", async: true },
        { type: "command", command: "runs", statusMessage: "Checking" },
      ],
    },
    { matcher: "(", hooks: [{ type: "command", command: "y" }] },
  ];
  await scratch.write(
    `${scratch.home}/hooks.json`,
    JSON.stringify({ hooks: { PreToolUse: groups, Unknown: [] }, other: 1 }),
  );
  const set = await hooksOf(scratch);
  assert.deepEqual(
    set?.handlers.map(({ command, statusMessage }) => [command, statusMessage]),
    [["runs", "Checking"]],
  );
  const file = `"${scratch.home}/hooks.json"`;
  const words = set?.warnings.map((text) => text.replace(file, "FILE"));
  assert.deepEqual(words?.slice(0, 4), [
    'Skipping a PreToolUse hook of FILE: hooks of type "prompt" are not supported, only "command" is',
    'Skipping a PreToolUse hook of FILE: hooks of type "agent" are not supported, only "command" is',
    "Skipping a PreToolUse hook of FILE: its command is empty",
    "Skipping a PreToolUse hook of FILE: async hooks are not supported; let the command start its work in the background",
  ]);
  assert.match(
    words?.[4] ?? "",
    /^Skipping PreToolUse hooks of FILE: the matcher "\(" is no regular expression: /,
  );
});

Deno.test("a timeout is in seconds, at least one, by default ten minutes", async () => {
  for (const [given, ms] of [[undefined, 600_000], [7, 7_000], [0, 1_000]]) {
    await using scratch = await makeScratch();
    const more = given === undefined ? {} : { timeout: given };
    await scratch.write(`${scratch.home}/hooks.json`, json("Stop", "x", more));
    const set = await hooksOf(scratch);
    assert.equal(set?.handlers[0]?.timeoutMs, ms);
  }
});

Deno.test("a matcher is everything, exact names, or a pattern", async () => {
  const cases: readonly (readonly [string | undefined, readonly string[]])[] = [
    [undefined, ["Bash", "apply_patch", "mcp__a__b"]],
    ["", ["Bash", "apply_patch", "mcp__a__b"]],
    ["*", ["Bash", "apply_patch", "mcp__a__b"]],
    ["Bash", ["Bash"]],
    ["bash", []],
    ["Bas", []],
    ["Bash|apply_patch", ["Bash", "apply_patch"]],
    ["^Ba.*", ["Bash"]],
    ["mcp__.*", ["mcp__a__b"]],
    ["a.h", ["Bash"]],
    ["(?i)bash", ["Bash"]],
    [".*", ["Bash", "apply_patch", "mcp__a__b"]],
  ];
  for (const [matcher, expected] of cases) {
    await using scratch = await makeScratch();
    const hooks = [{ type: "command", command: "x" }];
    const group = matcher === undefined ? { hooks } : { matcher, hooks };
    await scratch.write(
      `${scratch.home}/hooks.json`,
      JSON.stringify({
        hooks: { PreToolUse: [group], Stop: [group], SessionStart: [group] },
      }),
    );
    const set = await hooksOf(scratch);
    const names = ["Bash", "apply_patch", "mcp__a__b"].filter((name) =>
      matchingHandlers(set?.handlers ?? [], "PreToolUse", name).length > 0
    );
    assert.deepEqual([matcher, names], [matcher, expected]);
    // There is nothing to match at the stop, so a matcher means nothing.
    const stops = matchingHandlers(set?.handlers ?? [], "Stop", undefined);
    assert.equal(stops.length, 1);
  }
});
