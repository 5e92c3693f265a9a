/** The example of docs/hooks.md, run as it is written. */
import assert from "node:assert/strict";
import { makeWorkspace, mockProvider, runCodex } from "@test/support/codex.ts";
import {
  call,
  message,
  response,
  startMockServer,
} from "@test/support/mock_responses_server.ts";

const DOC = await Deno.readTextFile(
  new URL("../../docs/hooks.md", import.meta.url),
);

/** The code blocks of a language, in order. */
function blocks(language: string): readonly string[] {
  return [...DOC.matchAll(/^```(\w+)\n([^]*?)^```$/gm)]
    .filter(([, name]) => name === language)
    .map(([, , text = ""]) => text);
}

Deno.test("the example refuses the command it names and asks for what is left to do", async () => {
  await using server = startMockServer([
    response(call("exec_command", { cmd: "git push --force" }, "1")),
    response(message("I stop here.")),
    response(message("Nothing is left.")),
  ]);
  await using workspace = await makeWorkspace();
  // The example's home is the user's own.
  const home = `${workspace.root}/.codex`;
  await Deno.mkdir(`${home}/hooks`, { recursive: true });
  await Deno.writeTextFile(`${home}/config.toml`, mockProvider(server.url));
  await Deno.writeTextFile(`${home}/hooks.json`, blocks("json")[0] ?? "");
  for (const script of blocks("sh")) {
    const name = /^# (\S+\.sh)\n/.exec(script)?.[1] ?? "";
    await Deno.writeTextFile(`${home}/hooks/${name}`, script);
  }
  await Deno.writeTextFile(`${workspace.cwd}/notes.txt`, "TODO: push\n");
  const run = await runCodex({
    workspace,
    args: ["exec", "push it"],
    env: { CODEX_HOME: home },
  });
  assert.equal(run.code, 0, run.stderr);
  const last = server.requests[2]?.body.input;
  assert.deepEqual(
    last.slice(-4).map((item: Record<string, unknown>) =>
      item.type === "message"
        ? `${item.role}: ${(item.content as { text: string }[])[0]?.text}`
        : item.output ?? item.type
    ),
    [
      "function_call",
      "Command blocked by PreToolUse hook: force-pushing is not wanted here; push to a new branch. Command: git push --force",
      "assistant: I stop here.",
      `user: <hook_prompt hook_run_id="stop:1:${home}/hooks.json">notes.txt still has a TODO: do it or say why not</hook_prompt>`,
    ],
  );
  assert.equal(run.stdout, "Nothing is left.\n");
});
