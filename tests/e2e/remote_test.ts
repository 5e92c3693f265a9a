/** `codex exec --remote`: the same runs, with the agent in an app-server. */
import assert from "node:assert/strict";
import {
  type AppListener,
  startAppListener,
} from "@test/support/app_listener.ts";
import {
  type CodexRun,
  type JsonEvent,
  makeWorkspace,
  runCodex,
  spawnCodex,
  type Workspace,
} from "@test/support/codex.ts";
import {
  call,
  created,
  customCall,
  message,
  type MockServer,
  reasoning,
  response,
  startMockServer,
  status,
  webSearch,
} from "@test/support/mock_responses_server.ts";
import { rolloutPaths } from "@test/support/rollouts.ts";
import { makePng } from "@test/support/png.ts";

const CONFIG = `sandbox_mode = "danger-full-access"`;
const PATCH = "*** Begin Patch\n*** Add File: new.txt\n+hello\n*** End Patch";

/** Everything an exec run shows in one turn, but for sub-agents. */
function steps() {
  return [
    response(
      reasoning("**Plan**\n\nthinking"),
      message("Working.", "commentary"),
      call("update_plan", {
        plan: [{ step: "one", status: "in_progress" }],
      }, "call_p"),
      call("exec_command", { cmd: "echo hi; exit 3", login: false }, "call_1"),
      customCall("apply_patch", PATCH, "call_2"),
      webSearch({ type: "search", query: "weather" }, "ws_1"),
    ),
    response(message("Done.", "final_answer", "msg_2")),
  ];
}

interface Remote extends AsyncDisposable {
  readonly server: MockServer;
  readonly workspace: Workspace;
  readonly listener: AppListener;
  /** From a directory and with a configuration that have nothing of the server's. */
  exec(...args: readonly string[]): Promise<CodexRun>;
}

async function startRemote(
  server: MockServer,
  args: readonly string[] = [],
): Promise<Remote> {
  const workspace = await makeWorkspace(server, CONFIG);
  const listener = await startAppListener(workspace, args);
  const client = await makeWorkspace();
  return {
    server,
    workspace,
    listener,
    exec: (...given) =>
      runCodex({
        workspace: client,
        args: ["exec", "--remote", listener.url, ...given],
        cwd: client.root,
        env: { TOKEN: "the-token" },
      }),
    async [Symbol.asyncDispose]() {
      await listener[Symbol.asyncDispose]();
      await workspace[Symbol.asyncDispose]();
      await client[Symbol.asyncDispose]();
    },
  };
}

/** Events without what differs from run to run. */
function comparable(events: readonly JsonEvent[], { cwd }: Workspace) {
  const text = JSON.stringify(events).replaceAll(cwd, "<cwd>")
    .replaceAll(/"thread_id":"[^"]*"/g, '"thread_id":"<id>"')
    .replaceAll(/"\/bin\/bash|"bash/g, '"bash');
  return JSON.parse(text);
}

Deno.test("a run elsewhere tells what a run here tells", async () => {
  await using here = startMockServer(steps());
  await using workspace = await makeWorkspace(here, CONFIG);
  const local = await runCodex({
    workspace,
    args: ["exec", "--json", "do all"],
  });
  assert.equal(local.code, 0, local.stderr);
  await using there = startMockServer(steps());
  await using remote = await startRemote(there);
  const run = await remote.exec("--json", "do all");
  assert.deepEqual([run.code, run.stderr], [0, local.stderr]);
  assert.deepEqual(
    comparable(run.events, remote.workspace),
    comparable(local.events, workspace),
  );
  assert.equal(
    await Deno.readTextFile(`${remote.workspace.cwd}/new.txt`),
    "hello\n",
  );
  // The model was asked the same, but for where and by whom.
  const asked = (server: MockServer) =>
    server.requests.map(({ body }) => body.input.length);
  assert.deepEqual(asked(there), asked(here));
});

Deno.test("people read the same of a run elsewhere", async () => {
  await using server = startMockServer([response(message("Hello there."))]);
  await using remote = await startRemote(server);
  const run = await remote.exec("-m", "gpt-5.4", "hi");
  assert.equal(run.code, 0, run.stderr);
  assert.equal(run.stdout, "Hello there.\n");
  assert.match(run.stderr, /model: gpt-5\.4/);
  assert.ok(run.stderr.includes(remote.workspace.cwd), run.stderr);
  assert.equal(server.requests[0]?.body.model, "gpt-5.4");
});

