/** A thread over several inputs: steering, interrupts, approvals, one op after another. */
import assert from "node:assert/strict";
import { loadConfig } from "@/config/load.ts";
import { createHost } from "@/core/host.ts";
import { NO_RULES } from "@/exec-policy/rule.ts";
import type { ModelEvent, ModelRequest } from "@/model/model.ts";
import { createPlatform } from "@/platform/deno.ts";
import type { DynamicToolSpec } from "@/protocol/dynamic_tools.ts";
import type { ThreadEvent } from "@/protocol/events.ts";
import type { ThreadHandle } from "@/protocol/host.ts";
import type { ApprovalDecision } from "@/protocol/ops.ts";
import type { PermissionGrant } from "@/protocol/permissions.ts";
import type { ApprovalPolicy, SandboxMode } from "@/protocol/policy.ts";
import {
  messageText,
  type ResponseItem,
  type ToolCallItem,
} from "@/protocol/response_items.ts";
import { createSandbox } from "@/sandbox/create.ts";
import { createWriteCheck } from "@/sandbox/writable.ts";
import { NEVER } from "@test/support/fake_clock.ts";

/** One answer of the model; it may do things to the thread before it ends. */
type Answer = (
  thread: ThreadHandle,
  signal: AbortSignal,
) => readonly ModelEvent[] | Promise<readonly ModelEvent[]>;

const DYNAMIC: readonly DynamicToolSpec[] = [
  { name: "weather", description: "d", inputSchema: { type: "object" } },
  {
    name: "paint",
    namespace: "art",
    description: "d",
    inputSchema: { type: "object" },
  },
];

interface Place {
  readonly thread: ThreadHandle;
  readonly requests: readonly ModelRequest[];
  /** The events up to the end of a turn; questions get this answer. */
  turn(
    answer?: ApprovalDecision,
    grant?: PermissionGrant,
  ): Promise<readonly ThreadEvent[]>;
}

async function withThread(
  answers: readonly Answer[],
  use: (place: Place) => Promise<void>,
  approvalPolicy: ApprovalPolicy = "never",
  hooks?: unknown,
  sandboxMode: SandboxMode = "workspace-write",
): Promise<void> {
  const root = await Deno.realPath(await Deno.makeTempDir());
  const home = `${root}/home`;
  await Deno.mkdir(home);
  if (hooks !== undefined) {
    await Deno.writeTextFile(`${home}/hooks.json`, JSON.stringify({ hooks }));
  }
  const machine = createPlatform();
  const variables = {
    CODEX_HOME: home,
    SHELL: "/bin/bash",
    PATH: "/usr/bin:/bin",
  };
  const platform = {
    ...machine,
    host: { ...machine.host, cwd: root },
    env: {
      get: (name: string) => (variables as Record<string, string>)[name],
      all: () => variables,
    },
  };
  const config = await loadConfig({
    platform,
    session: {
      overrides: [],
      enable: ["request_permissions_tool"],
      disable: [],
    },
    flags: { model: "gpt-5.4", sandboxMode },
  });
  const sandbox = createSandbox({
    ...platform,
    codexHome: home,
    tmpdir: undefined,
    mechanism: undefined,
  });
  const requests: ModelRequest[] = [];
  const left = [...answers];
  const host = createHost({
    rules: NO_RULES,
    platform,
    config,
    model: {
      async *stream(request, signal) {
        requests.push({ ...request, input: [...request.input] });
        const answer = left.shift();
        if (answer === undefined) throw new Error("The script has ended");
        yield* await answer(thread, signal);
        signal.throwIfAborted();
        yield { type: "completed" };
      },
    },
    sandbox,
    writeCheck: createWriteCheck(platform.files, home),
    approvalPolicy,
    source: "exec",
    originator: "test",
    isEphemeral: false,
  });
  const thread = await host.startThread({ dynamicTools: DYNAMIC }, NEVER);
  const events = thread.events()[Symbol.asyncIterator]();
  try {
    await use({
      thread,
      requests,
      async turn(decision, grant) {
        const seen: ThreadEvent[] = [];
        while (seen.at(-1)?.type !== "turnCompleted") {
          const next = await events.next();
          if (next.done) throw new Error("The events ended");
          seen.push(next.value);
          if (next.value.type === "dynamicToolCalled") {
            const { requestId, call } = next.value;
            await thread.submit({
              type: "dynamicToolResult",
              requestId,
              result: {
                content: [{ type: "inputText", text: JSON.stringify(call) }],
                isSuccess: call.tool === "weather",
              },
            });
          }
          if (next.value.type === "permissionsRequested" && grant) {
            const { requestId } = next.value;
            await thread.submit({ type: "permissions", requestId, grant });
          }
          if (next.value.type !== "approvalRequested") continue;
          const { requestId } = next.value;
          if (decision === undefined) throw new Error("Nobody asked for this");
          await thread.submit({ type: "approval", requestId, decision });
        }
        return seen;
      },
    });
  } finally {
    await thread.close();
    await sandbox.close();
    await Deno.remove(root, { recursive: true });
  }
}

