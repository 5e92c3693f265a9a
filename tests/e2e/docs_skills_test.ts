/** The example of docs/skills.md, used as it is written. */
import assert from "node:assert/strict";
import { makeWorkspace, runCodex } from "@test/support/codex.ts";
import {
  message,
  response,
  startMockServer,
} from "@test/support/mock_responses_server.ts";

const DOC = await Deno.readTextFile(
  new URL("../../docs/skills.md", import.meta.url),
);

Deno.test("the example is listed, and its prompt loads it", async () => {
  await using server = startMockServer([response(message("ok"))]);
  await using workspace = await makeWorkspace(server);
  const [, path = ""] = /^`(\S+\/SKILL\.md)` in a repository/m.exec(DOC) ?? [];
  const [, text = ""] = /```markdown\n([^]*?)```/.exec(DOC) ?? [];
  const [, prompt = ""] = /`codex exec '(.*)'`/.exec(DOC) ?? [];
  const file = `${workspace.cwd}/${path}`;
  await Deno.mkdir(file.replace(/\/SKILL\.md$/, ""), { recursive: true });
  await Deno.writeTextFile(file, text);
  const run = await runCodex({ workspace, args: ["exec", prompt] });
  assert.equal(run.code, 0, run.stderr);
  const body = server.requests[0]?.text ?? "";
  assert.ok(body.includes("- release-notes: Write release notes from merged"));
  const last = server.requests[0]?.body.input.at(-1).content[0].text;
  assert.equal(
    last,
    `<skill>\n<name>release-notes</name>\n<path>${file}</path>\n${text}\n</skill>`,
  );
});
