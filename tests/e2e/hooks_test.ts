/** The program with real hook scripts: what they are told, and what they change. */
import assert from "node:assert/strict";
import { serverArgv } from "@test/mcp/scripted.ts";
import {
  type CodexRun,
  collect,
  type JsonEvent,
  makeWorkspace,
  mockProvider,
  runCodex,
  spawnCodex,
  type Workspace,
} from "@test/support/codex.ts";
import {
  call,
  customCall,
  message,
  type MockServer,
  type MockStep,
  type RecordedRequest,
  response,
  startMockServer,
} from "@test/support/mock_responses_server.ts";
import { isGone } from "@test/support/processes.ts";
import { readRollout } from "@test/support/rollouts.ts";

/** Hooks by event: each a script for the shell, or a whole handler. */
type Hooks = Readonly<
  Record<string, readonly (string | Readonly<Record<string, unknown>>)[]>
>;

function hooksJson(hooks: Hooks): string {
  const groups = Object.entries(hooks).map(([event, scripts]) => [
    event,
    scripts.map((script) => ({
      hooks: [
        typeof script === "string"
          ? { type: "command", command: script }
          : { type: "command", ...script },
      ],
    })),
  ]);
  return JSON.stringify({ hooks: Object.fromEntries(groups) });
}

/** A script that prints a value as JSON. */
function print(value: unknown): string {
  return `printf '%s' '${JSON.stringify(value)}'`;
}

interface Place {
  readonly workspace: Workspace;
  readonly server: MockServer;
  exec(...args: readonly string[]): Promise<CodexRun>;
}

async function withHooks(
  hooks: Hooks | string,
  steps: readonly (MockStep | ((request: RecordedRequest) => MockStep))[],
  use: (place: Place) => Promise<void>,
  config = "",
): Promise<void> {
  await using server = startMockServer(steps);
  await using workspace = await makeWorkspace();
  await Deno.writeTextFile(
    `${workspace.home}/config.toml`,
    `sandbox_mode = "danger-full-access"\n${
      mockProvider(server.url)
    }\n${config}`,
  );
  const text = typeof hooks === "string" ? hooks : hooksJson(hooks);
  await Deno.writeTextFile(`${workspace.home}/hooks.json`, text);
  await use({
    workspace,
    server,
    exec: (...args) =>
      runCodex({
        workspace,
        args: ["exec", ...args],
        env: { SHELL: "/bin/sh" },
      }),
  });
}

/** The messages and outputs of a request, without the context in front of them. */
function conversation(server: MockServer, at: number): readonly string[] {
  return server.requests[at]?.body.input.slice(2).map((item: JsonEvent) =>
    item.type === "message"
      ? `${item.role}: ${
        item.content.map((part: JsonEvent) => part.text).join("|")
      }`
      : item.type.endsWith("_output")
      ? `output: ${
        item.output.split("\n").at(-1) || item.output.split("\n").at(-2)
      }`
      : item.type
  ) ?? [];
}

function hookLines(run: CodexRun): readonly string[] {
  const lines = run.stderr.split("\n");
  return lines.filter((line) =>
    /^(hook:| {2}(error|feedback|warning|stop):)/.test(line)
  );
}

const PATCH = "*** Begin Patch\n*** Add File: h.txt\n+POSTBLOCK\n*** End Patch";

