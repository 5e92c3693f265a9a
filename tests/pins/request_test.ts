/**
 * The first request of a thread, as a server sees it. Texts are ours to change, so
 * they are left out; names, types and their order are what servers and caches know.
 */
import assert from "node:assert/strict";
import { makeWorkspace, runCodex } from "@test/support/codex.ts";
import {
  message,
  type RecordedRequest,
  response,
  startMockServer,
} from "@test/support/mock_responses_server.ts";

async function firstRequest(
  ...args: readonly string[]
): Promise<RecordedRequest> {
  await using server = startMockServer([response(message("ok"))]);
  await using workspace = await makeWorkspace(server);
  const run = await runCodex({ workspace, args: ["exec", ...args, "hi"] });
  const request = server.requests[0];
  assert.ok(request !== undefined, run.stderr);
  return request;
}

const TEXT = { type: "string" };
const NUMBER = { type: "number" };
const FLAG = { type: "boolean" };

const ESCALATION = {
  sandbox_permissions: {
    enum: ["use_default", "require_escalated"],
    type: "string",
  },
  justification: TEXT,
  prefix_rule: { type: "array", items: TEXT },
};

const AGENT_INPUT = {
  message: TEXT,
  items: {
    type: "array",
    items: {
      type: "object",
      properties: {
        type: TEXT,
        text: TEXT,
        image_url: TEXT,
        path: TEXT,
        name: TEXT,
      },
      required: [],
      additionalProperties: false,
    },
  },
};

function tool(
  name: string,
  properties: Readonly<Record<string, unknown>>,
  required: readonly string[],
): unknown {
  return {
    type: "function",
    name,
    strict: false,
    parameters: {
      type: "object",
      properties,
      required,
      additionalProperties: false,
    },
  };
}

const TOOLS: readonly unknown[] = [
  tool("exec_command", {
    cmd: TEXT,
    workdir: TEXT,
    shell: TEXT,
    login: FLAG,
    tty: FLAG,
    yield_time_ms: NUMBER,
    max_output_tokens: NUMBER,
    ...ESCALATION,
  }, ["cmd"]),
  tool("write_stdin", {
    session_id: NUMBER,
    chars: TEXT,
    yield_time_ms: NUMBER,
    max_output_tokens: NUMBER,
  }, ["session_id"]),
  tool("update_plan", {
    explanation: TEXT,
    plan: {
      type: "array",
      items: {
        type: "object",
        properties: {
          step: TEXT,
          status: {
            enum: ["pending", "in_progress", "completed"],
            type: "string",
          },
        },
        required: ["step", "status"],
        additionalProperties: false,
      },
    },
  }, ["plan"]),
  tool("request_user_input", {
    questions: {
      type: "array",
      items: {
        type: "object",
        properties: {
          id: TEXT,
          header: TEXT,
          question: TEXT,
          options: {
            type: "array",
            items: {
              type: "object",
              // Its description is a text, too, and left out.
              properties: { label: TEXT },
              required: ["label", "description"],
              additionalProperties: false,
            },
          },
        },
        required: ["id", "header", "question", "options"],
        additionalProperties: false,
      },
    },
  }, ["questions"]),
  {
    type: "custom",
    name: "apply_patch",
    format: { type: "grammar", syntax: "lark" },
  },
  { type: "web_search", external_web_access: false },
  tool("view_image", { path: TEXT }, ["path"]),
  tool("spawn_agent", {
    ...AGENT_INPUT,
    agent_type: TEXT,
    fork_context: FLAG,
    model: TEXT,
    reasoning_effort: {
      enum: ["none", "minimal", "low", "medium", "high", "xhigh"],
      type: "string",
    },
  }, []),
  tool("send_input", { target: TEXT, ...AGENT_INPUT, interrupt: FLAG }, [
    "target",
  ]),
  tool("resume_agent", { id: TEXT }, ["id"]),
  tool("wait_agent", {
    targets: { type: "array", items: TEXT },
    timeout_ms: NUMBER,
  }, ["targets"]),
  tool("close_agent", { target: TEXT }, ["target"]),
];

