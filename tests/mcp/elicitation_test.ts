/** Questions of a server to the user, over a real connection. */
import assert from "node:assert/strict";
import type { AskUser, McpServer, Question } from "@/mcp/server.ts";
import type { ElicitationAnswer } from "@/protocol/ops.ts";
import { NEVER } from "@test/support/fake_clock.ts";
import { serverConfig, withServer } from "./scripted.ts";

/** What the server's tool says it was answered. */
async function elicit(
  server: McpServer,
  args: Readonly<Record<string, unknown>> = {},
  signal = NEVER,
): Promise<string> {
  const answer = await server.call(
    { tool: "elicit", arguments: args, meta: {} },
    signal,
  );
  return answer.kind === "error"
    ? answer.message
    : (answer.content[0] as { text: string }).text.replace("elicited: ", "");
}

/** Gives these answers in turn and keeps the questions. */
function scriptedUser(
  ...answers: readonly ElicitationAnswer[]
): { readonly ask: AskUser; readonly questions: readonly Question[] } {
  const questions: Question[] = [];
  const left = [...answers];
  return {
    questions,
    async ask(question) {
      questions.push(question);
      return left.shift() ?? { action: "cancel" };
    },
  };
}

Deno.test("a form goes to the user as the server made it, and back filled in", async () => {
  const user = scriptedUser({ action: "accept", content: { yes: true } });
  await withServer(serverConfig([]), async (server) => {
    assert.equal(
      await elicit(server, { more: { _meta: { a: 1 } } }),
      '{"action":"accept","content":{"yes":true}}',
    );
  }, user.ask);
  assert.deepEqual(user.questions, [{
    server: "scripted",
    problem: undefined,
    elicitation: {
      mode: "form",
      message: "Really?",
      requestedSchema: {
        type: "object",
        properties: { yes: { type: "boolean" } },
        required: ["yes"],
      },
      meta: { a: 1 },
    },
  }]);
});

Deno.test("what does not fit the form is asked for again, and never sent", async () => {
  const wrong = { action: "accept" as const, content: { yes: "maybe" } };
  const user = scriptedUser(wrong, {
    action: "accept",
    content: { yes: false },
  });
  await withServer(serverConfig([]), async (server) => {
    assert.equal(
      await elicit(server),
      '{"action":"accept","content":{"yes":false}}',
    );
  }, user.ask);
  assert.deepEqual(
    user.questions.map(({ problem }) => problem),
    [undefined, '"yes" must be true or false'],
  );
  const stubborn = scriptedUser(wrong, wrong, wrong, wrong);
  await withServer(serverConfig([]), async (server) => {
    assert.equal(await elicit(server), '{"action":"cancel"}');
  }, stubborn.ask);
  assert.equal(stubborn.questions.length, 3);
});

Deno.test("an address to open comes with its words; what is no question is turned away", async () => {
  const address = {
    mode: "url",
    url: "https://example.com/consent",
    elicitationId: "e1",
  };
  const user = scriptedUser({ action: "accept" });
  await withServer(serverConfig([]), async (server) => {
    assert.equal(
      await elicit(server, { more: address }),
      '{"action":"accept","content":{}}',
    );
    assert.match(
      await elicit(server, { more: { ...address, url: "not one" } }),
      /-32602.*Invalid elicitation request/,
    );
    assert.match(
      await elicit(server, { more: { requestedSchema: "none" } }),
      /-32602/,
    );
    assert.match(
      await elicit(server, { more: { message: "x".repeat(300_000) } }),
      /-32602/,
    );
  }, user.ask);
  assert.equal(user.questions[0]?.elicitation.mode, "url");
  assert.equal(user.questions.length, 1);
});

Deno.test("while the user thinks, the call's time stands still", async () => {
  const config = serverConfig([], { toolTimeoutMs: 400 });
  const ask: AskUser = async () => {
    await new Promise((resolve) => setTimeout(resolve, 700));
    return { action: "accept", content: { yes: true } };
  };
  await withServer(config, async (server) => {
    assert.equal(
      await elicit(server),
      '{"action":"accept","content":{"yes":true}}',
    );
  }, ask);
});

Deno.test("a server may ask a few things at once, not a hundred", async () => {
  let open = 0;
  let most = 0;
  const ask: AskUser = async (_, signal) => {
    most = Math.max(most, ++open);
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.equal(signal.aborted, false);
    open--;
    return { action: "cancel" };
  };
  await withServer(serverConfig([]), async (server) => {
    const answers = await elicit(server, { times: 100 });
    assert.equal(answers.match(/cancel/g)?.length, 4);
    assert.equal(answers.match(/decline/g)?.length, 96);
  }, ask);
  assert.equal(most, 4);
});

Deno.test("the end of a server ends its questions", async () => {
  const ended = Promise.withResolvers<void>();
  const ask: AskUser = (_, signal) =>
    new Promise((resolve) => {
      signal.addEventListener("abort", () => {
        ended.resolve();
        resolve({ action: "cancel" });
      }, { once: true });
      stop.abort(new Error("stop"));
    });
  const stop = new AbortController();
  await withServer(serverConfig([]), async (server) => {
    await assert.rejects(elicit(server, {}, stop.signal), { message: "stop" });
  }, ask);
  await ended.promise;
});
