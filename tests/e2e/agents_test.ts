/** Sub-agents in the real program: what is told, what is kept, what is left running. */
import assert from "node:assert/strict";
import {
  type JsonEvent,
  makeWorkspace,
  runCodex,
  type Workspace,
} from "@test/support/codex.ts";
import {
  call,
  message,
  type MockStep,
  type RecordedRequest,
  response,
  startMockServer,
} from "@test/support/mock_responses_server.ts";
import { isGone } from "@test/support/processes.ts";
import { rolloutPaths } from "@test/support/rollouts.ts";
import { longSleep, runAndStop } from "@test/support/stopped_run.ts";

type Script = (request: RecordedRequest, step: number) => MockStep;

/** A server whose answers depend on who asks: the thread of the user or an agent. */
function startAgentServer(parent: Script, agent: Script) {
  const steps = new Map<string, number>();
  const answer = (request: RecordedRequest) => {
    const thread = request.headers.session_id ?? "";
    const step = steps.get(thread) ?? 0;
    steps.set(thread, step + 1);
    const isAgent = request.headers["x-openai-subagent"] !== undefined;
    return (isAgent ? agent : parent)(request, step);
  };
  return startMockServer(Array.from({ length: 100 }, () => answer));
}

/** What the model was given for the call of that id. */
function outputOf(request: RecordedRequest | undefined, callId: string) {
  const item = request?.body.input.find((one: JsonEvent) =>
    one.type === "function_call_output" && one.call_id === callId
  );
  try {
    return JSON.parse(item?.output);
  } catch {
    return item?.output;
  }
}

function agentId(request: RecordedRequest, callId: string): string {
  return outputOf(request, callId).agent_id;
}

/** The last text somebody said to the model. */
function lastText(request: RecordedRequest): string {
  return request.body.input.at(-1).content[0].text;
}

async function rollouts(
  workspace: Workspace,
): Promise<readonly (readonly JsonEvent[])[]> {
  return await Promise.all(
    (await rolloutPaths(workspace)).map(async (path) =>
      (await Deno.readTextFile(path)).trim().split("\n").map((line) =>
        JSON.parse(line)
      )
    ),
  );
}

Deno.test("agents are started, waited for, told more, closed and resumed", async () => {
  let last: RecordedRequest | undefined;
  await using server = startAgentServer((request, step) => {
    last = request;
    const id = step === 0 ? "" : agentId(request, "c1");
    switch (step) {
      case 0:
        return response(
          call(
            "spawn_agent",
            { message: "task", agent_type: "explorer" },
            "c1",
          ),
        );
      case 1:
        return response(call("wait_agent", { targets: [id] }, "c2"));
      case 2:
        return response(
          call("send_input", { target: id, message: "more" }, "c3"),
          call("wait_agent", { targets: [id] }, "c4"),
          call("close_agent", { target: id }, "c5"),
          call("send_input", { target: id, message: "gone?" }, "c6"),
          call("resume_agent", { id }, "c7"),
          call("send_input", { target: id, message: "back" }, "c8"),
          call("wait_agent", { targets: [id] }, "c9"),
        );
      default:
        return response(message("parent done"));
    }
  }, (request) => response(message(`heard ${lastText(request)}`)));
  await using workspace = await makeWorkspace(server);
  const run = await runCodex({ workspace, args: ["exec", "--json", "go"] });

  assert.equal(run.code, 0, run.stderr);
  assert.ok(last !== undefined);
  const id = agentId(last, "c1");
  assert.deepEqual(
    ["c2", "c4", "c5", "c6", "c7", "c9"].map((callId) =>
      outputOf(last, callId)
    ),
    [
      { status: { [id]: { completed: "heard task" } }, timed_out: false },
      { status: { [id]: { completed: "heard more" } }, timed_out: false },
      { previous_status: { completed: "heard more" } },
      `agent with id ${id} not found`,
      { status: "pending_init" },
      { status: { [id]: { completed: "heard back" } }, timed_out: false },
    ],
  );
  const parent = run.events[0].thread_id;
  const spawned = { status: "pending_init", message: null };
  assert.deepEqual(
    run.events.filter((event) => event.item?.type === "collab_tool_call")
      .slice(0, 4),
    [
      {
        type: "item.started",
        item: {
          id: "item_0",
          type: "collab_tool_call",
          tool: "spawn_agent",
          sender_thread_id: parent,
          receiver_thread_ids: [],
          prompt: "task",
          agents_states: {},
          status: "in_progress",
        },
      },
      {
        type: "item.completed",
        item: {
          id: "item_0",
          type: "collab_tool_call",
          tool: "spawn_agent",
          sender_thread_id: parent,
          receiver_thread_ids: [id],
          prompt: "task",
          agents_states: { [id]: spawned },
          status: "completed",
        },
      },
      {
        type: "item.started",
        item: {
          id: "item_1",
          type: "collab_tool_call",
          tool: "wait",
          sender_thread_id: parent,
          receiver_thread_ids: [id],
          prompt: null,
          agents_states: {},
          status: "in_progress",
        },
      },
      {
        type: "item.completed",
        item: {
          id: "item_1",
          type: "collab_tool_call",
          tool: "wait",
          sender_thread_id: parent,
          receiver_thread_ids: [id],
          prompt: null,
          agents_states: {
            [id]: { status: "completed", message: "heard task" },
          },
          status: "completed",
        },
      },
    ],
  );
  // The agent's own thread: below its parent, with all that was said to it.
  const threads = await rollouts(workspace);
  const metas = threads.map(([first]) => first.payload);
  const agent = metas.find((meta) => meta.id === id);
  assert.equal(metas.length, 2);
  assert.deepEqual(agent.source, {
    subagent: {
      thread_spawn: {
        parent_thread_id: parent,
        depth: 1,
        agent_path: null,
        agent_nickname: agent.agent_nickname,
        agent_role: "explorer",
      },
    },
  });
  assert.equal(agent.agent_role, "explorer");
});

