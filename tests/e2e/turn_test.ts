/** Turns through the whole program: what the model gets back, and what happens on disk. */
import assert from "node:assert/strict";
import {
  type CodexRun,
  HAS_HELPER,
  type JsonEvent,
  makeWorkspace,
  runCodex,
  type Workspace,
} from "@test/support/codex.ts";
import {
  call,
  completed,
  created,
  customCall,
  message,
  type MockStep,
  type RecordedRequest,
  response,
  type SseEvent,
  startMockServer,
  stream,
} from "@test/support/mock_responses_server.ts";
import { makePng, pngSize } from "@test/support/png.ts";
import { isGone } from "@test/support/processes.ts";
import { readRollout } from "@test/support/rollouts.ts";

interface Turn {
  readonly run: CodexRun;
  readonly requests: readonly RecordedRequest[];
  /** The outputs of all calls, by call id, in the order they were sent. */
  readonly outputs: Readonly<Record<string, JsonEvent>>;
}

/** Runs one turn: a response for every batch of calls, then a last message. */
async function runTurn(
  workspace: Workspace,
  batches: readonly (MockStep | ((request: RecordedRequest) => MockStep))[],
  args: readonly string[] = ["--full-auto"],
): Promise<Turn> {
  await using server = startMockServer([
    ...batches,
    response(message("The end.", "final_answer")),
  ]);
  const run = await runCodex({
    workspace,
    args: ["exec", "--json", ...providerFlags(server.url), ...args, "go"],
  });
  assert.equal(run.events.at(-1)?.type, "turn.completed", run.stderr);
  const input = server.requests.at(-1)?.body.input ?? [];
  return {
    run,
    requests: server.requests,
    outputs: Object.fromEntries(
      input.filter((item: JsonEvent) => item.output !== undefined)
        .map((item: JsonEvent) => [item.call_id, item.output]),
    ),
  };
}

/** The mock server as provider, for a workspace that was made before it. */
function providerFlags(url: string): readonly string[] {
  return [
    "-c",
    "model_provider=mock",
    "-c",
    `model_providers.mock={name="mock",base_url="${url}"}`,
  ];
}

const makePlace = () => makeWorkspace(undefined, 'model = "gpt-5.2-codex"');

function shell(
  cmd: string,
  callId: string,
  more: Readonly<Record<string, unknown>> = {},
): readonly SseEvent[] {
  return call("exec_command", { cmd, login: false, ...more }, callId);
}

/** The part of a command's report behind `Output:`. */
function outputOf(report: string): string {
  return report.slice(report.indexOf("Output:\n") + "Output:\n".length);
}

/** Another executable than the launcher, compiled with a runtime of its own. */
const CODEX_BIN = Deno.env.get("CODEX_BIN");

Deno.test("commands of one response run together, a patch between them alone, and outputs keep the order of calls", async () => {
  await using workspace = await makePlace();
  const { outputs } = await runTurn(workspace, [response(
    // Ends only when the second one runs beside it.
    shell("until [ -e two ]; do sleep 0.02; done; echo one", "call_1"),
    shell("touch two; echo two", "call_2"),
    customCall(
      "apply_patch",
      "*** Begin Patch\n*** Add File: three\n+three\n*** End Patch",
      "call_3",
    ),
    shell("cat three", "call_4"),
  )]);
  assert.deepEqual(
    Object.entries(outputs).map(([id, report]) => [id, outputOf(report)]),
    [
      ["call_1", "one\n"],
      ["call_2", "two\n"],
      ["call_3", "Success. Updated the following files:\nA three\n"],
      ["call_4", "three\n"],
    ],
  );
});