function say(thread: ThreadHandle, text: string): Promise<void> {
  return thread.submit({ type: "userInput", input: [{ type: "text", text }] });
}

/** Resolves once the thread has taken every op before this. */
async function accepted(thread: ThreadHandle): Promise<void> {
  for (let op = 0; op < 2; op++) {
    await thread.submit({
      type: "approval",
      requestId: "none",
      decision: { kind: "accept" },
    });
  }
  await new Promise((resolve) => setTimeout(resolve));
}

function said(text: string): ModelEvent {
  return {
    type: "itemDone",
    itemId: "m",
    item: {
      type: "message",
      role: "assistant",
      content: [{ type: "output_text", text }],
    },
  };
}

function called(name: string, args: unknown, callId = "1"): ModelEvent {
  const item: ToolCallItem = {
    type: "function_call",
    name,
    arguments: JSON.stringify(args),
    call_id: callId,
  };
  return { type: "itemDone", itemId: "c", item };
}

/** The conversation in a request, without the context in front of it. */
function conversation(request: ModelRequest | undefined): readonly string[] {
  return (request?.input ?? []).slice(2).map(lineOf);
}

function lineOf(item: ResponseItem): string {
  switch (item.type) {
    case "message":
      return `${item.role}: ${messageText(item).split("\n")[0]}`;
    case "function_call_output":
      return `output: ${String(item.output).split("\n").at(-1)}`;
    default:
      return item.type;
  }
}

function statusOf(events: readonly ThreadEvent[]): string | undefined {
  const end = events.at(-1);
  return end?.type === "turnCompleted" ? end.status : undefined;
}

Deno.test("inputs are turns of one thread, each request an extension of the one before", () =>
  withThread(
    [() => [said("one")], () => [said("two")]],
    async ({ thread, requests, turn }) => {
      await say(thread, "first");
      await turn();
      await say(thread, "second");
      await turn();
      assert.deepEqual(conversation(requests[1]), [
        "user: first",
        "assistant: one",
        "user: second",
      ]);
      const before = requests[0]?.input ?? [];
      assert.deepEqual(requests[1]?.input.slice(0, before.length), before);
    },
  ));

Deno.test("what is said while the model works joins the turn behind the outputs", () =>
  withThread([
    async (thread) => {
      await say(thread, "also this");
      await accepted(thread);
      return [called("update_plan", { plan: [] })];
    },
    () => [said("both done")],
  ], async ({ thread, requests, turn }) => {
    await say(thread, "this");
    const events = await turn();
    assert.equal(statusOf(events), "completed");
    assert.deepEqual(conversation(requests[1]), [
      "user: this",
      "function_call",
      "output: Plan updated",
      "user: also this",
    ]);
  }));

Deno.test("what steers a turn is recorded and shown like any input", () =>
  withThread([
    async (thread) => {
      await say(thread, "also this");
      await accepted(thread);
      return [];
    },
    () => [said("both done")],
  ], async ({ thread, turn }) => {
    await say(thread, "this");
    const shown = (await turn()).flatMap((event) =>
      event.type === "itemCompleted" && event.item.type === "userMessage"
        ? event.item.content
        : []
    );
    assert.deepEqual(shown, [
      { type: "text", text: "this" },
      { type: "text", text: "also this" },
    ]);
  }));

