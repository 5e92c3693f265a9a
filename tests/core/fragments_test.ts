import assert from "node:assert/strict";
import {
  type ContextParts,
  contextUpdate,
  initialContext,
  isContextMessage,
  turnAbortedMessage,
} from "@/core/fragments.ts";
import type { TurnContext } from "@/protocol/rollout.ts";
import { type ResponseItem, textMessage } from "@/protocol/response_items.ts";

function parts(changes: Partial<TurnContext> = {}): ContextParts {
  return {
    context: {
      turn_id: "t",
      cwd: "/p",
      current_date: "2026-01-02",
      timezone: "Etc/UTC",
      approval_policy: "never",
      sandbox_policy: { type: "read-only", network_access: false },
      model: "m",
      summary: "auto",
      truncation_policy: { mode: "bytes", limit: 1 },
      ...changes,
    },
    shell: "bash",
    writableRoots: ["/p", "/tmp"],
    instructions: "Work well.",
    memories: undefined,
    skills: undefined,
    commitAuthor: undefined,
    includePermissions: true,
    includeEnvironment: true,
  };
}

/** The role and the texts of each message, up to the first line feed. */
function outline(items: readonly ResponseItem[]): readonly unknown[] {
  return items.map((item) => {
    if (item.type !== "message") return item;
    return [
      item.role,
      ...item.content.map((part) =>
        part.type === "input_text" ? part.text.split("\n")[0] : part
      ),
    ];
  });
}

Deno.test("a thread begins with what may be done, what the project asks and where it is", () => {
  assert.deepEqual(
    outline(initialContext(parts({
      user_instructions: "Be brief.",
      developer_instructions: "Be kind.",
    }))),
    [
      ["developer", "<permissions instructions>", "Be kind."],
      [
        "user",
        "# AGENTS.md instructions for /p",
        "<environment_context>",
      ],
    ],
  );
});

Deno.test("what is switched off is left out, message and all", () => {
  const bare = {
    ...parts(),
    includePermissions: false,
    includeEnvironment: false,
  };
  assert.deepEqual(initialContext(bare), []);
  const before = parts({ cwd: "/q" }).context;
  assert.deepEqual(contextUpdate(before, bare), []);
});

Deno.test("commits name a co-author where that is wanted", () => {
  const trailer = (commitAuthor: string | undefined) =>
    /Co-authored-by: [^"\\]*/.exec(
      JSON.stringify(initialContext({ ...parts(), commitAuthor })),
    )?.[0];
  assert.deepEqual(["A <a@b>", "", undefined].map(trailer), [
    "Co-authored-by: A <a@b>",
    undefined,
    undefined,
  ]);
});

Deno.test("the environment is told exactly", () => {
  const [, message] = initialContext(parts());
  assert.deepEqual(
    message,
    textMessage(
      "user",
      "<environment_context>\n  <cwd>/p</cwd>\n  <shell>bash</shell>\n  <current_date>2026-01-02</current_date>\n  <timezone>Etc/UTC</timezone>\n</environment_context>",
    ),
  );
});

Deno.test("a later turn is told only what changed", () => {
  const before = parts().context;
  const updates = ([
    {},
    { turn_id: "next" },
    { model: "other" },
    { collaboration_mode: planMode() },
    { personality: "friendly" },
    { approval_policy: "on-request" },
    { sandbox_policy: { type: "danger-full-access" } },
    { current_date: "2026-01-03" },
    { cwd: "/q" },
  ] as readonly Partial<TurnContext>[]).map((change) =>
    outline(contextUpdate(before, parts(change)))
  );
  const permissions = ["developer", "<permissions instructions>"];
  const environment = ["user", "<environment_context>"];
  assert.deepEqual(updates, [
    [],
    [],
    [["developer", "<model_switch>"]],
    [[
      "developer",
      "<collaboration_mode>You are in plan mode. The user wants a plan they can agree to before anything is",
    ]],
    [["developer", "<personality_spec>"]],
    [permissions],
    [permissions],
    [environment],
    [permissions, environment],
  ]);
});

function planMode(): NonNullable<TurnContext["collaboration_mode"]> {
  return {
    mode: "plan",
    settings: {
      model: "m",
      reasoning_effort: null,
      developer_instructions: null,
    },
  };
}

Deno.test("leaving plan mode is told, staying in it is not", () => {
  const planning = parts({ collaboration_mode: planMode() });
  assert.deepEqual(contextUpdate(planning.context, planning), []);
  const [message] = contextUpdate(planning.context, parts());
  assert.match(
    JSON.stringify(message),
    /<collaboration_mode>You are in default mode/,
  );
});

Deno.test("a model that takes over gets the thread's instructions", () => {
  const [message] = contextUpdate(parts().context, parts({ model: "other" }));
  assert.match(JSON.stringify(message), /\(m\)[^]*Work well\./);
});

Deno.test("the directory is repeated only when it changed", () => {
  const before = parts().context;
  const [message] = contextUpdate(before, parts({ current_date: "x" }));
  assert.doesNotMatch(JSON.stringify(message), /<cwd>/);
});

Deno.test("messages this program writes are told from the user's", () => {
  assert.deepEqual(
    [
      ...initialContext(parts({ user_instructions: "x" })).slice(1),
      turnAbortedMessage(),
      textMessage("user", "hello"),
      textMessage("developer", "<environment_context>"),
    ].map(isContextMessage),
    [true, true, false, false],
  );
});

Deno.test("the model is told which hosts are open, and how", () => {
  const policy = {
    type: "workspace-write",
    writable_roots: [] as string[],
    network_access: false,
    exclude_tmpdir_env_var: false,
    exclude_slash_tmp: false,
  } as const;
  const told = (hosts: string[]) =>
    JSON.stringify(initialContext(parts({
      sandbox_policy: { ...policy, network_allow: hosts },
    })));
  assert.match(
    told(["api.github.com", "*.example.org"]),
    /restricted to `api.github.com`, `\*.example.org`, over HTTP and HTTPS/,
  );
  assert.match(told([]), /Network access is restricted\./);
});