Deno.test("a command that does not end in time becomes a session, which is polled until its end and then forgotten", async () => {
  await using workspace = await makePlace();
  const sessionOf = (request: RecordedRequest) =>
    Number(/session ID (\d+)/.exec(lastOutput(request))?.[1]);
  let session = 0;
  const { outputs, run } = await runTurn(workspace, [
    response(shell(
      "echo a; until [ -e go ]; do sleep 0.02; done; echo b; exit 7",
      "call_1",
      { yield_time_ms: 1_000 },
    )),
    (request) => {
      session = sessionOf(request);
      return response(
        call("write_stdin", { session_id: session, chars: "x" }, "call_2"),
        shell("touch go", "call_3"),
        call("write_stdin", { session_id: session, chars: "" }, "call_4"),
      );
    },
    () => response(call("write_stdin", { session_id: session }, "call_5")),
  ]);
  const reports = Object.fromEntries(
    Object.entries(outputs).map(([id, report]) => [
      id,
      report.replace(
        /^Chunk ID: [0-9a-f]{6}\nWall time: \d+\.\d{4} seconds\n/,
        "",
      )
        .replace(String(session), "SESSION"),
    ]),
  );
  assert.deepEqual(reports, {
    call_1:
      "Process running with session ID SESSION\nOriginal token count: 1\nOutput:\na\n",
    call_2:
      "write_stdin failed: stdin is closed for this session; rerun exec_command with tty=true to keep stdin open",
    call_3: "Process exited with code 0\nOriginal token count: 0\nOutput:\n",
    call_4: "Process exited with code 7\nOriginal token count: 1\nOutput:\nb\n",
    call_5: "write_stdin failed: Unknown process id SESSION",
  });
  assert.deepEqual(
    run.events.filter((event) =>
      event.item?.type === "command_execution" &&
      event.type === "item.completed" && event.item.exit_code === 7
    ).map((event) => event.item.aggregated_output),
    ["a\nb\n"],
  );
});

function lastOutput(request: RecordedRequest): string {
  return request.body.input.at(-1).output;
}

Deno.test({
  name: "a command with a terminal can be typed to and stopped by its keys" +
    (HAS_HELPER ? "" : " (needs the sandbox helper)"),
  ignore: !HAS_HELPER,
  async fn() {
    await using workspace = await makePlace();
    let session = 0;
    const type = (chars: string, callId: string) => {
      const args = { session_id: session, chars, yield_time_ms: 5_000 };
      return call("write_stdin", args, callId);
    };
    const { outputs } = await runTurn(workspace, [
      response(shell(
        "test -t 0 && test -t 1 && stty size; read line; echo got $line; exec cat",
        "call_1",
        { tty: true, yield_time_ms: 500 },
      )),
      (request) => {
        session = Number(/session ID (\d+)/.exec(lastOutput(request))?.[1]);
        return response(
          call(
            "write_stdin",
            { session_id: session, chars: "hello\n", yield_time_ms: 500 },
            "call_2",
          ),
          type("\u0003", "call_3"),
        );
      },
    ]);
    // How much comes with which report is a matter of time.
    const shown = ["call_1", "call_2", "call_3"]
      .map((id) => outputOf(outputs[id])).join("");
    assert.match(shown, /^24 80\r\nhello\r\ngot hello\r\n/);
    assert.match(outputs.call_3, /Process exited with code \d+\n/);
  },
});

Deno.test({
  name: "a session the model leaves running is stopped at the end of the run",
  ignore: Deno.build.os !== "linux",
  async fn() {
    await using workspace = await makePlace();
    const sleep = `sleep 300.${crypto.getRandomValues(new Uint32Array(1))[0]}`;
    const { outputs } = await runTurn(workspace, [
      response(shell(sleep, "call_1", { yield_time_ms: 250 })),
    ]);
    assert.match(outputs.call_1, /Process running with session ID \d+/);
    assert.ok(await isGone(sleep));
  },
});

