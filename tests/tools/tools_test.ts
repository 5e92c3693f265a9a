/** Tools against a context that only records: what they ask for, what they answer. */
import assert from "node:assert/strict";
import { declareTools, findTool, TOOLS } from "@/tools/registry.ts";
import type {
  AgentOutcome,
  AgentPowers,
  CommandOutcome,
  CommandRequest,
  PatchOutcome,
  ToolContext,
  ToolOutcome,
  ToolSettings,
} from "@/tools/tool.ts";
import { NEVER } from "@test/support/fake_clock.ts";

const SETTINGS: ToolSettings = {
  unifiedExec: true,
  shellTool: true,
  allowLoginShell: true,
  freeformPatch: true,
  acceptsImages: true,
  originalImageDetail: true,
  webSearch: { isLive: false, returnsImages: false },
};

interface Made {
  readonly outcome: ToolOutcome;
  /** Everything the context was asked for, in order. */
  readonly asked: readonly unknown[];
}

async function make(
  name: string,
  input: unknown,
  answers: {
    readonly command?: CommandOutcome;
    readonly patch?: Partial<PatchOutcome>;
    readonly context?: Partial<ToolContext>;
  } = {},
): Promise<Made> {
  const asked: unknown[] = [];
  const command: CommandOutcome = answers.command ??
    { kind: "exited", exitCode: 0, output: "out\n", wallMs: 12.34 };
  const context: ToolContext = {
    shell: "/bin/bash",
    allowLoginShell: true,
    longestPollMs: 300_000,
    outputLimit: { unit: "bytes", max: 10_000 },
    originalImageDetail: true,
    async startCommand(request) {
      asked.push(request);
      return command;
    },
    async writeStdin(request) {
      asked.push(request);
      return command;
    },
    async applyPatch(request) {
      asked.push(request);
      return {
        isSuccess: true,
        text: "Success.\n",
        durationMs: 140,
        isVerificationFailure: false,
        ...answers.patch,
      };
    },
    mayAskUser: false,
    async askUser(questions) {
      asked.push(questions);
      return { q: { answers: ["A"] } };
    },
    async requestPermissions(permissions, reason) {
      asked.push([permissions, reason]);
      return { permissions: { ...permissions, network: false }, scope: "turn" };
    },
    isPlanning: false,
    async updatePlan(plan, explanation) {
      asked.push([plan, explanation]);
    },
    async readImage(request) {
      asked.push(request);
      return { kind: "image", dataUrl: "data:x" };
    },
    async callDynamicTool(call) {
      asked.push(call);
      return { content: [], isSuccess: true };
    },
    async callMcpTool(call) {
      asked.push(call);
      return { kind: "error", message: "no server", wallMs: 0 };
    },
    async queryMcpResources(query) {
      asked.push(query);
      return { kind: "ok", json: "{}" };
    },
    agents: agentsThatAsk(asked),
    chunkId: () => "abcdef",
    ...answers.context,
  };
  const text = typeof input === "string" ? input : JSON.stringify(input);
  const tool = TOOLS.find((one) =>
    one.name === name || one.aliases.includes(name)
  );
  assert.ok(tool !== undefined);
  return { outcome: await tool.call(text, context, NEVER), asked };
}

function agentsThatAsk(asked: unknown[]): AgentPowers {
  const answer = async (request: unknown): Promise<AgentOutcome> => {
    asked.push(request);
    return { kind: "ok", value: { done: true } };
  };
  return {
    spawn: answer,
    send: answer,
    wait: answer,
    resume: answer,
    close: answer,
  };
}

/** The one command a call asks for. */
async function commandOf(
  name: string,
  args: unknown,
  context: Partial<ToolContext> = {},
): Promise<CommandRequest> {
  const { asked } = await make(name, args, { context });
  // Only commands are asked for by these calls.
  return asked[0] as CommandRequest;
}

