/** `codex login`, `codex logout` and what runs with a login, with the real program. */
import assert from "node:assert/strict";
import { startAppClient } from "@test/support/app_client.ts";
import { type CodexRun, makeWorkspace, runCodex } from "@test/support/codex.ts";
import { loginToken, startLoginIssuer } from "@test/support/login_issuer.ts";
import {
  message,
  response,
  startMockServer,
  status,
} from "@test/support/mock_responses_server.ts";

const answer = ({ code, stderr }: CodexRun) => [code, stderr];

Deno.test("a key is read from standard input, shown in part and forgotten", async () => {
  await using workspace = await makeWorkspace();
  const codex = async (args: readonly string[], stdin = "") =>
    answer(await runCodex({ workspace, args, stdin }));
  assert.deepEqual(await codex(["login", "status"]), [1, "Not logged in\n"]);
  assert.deepEqual(
    await codex(["login", "--with-api-key"], " sk-test-abcdefghij67890\n"),
    [0, "Reading API key from stdin...\nSuccessfully logged in\n"],
  );
  const file = `${workspace.home}/auth.json`;
  assert.equal((await Deno.stat(file)).mode! & 0o777, 0o600);
  assert.deepEqual(JSON.parse(await Deno.readTextFile(file)), {
    auth_mode: "apikey",
    OPENAI_API_KEY: "sk-test-abcdefghij67890",
  });
  assert.deepEqual(await codex(["login", "status"]), [
    0,
    "Logged in using an API key - sk-test-***67890\n",
  ]);
  await codex(["login", "--with-api-key"], "short");
  assert.deepEqual(await codex(["login", "status"]), [
    0,
    "Logged in using an API key - ***\n",
  ]);
  const [code, said] = await codex(["login", "--with-api-key"], " \n");
  assert.equal(code, 1);
  assert.match(String(said), /No API key provided via stdin\./);
  assert.deepEqual(await codex(["logout"]), [0, "Successfully logged out\n"]);
  assert.deepEqual(await codex(["logout"]), [0, "Not logged in\n"]);
  const [old, advice] = await codex(["login", "--api-key", "sk"]);
  assert.equal(old, 1);
  assert.match(String(advice), /The --api-key flag is no longer supported/);
});

Deno.test("a code logs in on another device", async () => {
  await using issuer = startLoginIssuer();
  await using workspace = await makeWorkspace();
  const args = ["login", "--experimental_issuer", issuer.url, "--device-auth"];
  const run = await runCodex({ workspace, args });
  assert.deepEqual(answer(run), [0, "Successfully logged in\n"]);
  assert.ok(run.stdout.includes(`${issuer.url}/codex/device`));
  assert.ok(run.stdout.includes("ABCD-1234"));
  const state = await runCodex({ workspace, args: ["login", "status"] });
  assert.deepEqual(answer(state), [0, "Logged in using ChatGPT\n"]);
});

Deno.test("an answer of 401 renews the login and asks again, once", async () => {
  await using issuer = startLoginIssuer();
  await using server = startMockServer([
    status(401, { message: "old" }),
    response(message("hello")),
    status(401, { message: "old" }),
    status(401, { message: "still" }),
  ]);
  await using workspace = await makeWorkspace(
    undefined,
    `chatgpt_base_url = "${server.url}"`,
  );
  const first = loginToken({ jti: "first" });
  await Deno.writeTextFile(
    `${workspace.home}/auth.json`,
    JSON.stringify({
      auth_mode: "chatgpt",
      tokens: {
        access_token: first,
        refresh_token: "rt-0",
        account_id: "acc-1",
      },
      last_refresh: new Date().toISOString(),
    }),
  );
  const run = () =>
    runCodex({
      workspace,
      args: ["exec", "hi"],
      env: { CODEX_REFRESH_TOKEN_URL_OVERRIDE: `${issuer.url}/oauth/token` },
    });
  assert.equal((await run()).code, 0);
  const sent = server.requests.map(({ headers }) => headers.authorization);
  assert.equal(sent[0], `Bearer ${first}`);
  assert.notEqual(sent[1], sent[0]);
  assert.equal(server.requests[1]?.headers["chatgpt-account-id"], "acc-1");
  assert.equal(server.requests[1]?.url, "/v1/codex/responses");
  const again = await run();
  assert.equal(again.code, 1);
  assert.equal(server.requests.length, 4);
});

Deno.test("clients of the app-server log in and out, and all of them hear of it", async () => {
  await using issuer = startLoginIssuer();
  await using workspace = await makeWorkspace();
  await using client = await startAppClient(workspace);
  const login = { type: "apiKey", apiKey: "sk-1" };
  assert.deepEqual(await client.request("account/login/start", login), {
    type: "apiKey",
  });
  assert.deepEqual(await client.next("account/login/completed"), {
    loginId: null,
    success: true,
    error: null,
  });
  assert.deepEqual(await client.next("account/updated"), {
    authMode: "apikey",
    planType: null,
  });
  assert.deepEqual((await client.request("account/read", {})).account, {
    type: "apiKey",
  });
  await client.request("account/logout", undefined);
  assert.deepEqual(await client.next("account/updated"), {
    authMode: null,
    planType: null,
  });
  const none = "00000000-0000-4000-8000-000000000000";
  assert.deepEqual(
    await client.request("account/login/cancel", { loginId: none }),
    { status: "notFound" },
  );
  const error = await client.refused("account/login/cancel", { loginId: "x" });
  assert.deepEqual([error.code, error.message], [
    -32600,
    "invalid login id: x",
  ]);
  assert.equal(issuer.seen.length, 0);
});

Deno.test("tokens of a client are used, asked for again, and never written", async () => {
  await using server = startMockServer([
    response(message("one")),
    status(401, { message: "old" }),
    response(message("two")),
  ]);
  await using workspace = await makeWorkspace(
    undefined,
    `chatgpt_base_url = "${server.url}"`,
  );
  const tokens = ["a", "b"].map((jti) => loginToken({ jti }));
  await using client = await startAppClient(workspace, {
    capabilities: { experimentalApi: true },
    answer(method, params) {
      assert.equal(method, "account/chatgptAuthTokens/refresh");
      assert.deepEqual(params, {
        reason: "unauthorized",
        previousAccountId: "acc-1",
      });
      return { accessToken: tokens[1], chatgptAccountId: "acc-1" };
    },
  });
  await client.request("account/login/start", {
    type: "chatgptAuthTokens",
    accessToken: tokens[0],
    chatgptAccountId: "acc-1",
    chatgptPlanType: "pro",
  });
  assert.deepEqual(await client.next("account/updated"), {
    authMode: "chatgptAuthTokens",
    planType: "pro",
  });
  const refused = await client.refused("account/login/start", {
    type: "chatgpt",
  });
  assert.match(refused.message, /External auth is active/);
  const { thread } = await client.request("thread/start", {
    cwd: workspace.cwd,
  });
  for (const text of ["one", "two"]) {
    const input = [{ type: "text", text }];
    await client.request("turn/start", { threadId: thread.id, input });
    const { turn } = await client.next("turn/completed");
    assert.equal(turn.status, "completed");
  }
  assert.deepEqual(
    server.requests.map(({ headers }) => headers.authorization),
    [tokens[0], tokens[0], tokens[1]].map((token) => `Bearer ${token}`),
  );
  await assert.rejects(Deno.stat(`${workspace.home}/auth.json`));
  await client.request("account/logout", undefined);
  assert.equal((await client.request("account/read", {})).account, null);
});
