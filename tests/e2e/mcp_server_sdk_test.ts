/** `codex mcp-server` as the protocol's own SDK sees it, over that SDK's transport. */
import assert from "node:assert/strict";
import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { CODEX, environment, makeWorkspace } from "@test/support/codex.ts";
import {
  call,
  message,
  response,
  startMockServer,
} from "@test/support/mock_responses_server.ts";

Deno.test({
  name:
    "the protocol's own client runs a turn, is asked, and takes a call back",
  // The SDK leaves a timer behind when its transport is closed.
  sanitizeOps: false,
  sanitizeResources: false,
  fn: runSession,
});

async function runSession(): Promise<void> {
  await using server = startMockServer([
    response(call("exec_command", {
      cmd: "touch made",
      login: false,
      sandbox_permissions: "require_escalated",
      justification: "to make it",
    }, "c1")),
    response(message("made it")),
    response(call("exec_command", { cmd: "sleep 41.0727", login: false }, "c")),
    response(message("once more")),
  ]);
  await using workspace = await makeWorkspace(server);
  const errors: Error[] = [];
  const client = new Client(
    { name: "sdk", version: "1" },
    { capabilities: { elicitation: { form: {} } } },
  );
  client.onerror = (error) => void errors.push(error);
  const questions: string[] = [];
  client.setRequestHandler("elicitation/create", ({ params }) => {
    questions.push(params.message);
    return { action: "accept", content: {} };
  });
  await client.connect(
    new StdioClientTransport({
      command: CODEX,
      args: ["mcp-server"],
      cwd: workspace.cwd,
      env: environment({ workspace }),
    }),
  );
  try {
    const { tools } = await client.listTools();
    assert.deepEqual(tools.map(({ name }) => name), ["codex", "codex-reply"]);
    const lists = await Promise.all([
      client.listResources(),
      client.listResourceTemplates(),
      client.listPrompts(),
    ]);
    assert.equal(lists.length, 3);
    const steps: (string | undefined)[] = [];
    const first = await client.callTool({
      name: "codex",
      arguments: { prompt: "x", "approval-policy": "on-request" },
    }, { onprogress: ({ message }) => void steps.push(message) });
    assert.equal(first.isError, undefined);
    const { threadId, content } = first.structuredContent as {
      readonly threadId: string;
      readonly content: string;
    };
    assert.equal(content, "made it");
    assert.equal(questions.length, 1);
    await Deno.stat(`${workspace.cwd}/made`);
    assert.deepEqual(steps, [
      "Started",
      "Running /bin/bash -c 'touch made'",
    ]);

    const stop = new AbortController();
    const cut = client.callTool({
      name: "codex-reply",
      arguments: { prompt: "y", threadId },
    }, {
      signal: stop.signal,
      onprogress({ message }) {
        if (message?.includes("sleep") === true) {
          stop.abort(new Error("enough"));
        }
      },
    });
    await assert.rejects(cut, /enough/);
    const last = await client.callTool({
      name: "codex-reply",
      arguments: { prompt: "z", threadId },
    });
    assert.deepEqual(last.structuredContent, {
      threadId,
      content: "once more",
    });
  } finally {
    await client.close();
  }
  assert.deepEqual(errors, []);
}