Deno.test("exec_command runs a login shell and waits ten seconds, within bounds", async () => {
  assert.deepEqual(await commandOf("exec_command", { cmd: "ls" }), {
    argv: ["/bin/bash", "-lc", "ls"],
    tty: false,
    wantsEscalation: false,
    yieldMs: 10_000,
  });
  assert.deepEqual(
    await commandOf("exec_command", {
      cmd: "ls",
      workdir: "sub",
      shell: "/bin/sh",
      login: false,
      tty: true,
      yield_time_ms: 1,
      sandbox_permissions: "require_escalated",
      justification: "May I?",
      prefix_rule: ["ls"],
    }),
    {
      argv: ["/bin/sh", "-c", "ls"],
      workdir: "sub",
      tty: true,
      wantsEscalation: true,
      justification: "May I?",
      prefixRule: ["ls"],
      yieldMs: 250,
    },
  );
  const long = { cmd: "ls", yield_time_ms: 1e9, login: true };
  const { argv, yieldMs } = await commandOf("exec_command", long, {
    allowLoginShell: false,
  });
  assert.deepEqual([argv[1], yieldMs], ["-c", 30_000]);
});

Deno.test("a command's report has its end, its size and its output", async () => {
  const report = async (command: CommandOutcome, args: object = {}) =>
    (await make("exec_command", { cmd: "x", ...args }, { command })).outcome;
  assert.deepEqual(
    [
      await report({
        kind: "exited",
        exitCode: 3,
        output: "hi\n",
        wallMs: 12.34,
      }),
      await report({
        kind: "running",
        sessionId: 4711,
        output: "",
        wallMs: 250,
      }),
      await report({ kind: "refused", text: "no" }),
      await report(
        { kind: "exited", exitCode: 0, output: "12345678", wallMs: 0 },
        { max_output_tokens: 1 },
      ),
    ],
    [
      {
        kind: "failed",
        output:
          "Chunk ID: abcdef\nWall time: 0.0123 seconds\nProcess exited with code 3\nOriginal token count: 1\nOutput:\nhi\n",
        response: "hi\n",
      },
      {
        kind: "ok",
        output:
          "Chunk ID: abcdef\nWall time: 0.2500 seconds\nProcess running with session ID 4711\nOriginal token count: 0\nOutput:\n",
      },
      { kind: "failed", output: "exec_command failed: no" },
      {
        kind: "ok",
        output:
          "Chunk ID: abcdef\nWall time: 0.0000 seconds\nProcess exited with code 0\nOriginal token count: 2\nOutput:\nTotal output lines: 1\n\n12…1 tokens truncated…78",
        response: "12345678",
      },
    ],
  );
});

Deno.test("write_stdin waits briefly after input, and at least five seconds for nothing", async () => {
  const waits = await Promise.all(
    [
      { chars: "x" },
      { chars: "x", yield_time_ms: 1e9 },
      {},
      { chars: "", yield_time_ms: 20_000 },
      { chars: "", yield_time_ms: 1e9 },
    ].map(async (args) => {
      const { asked } = await make("write_stdin", { session_id: 1, ...args });
      const [request] = asked as readonly { readonly yieldMs: number }[];
      return request?.yieldMs;
    }),
  );
  assert.deepEqual(waits, [250, 30_000, 5_000, 20_000, 300_000]);
});

Deno.test("the shell family runs to an end within ten seconds, unless told otherwise", async () => {
  const requests = [
    await commandOf("shell_command", { command: "ls", login: false }),
    await commandOf("shell", { command: ["ls", "-l"], timeout_ms: 5 }),
    await commandOf("local_shell", { command: ["ls"], workdir: "" }),
  ];
  const common = { tty: false, wantsEscalation: false, yieldMs: Infinity };
  assert.deepEqual(requests, [
    { ...common, argv: ["/bin/bash", "-c", "ls"], timeoutMs: 10_000 },
    { ...common, argv: ["ls", "-l"], timeoutMs: 5 },
    { ...common, argv: ["ls"], timeoutMs: 10_000 },
  ]);
});