Deno.test("what was said before an interrupt is kept, what is said after it is a turn", () =>
  withThread([
    async (thread, signal) => {
      const aborted = new Promise((resolve) =>
        signal.addEventListener("abort", resolve, { once: true })
      );
      await say(thread, "before");
      await thread.submit({ type: "interrupt" });
      await say(thread, "after");
      await aborted;
      return [];
    },
    () => [said("on again")],
  ], async ({ thread, requests, turn }) => {
    await say(thread, "first");
    assert.equal(statusOf(await turn()), "interrupted");
    assert.equal(statusOf(await turn()), "completed");
    assert.deepEqual(conversation(requests[1]), [
      "user: first",
      "user: before",
      "user: <turn_aborted>",
      "user: after",
    ]);
  }));

Deno.test("what steers is a turn at once when the interrupt is for that", () =>
  withThread([
    async (thread, signal) => {
      const aborted = new Promise((resolve) =>
        signal.addEventListener("abort", resolve, { once: true })
      );
      await say(thread, "before");
      await say(thread, "before, too");
      await thread.submit({ type: "interrupt", isForSteering: true });
      await aborted;
      return [];
    },
    () => [said("heard one")],
    () => [said("heard both")],
  ], async ({ thread, requests, turn }) => {
    await say(thread, "first");
    assert.equal(statusOf(await turn()), "interrupted");
    assert.equal(statusOf(await turn()), "completed");
    assert.deepEqual(
      conversation(requests.at(-1)).filter((line) => line.startsWith("user")),
      [
        "user: first",
        "user: <turn_aborted>",
        "user: before",
        "user: before, too",
      ],
    );
  }));

Deno.test("settings chosen with an input hold from that turn on", () =>
  withThread(
    [() => [said("a")], () => [said("b")], () => [said("c")]],
    async ({ thread, requests, turn }) => {
      await say(thread, "one");
      await turn();
      await thread.submit({
        type: "userInput",
        input: [{ type: "text", text: "two" }],
        choices: {
          model: "gpt-5.2",
          effort: "high",
          approvalPolicy: "untrusted",
          mode: { kind: "plan" },
        },
      });
      await turn();
      await say(thread, "three");
      await turn();
      assert.deepEqual(
        requests.map(({ model, reasoning }) => [model, reasoning?.effort]),
        [["gpt-5.4", "medium"], ["gpt-5.2", "high"], ["gpt-5.2", "high"]],
      );
      const [, second] = requests;
      assert.equal(second?.instructions, requests[0]?.instructions);
      assert.deepEqual(
        second?.input.slice(2).map((item) =>
          item.type === "message"
            ? item.content.map((part) =>
              part.type === "input_image"
                ? ""
                : part.text.split("\n")[0]?.slice(0, 25)
            )
            : item.type
        ),
        [
          ["one"],
          ["a"],
          [
            "<model_switch>",
            "<permissions instructions",
            "<collaboration_mode>You a",
          ],
          ["two"],
        ],
      );
      assert.equal(requests[2]?.input.length, (second?.input.length ?? 0) + 2);
    },
  ));

Deno.test("an interrupt ends the turn, and the thread goes on with what happened", () =>
  withThread([
    async (thread, signal) => {
      await thread.submit({ type: "interrupt" });
      await new Promise((resolve) =>
        signal.addEventListener("abort", resolve, { once: true })
      );
      return [];
    },
    () => [said("on again")],
  ], async ({ thread, requests, turn }) => {
    await say(thread, "first");
    assert.equal(statusOf(await turn()), "interrupted");
    await say(thread, "second");
    assert.equal(statusOf(await turn()), "completed");
    assert.deepEqual(conversation(requests[1]), [
      "user: first",
      "user: <turn_aborted>",
      "user: second",
    ]);
  }));

Deno.test("a failed turn says so and the thread takes the next input", () =>
  withThread([
    () => Promise.reject(new Error("a bug")),
    () => [said("fine")],
  ], async ({ thread, turn }) => {
    await say(thread, "first");
    const events = await turn();
    assert.equal(statusOf(events), "failed");
    const error = events.find((event) => event.type === "error");
    assert.match(
      error?.type === "error" ? error.error.message : "",
      /^Internal error, please report it: Error: a bug/,
    );
    await say(thread, "second");
    assert.equal(statusOf(await turn()), "completed");
  }));

