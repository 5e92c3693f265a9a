/** `codex app-server` over its standard streams, with the real program. */
import assert from "node:assert/strict";
import { startAppClient } from "@test/support/app_client.ts";
import { type JsonEvent, makeWorkspace } from "@test/support/codex.ts";
import {
  call,
  created,
  customCall,
  message,
  response,
  startMockServer,
} from "@test/support/mock_responses_server.ts";
import { isGone } from "@test/support/processes.ts";

const HI = [{ type: "text", text: "hi there" }];

Deno.test("a turn on the wire, as Codex 0.124.0 puts it there", async () => {
  await using server = startMockServer([response(message("Hello."))]);
  await using workspace = await makeWorkspace(server);
  await using client = await startAppClient(workspace);
  const { cwd } = workspace;
  const started = await client.request("thread/start", { cwd });
  const { thread } = started;
  assert.equal(started.model, "gpt-5.2-codex");
  assert.equal(started.modelProvider, "mock");
  assert.equal(started.sandbox.type, "readOnly");
  assert.deepEqual(
    [thread.cwd, thread.preview, thread.status, thread.turns, thread.source],
    [cwd, "", { type: "idle" }, [], "vscode"],
  );
  const { turn } = await client.request("turn/start", {
    threadId: thread.id,
    input: HI,
  });
  const completed = await client.next("turn/completed");
  assert.equal(completed.turn.id, turn.id);
  assert.equal(completed.turn.status, "completed");
  const names = client.messages.map(({ method, id }) =>
    method ?? `answer ${id}`
  );
  assert.deepEqual(names, [
    "answer 1",
    "answer 2",
    "thread/started",
    "answer 3",
    "thread/status/changed",
    "turn/started",
    "item/started",
    "item/completed",
    "item/started",
    "item/agentMessage/delta",
    "item/completed",
    "thread/tokenUsage/updated",
    "thread/status/changed",
    "turn/completed",
  ]);
  const ids = client.messages.flatMap(({ params }) => params?.turnId ?? []);
  assert.deepEqual([...new Set(ids)], [turn.id]);
  const { code } = await client.end();
  assert.equal(code, 0);
});

Deno.test("a command that needs approval is asked about, and the answer counts", async () => {
  for (const decision of ["accept", "decline"]) {
    await using server = startMockServer([
      response(call("exec_command", { cmd: "rm -rf zzz", login: false }, "c1")),
      response(message("done")),
    ]);
    await using workspace = await makeWorkspace(server);
    const asked: JsonEvent[] = [];
    await using client = await startAppClient(workspace, {
      answer(method, params) {
        asked.push([method, params]);
        return { decision };
      },
    });
    const { thread } = await client.request("thread/start", {
      cwd: workspace.cwd,
      approvalPolicy: "on-request",
    });
    await client.request("turn/start", { threadId: thread.id, input: HI });
    await client.next("serverRequest/resolved");
    await client.next("turn/completed");
    const [[method, params]] = asked;
    assert.equal(method, "item/commandExecution/requestApproval");
    assert.equal(params.command, "/bin/bash -c 'rm -rf zzz'");
    assert.equal(params.itemId, "c1");
    assert.deepEqual(params.proposedExecpolicyAmendment, ["rm", "-rf", "zzz"]);
    const items = client.messages.filter((one) =>
      one.method === "item/completed" &&
      one.params.item.type === "commandExecution"
    );
    assert.equal(
      items[0].params.item.status,
      decision === "accept" ? "completed" : "declined",
    );
  }
});

