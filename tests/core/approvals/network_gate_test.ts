/** Which hosts a command may reach: the list, the rules, the user. */
import assert from "node:assert/strict";
import { ApprovalBroker } from "@/core/approvals/broker.ts";
import { commandGate } from "@/core/approvals/command_gate.ts";
import { createNetworkGate } from "@/core/approvals/network_gate.ts";
import { parseRules } from "@/exec-policy/parse.ts";
import type { ApprovalSubject, ThreadEvent } from "@/protocol/events.ts";
import type { ApprovalDecision } from "@/protocol/ops.ts";
import type { ApprovalPolicy, SandboxPolicy } from "@/protocol/policy.ts";
import type { NetworkTarget } from "@/sandbox/proxy/request_head.ts";

const NEVER = new AbortController().signal;

interface Options {
  readonly hosts?: readonly string[];
  readonly rules?: string;
  /** What the user answers; nobody may be asked when absent. */
  readonly answer?: boolean;
}

function makeGate({ hosts = ["a.org"], rules = "", answer }: Options = {}) {
  const parsed = parseRules(rules);
  if (parsed.kind !== "ok") throw new Error(parsed.message);
  const warnings: string[] = [];
  const asked: string[] = [];
  const logged: string[] = [];
  const gate = createNetworkGate({
    hosts,
    rules: parsed.rules.networkRules,
    itemId: "call_1",
    log: {
      error() {},
      warn() {},
      debug() {},
      info: (target, message) => void logged.push(`${target} ${message()}`),
    },
    ask: answer === undefined ? undefined : async (target, reason) => {
      asked.push(`${target.host}: ${reason}`);
      return answer;
    },
    warn: async (message) => void warnings.push(message),
  });
  return { gate, warnings, asked, logged };
}

function https(host: string, port = 443): NetworkTarget {
  return { host, port, protocol: "https" };
}

Deno.test("what the list names is open, on the usual port of its protocol", async () => {
  const { gate } = makeGate({ hosts: ["a.org", "*.b.org", "c.org:8443"] });
  const rows: readonly [NetworkTarget, string][] = [
    [https("a.org"), "allow"],
    [{ host: "a.org", port: 80, protocol: "http" }, "allow"],
    [https("a.org", 80), "refuse"],
    [https("a.org", 22), "refuse"],
    [https("x.b.org"), "allow"],
    [https("b.org"), "refuse"],
    [https("c.org", 8443), "allow"],
    [https("c.org"), "refuse"],
    [https("d.org"), "refuse"],
  ];
  for (const [target, expected] of rows) {
    const { kind } = await gate.decide(target, NEVER);
    assert.equal(kind, expected, JSON.stringify(target));
  }
});

Deno.test("a rule that forbids beats the list, with its reason", async () => {
  const { gate } = makeGate({
    rules: 'network_rule("a.org", "https", "deny", justification="leaks")',
  });
  assert.deepEqual(await gate.decide(https("a.org"), NEVER), {
    kind: "refuse",
    reason: "leaks",
  });
  const clear = { host: "a.org", port: 80, protocol: "http" } as const;
  assert.equal((await gate.decide(clear, NEVER)).kind, "allow");
});

Deno.test("a rule that allows opens a host the list does not name, on the usual port", async () => {
  const { gate } = makeGate({
    hosts: [],
    rules: 'network_rule("B.org.", "https_connect", "allow")',
  });
  assert.equal((await gate.decide(https("b.org"), NEVER)).kind, "allow");
  assert.equal((await gate.decide(https("b.org", 444), NEVER)).kind, "refuse");
});

const PROMPT = 'network_rule("a.org", "https", "prompt", justification="why")';

Deno.test("a rule that asks asks once for each host and command", async () => {
  const { gate, asked } = makeGate({ rules: PROMPT, answer: true });
  const kinds = await Promise.all(
    [1, 2, 3].map(async () => (await gate.decide(https("a.org"), NEVER)).kind),
  );
  assert.deepEqual(kinds, ["allow", "allow", "allow"]);
  assert.deepEqual(asked, ["a.org: why"]);
});

