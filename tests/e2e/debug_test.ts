/** `codex debug`: what the model would be sent, and forgetting. */
import assert from "node:assert/strict";
import { makeWorkspace, mockProvider, runCodex } from "@test/support/codex.ts";
import {
  message,
  response,
  startMockServer,
} from "@test/support/mock_responses_server.ts";

Deno.test("debug prompt-input prints what a turn sends, and asks nobody", async () => {
  await using server = startMockServer([response(message("ok"))]);
  await using workspace = await makeWorkspace();
  await Deno.writeTextFile(
    `${workspace.home}/config.toml`,
    `approval_policy = "never"\nnotify = ["/nonexistent"]\n${
      mockProvider(server.url)
    }\n[mcp_servers.none]\ncommand = "/nonexistent"\nrequired = true\n`,
  );
  await Deno.writeTextFile(
    `${workspace.home}/hooks.json`,
    '{"hooks":{"SessionStart":[{"hooks":[{"type":"command","command":"echo no"}]}]}}',
  );
  await Deno.writeTextFile(`${workspace.cwd}/AGENTS.md`, "Be brief.\n");
  const debug = (...args: readonly string[]) =>
    runCodex({ workspace, args: ["debug", "prompt-input", ...args] });
  const shown = await debug("use $create-skill");
  assert.equal(shown.code, 0, shown.stderr);
  assert.equal(server.requests.length, 0);
  const items = JSON.parse(shown.stdout);
  assert.match(items.at(-1).content[0].text, /^<skill>\n<name>create-skill/);
  // Without a prompt, the context alone.
  assert.deepEqual(JSON.parse((await debug()).stdout), items.slice(0, -2));
  // The same as a real turn sends.
  await Deno.remove(`${workspace.home}/hooks.json`);
  await Deno.writeTextFile(
    `${workspace.home}/config.toml`,
    mockProvider(server.url),
  );
  await runCodex({ workspace, args: ["exec", "use $create-skill"] });
  assert.deepEqual(server.requests[0]?.body.input, items);
  const sessions = await Deno.stat(`${workspace.home}/sessions`);
  assert.ok(sessions.isDirectory);
});

Deno.test("debug clear-memories removes what is there and follows no link", async () => {
  await using workspace = await makeWorkspace();
  const notes = `${workspace.home}/memories/notes`;
  await Deno.mkdir(notes, { recursive: true });
  await Deno.writeTextFile(`${notes}/a.md`, "a");
  await Deno.writeTextFile(`${workspace.cwd}/kept`, "kept");
  await Deno.symlink(workspace.cwd, `${notes}/link`);
  const args = ["debug", "clear-memories"];
  const run = await runCodex({ workspace, args });
  assert.equal(
    run.stdout,
    `Removed 2 files from ${workspace.home}/memories\n`,
  );
  assert.deepEqual([...Deno.readDirSync(`${workspace.home}/memories`)], []);
  assert.equal(await Deno.readTextFile(`${workspace.cwd}/kept`), "kept");
  const again = await runCodex({ workspace, args });
  assert.match(again.stdout, /^Removed 0 files/);
});
