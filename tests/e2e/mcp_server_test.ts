/** `codex mcp-server` over its standard streams, with the real program. */
import assert from "node:assert/strict";
import {
  type JsonEvent,
  makeWorkspace,
  runCodex,
  spawnCodex,
} from "@test/support/codex.ts";
import { startMcpClient } from "@test/support/mcp_client.ts";
import {
  call,
  created,
  customCall,
  message,
  response,
  responseFailed,
  startMockServer,
  stream,
} from "@test/support/mock_responses_server.ts";
import { isGone } from "@test/support/processes.ts";
import TOOLS from "../fixtures/mcp_server_tools.json" with { type: "json" };

const NOWHERE = "00000000-0000-0000-0000-000000000000";

/** Asks about a command nothing allows; it would make a file. */
function touch(id: string, name = "made") {
  return response(
    call("exec_command", {
      cmd: `touch ${name}`,
      login: false,
      sandbox_permissions: "require_escalated",
      justification: "to make it",
    }, id),
  );
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}

Deno.test("the handshake, the tools as Codex 0.124.0 declares them, and empty lists", async () => {
  await using workspace = await makeWorkspace();
  await using client = await startMcpClient(workspace);
  const [{ result }] = client.messages;
  assert.equal(result.protocolVersion, "2025-06-18");
  assert.deepEqual(result.capabilities, { tools: { listChanged: true } });
  const { name, title, version } = result.serverInfo;
  assert.deepEqual([name, title, version], [
    "codex-mcp-server",
    "Codex",
    "0.124.0",
  ]);
  assert.deepEqual((await client.request("tools/list")).result, TOOLS);
  const answers = [];
  for (
    const method of [
      "ping",
      "resources/list",
      "resources/templates/list",
      "prompts/list",
    ]
  ) answers.push((await client.request(method)).result);
  assert.deepEqual(answers, [
    {},
    { resources: [] },
    { resourceTemplates: [] },
    { prompts: [] },
  ]);
  assert.deepEqual((await client.request("bogus")).error, {
    code: -32601,
    message: "method not found: bogus",
    data: { method: "bogus" },
  });
  assert.deepEqual((await client.request("tools/call")).error, {
    code: -32602,
    message: "Invalid params: missing field `name`",
  });
  const again = await client.request("initialize", {
    protocolVersion: "2025-06-18",
    capabilities: {},
    clientInfo: { name: "t", version: "1" },
  });
  assert.deepEqual(again.error, {
    code: -32600,
    message: "initialize called more than once",
  });
});