Deno.test("the first request's body has these fields, in this order, and these values", async () => {
  const { body, headers } = await firstRequest();
  const thread = headers.session_id;
  assert.deepEqual(Object.keys(body), [
    "model",
    "instructions",
    "input",
    "tools",
    "tool_choice",
    "parallel_tool_calls",
    "reasoning",
    "store",
    "stream",
    "include",
    "prompt_cache_key",
    "text",
    "client_metadata",
  ]);
  const { instructions, input, tools, client_metadata, ...rest } = body;
  assert.equal(typeof instructions, "string");
  assert.deepEqual(rest, {
    model: "gpt-5.2-codex",
    tool_choice: "auto",
    parallel_tool_calls: true,
    reasoning: { effort: "medium", summary: "auto" },
    store: false,
    stream: true,
    include: ["reasoning.encrypted_content"],
    prompt_cache_key: thread,
    text: { verbosity: "low" },
  });
  assert.deepEqual(Object.keys(client_metadata), ["x-codex-installation-id"]);
  assert.match(client_metadata["x-codex-installation-id"], /^[0-9a-f-]{36}$/);
  assert.deepEqual(withoutTexts(tools), TOOLS);
  assert.deepEqual(withFirstLines(input), [
    inputMessage(
      "developer",
      "<permissions instructions>",
      "<skills_instructions>",
    ),
    inputMessage("user", "<environment_context>"),
    inputMessage("user", "hi"),
  ]);
});

Deno.test("a model this program does not know is asked without what it may not understand", async () => {
  const { body } = await firstRequest("-m", "somebody/else");
  const { instructions: _, input: __, client_metadata: ___, ...rest } = body;
  assert.deepEqual({ ...rest, tools: withoutTexts(body.tools) }, {
    model: "somebody/else",
    tools: TOOLS.filter((declared) =>
      (declared as { readonly name?: string }).name !== "apply_patch"
    ),
    tool_choice: "auto",
    parallel_tool_calls: false,
    reasoning: null,
    store: false,
    stream: true,
    include: [],
    prompt_cache_key: body.prompt_cache_key,
  });
});

Deno.test("the first request's headers say who asks, for which thread and turn", async () => {
  const { headers, method, url } = await firstRequest();
  const thread = headers.session_id;
  assert.match(thread ?? "", /^[0-9a-f-]{36}$/);
  const {
    host: _,
    "content-length": __,
    "user-agent": agent,
    "x-codex-turn-metadata": metadata,
    ...rest
  } = headers;
  assert.deepEqual([method, url], ["POST", "/v1/responses"]);
  assert.deepEqual(rest, {
    "accept": "text/event-stream",
    // The runtime's own; a server may send what it likes of these.
    "accept-encoding": "gzip,br",
    "accept-language": "*",
    "authorization": "Bearer x",
    "content-type": "application/json",
    "originator": "codex_deno_exec",
    "session_id": thread,
    "x-client-request-id": thread,
    "x-codex-window-id": `${thread}:0`,
  });
  assert.match(agent ?? "", /^codex_deno_exec\/0\.124\.0 \(.+; .+\) .+$/);
  const { turn_id: turn, ...facts } = JSON.parse(metadata ?? "");
  assert.match(turn, /^[0-9a-f-]{36}$/);
  assert.deepEqual(facts, {
    session_id: thread,
    thread_source: "user",
    sandbox: "seccomp",
  });
});

// Codex 0.124.0 sends 46 668 bytes for the same prompt and the same tools: see the
// decision on requests. A quarter of that is the limit.
Deno.test("the first request is small", async () => {
  const { text } = await firstRequest();
  const bytes = new TextEncoder().encode(text).length;
  assert.ok(bytes < 12_000, `${bytes} bytes`);
});

function inputMessage(
  role: string,
  ...firstLines: readonly string[]
): unknown {
  return {
    type: "message",
    role,
    content: firstLines.map((text) => ({ type: "input_text", text })),
  };
}

/** A value without the texts a person or a model reads. */
function withoutTexts(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutTexts);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => key !== "description" && key !== "definition")
      .map(([key, inner]) => [key, withoutTexts(inner)]),
  );
}

/** A value with the first line of each text. */
function withFirstLines(value: unknown): unknown {
  if (typeof value === "string") return value.split("\n")[0];
  if (Array.isArray(value)) return value.map(withFirstLines);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, withFirstLines(inner)]),
  );
}