Deno.test("a patch, its diff and the files it changes are told", async () => {
  await using server = startMockServer([
    response(customCall(
      "apply_patch",
      "*** Begin Patch\n*** Add File: n.txt\n+new\n*** End Patch",
      "c1",
    )),
    response(message("done")),
  ]);
  await using workspace = await makeWorkspace(server);
  await using client = await startAppClient(workspace);
  const { thread } = await client.request("thread/start", {
    cwd: workspace.cwd,
    sandbox: "workspace-write",
  });
  await client.request("turn/start", { threadId: thread.id, input: HI });
  const { diff } = await client.next("turn/diff/updated");
  assert.match(diff, /^diff --git a\/n\.txt b\/n\.txt\n/);
  await client.next("turn/completed");
  const { item } = client.messages.find((one) =>
    one.method === "item/completed" && one.params.item.type === "fileChange"
  )?.params;
  assert.deepEqual(item.changes, [{
    path: `${workspace.cwd}/n.txt`,
    kind: { type: "add" },
    diff: "new\n",
  }]);
});

Deno.test("a turn is steered and interrupted by its id, and by no other", async () => {
  await using server = startMockServer([
    { kind: "stream", events: [created()], end: "hang" },
  ]);
  await using workspace = await makeWorkspace(server);
  await using client = await startAppClient(workspace);
  const { thread } = await client.request("thread/start", {
    cwd: workspace.cwd,
  });
  const threadId = thread.id;
  const idle = await client.refused("turn/steer", {
    threadId,
    expectedTurnId: "x",
    input: HI,
  });
  assert.deepEqual(idle, { code: -32600, message: "no active turn to steer" });
  const { turn } = await client.request("turn/start", { threadId, input: HI });
  await client.next("turn/started");
  const wrong = await client.refused("turn/interrupt", {
    threadId,
    turnId: "other",
  });
  assert.match(wrong.message, /^expected active turn id `other` but found /);
  const steered = await client.request("turn/steer", {
    threadId,
    expectedTurnId: turn.id,
    input: [{ type: "text", text: "and this" }],
  });
  assert.equal(steered.turnId, turn.id);
  await client.request("turn/interrupt", { threadId, turnId: turn.id });
  const completed = await client.next("turn/completed");
  assert.equal(completed.turn.status, "interrupted");
});

Deno.test("a thread is let go and continued, with the same conversation", async () => {
  await using server = startMockServer([
    response(message("one")),
    response(message("two")),
  ]);
  await using workspace = await makeWorkspace(server);
  await using client = await startAppClient(workspace);
  const { thread } = await client.request("thread/start", {
    cwd: workspace.cwd,
  });
  const threadId = thread.id;
  await client.request("turn/start", { threadId, input: HI });
  await client.next("turn/completed");
  assert.deepEqual((await client.request("thread/loaded/list")).data, [
    threadId,
  ]);
  assert.deepEqual(await client.request("thread/unsubscribe", { threadId }), {
    status: "unsubscribed",
  });
  await client.next("thread/closed");
  assert.match(
    (await client.refused("turn/start", { threadId, input: HI })).message,
    /^thread not found: /,
  );
  const resumed = await client.request("thread/resume", {
    threadId,
    cwd: workspace.cwd,
  });
  assert.equal(resumed.thread.id, threadId);
  assert.equal(resumed.thread.preview, "hi there");
  await client.request("turn/start", { threadId, input: HI });
  await client.next("turn/completed");
  const [first, second] = server.requests;
  assert.deepEqual(
    second?.body.input.slice(0, first?.body.input.length),
    first?.body.input,
  );
});