Deno.test("flags go along, and files lie here", async () => {
  await using server = startMockServer([response(message('{"a":1}'))]);
  await using remote = await startRemote(server);
  const { root } = remote.workspace;
  await Deno.writeTextFile(
    `${root}/schema.json`,
    JSON.stringify({
      type: "object",
      properties: { a: { type: "number" } },
      required: ["a"],
      additionalProperties: false,
    }),
  );
  await Deno.writeFile(`${root}/pixel.png`, await makePng(1, 1));
  const run = await remote.exec(
    ...["--output-schema", `${root}/schema.json`, "-o", `${root}/last.txt`],
    ...["-c", "model_reasoning_effort=high", "-C", root, "--ephemeral"],
    ...["-i", `${root}/pixel.png`, "--", "look"],
  );
  assert.equal(run.code, 0, run.stderr);
  assert.equal(await Deno.readTextFile(`${root}/last.txt`), '{"a":1}');
  const body = server.requests[0]?.body;
  assert.equal(body.reasoning.effort, "high");
  assert.equal(body.text.format.schema.required[0], "a");
  assert.match(JSON.stringify(body.input), /data:image\/png;base64,/);
  assert.match(JSON.stringify(body.input), new RegExp(`<cwd>${root}</cwd>`));
  assert.equal(
    await Deno.stat(`${remote.workspace.home}/sessions`).catch(() => "none"),
    "none",
  );
});

Deno.test("threads elsewhere are continued: by id, by name, the last", async () => {
  const words = ["one", "two", "three", "four"];
  await using server = startMockServer(
    words.map((word) => response(message(`re: ${word}`))),
  );
  await using remote = await startRemote(server);
  const first = await remote.exec("--json", "one");
  const threadId = first.events[0]?.thread_id;
  await using client = await remote.listener.connect();
  await client.request("thread/name/set", { threadId, name: "mine" });
  const runs = [
    await remote.exec("--json", "resume", threadId, "two"),
    await remote.exec("--json", "resume", "mine", "three"),
    await remote.exec("--json", "resume", "--last", "four"),
  ];
  for (const [index, run] of runs.entries()) {
    assert.equal(run.code, 0, run.stderr);
    assert.equal(run.events[0]?.thread_id, threadId);
    const input = JSON.stringify(server.requests[index + 1]?.body.input);
    assert.match(input, new RegExp(`re: ${words[index]}`));
  }
  const unknown = await remote.exec("resume", "nobody", "hi");
  assert.deepEqual([unknown.code, unknown.stderr], [
    1,
    'Error: no thread named "nobody" was found there\n',
  ]);
});

Deno.test("a review, and a turn that fails, end as they do here", async () => {
  const finding = JSON.stringify({
    findings: [],
    overall_correctness: "patch is correct",
    overall_explanation: "Looks good.",
    overall_confidence_score: 1,
  });
  await using server = startMockServer([
    response(message(finding)),
    status(400, { message: "no such model" }),
  ]);
  await using remote = await startRemote(server);
  const review = await remote.exec("review", "look at it");
  assert.equal(review.code, 0, review.stderr);
  assert.match(review.stdout, /Looks good\./);
  const failed = await remote.exec("--json", "hi");
  assert.equal(failed.code, 1);
  assert.match(JSON.stringify(failed.events), /no such model/);
  assert.equal(failed.events.at(-1)?.type, "turn.failed");
});

Deno.test("nobody is asked: what needs approval is not run", async () => {
  await using server = startMockServer([
    response(call("exec_command", { cmd: "touch x", login: false }, "c1")),
    response(message("Done.")),
  ]);
  await using remote = await startRemote(server);
  const run = await remote.exec("--json", "-s", "read-only", "hi");
  assert.equal(run.code, 0, run.stderr);
  assert.equal(
    await Deno.stat(`${remote.workspace.cwd}/x`).catch(() => "none"),
    "none",
  );
});