Deno.test("a patch in a heredoc is a patch, in every shell tool; a bare one is advice", async () => {
  const script = "cd sub && apply_patch <<'EOF'\nPATCH\nEOF";
  const calls = [
    await make("exec_command", { cmd: script, workdir: "deep" }),
    await make("shell_command", { command: script }),
    await make("shell", { command: ["bash", "-lc", script] }),
  ];
  assert.deepEqual(
    calls.map(({ asked }) => asked),
    [
      [{ patch: "PATCH", workdir: "deep/sub" }],
      [{ patch: "PATCH", workdir: "sub" }],
      [{ patch: "PATCH", workdir: "sub" }],
    ],
  );
  assert.deepEqual(calls[1]?.outcome, {
    kind: "ok",
    output: "Exit code: 0\nWall time: 0.1 seconds\nOutput:\nSuccess.\n",
    response:
      '{"output":"Success.\\n","metadata":{"exit_code":0,"duration_seconds":0.1}}',
    notes: [{
      type: "message",
      role: "user",
      content: [{
        type: "input_text",
        text:
          "Warning: apply_patch was requested via shell_command. Use the apply_patch tool instead of shell_command.",
      }],
    }],
  });
  const bare = await make("exec_command", {
    cmd: "*** Begin Patch\n*** End Patch",
  });
  assert.deepEqual(bare, {
    outcome: {
      kind: "failed",
      output:
        "exec_command failed: this is a patch, not a command; call apply_patch with it",
    },
    asked: [],
  });
});

Deno.test("apply_patch takes the patch itself or JSON around it", async () => {
  const patch = "*** Begin Patch\n*** End Patch";
  const asked = [
    (await make("apply_patch", patch)).asked,
    (await make("apply_patch", { input: patch })).asked,
  ];
  assert.deepEqual(asked, [[{ patch }], [{ patch }]]);
  const { outcome } = await make("apply_patch", patch, {
    patch: { isSuccess: false, isVerificationFailure: true, text: "no fit" },
  });
  assert.deepEqual(outcome, { kind: "failed", output: "no fit" });
});

Deno.test("view_image keeps the resolution only for models that can be sent it", async () => {
  const original = { path: "a.png", detail: "original" };
  const shown = async (args: object, originalImageDetail: boolean) => {
    const { asked, outcome } = await make("view_image", args, {
      context: { originalImageDetail },
    });
    return [asked[0], outcome.output];
  };
  const image = (detail: string) => [
    { type: "input_image", image_url: "data:x", detail },
  ];
  assert.deepEqual(
    [
      await shown({ path: "a.png" }, true),
      await shown(original, true),
      await shown(original, false),
    ],
    [
      [{ path: "a.png", keepResolution: false }, image("high")],
      [{ path: "a.png", keepResolution: true }, image("original")],
      [{ path: "a.png", keepResolution: false }, image("high")],
    ],
  );
});

Deno.test("arguments that do not fit are told in words, and nothing is asked for", async () => {
  const outcomes = [
    await make("exec_command", "{bad"),
    await make("exec_command", { cmd: 1 }),
    await make("exec_command", { cmd: " " }),
    await make("update_plan", ""),
    await make("apply_patch", '{"input": 7}'),
    await make("write_stdin", { session_id: "x" }),
  ];
  assert.deepEqual(outcomes.map(({ asked }) => asked), [
    [],
    [],
    [],
    [],
    [],
    [],
  ]);
  assert.deepEqual(
    outcomes.slice(1).map(({ outcome }) => outcome.output),
    [
      "failed to parse function arguments: invalid type: integer `1`, expected a string",
      "exec_command failed: the command is empty",
      "failed to parse function arguments: missing field `plan`",
      "failed to parse function arguments: invalid type: integer `7`, expected a string",
      'failed to parse function arguments: invalid type: string "x", expected a number',
    ],
  );
  assert.match(
    String(outcomes[0]?.outcome.output),
    /^failed to parse function arguments: /,
  );
});

