/** What clients ask of a running thread beside turns, with the real program. */
import assert from "node:assert/strict";
import { type AppClient, startAppClient } from "@test/support/app_client.ts";
import {
  type JsonEvent,
  makeWorkspace,
  type Workspace,
} from "@test/support/codex.ts";
import {
  call,
  message,
  response,
  startMockServer,
} from "@test/support/mock_responses_server.ts";

const EXPERIMENTAL = { capabilities: { experimentalApi: true } };

async function startThread(
  client: AppClient,
  { cwd }: Workspace,
  more: object = {},
): Promise<string> {
  const { thread } = await client.request("thread/start", { cwd, ...more });
  return thread.id;
}

async function say(client: AppClient, threadId: string, text: string) {
  const input = [{ type: "text", text }];
  await client.request("turn/start", { threadId, input });
  await client.next("turn/completed");
}

/** The completed items of a kind, in order. */
function itemsOf(client: AppClient, type: string): readonly JsonEvent[] {
  return client.messages.filter((one) =>
    one.method === "item/completed" && one.params.item.type === type
  ).map(({ params }) => params.item);
}

Deno.test("a user's own command runs as a turn, and the model is told of it", async () => {
  await using server = startMockServer([response(message("ok"))]);
  await using workspace = await makeWorkspace(server);
  await using client = await startAppClient(workspace);
  const threadId = await startThread(client, workspace);
  const empty = await client.refused("thread/shellCommand", {
    threadId,
    command: " ",
  });
  assert.equal(empty.message, "command must not be empty");
  const command = "echo from-shell; exit 3";
  await client.request("thread/shellCommand", { threadId, command });
  const { turn } = await client.next("turn/completed");
  assert.equal(turn.status, "completed");
  const [item] = itemsOf(client, "commandExecution");
  assert.equal(item.source, "userShell");
  assert.equal(item.status, "failed");
  assert.equal(item.exitCode, 3);
  assert.equal(item.aggregatedOutput, "from-shell\n");
  assert.match(item.command, / -lc 'echo from-shell; exit 3'$/);
  await say(client, threadId, "hi");
  const sent = JSON.stringify(server.requests[0]?.body.input);
  assert.match(sent, /<user_shell_command>/);
});

Deno.test("a model's command keeps the source of a model's command", async () => {
  await using server = startMockServer([
    response(call("exec_command", { cmd: "echo hi", login: false }, "c1")),
    response(message("ok")),
  ]);
  await using workspace = await makeWorkspace(server);
  await using client = await startAppClient(workspace);
  await say(client, await startThread(client, workspace), "hi");
  const [item] = itemsOf(client, "commandExecution");
  assert.equal(item.source, "unifiedExecStartup");
});

Deno.test("a history is folded when a client asks for it", async () => {
  await using server = startMockServer([
    response(message("one")),
    response(message("the summary")),
    response(message("two")),
  ]);
  await using workspace = await makeWorkspace(server);
  await using client = await startAppClient(workspace);
  const threadId = await startThread(client, workspace);
  await say(client, threadId, "first");
  await client.request("thread/compact/start", { threadId });
  await client.next("turn/completed");
  assert.equal(itemsOf(client, "contextCompaction").length, 1);
  await say(client, threadId, "second");
  const sent = JSON.stringify(server.requests[2]?.body.input);
  assert.match(sent, /the summary/);
  assert.doesNotMatch(sent, /"one"/);
});

Deno.test("items are put into the history, and such that are none are refused", async () => {
  await using server = startMockServer([response(message("ok"))]);
  await using workspace = await makeWorkspace(server);
  await using client = await startAppClient(workspace);
  const threadId = await startThread(client, workspace);
  const inject = (items: unknown) => ({ threadId, items });
  const refusals = await Promise.all(
    [[], [5], [{ type: "message" }], [{ type: "no_such_item" }]].map((items) =>
      client.refused("thread/inject_items", inject(items))
    ),
  );
  assert.deepEqual(refusals.map(({ code }) => code), Array(4).fill(-32600));
  assert.equal(refusals[0].message, "items must not be empty");
  for (const { message: text } of refusals.slice(1)) {
    assert.match(text, /^items\[0\] is not a valid response item: /);
  }
  const content = [{ type: "input_text", text: "injected" }];
  await client.request(
    "thread/inject_items",
    inject([{ type: "message", role: "user", content, x_extra: 1 }]),
  );
  await say(client, threadId, "hi");
  const sent = server.requests[0]?.body.input;
  const item = sent.find((one: JsonEvent) => one.x_extra === 1);
  assert.deepEqual(item?.content, content);
});

Deno.test("commands that run in the background are ended when a client asks for it", async () => {
  await using server = startMockServer([
    response(call(
      "exec_command",
      { cmd: "sleep 1000", login: false, yield_time_ms: 250 },
      "c1",
    )),
    response(message("it runs")),
  ]);
  await using workspace = await makeWorkspace(server);
  await using client = await startAppClient(workspace, EXPERIMENTAL);
  const threadId = await startThread(client, workspace, {
    sandbox: "danger-full-access",
  });
  await say(client, threadId, "hi");
  assert.equal(itemsOf(client, "commandExecution").length, 0);
  await client.request("thread/backgroundTerminals/clean", { threadId });
  await client.next("item/completed");
  const [item] = itemsOf(client, "commandExecution");
  assert.equal(item.status, "failed");
});