Deno.test("calls that cannot be made are answered in words the model can use", async () => {
  await using workspace = await makePlace();
  const { outputs } = await runTurn(workspace, [response(
    call("write_stdin", { session_id: 999999, chars: "x" }, "unknown session"),
    call("no_such_tool", {}, "unknown tool"),
    call("exec_command", { bogus: 1 }, "missing argument"),
    call("exec_command", { cmd: ["ls"] }, "wrong type"),
    call("update_plan", { plan: [{ step: "a", status: "x" }] }, "wrong value"),
    shell("pwd", "missing directory", { workdir: "/nonexistent" }),
    shell("id", "escalation", { sandbox_permissions: "require_escalated" }),
    shell("kill -9 $$", "killed"),
    call("view_image", { path: "/nonexistent.png" }, "missing image"),
    call("view_image", { path: "text.txt" }, "no image"),
  )]);
  assert.deepEqual(
    { ...outputs, killed: outputs.killed.split("\n")[2] },
    {
      "unknown session": "write_stdin failed: Unknown process id 999999",
      "unknown tool": "unsupported call: no_such_tool",
      "missing argument":
        "failed to parse function arguments: missing field `cmd`",
      "wrong type":
        "failed to parse function arguments: invalid type: sequence, expected a string",
      "wrong value":
        "failed to parse function arguments: unknown variant `x`, expected one of `pending`, `in_progress`, `completed`",
      "missing directory":
        'exec_command failed: cannot use workdir "/nonexistent": No such directory',
      "escalation":
        "exec_command failed: approval policy is Never; reject command — you cannot ask for escalated permissions if the approval policy is Never",
      "killed": "Process exited with code 137",
      "missing image":
        "unable to locate image at `/nonexistent.png`: No such file or directory (os error 2)",
      "no image":
        `unable to locate image at \`${workspace.cwd}/text.txt\`: No such file or directory (os error 2)`,
    },
  );
});

Deno.test("long output loses its middle: at the tool by tokens, in the history by the model's limit", async () => {
  await using workspace = await makePlace();
  const { outputs } = await runTurn(workspace, [response(
    shell("seq 1 3000", "asked", { max_output_tokens: 50 }),
    shell("seq 1 30000", "default"),
  )]);
  const head = Array.from({ length: 36 }, (_, index) => `${index + 1}\n`);
  const tail = Array.from({ length: 20 }, (_, index) => `${index + 2981}\n`);
  assert.equal(
    outputs.asked.split("\n").slice(2).join("\n"),
    `Process exited with code 0\nOriginal token count: 3474\nOutput:\nTotal output lines: 3000\n\n${
      head.join("")
    }3…3424 tokens truncated…${tail.join("")}`,
  );
  assert.match(
    outputs.default,
    /^Chunk ID: .{6}\nWall time: .* seconds\nProcess exited with code 0\nOriginal token count: 42224\nOutput:\nTotal output lines: 30000\n\n1\n2\n[^]*…\d+ chars truncated…[^]*\n29999\n30000\n$/,
  );
  // 1.2 times the model's 10 000 bytes, and the marker.
  assert.equal(outputs.default.length, 12_023);
});

Deno.test("without sessions, shell_command runs to the end or to its time limit", async () => {
  await using workspace = await makePlace();
  const run = (
    command: string,
    callId: string,
    more: Readonly<Record<string, unknown>> = {},
  ) => call("shell_command", { command, login: false, ...more }, callId);
  const { outputs, requests } = await runTurn(workspace, [response(
    run("echo out; echo err >&2; exit 2", "failing"),
    run("echo early; sleep 60", "slow", { timeout_ms: 300 }),
    run("cat; echo eof", "reading"),
    run("sleep 60 & echo bg", "leaving something behind"),
    run("seq 1 30000", "long"),
    call("shell", { command: [] }, "empty"),
    call("container.exec", { command: ["bash", "-c", "echo old"] }, "old name"),
    call("exec_command", { cmd: "echo x" }, "not offered"),
    [{
      type: "response.output_item.done",
      item: {
        type: "local_shell_call",
        id: "lsh_1",
        call_id: "local",
        status: "completed",
        action: { type: "exec", command: ["bash", "-c", "echo local"] },
      },
    }],
  )], ["--full-auto", "-c", "features.unified_exec=false"]);

  const { long, ...others } = outputs;
  const reports = Object.fromEntries(
    Object.entries(others).map(([id, report]) => [
      id,
      report.replace(/Wall time: \d+(\.\d)? seconds/, "Wall time: N seconds")
        .replace(/after 3\d\d milliseconds/, "after 3NN milliseconds"),
    ]),
  );
  assert.deepEqual(reports, {
    "failing": "Exit code: 2\nWall time: N seconds\nOutput:\nout\nerr\n",
    "slow":
      "Exit code: 124\nWall time: N seconds\nOutput:\ncommand timed out after 3NN milliseconds\nearly\n",
    "reading": "Exit code: 0\nWall time: N seconds\nOutput:\neof\n",
    "leaving something behind":
      "Exit code: 0\nWall time: N seconds\nOutput:\nbg\n",
    "empty": "command args are empty",
    "old name": "Exit code: 0\nWall time: N seconds\nOutput:\nold\n",
    "not offered": "unsupported call: exec_command",
    "local": "Exit code: 0\nWall time: N seconds\nOutput:\nlocal\n",
  });
  assert.match(
    long,
    /^Exit code: 0\nWall time: [\d.]+ seconds\nTotal output lines: 30000\nOutput:\n1\n2\n[^]*…\d+ chars truncated…[^]*\n29999\n30000\n$/,
  );
  // The model's 10 000 bytes, and the marker.
  assert.equal(outputOf(long).length, 10_024);
  assert.deepEqual(
    requests[0]?.body.tools.map((tool: JsonEvent) => tool.name).slice(0, 1),
    ["shell_command"],
  );
});