Deno.test("an agent's requests say whose they are, and offer it no agents", async () => {
  let child: RecordedRequest | undefined;
  await using server = startAgentServer(
    (request, step) =>
      step === 0
        ? response(
          call("spawn_agent", { message: "t", fork_context: true }, "c1"),
        )
        : step === 1
        ? response(
          call("wait_agent", { targets: [agentId(request, "c1")] }, "c2"),
        )
        : response(message("done")),
    (request) => {
      child = request;
      return response(message("ok"));
    },
  );
  await using workspace = await makeWorkspace(server);
  const run = await runCodex({ workspace, args: ["exec", "--json", "go"] });
  const [first] = server.requests;
  const parent = run.events[0].thread_id;
  assert.ok(child !== undefined && first !== undefined);
  assert.equal(child.headers["x-codex-parent-thread-id"], parent);
  assert.equal(
    JSON.parse(child.headers["x-codex-turn-metadata"] ?? "").thread_source,
    "subagent",
  );
  const names = (request: RecordedRequest) =>
    request.body.tools.map((tool: JsonEvent) => tool.name ?? tool.type);
  assert.deepEqual(
    names(first).slice(-5),
    ["spawn_agent", "send_input", "resume_agent", "wait_agent", "close_agent"],
  );
  assert.ok(!names(child).includes("spawn_agent"));
  // A fork begins with the parent's conversation, byte for byte.
  assert.deepEqual(
    child.body.input.slice(0, first.body.input.length),
    first.body.input,
  );
  assert.equal(child.body.instructions, first.body.instructions);
  assert.equal(child.body.input.length, first.body.input.length + 1);
});

Deno.test("an agent nobody waits for reports by itself", async () => {
  let last: RecordedRequest | undefined;
  const told = Promise.withResolvers<void>();
  await using server = startAgentServer((request, step) => {
    last = request;
    if (step === 0) {
      return response(call("spawn_agent", { message: "t" }, "c1"));
    }
    // The command outlasts the agent.
    return step === 1
      ? response(call("exec_command", { cmd: "sleep 1", login: false }, "c2"))
      : response(message("done"));
  }, () => {
    told.resolve();
    return response(message("found it"));
  });
  await using workspace = await makeWorkspace(server);
  await runCodex({ workspace, args: ["exec", "--json", "go"] });
  await told.promise;
  assert.ok(last !== undefined);
  assert.equal(
    lastText(last),
    `<subagent_notification>\n{"agent_path":"${
      agentId(last, "c1")
    }","status":{"completed":"found it"}}\n</subagent_notification>`,
  );
});

Deno.test("limits, roles and mistakes are answers the model reads", async () => {
  let last: RecordedRequest | undefined;
  await using server = startAgentServer((request, step) => {
    last = request;
    return step > 0 ? response(message("done")) : response(
      call("spawn_agent", { message: "c", agent_type: "broken" }, "c5"),
      call("spawn_agent", { message: "a" }, "c1"),
      call("spawn_agent", { message: "b" }, "c2"),
      call("spawn_agent", { message: "c", agent_type: "nope" }, "c3"),
      call("spawn_agent", { message: "c", model: "nope-1" }, "c4"),
      call("close_agent", { target: crypto.randomUUID() }, "c6"),
      call("wait_agent", { targets: ["bogus"] }, "c7"),
    );
  }, () => response(message("ok")));
  await using workspace = await makeWorkspace(
    server,
    [
      "[agents]",
      "max_threads = 1",
      "[agents.broken]",
      'config_file = "broken.toml"',
    ].join("\n"),
  );
  // The provider's keys stand at the top level, so they must come first.
  await moveTablesLast(workspace);
  await Deno.writeTextFile(`${workspace.home}/broken.toml`, "notify = []\n");
  const run = await runCodex({ workspace, args: ["exec", "--json", "go"] });
  assert.equal(run.code, 0, run.stderr);
  const answers = ["c2", "c3", "c4", "c5", "c7"].map((id) =>
    outputOf(last, id)
  );
  assert.deepEqual(answers.slice(0, 2), [
    "agent thread limit reached (max 1); close an agent first",
    "unknown agent_type 'nope'",
  ]);
  assert.match(
    answers[2],
    /^Unknown model `nope-1` for spawn_agent\. Available models: gpt-5\.4, /,
  );
  assert.match(
    answers[3],
    /^Cannot use agent role "broken": .*broken\.toml: .*a role may set model, /,
  );
  assert.match(answers[4], /^invalid agent id bogus: /);
  assert.match(outputOf(last, "c6"), /^agent with id [0-9a-f-]{36} not found$/);
});

