/** `exec resume`: which thread is found, what the model is sent, what survives a crash. */
import assert from "node:assert/strict";
import {
  type JsonEvent,
  makeWorkspace,
  runCodex,
  spawnCodex,
} from "@test/support/codex.ts";
import {
  call,
  message,
  reasoning,
  type RecordedRequest,
  response,
  startMockServer,
} from "@test/support/mock_responses_server.ts";
import {
  itemsOf,
  placeRollout,
  readRollout,
  rolloutPaths,
} from "@test/support/rollouts.ts";

const ID = "01a20461-c44a-7f81-be73-f34280a2ded4";

Deno.test("a resumed thread goes on with the same bytes, the same key and the same counts", async () => {
  await using server = startMockServer([
    response(
      reasoning("**Plan**"),
      message("Working.", "commentary"),
      call("exec_command", { cmd: "echo hi", login: false }, "call_1"),
    ),
    response(message("Done.")),
    response(message("by id")),
    response(message("by last")),
    response(message("by name")),
  ]);
  await using workspace = await makeWorkspace(server);
  const exec = (...args: string[]) =>
    runCodex({ workspace, args: ["exec", ...args] });

  const first = await exec("--json", "first");
  const id = first.events[0].thread_id;
  await Deno.writeTextFile(
    `${workspace.home}/session_index.jsonl`,
    [[id, "old name"], [id, "my thread"]]
      .map(([id, thread_name]) => `${JSON.stringify({ id, thread_name })}\n`)
      .join(""),
  );
  const runs = [
    first,
    await exec("resume", "--json", id, "second"),
    await exec("resume", "--json", "--last", "third"),
    await exec("resume", "--json", "my thread", "fourth"),
  ];

  assert.deepEqual(
    runs.map((run) => [run.code, run.events[0].thread_id, run.events.at(-1)]),
    [2, 3, 4, 5].map((responses) => [0, id, {
      type: "turn.completed",
      usage: {
        input_tokens: 100 * responses,
        cached_input_tokens: 10 * responses,
        output_tokens: 20 * responses,
      },
    }]),
  );
  for (const [index, request] of server.requests.entries()) {
    const previous = server.requests[index - 1];
    if (previous !== undefined) assertExtends(request, previous);
  }
  assert.deepEqual(
    server.requests.slice(2).map(({ body }) =>
      body.input.slice(-2).map((item: JsonEvent) => item.content[0].text)
    ),
    [["Done.", "second"], ["by id", "third"], ["by last", "fourth"]],
  );
  assert.equal((await rolloutPaths(workspace)).length, 1);
});

/** The later request is the earlier one, byte by byte, with more items behind its input. */
function assertExtends(later: RecordedRequest, earlier: RecordedRequest): void {
  const end = earlier.text.indexOf('],"tools":');
  assert.ok(end > 0);
  assert.equal(later.text.slice(0, end), earlier.text.slice(0, end));
  assert.equal(
    later.text.slice(later.text.indexOf('],"tools":')),
    earlier.text.slice(end),
  );
  assert.ok(later.body.input.length > earlier.body.input.length);
}

Deno.test("resume --last looks in this directory and with this provider, --all in every directory", async () => {
  await using server = startMockServer([
    response(message("here")),
    response(message("there")),
    response(message("again")),
    response(message("and again")),
  ]);
  await using workspace = await makeWorkspace(server);
  const elsewhere = `${workspace.root}/elsewhere`;
  await Deno.mkdir(elsewhere);
  const exec = (cwd: string, ...args: string[]) =>
    runCodex({
      workspace,
      cwd,
      args: ["exec", "--skip-git-repo-check", ...args],
    });
  const here = await exec(workspace.cwd, "--json", "here");
  const there = await exec(elsewhere, "--json", "there");
  const resume = ["resume", "--json", "--last"];

  const found = [
    await exec(workspace.cwd, ...resume, "go on"),
    await exec(workspace.root, ...resume, "go on"),
    await exec(workspace.root, ...resume, "--all", "go on"),
    await exec(
      workspace.cwd,
      "-c",
      "model_provider=other",
      "-c",
      `model_providers.other={name="other",base_url="${server.url}"}`,
      ...resume,
      "--all",
      "go on",
    ),
  ];
  const lost = `Error: no earlier thread was found`;
  assert.deepEqual(
    found.map((run) => [run.code, run.events[0]?.thread_id, run.stderr]),
    [
      [0, here.events[0].thread_id, ""],
      [
        1,
        undefined,
        `${lost} in "${workspace.root}"; --all looks in every directory\n`,
      ],
      // It was written to last.
      [0, here.events[0].thread_id, ""],
      [1, undefined, `${lost}\n`],
    ],
  );
  assert.notEqual(there.events[0].thread_id, here.events[0].thread_id);
  assert.equal(server.requests.length, 4);
});