Deno.test("what is offered follows the settings, and always in the same order", () => {
  const names = (changes: Partial<ToolSettings>) =>
    declareTools({ ...SETTINGS, ...changes }).map(({ name, type }) =>
      name ?? type
    );
  const { webSearch: _, ...withoutSearch } = SETTINGS;
  assert.deepEqual(
    [
      names({}),
      names({ unifiedExec: false }),
      names({ shellTool: false, freeformPatch: false, acceptsImages: false }),
      declareTools(withoutSearch).length,
    ],
    [
      [
        "exec_command",
        "write_stdin",
        "update_plan",
        "request_user_input",
        "apply_patch",
        "web_search",
        "view_image",
      ],
      [
        "shell_command",
        "update_plan",
        "request_user_input",
        "apply_patch",
        "web_search",
        "view_image",
      ],
      ["update_plan", "request_user_input", "web_search"],
      6,
    ],
  );
});

Deno.test("parameters that mean nothing under the settings are not declared", () => {
  const parametersOf = (name: string, settings: ToolSettings) => {
    const tool = declareTools(settings).find((one) => one.name === name);
    return Object.keys(
      (tool?.parameters as { readonly properties: object }).properties,
    );
  };
  const plain = {
    ...SETTINGS,
    allowLoginShell: false,
    originalImageDetail: false,
  };
  assert.equal(parametersOf("exec_command", SETTINGS).includes("login"), true);
  assert.equal(parametersOf("exec_command", plain).includes("login"), false);
  assert.deepEqual(parametersOf("view_image", SETTINGS), ["detail", "path"]);
  assert.deepEqual(parametersOf("view_image", plain), ["path"]);
});

Deno.test("only what the settings allow can be called, by whatever name", () => {
  const names = [
    "exec_command",
    "shell_command",
    "shell",
    "container.exec",
    "local_shell",
    "apply_patch",
    "web_search",
    "unknown",
  ];
  const callable = (changes: Partial<ToolSettings>) =>
    names.filter((name) => findTool(name, { ...SETTINGS, ...changes }));
  assert.deepEqual(
    [
      callable({}),
      callable({ unifiedExec: false }),
      callable({ shellTool: false }),
      callable({ freeformPatch: false, shellTool: false }),
    ],
    [
      names.slice(0, 6),
      names.slice(1, 6),
      ["apply_patch"],
      [],
    ],
  );
});

Deno.test("declarations are the same bytes every time", () => {
  assert.equal(
    JSON.stringify(declareTools(SETTINGS)),
    JSON.stringify(declareTools({ ...SETTINGS })),
  );
});

Deno.test("the tools for agents ask for what was meant, or say what is wrong", async () => {
  const asked = async (name: string, args: unknown) => {
    const made = await make(name, args);
    return made.asked[0] ?? made.outcome.output;
  };
  const message = { kind: "message", text: "look" };
  assert.deepEqual(
    [
      await asked("spawn_agent", { message: "look", agent_type: "explorer" }),
      await asked("spawn_agent", {
        items: [{ text: "a" }, { type: "image", image_url: "u" }],
      }),
      await asked("send_input", {
        target: "x",
        message: "look",
        interrupt: true,
      }),
      await asked("wait_agent", { targets: ["x"], timeout_ms: 5 }),
      await asked("resume_agent", { id: "x" }),
      await asked("close_agent", { target: "x" }),
    ],
    [
      {
        input: message,
        role: "explorer",
        forksContext: false,
        model: undefined,
        effort: undefined,
      },
      {
        input: {
          kind: "items",
          items: [{ type: "text", text: "a" }, { type: "image", url: "u" }],
        },
        role: undefined,
        forksContext: false,
        model: undefined,
        effort: undefined,
      },
      { agentId: "x", input: message, interrupts: true },
      { agentIds: ["x"], timeoutMs: 10_000 },
      "x",
      "x",
    ],
  );
  assert.deepEqual(
    [
      await asked("spawn_agent", {}),
      await asked("spawn_agent", { message: "a", items: [] }),
      await asked("send_input", { target: "x", message: " " }),
      await asked("send_input", { target: "x", items: [] }),
      await asked("wait_agent", { targets: [] }),
      await asked("wait_agent", { targets: ["x"], timeout_ms: 0 }),
    ],
    [
      "Provide one of: message or items",
      "Provide either message or items, but not both",
      "Empty message can't be sent to an agent",
      "Items can't be empty",
      "agent ids must be non-empty",
      "timeout_ms must be greater than zero",
    ],
  );
});