Deno.test("the handshake, unknown methods and bad parameters", async () => {
  await using workspace = await makeWorkspace();
  await using client = await startAppClient(workspace, { initialize: false });
  const early = await client.refused("model/list");
  assert.deepEqual(early, { code: -32600, message: "Not initialized" });
  const clientInfo = { name: "test", version: "1" };
  const hello = await client.request("initialize", { clientInfo });
  assert.equal(hello.codexHome, workspace.home);
  assert.match(hello.userAgent, /^test\/0\.124\.0 \(.*\) .*\(test; 1\)$/);
  const messages = await Promise.all([
    client.refused("initialize", { clientInfo }),
    client.refused("nope"),
    client.refused("thread/start", { cwd: 5 }),
    client.refused("turn/start", { input: [] }),
    client.refused("collaborationMode/list"),
    client.refused("thread/start", { dynamicTools: [] }),
    client.refused("plugin/list"),
    client.refused("thread/resume", { threadId: crypto.randomUUID() }),
  ]);
  assert.deepEqual(messages.map(({ code }) => code), Array(8).fill(-32600));
  const texts = messages.map(({ message }) => message.slice(0, 48));
  assert.deepEqual(texts.slice(0, 7), [
    "Already initialized",
    "Invalid request: unknown variant `nope`, expecte",
    "Invalid request: invalid type: integer `5`, expe",
    "Invalid request: missing field `threadId`",
    "collaborationMode/list requires experimentalApi ",
    "thread/start.dynamicTools requires experimentalA",
    "plugin/list needs a service of the vendor that t",
  ]);
  assert.match(messages[7].message, /^no rollout found for thread id /);
  // Garbage gets no answer and does no harm.
  await client.send("{broken");
  await client.send("[]");
  assert.ok((await client.request("model/list")).data.length > 2);
});

Deno.test("what a client does not want to hear is not sent", async () => {
  await using server = startMockServer([response(message("Hello."))]);
  await using workspace = await makeWorkspace(server);
  await using client = await startAppClient(workspace, {
    capabilities: { optOutNotificationMethods: ["item/agentMessage/delta"] },
  });
  const { thread } = await client.request("thread/start", {
    cwd: workspace.cwd,
  });
  await client.request("turn/start", { threadId: thread.id, input: HI });
  await client.next("turn/completed");
  assert.ok(
    !client.messages.some(({ method }) => method === "item/agentMessage/delta"),
  );
});

Deno.test("skills and features are listed as the configuration has them", async () => {
  await using server = startMockServer([]);
  await using workspace = await makeWorkspace(server);
  const { cwd, home } = workspace;
  const extra = `${cwd}/more`;
  for (const [place, name] of [[`${home}/skills`, "own"], [extra, "more"]]) {
    await Deno.mkdir(`${place}/${name}`, { recursive: true });
    await Deno.writeTextFile(
      `${place}/${name}/SKILL.md`,
      `---\nname: ${name}\ndescription: does ${name}\n---\nText.\n`,
    );
  }
  await using client = await startAppClient(workspace, {
    args: ["--enable", "memories"],
  });
  const { data } = await client.request("skills/list", {
    cwds: [cwd, ".", "gone"],
    perCwdExtraUserRoots: [{ cwd, extraUserRoots: [extra] }],
  });
  const users = data.map((entry: JsonEvent) => [
    entry.cwd,
    entry.skills.filter((one: JsonEvent) => one.scope === "user"),
  ]);
  const [own, more] = [[`${home}/skills`, "own"], [extra, "more"]].map((
    [place, name],
  ) => ({
    name,
    description: `does ${name}`,
    path: `${place}/${name}/SKILL.md`,
    scope: "user",
    enabled: true,
  }));
  assert.deepEqual(users, [
    [cwd, [more, own]],
    [".", [own]],
    ["gone", []],
  ]);
  assert.deepEqual(data[2].errors.map(({ path }: JsonEvent) => path), [
    `${cwd}/gone`,
  ]);
  const refused = await client.refused("skills/list", {
    perCwdExtraUserRoots: [{ cwd, extraUserRoots: ["rel"] }],
  });
  assert.equal(
    refused.message,
    "skills/list perCwdExtraUserRoots extraUserRoots paths must be absolute: rel",
  );

  const first = await client.request("experimentalFeature/list", { limit: 2 });
  const { data: rest, nextCursor } = await client.request(
    "experimentalFeature/list",
    { cursor: first.nextCursor },
  );
  assert.equal(nextCursor, null);
  const memories = [...first.data, ...rest].find(({ name }) =>
    name === "memories"
  );
  assert.deepEqual(
    [memories.stage, memories.enabled, memories.defaultEnabled],
    ["beta", true, false],
  );
});