Deno.test("a thread that cannot be found is an error, not a new thread", async () => {
  await using server = startMockServer([]);
  await using workspace = await makeWorkspace(server);
  const found = [];
  for (const selector of [[ID], ["no such name"], ["--last"]]) {
    const run = await runCodex({
      workspace,
      args: ["exec", "resume", ...selector, "go on"],
    });
    found.push([run.code, run.stdout, run.stderr]);
  }
  const hint = `in "${workspace.cwd}"; --all looks in every directory\n`;
  assert.deepEqual(found, [
    [1, "", `Error: no rollout found for thread id ${ID}\n`],
    [1, "", `Error: no thread named "no such name" was found ${hint}`],
    [1, "", `Error: no earlier thread was found ${hint}`],
  ]);
  assert.equal(server.requests.length, 0);
  assert.deepEqual(await rolloutPaths(workspace), []);
});

Deno.test("a thread written by Codex 0.124.0 goes on here", async () => {
  await using server = startMockServer([response(message("again"))]);
  await using workspace = await makeWorkspace(server);
  const text = await referenceRollout(workspace.cwd);
  const path = await placeRollout(workspace, ID, text);
  const run = await runCodex({
    workspace,
    args: ["exec", "resume", "--json", ID, "go on", "--yolo"],
  });

  assert.equal(run.code, 0, run.stderr);
  assert.deepEqual(run.events.at(-1).usage, {
    input_tokens: 300,
    cached_input_tokens: 30,
    output_tokens: 60,
  });
  const { body } = server.requests[0] ?? {};
  const lines = text.trim().split("\n").map((line) => JSON.parse(line));
  const items = itemsOf(lines);
  assert.equal(body.instructions, lines[0].payload.base_instructions.text);
  assert.equal(body.prompt_cache_key, ID);
  assert.deepEqual(body.input.slice(0, items.length), items);
  assert.equal(body.input.at(-1).content[0].text, "go on");
  const after = await Deno.readTextFile(path);
  assert.equal(after.slice(0, text.length), text);
});

Deno.test("a half-written last line is passed over, and the next line is whole", async () => {
  await using server = startMockServer([response(message("again"))]);
  await using workspace = await makeWorkspace(server);
  const text = await referenceRollout(workspace.cwd);
  const half = '{"timestamp":"2026-11-22T17:50:46.090Z","type":"response_i';
  const path = await placeRollout(workspace, ID, text + half);
  const run = await runCodex({
    workspace,
    args: ["exec", "resume", "--json", ID, "go on", "--yolo"],
  });

  assert.equal(run.code, 0, run.stderr);
  const rest = (await Deno.readTextFile(path)).slice(text.length).split("\n");
  assert.equal(rest[0], half);
  assert.equal(JSON.parse(rest[1] ?? "").payload.type, "task_started");
});

Deno.test("a call without an output in the file is sent with one that says it was aborted", async () => {
  await using server = startMockServer([response(message("again"))]);
  await using workspace = await makeWorkspace(server);
  const text = await referenceRollout(workspace.cwd);
  const beforeOutput = text.slice(0, text.indexOf('"function_call_output"'));
  const lines = beforeOutput.slice(0, beforeOutput.lastIndexOf("\n") + 1);
  await placeRollout(workspace, ID, lines);
  const run = await runCodex({
    workspace,
    args: ["exec", "resume", "--json", ID, "go on", "--yolo"],
  });

  assert.equal(run.code, 0, run.stderr);
  const { input } = server.requests[0]?.body ?? {};
  const index = input.findIndex((item: JsonEvent) =>
    item.type === "function_call"
  );
  assert.deepEqual(input.slice(index + 1, index + 2), [{
    type: "function_call_output",
    call_id: "call_1",
    output: "aborted",
  }]);
});