Deno.test("a role changes model, effort and words, and never widens the sandbox", async () => {
  const children: RecordedRequest[] = [];
  await using server = startAgentServer(
    (request, step) =>
      step === 0
        ? response(
          call("spawn_agent", { message: "a", agent_type: "reader" }, "c1"),
          call("spawn_agent", { message: "b", agent_type: "writer" }, "c2"),
        )
        : step < 3
        ? response(
          call(
            "wait_agent",
            { targets: [agentId(request, `c${step}`)] },
            `w${step}`,
          ),
        )
        : response(message("done")),
    (request) => {
      children.push(request);
      return response(message("ok"));
    },
  );
  await using workspace = await makeWorkspace(
    server,
    [
      "[agents.reader]",
      'config_file = "reader.toml"',
      "[agents.writer]",
      'config_file = "writer.toml"',
      'nickname_candidates = ["Quill"]',
    ].join("\n"),
  );
  await moveTablesLast(workspace);
  await Deno.writeTextFile(
    `${workspace.home}/reader.toml`,
    'model = "gpt-5.4"\nmodel_reasoning_effort = "low"\nsandbox_mode = "read-only"\ndeveloper_instructions = "Only read."\n',
  );
  await Deno.writeTextFile(
    `${workspace.home}/writer.toml`,
    'sandbox_mode = "danger-full-access"\n',
  );
  const run = await runCodex({
    workspace,
    args: ["exec", "--json", "--full-auto", "go"],
  });
  assert.equal(run.code, 0, run.stderr);
  const by = (task: string) => children.find((one) => lastText(one) === task);
  const developer = (request: RecordedRequest | undefined) =>
    request?.body.input[0].content.map((part: JsonEvent) => part.text).join(
      "\n",
    );
  assert.deepEqual(
    [by("a")?.body.model, by("a")?.body.reasoning.effort, by("b")?.body.model],
    ["gpt-5.4", "low", "gpt-5.2-codex"],
  );
  assert.match(developer(by("a")), /`read-only`[^]*Only read\./);
  assert.match(developer(by("b")), /`workspace-write`/);
  assert.ok(
    (await rollouts(workspace)).some(([meta]) =>
      meta.payload.agent_nickname === "Quill"
    ),
  );
});

Deno.test("three agents at work, interrupted: no process and no open call is left", async () => {
  const sleep = longSleep();
  await using server = startAgentServer(
    (request, step) =>
      step === 0
        ? response(
          ...["c1", "c2", "c3"].map((id) =>
            call("spawn_agent", { message: id }, id)
          ),
        )
        : response(
          call("wait_agent", {
            targets: ["c1", "c2", "c3"].map((id) => agentId(request, id)),
            timeout_ms: 600_000,
          }, "w"),
        ),
    (request) =>
      response(
        call("exec_command", {
          cmd: `touch ${lastText(request)}; ${sleep}`,
          login: false,
        }, "run"),
      ),
  );
  await using workspace = await makeWorkspace(server);
  const run = await runAndStop(workspace, {
    args: ["--full-auto", "go"],
    after: '"wait","sender',
    files: ["c1", "c2", "c3"],
    signals: ["SIGINT"],
  });
  assert.equal(run.code, 1, run.stderr);
  assert.ok(await isGone(sleep));
  const threads = await rollouts(workspace);
  assert.equal(threads.length, 4);
  for (const lines of threads) {
    const items = lines.filter((line) => line.type === "response_item")
      .map((line) => line.payload);
    const ids = (type: string) =>
      items.filter((item) => item.type === type).map((item) => item.call_id)
        .toSorted();
    assert.deepEqual(ids("function_call"), ids("function_call_output"));
    assert.ok(
      lines.some((line) => line.payload.type === "turn_aborted"),
      "every turn says that it was stopped",
    );
  }
});

/** The tables of a configuration behind its top-level keys, as TOML wants them. */
async function moveTablesLast({ home }: Workspace): Promise<void> {
  const path = `${home}/config.toml`;
  const text = await Deno.readTextFile(path);
  const provider = text.indexOf("model_provider");
  await Deno.writeTextFile(
    path,
    `${text.slice(provider)}\n${text.slice(0, provider)}`,
  );
}