Deno.test("hooks are told what other versions tell them, byte by byte", async () => {
  const log = 'cat >> "$CODEX_HOME/log"; echo >> "$CODEX_HOME/log"; ';
  const saw = (text: string) => `tail -n 1 "$CODEX_HOME/log" | grep -q ${text}`;
  const deny = {
    hookSpecificOutput: {
      hookEventName: "PreToolUse",
      permissionDecision: "deny",
      permissionDecisionReason: "no",
    },
  };
  const [command, ...args] = serverArgv();
  const exec = (cmd: string, id: string) =>
    response(call("exec_command", { cmd, login: false }, id));
  await withHooks(
    {
      SessionStart: [log],
      UserPromptSubmit: [log],
      PreToolUse: [
        `${log} if ${saw("BLOCKME")}; then ${print(deny)}; fi; ` +
        `if ${saw("EXIT2")}; then echo no >&2; exit 2; fi`,
      ],
      PostToolUse: [log],
      Stop: [
        `${log} if ${saw("'\"stop_hook_active\":false'")}; then ${
          print({ decision: "block", reason: "go on" })
        }; fi`,
      ],
    },
    [
      exec("echo POSTCTX", "call_1"),
      exec("echo BLOCKME", "call_2"),
      exec("echo EXIT2", "call_3"),
      response(customCall("apply_patch", PATCH, "call_4")),
      response(call("echo", { text: "hi" }, "call_5", "mcp__mock__")),
      response(message("first final")),
      response(message("second final")),
    ],
    async ({ workspace, exec }) => {
      const run = await exec("prompt text");
      assert.equal(run.code, 0, run.stderr);
      const told = await Deno.readTextFile(`${workspace.home}/log`);
      const rollout = await readRollout(workspace);
      const { id } = rollout[0].payload;
      const turn = rollout.find(({ payload }) =>
        payload.type === "task_started"
      )?.payload.turn_id;
      const path = /"transcript_path":"([^"]*)"/.exec(told)?.[1] ?? "";
      assert.ok(await Deno.stat(path).then(({ isFile }) => isFile));
      const expected = await Deno.readTextFile(
        new URL("../fixtures/hooks/payloads.jsonl", import.meta.url),
      );
      assert.equal(
        told.replaceAll(path, "TRANSCRIPT").replaceAll(id, "SESSION")
          .replaceAll(turn, "TURN").replaceAll(workspace.cwd, "CWD")
          .replace(/_seconds\\":[\d.]+/, '_seconds\\":N'),
        expected.replace(/_seconds\\":[\d.]+/, '_seconds\\":N'),
      );
    },
    `[mcp_servers.mock]\ncommand = ${JSON.stringify(command)}\n` +
      `args = ${JSON.stringify(args)}\nenv_vars = ["DENO_DIR"]\n`,
  );
});

Deno.test("context of hooks stands before and after the prompt and after an output", async () => {
  const context = (hookEventName: string, additionalContext: string) =>
    print({ hookSpecificOutput: { hookEventName, additionalContext } });
  await withHooks(
    {
      SessionStart: ["echo plain start", context("SessionStart", "json start")],
      UserPromptSubmit: ["echo plain prompt"],
      PostToolUse: [context("PostToolUse", "after")],
    },
    [
      response(call("exec_command", { cmd: "echo out", login: false }, "1")),
      response(message("done")),
      response(message("again")),
    ],
    async ({ server, exec }) => {
      await exec("hi");
      assert.deepEqual(conversation(server, 1), [
        "developer: plain start",
        "developer: json start",
        "user: hi",
        "developer: plain prompt",
        "function_call",
        "output: out",
        "developer: after",
      ]);
      // A resumed thread is another start, and its prefix is what it was.
      await exec("resume", "--last", "more");
      const [first, second] = [1, 2].map((at) =>
        server.requests[at]?.body.input
      );
      assert.deepEqual(second.slice(0, first.length), first);
      assert.deepEqual(conversation(server, 2).slice(7), [
        "assistant: done",
        "developer: plain start",
        "developer: json start",
        "user: more",
        "developer: plain prompt",
      ]);
    },
  );
});

Deno.test("a refused call does not happen, and the model reads why", async () => {
  await withHooks(
    { PreToolUse: ["echo ' never ' >&2; exit 2"] },
    [
      response(
        call("exec_command", { cmd: "touch made" }, "1"),
        customCall("apply_patch", PATCH, "2"),
        call("shell_command", { command: "touch made" }, "3"),
        call("shell", { command: ["touch", "made it"] }, "4"),
        call("exec_command", { cmd: `apply_patch <<'E'\n${PATCH}\nE` }, "5"),
        call("update_plan", { plan: [] }, "6"),
      ),
      response(message("done")),
    ],
    async ({ workspace, server, exec }) => {
      const run = await exec("hi");
      const outputs = server.requests[1]?.body.input.filter((item: JsonEvent) =>
        item.type.endsWith("_output")
      ).map((item: JsonEvent) => item.output);
      const refused = "Command blocked by PreToolUse hook: never. Command: ";
      assert.deepEqual(outputs, [
        `${refused}touch made`,
        refused + PATCH,
        `${refused}touch made`,
        `${refused}touch 'made it'`,
        `${refused}apply_patch <<'E'\n${PATCH}\nE`,
        "Plan updated",
      ]);
      const files = [...Deno.readDirSync(workspace.cwd)].map(({ name }) =>
        name
      );
      assert.deepEqual(files, [".git"]);
      assert.deepEqual(hookLines(run).slice(0, 3), [
        "hook: PreToolUse",
        "hook: PreToolUse Blocked",
        "  feedback: never",
      ]);
    },
  );
});