Deno.test("memories are forgotten when a client says so", async () => {
  await using server = startMockServer([]);
  await using workspace = await makeWorkspace(server);
  const note = `${workspace.home}/memories/notes/a.md`;
  await Deno.mkdir(`${workspace.home}/memories/notes`, { recursive: true });
  await Deno.writeTextFile(note, "old");
  await using client = await startAppClient(workspace, {
    capabilities: { experimentalApi: true },
  });
  assert.deepEqual(await client.request("memory/reset"), {});
  await assert.rejects(Deno.stat(note), Deno.errors.NotFound);
});

Deno.test("an editor is told who is logged in, and never by what", async () => {
  await using server = startMockServer([]);
  await using workspace = await makeWorkspace(server);
  await using client = await startAppClient(workspace);
  const file = `${workspace.home}/auth.json`;
  const read = async (auth: unknown) => {
    await Deno.writeTextFile(file, JSON.stringify(auth));
    return await client.request("account/read");
  };
  const none = await client.request("account/read");
  // The mock's provider has a key of its own.
  assert.deepEqual(none, { account: null, requiresOpenaiAuth: false });
  const key = await read({ auth_mode: "apikey", OPENAI_API_KEY: "sk-secret" });
  assert.deepEqual(key.account, { type: "apiKey" });
  const claims = {
    email: "ä@example.com",
    [AUTH_CLAIM]: { chatgpt_plan_type: "pro" },
  };
  for (
    const [idToken, email, planType] of [
      [unsigned(claims), "ä@example.com", "pro"],
      [unsigned({ ...claims, [AUTH_CLAIM]: 3 }), "ä@example.com", "unknown"],
      ["no token", "", "unknown"],
    ]
  ) {
    const tokens = { id_token: idToken, access_token: "secret" };
    const { account } = await read({ auth_mode: "chatgpt", tokens });
    assert.deepEqual(account, { type: "chatgpt", email, planType });
  }
  await Deno.writeTextFile(file, '{"OPENAI_API_KEY": "sk-sec');
  const { message } = await client.refused("account/read");
  assert.match(message, /it is not JSON; run `codex login` again$/);
  assert.doesNotMatch(JSON.stringify(client.messages), /secret|sk-sec/);
});

const AUTH_CLAIM = "https://api.openai.com/auth";

function unsigned(claims: unknown): string {
  const bytes = new TextEncoder().encode(JSON.stringify(claims));
  const payload = btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
  return `e30.${payload}.`;
}

Deno.test("the configuration is told with the file every key comes from", async () => {
  await using server = startMockServer([]);
  await using workspace = await makeWorkspace(server);
  await using client = await startAppClient(workspace, {
    args: ["-c", 'review_model="r"'],
  });
  const { config, origins, layers } = await client.request("config/read", {
    includeLayers: true,
  });
  assert.equal(config.model_provider, "mock");
  assert.equal(config.review_model, "r");
  assert.deepEqual(origins.model_provider.name, {
    type: "user",
    file: `${workspace.home}/config.toml`,
  });
  assert.deepEqual(
    layers.map(({ name }: JsonEvent) => name.type),
    ["sessionFlags", "user", "system"],
  );
  const short = await client.request("config/read");
  assert.deepEqual(Object.keys(short).toSorted(), ["config", "origins"]);
  assert.deepEqual(await client.request("configRequirements/read"), {
    requirements: null,
  });
});

Deno.test("asked to end, the server ends what it runs and says nothing of it", async () => {
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    const command = "sleep 41.0733";
    await using server = startMockServer([
      response(call("exec_command", { cmd: command, login: false }, "c1")),
    ]);
    await using workspace = await makeWorkspace(server);
    const client = await startAppClient(workspace);
    const { thread } = await client.request("thread/start", {
      cwd: workspace.cwd,
    });
    await client.request("turn/start", { threadId: thread.id, input: HI });
    while (
      (await client.next("item/started")).item.type !== "commandExecution"
    );
    client.kill(signal);
    assert.deepEqual(await client.end(), { code: 0, stderr: "" });
    assert.ok(await isGone(command));
  }
});
