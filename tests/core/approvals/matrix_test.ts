/**
 * Every cell of the approval matrix as measured on the reference: what is run, asked,
 * asked after a failure or refused, for each policy, sandbox and kind of command.
 */
import assert from "node:assert/strict";
import type { ApprovalPolicy, SandboxPolicy } from "@/protocol/policy.ts";
import type { SandboxedCommand } from "@/sandbox/sandbox.ts";
import { FULL, makeRoom, READ_ONLY, WORKSPACE } from "./room.ts";

const PIN = new URL("../../pins/approval_matrix.txt", import.meta.url);

/** What the commands of the matrix are, and where the sandbox makes them fail. */
const COMMANDS: Readonly<
  Record<string, {
    readonly script: string;
    readonly deniedUnder?: readonly SandboxPolicy["type"][];
    readonly fails?: boolean;
    readonly escalates?: boolean;
  }>
> = {
  ls: { script: "ls" },
  pipe: { script: "ls | head" },
  redirect: { script: "echo hi > r.txt", deniedUnder: ["read-only"] },
  touch_in: { script: "touch in.txt", deniedUnder: ["read-only"] },
  touch_out: {
    script: "touch /home/u/outside.txt",
    deniedUnder: ["read-only", "workspace-write"],
  },
  rmrf: { script: "rm -rf zzz" },
  rmf: { script: "rm -f zzz" },
  python: { script: "python3 -c 'print(1)'" },
  net: { script: "curl -s http://127.0.0.1:1", fails: true },
  fail: { script: "false", fails: true },
  esc: { script: "touch /home/u/outside.txt", escalates: true },
  esc_ls: { script: "ls", escalates: true },
};

const PATCHES: Readonly<Record<string, string>> = {
  patch_in: "/project/pin.txt",
  patch_out: "/elsewhere/pout.txt",
};

const SANDBOXES: Readonly<Record<string, SandboxPolicy>> = {
  "read-only": READ_ONLY,
  "workspace-write": WORKSPACE,
  "danger-full-access": FULL,
};

/**
 * Different on purpose: the reference lets a patch out of the sandbox unasked under
 * on-failure.
 */
const DIFFERENCES: Readonly<Record<string, string>> = {
  "on-failure × read-only patch_in": "ask",
  "on-failure × read-only patch_out": "ask",
  "on-failure × workspace-write patch_out": "ask",
};

for (const block of (await Deno.readTextFile(PIN)).split(/^# /m).slice(1)) {
  const [name = "", ...lines] = block.trimEnd().split("\n");
  Deno.test(`approvals under ${name} are as measured`, async () => {
    const expected: string[] = [];
    const actual: string[] = [];
    for (const line of lines.filter((one) => one !== "")) {
      const [, kind = "", measured = ""] = /^(\S+) +(.*)$/.exec(line) ?? [];
      const wanted = DIFFERENCES[`${name} ${kind}`] ?? measured;
      const found = await tryOut(name, kind);
      expected.push(`${kind} ${wanted}`);
      // The measured texts were cut in places.
      actual.push(
        wanted.endsWith("…") && found.startsWith(wanted.slice(0, -1))
          ? `${kind} ${wanted}`
          : `${kind} ${found}`,
      );
    }
    assert.deepEqual(actual, expected);
  });
}

async function tryOut(cell: string, kind: string): Promise<string> {
  const [policy = "", sandbox = ""] = cell.split(" × ");
  const place = {
    approval: approvalOf(policy),
    sandbox: SANDBOXES[sandbox] ?? FULL,
  };
  const path = PATCHES[kind];
  if (path !== undefined) {
    const room = makeRoom(place);
    const text = `*** Begin Patch\n*** Add File: ${path}\n+x\n*** End Patch`;
    const outcome = await room.patch(text);
    if (!outcome.isSuccess) return `refuse ${outcome.text}`;
    return room.questions().length === 0 ? "run" : "ask";
  }
  const command = COMMANDS[kind];
  assert.ok(command);
  const room = makeRoom({
    ...place,
    behaviour: ({ policy }: SandboxedCommand) =>
      command.deniedUnder?.includes(policy.type)
        ? { output: "touch: Read-only file system\n", exitCode: 1 }
        : { output: "", exitCode: command.fails === true ? 7 : 0 },
  });
  const outcome = await room.run(command.script, {
    wantsEscalation: command.escalates === true,
    ...(command.escalates ? { justification: "Need to write outside?" } : {}),
  });
  if (outcome.kind === "refused") return `refuse ${outcome.text}`;
  const [question] = room.questions();
  if (question === undefined) {
    // Nobody was asked, so nothing but the policy may hold.
    assert.deepEqual(
      room.spawned.map(({ policy }) => policy),
      [place.sandbox],
    );
    return "run";
  }
  // Whatever was approved runs free.
  assert.equal(room.spawned.at(-1)?.policy.type, "danger-full-access");
  if (room.spawned.length === 2) return "retry";
  return question.reason === undefined ? "ask" : `ask(${question.reason})`;
}

function approvalOf(name: string): ApprovalPolicy {
  const granular = /^granular\((.*)\)$/.exec(name);
  if (granular === null) return name as Extract<ApprovalPolicy, string>;
  const on = (granular[1] ?? "").split(",");
  return {
    granular: {
      sandbox_approval: on.includes("sandbox_approval"),
      rules: on.includes("rules"),
      mcp_elicitations: on.includes("mcp_elicitations"),
      request_permissions: on.includes("request_permissions"),
      skill_approval: on.includes("skill_approval"),
    },
  };
}