/** A run whose turn has begun and does not end; something happens, and it is over. */
async function during(
  remote: Remote,
  act: (child: Deno.ChildProcess) => Promise<void>,
): Promise<{ code: number; stdout: string; stderr: string }> {
  const child = spawnCodex({
    workspace: remote.workspace,
    args: ["exec", "--json", "--remote", remote.listener.url, "hi"],
  });
  await child.stdin.close();
  const errors = new Response(child.stderr).text();
  let stdout = "";
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    const hasBegun = stdout.includes("turn.started");
    stdout += text;
    if (!hasBegun && stdout.includes("turn.started")) await act(child);
  }
  const { code } = await child.status;
  return { code, stdout, stderr: await errors };
}

const ENDLESS = {
  kind: "stream" as const,
  events: [created(), ...message("half").slice(0, 2)],
  end: "hang" as const,
};

Deno.test("an interrupt reaches the turn elsewhere", async () => {
  await using server = startMockServer([ENDLESS]);
  await using remote = await startRemote(server);
  const { code } = await during(remote, async (child) => child.kill("SIGINT"));
  assert.equal(code, 1);
  // The turn there has ended, and the thread with the run.
  await using client = await remote.listener.connect();
  const { data } = await client.request("thread/loaded/list");
  assert.deepEqual(data, []);
  const [path = ""] = await rolloutPaths(remote.workspace);
  assert.match(await Deno.readTextFile(path), /"turn_aborted"/);
});

Deno.test("a server that goes away ends the run with the reason", async () => {
  await using server = startMockServer([ENDLESS]);
  await using remote = await startRemote(server);
  const { code, stderr } = await during(remote, async () => {
    await remote.listener.stop("SIGKILL");
  });
  assert.equal(code, 1);
  assert.match(
    stderr,
    /Error: The app server at ws:\/\/127\.0\.0\.1:\d+ ended the connection: /,
  );
});

Deno.test("a server that wants proof gets the token of the named variable", async () => {
  await using server = startMockServer([response(message("Hello."))]);
  const digest = new Uint8Array(
    await crypto.subtle.digest(
      "SHA-256",
      new TextEncoder().encode("the-token"),
    ),
  ).toHex();
  await using remote = await startRemote(server, [
    ...["--ws-auth", "capability-token", "--ws-token-sha256", digest],
  ]);
  const known = await remote.exec("--remote-auth-token-env", "TOKEN", "hi");
  assert.deepEqual([known.code, known.stdout], [0, "Hello.\n"]);
  const unknown = await remote.exec("hi");
  assert.equal(unknown.code, 1);
  assert.match(
    unknown.stderr,
    /(?:^|\n)Error: Cannot connect to the app server at ws:/,
  );
  assert.doesNotMatch(known.stderr + unknown.stderr, /the-token/);
});

Deno.test("addresses and tokens that cannot be used are told of", async () => {
  await using workspace = await makeWorkspace();
  const run = async (...args: readonly string[]) => {
    const { code, stderr } = await runCodex({
      workspace,
      args: ["exec", ...args, "hi"],
      env: { EMPTY: " ", TOKEN: "secret-token" },
    });
    assert.equal(code, 1);
    return stderr.trim();
  };
  for (
    const address of ["x", "http://a:1", "ws://a", "ws://a:1/x", "ws://u@a:1"]
  ) {
    assert.match(
      await run("--remote", address),
      /(?:^|\n)Error: invalid remote address `.*`; expected `ws:\/\/host:port` or `wss:\/\/host:port`$/,
    );
  }
  const token = (address: string, variable: string) =>
    run("--remote", address, "--remote-auth-token-env", variable);
  assert.match(
    await token("ws://127.0.0.1:1", "EMPTY"),
    /`EMPTY`: the environment variable is not set or empty/,
  );
  assert.match(
    await token("ws://127.0.0.1:1", "ABSENT"),
    /`ABSENT`: the environment/,
  );
  // Everybody on the way could read it.
  assert.match(await token("ws://example.com:80", "TOKEN"), /not encrypted/);
  const refused = await token("ws://127.0.0.1:1", "TOKEN");
  assert.match(
    refused,
    /(?:^|\n)Error: Cannot connect to the app server at ws:\/\/127\.0\.0\.1:1: /,
  );
  assert.doesNotMatch(refused, /secret-token/);
});