Deno.test("a command that asks to leave the sandbox waits for an answer, and gets it", async () => {
  const outputs: string[] = [];
  for (const kind of ["accept", "decline"] as const) {
    const question = called("exec_command", {
      cmd: "touch made; echo hi",
      login: false,
      sandbox_permissions: "require_escalated",
      justification: "May I?",
    });
    await withThread(
      [() => [question], () => [said("done")]],
      async ({ thread, requests, turn }) => {
        await say(thread, "go");
        const events = await turn({ kind });
        const asked = events.find((event) =>
          event.type === "approvalRequested"
        );
        assert.deepEqual(
          asked?.type === "approvalRequested"
            ? [asked.itemId, asked.reason]
            : [],
          ["1", "May I?"],
        );
        const output = requests[1]?.input.at(-1);
        outputs.push(
          output?.type === "function_call_output" ? String(output.output) : "",
        );
      },
      "on-request",
    );
  }
  const [accepted = "", declined] = outputs;
  assert.match(accepted, /Process exited with code 0\n[^]*\nhi\n$/);
  assert.equal(declined, "exec_command failed: rejected by user");
});

Deno.test("cancelling a question stops the turn; the call is accounted for", async () => {
  await withThread(
    [
      () => [called("exec_command", { cmd: "rm -rf zzz", login: false })],
      () => [said("again")],
    ],
    async ({ thread, requests, turn }) => {
      await say(thread, "go");
      const events = await turn({ kind: "cancel" });
      const last = events.at(-1);
      assert.equal(
        last?.type === "turnCompleted" && last.status,
        "interrupted",
      );
      await say(thread, "more");
      await turn();
      const output = requests[1]?.input.find((item) =>
        item.type === "function_call_output"
      );
      assert.match(
        output?.type === "function_call_output" ? String(output.output) : "",
        /^aborted by user after /,
      );
    },
    "on-request",
  );
});

Deno.test("the model learns of a prefix that was allowed with its command", async () => {
  await withThread(
    [
      () => [called("exec_command", { cmd: "rm -rf zzz", login: false })],
      () => [said("done")],
    ],
    async ({ thread, requests, turn }) => {
      await say(thread, "go");
      await turn({ kind: "acceptWithAmendment", prefix: ["rm", "-rf"] });
      const [output, note] = requests[1]?.input.slice(-2) ?? [];
      assert.equal(output?.type, "function_call_output");
      assert.deepEqual(note, {
        type: "message",
        role: "developer",
        content: [{
          type: "input_text",
          text: 'Approved command prefix saved:\n- ["rm", "-rf"]',
        }],
      });
    },
    "on-request",
  );
});

/** A hook that answers PermissionRequest, and logs what it was told to `told`. */
function permissionHook(decision: object): unknown {
  const output = { hookEventName: "PermissionRequest", decision };
  const command = `cat >> told; printf '%s' '${
    JSON.stringify({ hookSpecificOutput: output })
  }'`;
  return { PermissionRequest: [{ hooks: [{ type: "command", command }] }] };
}

Deno.test("a hook answers before the user is asked, about commands and patches", async () => {
  const patch = "*** Begin Patch\n*** Add File: /q.txt\n+x\n*** End Patch";
  const calls = [
    called("exec_command", {
      cmd: "touch made; echo ran",
      login: false,
      sandbox_permissions: "require_escalated",
      justification: "May I?",
    }),
    {
      type: "itemDone",
      itemId: "c",
      item: {
        type: "custom_tool_call",
        name: "apply_patch",
        input: patch,
        call_id: "2",
      },
    },
  ] satisfies readonly ModelEvent[];
  const cases = [
    [{ behavior: "deny", message: "not here" }, [
      "exec_command failed: not here",
      "not here",
    ]],
    [{ behavior: "deny" }, [
      "exec_command failed: PermissionRequest hook denied approval",
      "PermissionRequest hook denied approval",
    ]],
  ] as const;
  for (const [decision, expected] of cases) {
    await withThread(
      [() => calls, () => [said("done")]],
      async ({ thread, requests, turn }) => {
        await say(thread, "go");
        await turn();
        assert.deepEqual(
          requests[1]?.input.flatMap((item) =>
            "output" in item ? [item.output] : []
          ),
          expected,
        );
        const told = await Deno.readTextFile(`${thread.info.cwd}/told`);
        assert.deepEqual(
          told.split(/(?<=})(?={)/).map((text) => {
            const { tool_name, tool_input, permission_mode, tool_use_id } = JSON
              .parse(text);
            return [tool_name, tool_input, permission_mode, tool_use_id];
          }),
          [
            [
              "Bash",
              { command: "touch made; echo ran", description: "May I?" },
              "default",
              undefined,
            ],
            ["apply_patch", { command: patch }, "default", undefined],
          ],
        );
      },
      "on-request",
      permissionHook(decision),
    );
  }
});