Deno.test("a session as the reference has it: approvals, a patch, replies, errors", async () => {
  await using server = startMockServer([
    response(
      message("Working.", "m0"),
      call("exec_command", { cmd: "rm -rf zzz", login: false }, "c1"),
    ),
    response(customCall(
      "apply_patch",
      "*** Begin Patch\n*** Add File: ../pout.txt\n+x\n*** End Patch",
      "c2",
    )),
    response(message("Final answer.", "m1")),
    response(message("Reply answer.", "m2")),
    response(message("Reply answer.", "m2")),
  ]);
  await using workspace = await makeWorkspace(server);
  const asked: JsonEvent[] = [];
  await using client = await startMcpClient(workspace, {
    answer(params) {
      asked.push(params);
      return { decision: "approved", action: "accept" };
    },
  });
  const { id, answer } = client.begin("codex", {
    prompt: "do it",
    "approval-policy": "on-request",
    sandbox: "workspace-write",
    // The workspace of a test is in there.
    config: { "sandbox_workspace_write.exclude_slash_tmp": true },
  });
  const { result } = await answer;
  const { threadId } = result.structuredContent;
  assert.deepEqual(result, {
    content: [{ type: "text", text: "Final answer." }],
    structuredContent: { threadId, content: "Final answer." },
  });
  const names = client.events(id).map(({ type }) => type)
    .filter((type) =>
      !type.includes("delta") && type !== "token_count" &&
      type !== "turn_diff"
    );
  assert.deepEqual(names, [
    "session_configured",
    "task_started",
    "item_started",
    "item_completed",
    "user_message",
    "item_started",
    "item_completed",
    "agent_message",
    "exec_approval_request",
    "exec_command_begin",
    "exec_command_end",
    "apply_patch_approval_request",
    "patch_apply_begin",
    "patch_apply_end",
    "item_started",
    "item_completed",
    "agent_message",
    "task_complete",
  ]);
  const [exec, patch] = asked;
  assert.deepEqual(exec, {
    message:
      `Allow Codex to run \`/bin/bash -c 'rm -rf zzz'\` in \`${workspace.cwd}\`?`,
    requestedSchema: { type: "object", properties: {} },
    threadId,
    codex_elicitation: "exec-approval",
    codex_mcp_tool_call_id: String(id),
    codex_event_id: String(id),
    codex_call_id: "c1",
    codex_command: ["/bin/bash", "-c", "rm -rf zzz"],
    codex_cwd: workspace.cwd,
    codex_parsed_cmd: [{ type: "unknown", cmd: "rm -rf zzz" }],
  });
  const path = `${workspace.root}/pout.txt`;
  assert.equal(patch.codex_elicitation, "patch-approval");
  assert.deepEqual(patch.codex_changes, {
    [path]: { type: "add", content: "x\n" },
  });
  assert.equal(await Deno.readTextFile(path), "x\n");
  const envelopes = client.messages.filter(({ method }) =>
    method === "codex/event"
  ).map(({ params }) => params._meta);
  assert.deepEqual(envelopes[0], { requestId: id, threadId });

  for (const key of ["threadId", "conversationId"]) {
    assert.deepEqual(
      await client.call("codex-reply", { [key]: threadId, prompt: "again" }),
      {
        content: [{ type: "text", text: "Reply answer." }],
        structuredContent: { threadId, content: "Reply answer." },
      },
    );
  }
  assert.equal(server.requests.length, 5);
});

Deno.test("what is wrong with a call is a result its model can read", async () => {
  await using server = startMockServer([]);
  await using workspace = await makeWorkspace(server);
  await using client = await startMcpClient(workspace);
  const lost = `Session not found for thread_id: ${NOWHERE}`;
  assert.deepEqual(
    await client.call("codex-reply", { threadId: NOWHERE, prompt: "x" }),
    {
      content: [{ type: "text", text: lost }],
      structuredContent: { threadId: NOWHERE, content: lost },
      isError: true,
    },
  );
  const cases: readonly (readonly [string, unknown, string | RegExp])[] = [
    ["nope", {}, "Unknown tool 'nope'"],
    [
      "codex",
      {},
      "Failed to parse configuration for Codex tool: missing field `prompt`",
    ],
    [
      "codex",
      { prompt: "x", sandbox: "bogus" },
      "Failed to parse configuration for Codex tool: unknown variant `bogus`, expected one of `read-only`, `workspace-write`, `danger-full-access`",
    ],
    [
      "codex",
      undefined,
      "Missing arguments for codex tool-call; the `prompt` field is required.",
    ],
    [
      "codex",
      { prompt: "x", config: { model: 5 } },
      /^Failed to load Codex configuration from overrides: invalid type: integer `5`, expected a string\nin `model`/,
    ],
    ["codex", { prompt: "x", profile: "none" }, /none/],
    ["codex", { prompt: "x", cwd: "not-there" }, /not-there/],
    [
      "codex-reply",
      {},
      "Failed to parse configuration for Codex tool: missing field `prompt`",
    ],
    [
      "codex-reply",
      { prompt: "x" },
      "Failed to parse thread_id: either threadId or conversationId must be provided",
    ],
    [
      "codex-reply",
      { prompt: "x", threadId: "7" },
      'Failed to parse thread_id: "7" is not a UUID',
    ],
  ];
  for (const [name, args, expected] of cases) {
    const { content: [{ text }], isError } = await client.call(name, args);
    assert.equal(isError, true);
    if (typeof expected === "string") assert.equal(text, expected);
    else assert.match(text, expected);
  }
  assert.equal(server.requests.length, 0);
});