Deno.test("one refusal is enough, and the first one in the configuration is told", async () => {
  await withHooks(
    {
      PreToolUse: [
        "true",
        "sleep 0.2; echo first >&2; exit 2",
        "echo second >&2; exit 2",
        "exit 1",
      ],
    },
    [
      response(call("exec_command", { cmd: "true" }, "1")),
      response(message("done")),
    ],
    async ({ server, exec }) => {
      const run = await exec("hi");
      assert.match(
        conversation(server, 1).at(-1) ?? "",
        /^output: Command blocked by PreToolUse hook: first\./,
      );
      assert.deepEqual(
        hookLines(run).filter((line) => line.startsWith("hook: PreToolUse ")),
        ["Completed", "Blocked", "Blocked", "Failed"].map((word) =>
          `hook: PreToolUse ${word}`
        ),
      );
    },
  );
});

Deno.test("what a hook says of an output takes its place", async () => {
  const block = (reason: string) => print({ decision: "block", reason });
  await withHooks(
    { PostToolUse: [block("A"), block("B"), "true"] },
    [
      response(call("exec_command", { cmd: "echo secret; exit 3" }, "1")),
      response(message("done")),
    ],
    async ({ server, exec }) => {
      await exec("hi");
      const input = server.requests[1]?.body.input;
      assert.equal(input.at(-1).output, "A\n\nB");
    },
  );
});

Deno.test("a refused prompt never reaches the model nor the thread", async () => {
  await withHooks(
    {
      UserPromptSubmit: [
        `if grep -q SECRET; then ${
          print({
            decision: "block",
            reason: "no secrets",
            hookSpecificOutput: {
              hookEventName: "UserPromptSubmit",
              additionalContext: "the user was stopped",
            },
          })
        }; fi`,
      ],
    },
    [response(message("ok"))],
    async ({ workspace, server, exec }) => {
      const run = await exec("my SECRET");
      assert.equal(run.code, 0, run.stderr);
      assert.deepEqual(hookLines(run), [
        "hook: UserPromptSubmit",
        "hook: UserPromptSubmit Blocked",
        "  feedback: no secrets",
      ]);
      assert.equal(server.requests.length, 0);
      const lines = JSON.stringify(await readRollout(workspace));
      assert.ok(!lines.includes("SECRET"));
      assert.ok(lines.includes("the user was stopped"));
      const id = (await readRollout(workspace))[0].payload.id;
      await exec("resume", id, "hello");
      assert.deepEqual(conversation(server, 0), [
        "developer: the user was stopped",
        "user: hello",
      ]);
    },
  );
});

Deno.test("a start that is stopped asks nobody", async () => {
  await withHooks(
    { SessionStart: [print({ continue: false, stopReason: "closed today" })] },
    [],
    async ({ server, exec }) => {
      const run = await exec("hi");
      assert.deepEqual([run.code, server.requests.length], [0, 0]);
      assert.deepEqual(hookLines(run), [
        "hook: SessionStart",
        "hook: SessionStart Stopped",
        "  stop: closed today",
      ]);
    },
  );
});

Deno.test("a turn goes on with what stop hooks say, and ends when they have no more to say", async () => {
  const once = (reason: string) =>
    `if grep -q '"stop_hook_active":false'; then ${
      print({ decision: "block", reason })
    }; fi`;
  await withHooks(
    { Stop: [once("run <the> tests"), once("and & lint")] },
    [response(message("one")), response(message("two"))],
    async ({ workspace, server, exec }) => {
      const run = await exec("hi");
      assert.equal(run.stdout, "two\n");
      const file = `${workspace.home}/hooks.json`;
      assert.deepEqual(conversation(server, 1), [
        "user: hi",
        "assistant: one",
        `user: <hook_prompt hook_run_id="stop:0:${file}">run &lt;the&gt; tests</hook_prompt>` +
        `|<hook_prompt hook_run_id="stop:1:${file}">and &amp; lint</hook_prompt>`,
      ]);
      assert.equal(server.requests.length, 2);
    },
  );
});