Deno.test("a hook that allows lets a command leave the sandbox unasked", async () => {
  await withThread(
    [
      () => [called("exec_command", {
        cmd: "touch made; echo ran",
        login: false,
        sandbox_permissions: "require_escalated",
      })],
      () => [said("done")],
    ],
    async ({ thread, requests, turn }) => {
      await say(thread, "go");
      await turn();
      assert.match(conversation(requests[1]).at(-1) ?? "", /^output: /);
      const output = requests[1]?.input.at(-1);
      assert.match(
        output?.type === "function_call_output" ? String(output.output) : "",
        /Process exited with code 0\n[^]*\nran\n$/,
      );
    },
    "on-request",
    permissionHook({ behavior: "allow" }),
  );
});

Deno.test("what is said meanwhile goes past the hooks, and what they refuse is not heard", async () => {
  const command =
    'if grep -q \'"prompt":"bad\' ; then echo no >&2; exit 2; fi; echo checked';
  await withThread(
    [
      async (thread) => {
        await say(thread, "bad word");
        await say(thread, "good word");
        await thread.submit({
          type: "approval",
          requestId: "none",
          decision: { kind: "accept" },
        });
        return [called("update_plan", { plan: [] })];
      },
      () => [said("done")],
    ],
    async ({ thread, requests, turn }) => {
      await say(thread, "go");
      await turn();
      assert.deepEqual(conversation(requests[1]), [
        "user: go",
        "developer: checked",
        "function_call",
        "output: Plan updated",
        "user: good word",
        "developer: checked",
      ]);
    },
    "never",
    { UserPromptSubmit: [{ hooks: [{ type: "command", command }] }] },
  );
});

Deno.test("what no hook could hear before the turn was stopped is told to the user, not to the model", async () => {
  const command =
    'if grep -q \'"prompt":"wait\' ; then touch began; exec sleep 30; fi';
  await withThread(
    [
      async (thread) => {
        await say(thread, "wait here");
        await thread.submit({
          type: "approval",
          requestId: "none",
          decision: { kind: "accept" },
        });
        return [called("update_plan", { plan: [] })];
      },
      () => [said("again")],
    ],
    async ({ thread, requests, turn }) => {
      const watcher = Deno.watchFs(thread.info.cwd);
      await say(thread, "go");
      const events = turn();
      for await (const { paths } of watcher) {
        if (paths.some((path) => path.endsWith("/began"))) break;
      }
      await thread.submit({ type: "interrupt" });
      const told = (await events).flatMap((event) =>
        event.type === "warning" ? [event.message] : []
      );
      assert.deepEqual(told, [
        "Not told to the model, because the turn was stopped before your hooks had heard it: wait here",
      ]);
      await say(thread, "more");
      await turn();
      assert.deepEqual(conversation(requests[1]), [
        "user: go",
        "function_call",
        "output: Plan updated",
        "user: <turn_aborted>",
        "user: more",
      ]);
    },
    "never",
    { UserPromptSubmit: [{ hooks: [{ type: "command", command }] }] },
  );
});

Deno.test("a granted directory can be written from then on, for as long as was said", async () => {
  for (const scope of ["turn", "session"] as const) {
    const place = await Deno.realPath(
      await Deno.makeTempDir({ dir: "/var/tmp" }),
    );
    const touch = (name: string, id: string) =>
      called(
        "exec_command",
        { cmd: `touch ${place}/${name}`, login: false },
        id,
      );
    try {
      await withThread(
        [
          () => [
            touch("before", "1"),
            called("request_permissions", {
              permissions: { file_system: { write: [place] } },
            }, "2"),
            touch("after", "3"),
          ],
          () => [said("done")],
          () => [touch("later", "4")],
          () => [said("done")],
        ],
        async ({ thread, turn }) => {
          const grant: PermissionGrant = {
            permissions: { read: [], write: [place, "/etc"], network: true },
            scope,
          };
          await say(thread, "go");
          await turn(undefined, grant);
          await say(thread, "more");
          await turn();
        },
        "on-request",
        undefined,
        "read-only",
      );
      const names = [...Deno.readDirSync(place)].map(({ name }) => name)
        .filter((name) => !name.startsWith("."));
      assert.deepEqual(
        names.toSorted(),
        scope === "turn" ? ["after"] : ["after", "later"],
      );
    } finally {
      await Deno.remove(place, { recursive: true });
    }
  }
});