Deno.test("a turn that fails is told as an error, and the next one gets its own answer", async () => {
  await using server = startMockServer([
    stream(created(), responseFailed("invalid_prompt", "not like this")),
    response(message("better")),
  ]);
  await using workspace = await makeWorkspace(server);
  await using client = await startMcpClient(workspace);
  const failed = await client.call("codex", { prompt: "x" });
  const { threadId } = failed.structuredContent;
  assert.equal(failed.isError, true);
  assert.equal(failed.content[0].text, "not like this");
  const next = await client.call("codex-reply", { threadId, prompt: "y" });
  assert.equal(next.structuredContent.content, "better");
  assert.equal(next.isError, undefined);
});

Deno.test("only an answer that says yes lets a command run", async () => {
  const answers: readonly (readonly [unknown, boolean])[] = [
    [{ decision: "approved", action: "accept" }, true],
    [{ decision: "approved" }, true],
    [{ decision: "approved_for_session" }, true],
    [{ action: "accept", content: {} }, true],
    [{ decision: "denied", action: "accept" }, false],
    [{ decision: "approved", action: "decline" }, false],
    [{ decision: "yes", action: "accept" }, false],
    [{ decision: null, action: "accept" }, false],
    [{ action: "decline" }, false],
    [{ action: true }, false],
    [{}, false],
    ["approved", false],
    [null, false],
    [{ error: { code: -32603, message: "no window" } }, false],
  ];
  await using server = startMockServer(
    answers.flatMap((_, index) => [
      touch(`c${index}`, `made-${index}`),
      response(message("done")),
    ]),
  );
  await using workspace = await makeWorkspace(server);
  const left = [...answers];
  await using client = await startMcpClient(workspace, {
    answer: () => left.shift()?.[0],
  });
  for (const [index, [answer, isAllowed]] of answers.entries()) {
    await client.call("codex", {
      prompt: "x",
      "approval-policy": "on-request",
      sandbox: "read-only",
    });
    assert.equal(
      await exists(`${workspace.cwd}/made-${index}`),
      isAllowed,
      JSON.stringify(answer),
    );
  }
  assert.equal(left.length, 0);
});

Deno.test("an answer that aborts ends the turn", async () => {
  await using server = startMockServer([touch("c1")]);
  await using workspace = await makeWorkspace(server);
  await using client = await startMcpClient(workspace, {
    answer: () => ({ decision: "abort" }),
  });
  const { content, isError } = await client.call("codex", {
    prompt: "x",
    "approval-policy": "on-request",
  });
  assert.equal(isError, true);
  assert.equal(content[0].text, "The turn was interrupted");
  assert.equal(await exists(`${workspace.cwd}/made`), false);
});

Deno.test("a client that cannot be asked gets a refusal that says so", async () => {
  await using server = startMockServer([
    touch("c1"),
    response(message("could not")),
  ]);
  await using workspace = await makeWorkspace(server);
  await using client = await startMcpClient(workspace, { capabilities: {} });
  const { content, structuredContent } = await client.call("codex", {
    prompt: "x",
    "approval-policy": "on-request",
  });
  assert.equal(structuredContent.content, "could not");
  assert.match(
    content[1].text,
    /^Cannot ask "Allow Codex to run .*touch made.*": the client has no elicitation capability/,
  );
  const warnings = client.events().filter(({ type }) => type === "warning");
  assert.equal(warnings.at(-1).message, content[1].text);
  assert.ok(
    client.messages.every(({ method }) => method !== "elicitation/create"),
  );
  assert.equal(await exists(`${workspace.cwd}/made`), false);
});

Deno.test("a cancelled call ends its turn and what it runs, and gets no answer", async () => {
  await using server = startMockServer([
    response(call("exec_command", { cmd: "sleep 41.0725", login: false }, "c")),
    response(message("after")),
  ]);
  await using workspace = await makeWorkspace(server);
  await using client = await startMcpClient(workspace);
  const { id } = client.begin("codex", { prompt: "x" });
  const { params } = await client.find((one) =>
    one.params?.msg?.type === "exec_command_begin"
  );
  await client.notify("notifications/cancelled", { requestId: id });
  await client.find((one) => one.params?.msg?.type === "turn_aborted");
  assert.ok(await isGone("sleep 41.0725"));
  const { threadId } = params._meta;
  const next = await client.call("codex-reply", { threadId, prompt: "y" });
  assert.equal(next.structuredContent.content, "after");
  const answers = client.messages.filter((one) =>
    one.id === id && one.method === undefined
  );
  assert.deepEqual(answers, []);
});