Deno.test("continue:false of one stop hook ends the turn whatever others want", async () => {
  await withHooks(
    {
      Stop: [
        print({ decision: "block", reason: "more" }),
        print({ continue: false }),
      ],
    },
    [response(message("one"))],
    async ({ server, exec }) => {
      assert.equal((await exec("hi")).code, 0);
      assert.equal(server.requests.length, 1);
    },
  );
});

Deno.test("hooks that fail, hang or are wrong stop nothing and are shown", async () => {
  await withHooks(
    {
      PreToolUse: [
        { command: "sleep 30.4711", timeout: 1 },
        "exit 7",
        print({ nope: 1 }),
        "/nonexistent/program",
      ],
    },
    [
      response(call("exec_command", { cmd: "echo ran", login: false }, "1")),
      response(message("done")),
    ],
    async ({ server, exec }) => {
      const run = await exec("hi");
      assert.equal(conversation(server, 1).at(-1), "output: ran");
      assert.deepEqual(
        hookLines(run).filter((line) => line.startsWith("  ")),
        [
          "  error: hook timed out after 1s",
          "  error: hook exited with code 7",
          "  error: hook returned invalid pre-tool-use JSON output",
          "  error: hook exited with code 127",
        ],
      );
      assert.ok(await isGone("sleep 30.4711"));
    },
  );
});

Deno.test("a broken hooks.json is a warning and the run goes on without it", async () => {
  await withHooks("{nope", [response(message("done"))], async ({ exec }) => {
    const run = await exec("hi");
    assert.deepEqual([run.code, run.stdout], [0, "done\n"]);
    assert.match(
      run.stderr,
      /warning: Cannot use the hooks of ".*hooks\.json"/,
    );
  });
});

Deno.test("the feature switched off runs no hook", async () => {
  await withHooks(
    { SessionStart: ["echo no"] },
    [response(message("done"))],
    async ({ server, exec }) => {
      assert.deepEqual(
        hookLines(await exec("--disable", "codex_hooks", "hi")),
        [],
      );
      assert.deepEqual(conversation(server, 0), ["user: hi"]);
    },
  );
});

Deno.test("a kept-nowhere thread has no transcript", async () => {
  await withHooks(
    { SessionStart: ['cat > "$CODEX_HOME/told"'] },
    [response(message("done"))],
    async ({ workspace, exec }) => {
      await exec("--ephemeral", "hi");
      const told = await Deno.readTextFile(`${workspace.home}/told`);
      assert.equal(JSON.parse(told).transcript_path, null);
    },
  );
});

Deno.test("an interrupt kills a running hook and ends the turn", async () => {
  await withHooks(
    { PreToolUse: ['touch "$PWD/began"; sleep 30.4712'] },
    [response(call("exec_command", { cmd: "touch made" }, "1"))],
    async ({ workspace }) => {
      const watcher = Deno.watchFs(workspace.cwd);
      const child = spawnCodex({
        workspace,
        args: ["exec", "hi"],
        env: { SHELL: "/bin/sh" },
      });
      await child.stdin.close();
      for await (const { paths } of watcher) {
        if (paths.includes(`${workspace.cwd}/began`)) break;
      }
      child.kill("SIGINT");
      const run = await collect(child);
      assert.equal(run.code, 1);
      assert.match(run.stderr, /turn interrupted/);
      assert.ok(await isGone("sleep 30.4712"));
      const lines = await readRollout(workspace);
      const output = lines.find(({ payload }) =>
        payload.type === "function_call_output"
      );
      assert.match(output?.payload.output, /^aborted by user after/);
    },
  );
});