Deno.test("tools the client brought are declared, called and answered", () =>
  withThread(
    [
      () => [
        called("weather", { city: "Oslo" }, "1"),
        {
          type: "itemDone",
          itemId: "c",
          item: {
            type: "function_call",
            name: "paint",
            namespace: "art",
            arguments: "{}",
            call_id: "2",
          },
        },
        called("weather", "no object {", "3"),
      ],
      () => [said("done")],
    ],
    async ({ thread, requests, turn }) => {
      await say(thread, "go");
      const items = (await turn()).flatMap((event) =>
        event.type === "itemCompleted" && event.item.type === "dynamicToolCall"
          ? [[event.item.tool, event.item.status, event.item.success]]
          : []
      );
      assert.deepEqual(items, [
        ["weather", "completed", true],
        ["paint", "failed", false],
        ["weather", "completed", true],
      ]);
      const names = requests[0]?.tools.map(({ name }) => name);
      assert.deepEqual(names?.slice(-2), ["weather", "art"]);
      const outputs = requests[1]?.input.filter(({ type }) =>
        type === "function_call_output"
      ).map((item) => "output" in item ? item.output : undefined);
      assert.deepEqual(outputs?.slice(0, 2), [
        [{
          type: "input_text",
          text: '{"tool":"weather","arguments":{"city":"Oslo"}}',
        }],
        [{
          type: "input_text",
          text: '{"tool":"paint","namespace":"art","arguments":{}}',
        }],
      ]);
    },
  ));

Deno.test("a compaction on request is a turn, and the next one tells everything anew", () =>
  withThread(
    [() => [said("one")], () => [said("the note")], () => [said("two")]],
    async ({ thread, requests, turn }) => {
      await say(thread, "first");
      await turn();
      await thread.submit({ type: "compact" });
      assert.equal(statusOf(await turn()), "completed");
      await say(thread, "second");
      await turn();
      assert.deepEqual(requests[1]?.tools, []);
      assert.deepEqual(requests[2]?.input.map(lineOf), [
        "user: first",
        "user: Earlier parts of this conversation were replaced by the note below, written by",
        "developer: <permissions instructions>",
        "user: <environment_context>",
        "user: second",
      ]);
    },
  ));

Deno.test("a command of the user's own runs unconfined, and the model learns of it", () =>
  withThread(
    [() => [said("I see")]],
    async ({ thread, requests, turn }) => {
      await thread.submit({ type: "userShell", command: "echo mine; exit 4" });
      const events = await turn();
      const item = events.find((event) => event.type === "itemCompleted");
      assert.ok(
        item?.type === "itemCompleted" &&
          item.item.type === "commandExecution",
      );
      assert.equal(item.item.exitCode, 4);
      await say(thread, "what happened?");
      await turn();
      const [told] = requests[0]?.input ?? [];
      assert.match(
        told?.type === "message" ? messageText(told) : "",
        /^<user_shell_command>\n<command>\necho mine; exit 4\n<\/command>\n<result>\nExit code: 4\n[^]*mine/,
      );
    },
    "never",
    undefined,
    "read-only",
  ));

Deno.test("a rollback takes the last turns from the model, an injection adds to it", () =>
  withThread(
    [() => [said("one")], () => [said("two")], () => [said("three")]],
    async ({ thread, requests, turn }) => {
      for (const text of ["first", "second"]) {
        await say(thread, text);
        await turn();
      }
      await thread.submit({ type: "rollback", turns: 1 });
      await thread.submit({
        type: "inject",
        items: [{
          type: "message",
          role: "user",
          content: [{ type: "input_text", text: "injected" }],
        }],
      });
      await say(thread, "third");
      await turn();
      assert.deepEqual(conversation(requests[2]), [
        "user: first",
        "assistant: one",
        "user: injected",
        "user: third",
      ]);
    },
  ));