Deno.test("a program killed in the middle of a command leaves a thread that goes on", async () => {
  await using server = startMockServer([
    response(
      message("Working.", "commentary"),
      call("exec_command", {
        cmd: "while [ -e running ]; do sleep 0.1; done",
        login: false,
      }, "call_1"),
    ),
    response(message("again")),
    response(message("and again")),
  ]);
  await using workspace = await makeWorkspace(server);
  const flag = `${workspace.cwd}/running`;
  await Deno.writeTextFile(flag, "");
  const child = spawnCodex({
    workspace,
    args: ["exec", "--json", "hi", "--yolo"],
  });
  await child.stdin.close();
  await readUntil(child.stdout, '"command_execution"');
  child.kill("SIGKILL");
  // What holds the pipes may outlive the program by a moment.
  await Deno.remove(flag);
  await Promise.all([child.status, child.stderr.cancel()]);

  const resume = () =>
    runCodex({
      workspace,
      args: ["exec", "resume", "--json", "--last", "go on", "--yolo"],
    });
  const runs = [await resume(), await resume()];
  assert.deepEqual(runs.map((run) => run.code), [0, 0]);
  const [, second, third] = server.requests;
  assert.deepEqual(
    second?.body.input.slice(-3).map((item: JsonEvent) => [
      item.type,
      item.call_id ?? item.content[0].text,
      item.output,
    ]),
    [
      ["function_call", "call_1", undefined],
      ["function_call_output", "call_1", "aborted"],
      ["message", "go on", undefined],
    ],
  );
  if (second !== undefined && third !== undefined) assertExtends(third, second);
});

/** Reads a stream up to a text and leaves the rest unread. */
async function readUntil(
  stream: ReadableStream<Uint8Array>,
  text: string,
): Promise<void> {
  const decoder = new TextDecoder();
  let seen = "";
  for await (const chunk of stream) {
    seen += decoder.decode(chunk, { stream: true });
    if (seen.includes(text)) return;
  }
  throw new Error(`The stream ended before "${text}": ${seen}`);
}

Deno.test("a sessions directory that cannot be written to ends the run with a clear error", async () => {
  await using server = startMockServer([response(message("never asked"))]);
  await using workspace = await makeWorkspace(server);
  // A file in its place: the superuser may write to any directory.
  await Deno.writeTextFile(`${workspace.home}/sessions`, "");
  const run = await runCodex({ workspace, args: ["exec", "hi"] });
  assert.equal(run.code, 1);
  assert.equal(run.stdout, "");
  assert.match(
    run.stderr,
    /^ERROR: Cannot save the thread to ".*\/sessions\/.*": .*; what was saved before can be resumed$/m,
  );
  assert.equal(server.requests.length, 0);
});

Deno.test("an ephemeral thread leaves no rollout and cannot be resumed", async () => {
  await using server = startMockServer([response(message("ok"))]);
  await using workspace = await makeWorkspace(server);
  const run = await runCodex({
    workspace,
    args: ["exec", "--json", "--ephemeral", "hi"],
  });
  assert.equal(run.code, 0, run.stderr);
  assert.deepEqual(await rolloutPaths(workspace), []);
  const id = run.events[0].thread_id;
  const resumed = await runCodex({
    workspace,
    args: ["exec", "resume", id, "go on"],
  });
  assert.deepEqual(
    [resumed.code, resumed.stderr],
    [1, `Error: no rollout found for thread id ${id}\n`],
  );
});

Deno.test("a thread resumed under another sandbox mode tells the model what changed, at the tail", async () => {
  await using server = startMockServer([
    response(message("one")),
    response(message("two")),
    response(message("three")),
  ]);
  await using workspace = await makeWorkspace(server);
  const exec = (...args: string[]) =>
    runCodex({ workspace, args: ["exec", ...args] });
  await exec("first", "-s", "read-only");
  await exec("resume", "--last", "second", "--full-auto");
  await exec("resume", "--last", "third", "--full-auto");

  const [first, second, third] = server.requests;
  if (!first || !second || !third) throw new Error("a request is missing");
  assertExtends(second, first);
  assertExtends(third, second);
  const added = (later: RecordedRequest, earlier: RecordedRequest) =>
    later.body.input.slice(earlier.body.input.length).map((item: JsonEvent) =>
      `${item.role}: ${item.content[0].text.split("\n")[0]}`
    );
  assert.deepEqual([added(second, first), added(third, second)], [
    [
      "assistant: one",
      "developer: <permissions instructions>",
      "user: second",
    ],
    ["assistant: two", "user: third"],
  ]);
  const contexts = (await readRollout(workspace))
    .filter((line) => line.type === "turn_context")
    .map((line) => line.payload.sandbox_policy.type);
  assert.deepEqual(contexts, [
    "read-only",
    "workspace-write",
    "workspace-write",
  ]);
});

/** A thread of one turn as Codex 0.124.0 wrote it, long texts shortened. */
async function referenceRollout(cwd: string): Promise<string> {
  const url = new URL(
    "../fixtures/rollouts/reference.jsonl",
    import.meta.url,
  );
  return (await Deno.readTextFile(url)).replaceAll("/home/u/work", cwd);
}