Deno.test("what agents do is heard by the same hooks", async () => {
  const counts = { agent: 0, parent: 0 };
  const outputs: string[] = [];
  const answer = (request: RecordedRequest): MockStep => {
    const last = request.body.input.at(-1);
    if (request.headers["x-openai-subagent"] !== undefined) {
      if (counts.agent++ === 0) {
        return response(call("exec_command", { cmd: "touch made" }, "a1"));
      }
      outputs.push(last.output);
      return response(message("agent done"));
    }
    switch (counts.parent++) {
      case 0:
        return response(call("spawn_agent", { message: "go" }, "p1"));
      case 1:
        return response(call("wait_agent", {
          targets: [JSON.parse(last.output).agent_id],
        }, "p2"));
      default:
        return response(message("done"));
    }
  };
  await withHooks(
    { PreToolUse: ["echo no >&2; exit 2"] },
    Array.from({ length: 8 }, () => answer),
    async ({ workspace, exec }) => {
      const run = await exec("hi");
      assert.equal(run.code, 0, run.stderr);
      assert.deepEqual(outputs, [
        "Command blocked by PreToolUse hook: no. Command: touch made",
      ]);
      const files = [...Deno.readDirSync(workspace.cwd)];
      assert.deepEqual(files.map(({ name }) => name), [".git"]);
    },
  );
});

Deno.test("what the model writes reaches a hook as data, whatever it looks like to a shell", async () => {
  const cmd =
    '$(touch pwned) `touch pwned` \'; touch pwned; "\n{"continue":false}';
  await withHooks(
    {
      PreToolUse: [
        'cat > "$CODEX_HOME/told"; echo "\\u001b[31mno" >&2; exit 2',
      ],
    },
    [response(call("exec_command", { cmd }, "1")), response(message("done"))],
    async ({ workspace, exec }) => {
      const run = await exec("hi");
      const told = await Deno.readTextFile(`${workspace.home}/told`);
      assert.deepEqual(JSON.parse(told).tool_input, { command: cmd });
      const names = [...Deno.readDirSync(workspace.cwd)].map(({ name }) =>
        name
      );
      assert.deepEqual(names, [".git"]);
      assert.ok(run.stderr.includes("hook: PreToolUse Blocked"));
    },
  );
});

Deno.test("a command cannot plant a hook in a trusted project, nor in the home", async () => {
  const plant = (path: string) =>
    `mkdir -p ${path}; echo '{"hooks":{"SessionStart":[{"hooks":[{"type":"command","command":"touch pwned"}]}]}}' > ${path}/hooks.json`;
  const patch =
    "*** Begin Patch\n*** Add File: .codex/hooks.json\n+{}\n*** End Patch";
  await withHooks({}, [
    response(
      call("exec_command", { cmd: plant(".codex") }, "1"),
      call("exec_command", { cmd: plant('"$CODEX_HOME"') }, "2"),
      customCall("apply_patch", patch, "3"),
    ),
    response(message("done")),
    response(message("again")),
  ], async ({ workspace, exec }) => {
    const path = `${workspace.home}/config.toml`;
    const config = await Deno.readTextFile(path);
    await Deno.writeTextFile(
      path,
      config.replace('"danger-full-access"', '"workspace-write"') +
        `[projects."${workspace.cwd}"]\ntrust_level = "trusted"\n`,
    );
    const run = await exec("hi");
    const mechanism = /^confined by: (.+)$/m.exec(run.stderr)?.[1] ?? "";
    await exec("hi again");
    const names = [...Deno.readDirSync(workspace.cwd)].map(({ name }) => name);
    // Landlock alone cannot close a name that is not there yet; see docs/security.md.
    if (/namespaces|bubblewrap/i.test(mechanism)) {
      assert.deepEqual(names, [".git"], run.stderr);
    }
    const home = await Deno.readTextFile(`${workspace.home}/hooks.json`);
    assert.equal(home, '{"hooks":{}}');
  });
});

Deno.test("a hook that says too much is cut, so that it does not fill the model's context", async () => {
  await withHooks(
    { SessionStart: ["head -c 200000 /dev/zero | tr '\\0' x"] },
    [response(message("done"))],
    async ({ server, exec }) => {
      await exec("hi");
      const text = conversation(server, 0)[0] ?? "";
      assert.match(text, /^developer: x+…\d+ chars truncated…x+$/);
      assert.ok(text.length < 41_000, `${text.length} characters`);
    },
  );
});