Deno.test("without a shell, no shell tool can be called by any of its names", async () => {
  await using workspace = await makePlace();
  const { outputs } = await runTurn(workspace, [response(
    shell("echo x > n.txt", "exec_command"),
    call("shell_command", { command: "echo x > n.txt" }, "shell_command"),
    call("shell", { command: ["touch", "n.txt"] }, "shell"),
    call("local_shell", { command: ["touch", "n.txt"] }, "local_shell"),
  )], ["--full-auto", "-c", "features.shell_tool=false"]);
  assert.deepEqual(
    outputs,
    Object.fromEntries(
      Object.keys(outputs).map((name) => [name, `unsupported call: ${name}`]),
    ),
  );
  await assert.rejects(
    Deno.stat(`${workspace.cwd}/n.txt`),
    Deno.errors.NotFound,
  );
});

Deno.test("AGENTS.md of the user and of every directory down to here is told, overrides first, within the budget", async () => {
  await using workspace = await makePlace();
  const { home, cwd } = workspace;
  const inner = `${cwd}/inner/most`;
  await Deno.mkdir(inner, { recursive: true });
  await Deno.writeTextFile(`${home}/AGENTS.md`, "user's own");
  await Deno.writeTextFile(`${cwd}/AGENTS.md`, "hidden by the override");
  await Deno.writeTextFile(`${cwd}/AGENTS.override.md`, "root");
  await Deno.writeTextFile(`${cwd}/inner/AGENTS.md`, "  \n");
  await Deno.writeTextFile(`${inner}/AGENTS.md`, "inner äöü");

  const told = async (...args: string[]) => {
    const { requests } = await runTurn(workspace, [], [
      "--full-auto",
      "-C",
      inner,
      ...args,
    ]);
    return requests[0]?.body.input[1].content[0].text;
  };
  const wrap = (text: string) =>
    `# AGENTS.md instructions for ${inner}\n\n<INSTRUCTIONS>\n${text}\n</INSTRUCTIONS>`;
  assert.deepEqual(
    [
      await told(),
      await told("-c", "project_doc_max_bytes=11"),
      await told("-c", "project_doc_max_bytes=0"),
    ],
    [
      wrap("user's own\n\n--- project-doc ---\n\nroot\n\ninner äöü"),
      wrap("user's own\n\n--- project-doc ---\n\nroot\n\ninner "),
      wrap("user's own"),
    ],
  );
});

Deno.test("--output-schema is sent, and the answer is passed on as it came", async () => {
  await using workspace = await makePlace();
  const schema = { type: "object", properties: { answer: { type: "string" } } };
  await Deno.writeTextFile(
    `${workspace.root}/schema.json`,
    JSON.stringify(schema),
  );
  const { requests, run } = await runTurn(workspace, [], [
    "--output-schema",
    "../schema.json",
    "-o",
    "../last.txt",
  ]);
  assert.deepEqual(requests[0]?.body.text, {
    verbosity: "low",
    format: {
      type: "json_schema",
      strict: true,
      name: "codex_output_schema",
      schema,
    },
  });
  assert.equal(run.events.at(-2).item.text, "The end.");
  assert.equal(
    await Deno.readTextFile(`${workspace.root}/last.txt`),
    "The end.",
  );
});