Deno.test("what the user refuses or nobody may be asked about stays closed", async () => {
  const declined = makeGate({ rules: PROMPT, answer: false });
  assert.deepEqual(await declined.gate.decide(https("a.org"), NEVER), {
    kind: "refuse",
    reason: "the user refused it",
  });
  const silent = makeGate({ rules: PROMPT });
  assert.deepEqual(await silent.gate.decide(https("a.org"), NEVER), {
    kind: "refuse",
    reason: "a rule wants the user asked, and nobody may be asked",
  });
});

Deno.test("every decision is logged, and a refused host is told the user once", async () => {
  const { gate, warnings, logged } = makeGate();
  await gate.report(https("a.org"), { kind: "allow" });
  for (let time = 0; time < 3; time++) {
    await gate.report(https("b.org"), { kind: "refuse", reason: "not listed" });
  }
  assert.deepEqual(warnings, [
    "The sandbox refused a command the host b.org:443: not listed",
  ]);
  assert.deepEqual(logged.slice(0, 2), [
    "codex::network call_1 allow https a.org:443",
    "codex::network call_1 refuse https b.org:443: not listed",
  ]);
  assert.equal(logged.length, 4);
});

/** A thread's own gate, with a user who answers. */
function threadGate(
  approvalPolicy: ApprovalPolicy,
  answers: readonly ApprovalDecision[],
) {
  const parsed = parseRules(PROMPT);
  if (parsed.kind !== "ok") throw new Error(parsed.message);
  const questions: ApprovalSubject[] = [];
  const left = [...answers];
  const emit = async (event: ThreadEvent) => {
    if (event.type !== "approvalRequested") return;
    questions.push(event.subject);
    const answer = left.shift();
    if (answer !== undefined) broker.answer(event.requestId, answer);
  };
  const broker = new ApprovalBroker(emit, undefined);
  const gate = (itemId: string) =>
    commandGate({
      broker,
      emit,
      rules: { networkRules: parsed.rules.networkRules },
      log: { error() {}, warn() {}, info() {}, debug() {} },
      settings: { approvalPolicy },
    }, { itemId, argv: ["curl", "https://a.org"], policy: LISTED });
  return { gate, questions };
}

const LISTED = {
  type: "workspace-write",
  writable_roots: [],
  network_access: false,
  exclude_slash_tmp: false,
  exclude_tmpdir_env_var: false,
  network_allow: ["a.org"],
} satisfies SandboxPolicy;

Deno.test("the user is asked about host and command, and for the session once", async () => {
  const { gate, questions } = threadGate("on-request", [{
    kind: "acceptForSession",
  }]);
  for (const itemId of ["call_1", "call_2"]) {
    const { kind } = await gate(itemId).decide(https("a.org"), NEVER);
    assert.equal(kind, "allow");
  }
  assert.deepEqual(questions, [{
    kind: "network",
    host: "a.org",
    port: 443,
    protocol: "https",
    command: "curl https://a.org",
  }]);
});

Deno.test("only a plain yes of the user opens a host", async () => {
  const answers: readonly ApprovalDecision[] = [
    { kind: "decline" },
    { kind: "cancel" },
    { kind: "acceptWithAmendment", prefix: ["curl"] },
  ];
  for (const answer of answers) {
    const { gate } = threadGate("on-request", [answer]);
    const { kind } = await gate("call").decide(https("a.org"), NEVER);
    assert.equal(kind, "refuse", answer.kind);
  }
});

Deno.test("nobody is asked about hosts where approvals or rule prompts are off", async () => {
  const noRules = {
    granular: {
      sandbox_approval: true,
      rules: false,
      mcp_elicitations: true,
      request_permissions: true,
      skill_approval: true,
    },
  };
  for (const policy of ["never", noRules] as const) {
    const { gate, questions } = threadGate(policy, [{ kind: "accept" }]);
    const { kind } = await gate("call").decide(https("a.org"), NEVER);
    assert.deepEqual([kind, questions.length], ["refuse", 0]);
  }
});