Deno.test("a question whose call was cancelled is taken back", async () => {
  await using server = startMockServer([touch("c1")]);
  await using workspace = await makeWorkspace(server);
  await using client = await startMcpClient(workspace);
  const { id } = client.begin("codex", {
    prompt: "x",
    "approval-policy": "on-request",
  });
  const question = await client.find(({ method }) =>
    method === "elicitation/create"
  );
  await client.notify("notifications/cancelled", { requestId: id });
  const { params } = await client.find(({ method }) =>
    method === "notifications/cancelled"
  );
  assert.equal(params.requestId, question.id);
});

Deno.test("calls of two threads run at once, calls of one take turns", async () => {
  await using server = startMockServer([
    touch("c1"),
    response(message("second thread")),
    response(message("first call")),
    response(message("second call")),
  ]);
  await using workspace = await makeWorkspace(server);
  let isHeld = true;
  const held = Promise.withResolvers<JsonEvent>();
  await using client = await startMcpClient(workspace, {
    answer(params) {
      held.resolve(params);
      return isHeld ? undefined : { decision: "denied" };
    },
  });
  const first = client.begin("codex", {
    prompt: "one",
    "approval-policy": "on-request",
  });
  const { threadId } = await held.promise;
  const reply = client.begin("codex-reply", { threadId, prompt: "three" });
  const other = await client.call("codex", { prompt: "two" });
  assert.equal(other.structuredContent.content, "second thread");
  assert.equal(client.events(reply.id).length, 0);
  isHeld = false;
  await client.answerPending({ decision: "denied" });
  const [one, three] = await Promise.all([first.answer, reply.answer]);
  assert.equal(one.result.structuredContent.content, "first call");
  assert.equal(three.result.structuredContent.content, "second call");
  const told = client.messages.findIndex((one) => one.id === first.id);
  const began = client.messages.findIndex((one) =>
    one.params?._meta?.requestId === reply.id
  );
  assert.ok(told < began);
});

Deno.test("the end of the input ends turns, commands and the program", async () => {
  await using server = startMockServer([
    response(call("exec_command", { cmd: "sleep 41.0726", login: false }, "c")),
    touch("c1"),
  ]);
  await using workspace = await makeWorkspace(server);
  const client = await startMcpClient(workspace);
  client.begin("codex", { prompt: "x" });
  await client.find((one) => one.params?.msg?.type === "exec_command_begin");
  client.begin("codex", { prompt: "y", "approval-policy": "on-request" });
  await client.find(({ method }) => method === "elicitation/create");
  const { code, stderr } = await client.end();
  assert.equal(code, 0);
  assert.equal(stderr, "");
  assert.ok(await isGone("sleep 41.0726"));
  assert.equal(await exists(`${workspace.cwd}/made`), false);
});

Deno.test("what was asked before the input ended is still answered", async () => {
  await using workspace = await makeWorkspace();
  const client = await startMcpClient(workspace);
  const answer = client.request("tools/list");
  await client.end();
  assert.deepEqual((await answer).result, TOOLS);
});