Deno.test("-o writes an empty file when the model said nothing, and a warning when it cannot write", async () => {
  await using server = startMockServer([
    stream(created(), completed()),
    response(message("Said.")),
  ]);
  await using workspace = await makeWorkspace(server);
  const silent = await runCodex({
    workspace,
    args: ["exec", "--json", "-o", "last.txt", "go"],
  });
  const unwritable = await runCodex({
    workspace,
    args: ["exec", "--json", "-o", "missing/last.txt", "go"],
  });
  assert.deepEqual([silent.code, unwritable.code], [0, 0]);
  assert.equal(await Deno.readTextFile(`${workspace.cwd}/last.txt`), "");
  assert.equal(
    silent.stderr,
    `Reading additional input from stdin...\nWarning: no last agent message; wrote empty content to ${workspace.cwd}/last.txt\n`,
  );
  assert.match(
    unwritable.stderr,
    /^Failed to write last message file ".*\/missing\/last\.txt": .*No such file or directory/m,
  );
});

Deno.test("images go before the prompt: small ones byte for byte, large ones made to fit", async () => {
  await using workspace = await makePlace();
  const small = await makePng(2, 2);
  await Deno.writeFile(`${workspace.cwd}/small.png`, small);
  await Deno.writeFile(`${workspace.cwd}/large.png`, await makePng(3000, 1500));
  const { requests } = await runTurn(workspace, [], [
    "-i",
    "small.png,large.png",
    "--",
  ]);
  const content = requests[0]?.body.input.at(-1).content;
  assert.deepEqual(
    content.map((part: JsonEvent) => part.text ?? part.detail),
    [
      "<image name=[Image #1]>",
      "high",
      "</image>",
      "<image name=[Image #2]>",
      "high",
      "</image>",
      "go",
    ],
  );
  assert.deepEqual(imageBytes(content[1].image_url), small);
  const { width, height } = pngSize(imageBytes(content[4].image_url));
  // A compile runtime before 2.9 has no canvas; the image then goes out as it is.
  const isScaled = CODEX_BIN === undefined || width === 2048;
  assert.deepEqual(
    [width, height],
    isScaled ? [2048, 1024] : [3000, 1500],
  );
});

function imageBytes(dataUrl: string): Uint8Array {
  const prefix = "data:image/png;base64,";
  assert.equal(dataUrl.slice(0, prefix.length), prefix);
  return Uint8Array.from(
    atob(dataUrl.slice(prefix.length)),
    (character) => character.charCodeAt(0),
  );
}

Deno.test("view_image shows the model a picture", async () => {
  await using workspace = await makePlace();
  const png = await makePng(2, 2);
  await Deno.writeFile(`${workspace.cwd}/small.png`, png);
  const { outputs } = await runTurn(workspace, [
    response(call("view_image", { path: "small.png" }, "call_1")),
  ]);
  const [part] = outputs.call_1;
  assert.deepEqual(
    { ...part, image_url: imageBytes(part.image_url) },
    { type: "input_image", image_url: png, detail: "high" },
  );
});

Deno.test("a patch written as a shell command is applied as a patch, with a word of advice", async () => {
  await using workspace = await makePlace();
  await Deno.mkdir(`${workspace.cwd}/sub`);
  const patch =
    "apply_patch <<'EOF'\n*** Begin Patch\n*** Add File: h.txt\n+x\n*** End Patch\nEOF\n";
  const { outputs, requests, run } = await runTurn(workspace, [
    response(shell(`cd sub && ${patch}`, "call_1")),
  ]);
  assert.equal(
    outputOf(outputs.call_1),
    "Success. Updated the following files:\nA h.txt\n",
  );
  assert.equal(await Deno.readTextFile(`${workspace.cwd}/sub/h.txt`), "x\n");
  assert.deepEqual(requests.at(-1)?.body.input.at(-1), {
    type: "message",
    role: "user",
    content: [{
      type: "input_text",
      text:
        "Warning: apply_patch was requested via exec_command. Use the apply_patch tool instead of exec_command.",
    }],
  });
  assert.deepEqual(
    run.events.filter((event) => event.item !== undefined)
      .map((event) => [event.type, event.item.type]),
    [
      ["item.started", "file_change"],
      ["item.completed", "file_change"],
      ["item.completed", "agent_message"],
    ],
  );
});