const QUESTION = {
  id: "q",
  header: "Scope",
  question: "How far?",
  options: [{ label: "All", description: "everything" }],
};

Deno.test("request_user_input asks where the mode lets it, and only proper questions", async () => {
  const mayAsk = { context: { mayAskUser: true } };
  const outputs = [
    await make("request_user_input", { questions: [QUESTION] }, mayAsk),
    await make("request_user_input", { questions: [QUESTION] }),
    await make("request_user_input", { questions: [] }, mayAsk),
    await make(
      "request_user_input",
      { questions: [{ ...QUESTION, options: [] }] },
      mayAsk,
    ),
    await make("request_user_input", { questions: [QUESTION] }, {
      context: { mayAskUser: true, askUser: async () => undefined },
    }),
  ].map(({ outcome }) => outcome.output);
  assert.deepEqual(outputs, [
    '{"answers":{"q":{"answers":["A"]}}}',
    "request_user_input is unavailable in Default mode",
    "request_user_input takes 1 to 3 questions, not 0",
    "request_user_input requires non-empty options for every question",
    "nobody answered request_user_input; go on with a sensible assumption and say which",
  ]);
});

Deno.test("update_plan has no place in plan mode", async () => {
  const { outcome, asked } = await make("update_plan", { plan: [] }, {
    context: { isPlanning: true },
  });
  assert.equal(
    outcome.output,
    "update_plan is a TODO/checklist tool and is not allowed in Plan mode",
  );
  assert.deepEqual(asked, []);
});

Deno.test("hooks are told of commands by one name, of patches by theirs, of the rest nothing", () => {
  const hooked = (name: string, args: unknown) =>
    TOOLS.find((tool) => tool.name === name)?.hooked?.(
      typeof args === "string" ? args : JSON.stringify(args),
    );
  const bash = (command: string) => ({ name: "Bash", input: { command } });
  const patch = { name: "apply_patch", input: { command: "PATCH" } };
  assert.deepEqual([
    hooked("exec_command", { cmd: "a b" }),
    hooked("shell_command", { command: "a b" }),
    hooked("shell", { command: ["a", "b c"] }),
    hooked("apply_patch", "PATCH"),
    hooked("apply_patch", { input: "PATCH" }),
    hooked("update_plan", { plan: [] }),
    hooked("exec_command", { cmd: 5 }),
  ], [
    bash("a b"),
    bash("a b"),
    bash("a 'b c'"),
    patch,
    patch,
    undefined,
    undefined,
  ]);
});

Deno.test("request_permissions asks for what was named and tells what was granted", async () => {
  const { outcome, asked } = await make("request_permissions", {
    permissions: {
      file_system: { write: ["/data"] },
      network: { enabled: true },
    },
    reason: "to fetch",
  });
  assert.deepEqual(asked, [
    [{ read: [], write: ["/data"], network: true }, "to fetch"],
  ]);
  assert.equal(
    outcome.output,
    '{"permissions":{"file_system":{"write":["/data"]}},"scope":"turn"}',
  );
  const empty = await make("request_permissions", { permissions: {} });
  assert.equal(
    empty.outcome.output,
    "request_permissions requires at least one permission",
  );
});