Deno.test("options, profiles and arguments make the configuration of a thread", async () => {
  await using server = startMockServer([
    response(message("a")),
    response(message("b")),
  ]);
  await using workspace = await makeWorkspace(server);
  await Deno.writeTextFile(
    `${workspace.home}/config.toml`,
    '[profiles.quick]\nmodel_reasoning_summary = "detailed"\n',
    { append: true },
  );
  await Deno.mkdir(`${workspace.cwd}/sub`);
  await using client = await startMcpClient(workspace, {
    args: ["-c", 'model_reasoning_effort="high"', "--disable", "multi_agent"],
  });
  await client.call("codex", { prompt: "plain" });
  const result = await client.call("codex", {
    prompt: "much",
    model: "gpt-5.2",
    profile: "quick",
    cwd: "sub",
    sandbox: "workspace-write",
    "approval-policy": "never",
    config: {
      model_reasoning_effort: "low",
      "sandbox_workspace_write.network_access": true,
    },
    "base-instructions": "BI",
    "developer-instructions": "DI",
  });
  assert.equal(result.isError, undefined);
  const [plain, much] = server.requests.map(({ body }) => body);
  assert.equal(plain.reasoning.effort, "high");
  for (const { tools } of [plain, much]) {
    const names = tools.map(({ name }: JsonEvent) => name);
    assert.ok(names.includes("exec_command"));
    assert.ok(!names.includes("spawn_agent"));
  }
  assert.equal(much.model, "gpt-5.2");
  assert.deepEqual(much.reasoning, { effort: "low", summary: "detailed" });
  assert.equal(much.instructions, "BI");
  assert.match(JSON.stringify(much.input), /"DI"/);
  const configured = client.events().filter(({ type }) =>
    type === "session_configured"
  ).at(-1);
  assert.equal(configured.cwd, `${workspace.cwd}/sub`);
  assert.equal(configured.approval_policy, "never");
  assert.equal(configured.sandbox_policy.type, "workspace-write");
  assert.equal(configured.sandbox_policy.network_access, true);
  const [meta] = (await Deno.readTextFile(configured.rollout_path)).split("\n");
  assert.equal(JSON.parse(meta ?? "").payload.source, "mcp");
});

Deno.test("a thread of a client goes on in codex exec resume", async () => {
  await using server = startMockServer([
    response(message("a")),
    response(message("b")),
  ]);
  await using workspace = await makeWorkspace(server);
  const client = await startMcpClient(workspace);
  const { structuredContent } = await client.call("codex", { prompt: "first" });
  await client.end();
  const { code, stdout } = await runCodex({
    workspace,
    args: ["exec", "resume", structuredContent.threadId, "second"],
  });
  assert.equal(code, 0);
  assert.equal(stdout, "b\n");
  const body = server.requests[1]?.body;
  assert.match(JSON.stringify(body.input), /"first".*"a".*"second"/);
});

Deno.test("a client that asks for progress is told of every step", async () => {
  await using server = startMockServer([
    response(call("exec_command", { cmd: "true", login: false }, "c1")),
    response(message("done")),
  ]);
  await using workspace = await makeWorkspace(server);
  await using client = await startMcpClient(workspace);
  await client.begin("codex", { prompt: "x" }, { progressToken: "p" }).answer;
  const told = client.messages.filter(({ method }) =>
    method === "notifications/progress"
  ).map(({ params }) => params);
  assert.deepEqual(told, [
    { progressToken: "p", progress: 1, message: "Started" },
    {
      progressToken: "p",
      progress: 2,
      message: "Running /bin/bash -c true",
    },
  ]);
});

Deno.test("a client that reads nothing does not keep the program", async () => {
  await using workspace = await makeWorkspace();
  const child = spawnCodex({ workspace, args: ["mcp-server"] });
  const writer = child.stdin.getWriter();
  // The answers are more than a pipe holds.
  for (let id = 0; id < 300; id++) {
    await writer.write(
      new TextEncoder().encode(`{"id":${id},"method":"tools/list"}\n`),
    );
  }
  await writer.close();
  const { code } = await child.status;
  assert.equal(code, 0);
  await Promise.all([child.stdout.cancel(), child.stderr.cancel()]);
});

Deno.test("a signal ends turns, commands and the program", async () => {
  await using server = startMockServer([
    response(call("exec_command", { cmd: "sleep 41.0728", login: false }, "c")),
  ]);
  await using workspace = await makeWorkspace(server);
  const client = await startMcpClient(workspace);
  client.begin("codex", { prompt: "x" });
  await client.find((one) => one.params?.msg?.type === "exec_command_begin");
  client.kill("SIGTERM");
  const { code, stderr } = await client.end();
  assert.equal(code, 0);
  assert.equal(stderr, "");
  assert.ok(await isGone("sleep 41.0728"));
});