Deno.test("a patch outside of the writable roots is refused, and the refusal is told", async () => {
  await using workspace = await makePlace();
  const target = "/usr/codex-test-must-not-exist";
  const { outputs, run } = await runTurn(workspace, [response(
    customCall(
      "apply_patch",
      `*** Begin Patch\n*** Add File: ${target}\n+x\n*** End Patch`,
      "outside",
    ),
    customCall(
      "apply_patch",
      "*** Begin Patch\n*** Add File: .git/hooks/x\n+x\n*** End Patch",
      "protected",
    ),
  )]);
  const refusal =
    "patch rejected: writing outside of the project; rejected by user approval settings";
  assert.deepEqual(outputs, { outside: refusal, protected: refusal });
  assert.deepEqual(
    run.events.filter((event) => event.type === "item.completed").map(
      (event) => event.item.status,
    ),
    ["failed", "failed", undefined],
  );
  await assert.rejects(Deno.stat(target), Deno.errors.NotFound);
});

Deno.test("read-only refuses patches and lets no command write", async () => {
  await using workspace = await makePlace();
  const { outputs } = await runTurn(workspace, [response(
    customCall(
      "apply_patch",
      "*** Begin Patch\n*** Add File: n.txt\n+x\n*** End Patch",
      "patch",
    ),
    shell("echo x > n.txt", "command"),
  )], ["-s", "read-only"]);
  assert.equal(
    outputs.patch,
    "patch rejected: writing is blocked by read-only sandbox; rejected by user approval settings",
  );
  assert.match(outputs.command, /Process exited with code [1-9]/);
  await assert.rejects(
    Deno.stat(`${workspace.cwd}/n.txt`),
    Deno.errors.NotFound,
  );
});

Deno.test("a full history is folded into a note; the user's message stays and the turn goes on", async () => {
  await using workspace = await makePlace();
  const usage = { input: 500, cached: 0, output: 10, reasoning: 0 };
  const { requests, run } = await runTurn(workspace, [
    stream(created(), ...shell("echo a", "call_1"), completed(usage)),
    stream(
      created(),
      ...message("THE NOTE"),
      completed({ ...usage, input: 250 }),
    ),
  ], ["--full-auto", "-c", "model_auto_compact_token_limit=400"]);

  assert.equal(run.code, 0, run.stderr);
  const [before, folding, after] = requests;
  assert.deepEqual(
    [before, folding, after].map((request) => [
      request?.body.tools.length === 0,
      request?.body.parallel_tool_calls,
      request?.headers["x-codex-window-id"]?.split(":")[1],
      request?.body.prompt_cache_key === before?.body.prompt_cache_key,
    ]),
    [
      [false, true, "0", true],
      [true, false, "0", true],
      [false, true, "1", true],
    ],
  );
  const context = before?.body.input.slice(0, 2);
  assert.deepEqual(
    folding?.body.input.slice(0, 3),
    before?.body.input,
  );
  assert.deepEqual(after?.body.input.slice(0, 2), context);
  assert.deepEqual(
    after?.body.input.slice(2).map((item: JsonEvent) => [
      item.role,
      item.content[0].text.split("\n").at(-1),
    ]),
    [["user", "go"], ["user", "THE NOTE"]],
  );
  assert.deepEqual(run.events.at(-1).usage, {
    input_tokens: 850,
    cached_input_tokens: 10,
    output_tokens: 40,
  });
  const compacted = (await readRollout(workspace)).filter((line) =>
    line.type === "compacted"
  );
  assert.deepEqual(
    compacted.map((line) => line.payload.replacement_history),
    [after?.body.input],
  );
});
