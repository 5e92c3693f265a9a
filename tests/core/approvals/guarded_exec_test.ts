/** Commands under guard, from the question to the process, with a pretended sandbox. */
import assert from "node:assert/strict";
import type { SandboxedCommand } from "@/sandbox/sandbox.ts";
import { FULL, makeRoom, READ_ONLY } from "./room.ts";

const DENIED = ({ policy }: SandboxedCommand) =>
  policy.type === "danger-full-access"
    ? { output: "done\n", exitCode: 0 }
    : { output: "touch: Read-only file system\n", exitCode: 1 };

Deno.test("a command the sandbox stopped runs again without it, once that is approved", async () => {
  const room = makeRoom({
    approval: "on-failure",
    sandbox: READ_ONLY,
    behaviour: DENIED,
  });
  const outcome = await room.run("touch /x");
  assert.deepEqual(
    outcome.kind === "exited" && [outcome.exitCode, outcome.output],
    [0, "done\n"],
  );
  assert.deepEqual(room.spawned.map(({ policy }) => policy), [READ_ONLY, FULL]);
  assert.deepEqual(
    room.events.map((event) =>
      "item" in event && event.item.type === "commandExecution"
        ? `${event.type} ${event.item.id} ${event.item.status}`
        : event.type
    ),
    [
      "itemStarted call inProgress",
      "commandOutputDelta",
      "itemCompleted call failed",
      "approvalRequested",
      "itemStarted call-retry inProgress",
      "commandOutputDelta",
      "itemCompleted call-retry completed",
    ],
  );
});

Deno.test("a retry that is declined leaves the failure and its output", async () => {
  const room = makeRoom({
    approval: "on-failure",
    sandbox: READ_ONLY,
    behaviour: DENIED,
    answers: [{ kind: "decline" }],
  });
  assert.deepEqual(await room.run("touch /x"), {
    kind: "refused",
    text:
      "rejected by user; inside the sandbox it ended with exit code 1:\ntouch: Read-only file system\n",
  });
  assert.equal(room.spawned.length, 1);
});

for (
  const [name, output, exitCode, isAsked] of [
    ["success", "permission denied\n", 0, false],
    ["an ordinary failure", "no such test\n", 1, false],
    ["a denial in other letters", "PERMISSION DENIED", 2, true],
    ["a killing by the filter", "", 159, true],
  ] as const
) {
  Deno.test(`on-failure asks ${isAsked ? "" : "nobody "}after ${name}`, async () => {
    const room = makeRoom({
      approval: "on-failure",
      behaviour: () => ({ output, exitCode }),
    });
    await room.run("x");
    assert.equal(room.questions().length, isAsked ? 1 : 0);
  });
}

Deno.test("a declined command does not run", async () => {
  const room = makeRoom({ answers: [{ kind: "decline" }] });
  assert.deepEqual(await room.run("rm -rf zzz"), {
    kind: "refused",
    text: "rejected by user",
  });
  assert.deepEqual(room.spawned, []);
  assert.deepEqual(
    room.events.map((event) =>
      event.type === "itemCompleted" && "status" in event.item &&
      event.item.status
    ).filter((status) => status !== false),
    ["declined"],
  );
});

Deno.test("what was accepted for the session runs again unasked, another does not", async () => {
  const room = makeRoom({
    answers: [{ kind: "acceptForSession" }, { kind: "decline" }],
  });
  await room.run("rm -rf zzz");
  await room.run("rm -rf zzz");
  await room.run("rm -rf yyy");
  assert.equal(room.questions().length, 2);
  assert.equal(room.spawned.length, 2);
});

Deno.test("an amendment is saved, told to the model and holds at once", async () => {
  const room = makeRoom({
    answers: [{ kind: "acceptWithAmendment", prefix: ["rm", "-rf"] }],
    files: { "/home/rules/default.rules": "# mine" },
  });
  await room.run("rm -rf zzz");
  await room.run("rm -rf yyy");
  assert.equal(room.questions().length, 1);
  assert.deepEqual(
    room.spawned.map(({ policy }) => policy),
    [FULL, FULL],
  );
  assert.equal(
    await room.files.readText("/home/rules/default.rules"),
    '# mine\nprefix_rule(pattern=["rm", "-rf"], decision="allow")\n',
  );
  assert.deepEqual(room.rules.takeNotes(), [{
    type: "message",
    role: "developer",
    content: [{
      type: "input_text",
      text: 'Approved command prefix saved:\n- ["rm", "-rf"]',
    }],
  }]);
  assert.deepEqual(room.rules.takeNotes(), []);
});

Deno.test("a prefix that stands in the file already is not saved twice", async () => {
  const line = 'prefix_rule(pattern=["make"], decision="allow")\n';
  const room = makeRoom({ files: { "/home/rules/default.rules": line } });
  await Promise.all([
    room.rules.allowFromNowOn(["make"]),
    room.rules.allowFromNowOn(["ls", 'a "b"\n']),
    room.rules.allowFromNowOn([]),
  ]);
  assert.equal(
    await room.files.readText("/home/rules/default.rules"),
    `${line}prefix_rule(pattern=["ls", "a \\"b\\"\\n"], decision="allow")\n`,
  );
});

Deno.test("a command every part of which a rule allows runs without the sandbox", async () => {
  const room = makeRoom({
    approval: "never",
    rules: 'prefix_rule(pattern=["touch"])\nprefix_rule(pattern=["sort"])',
  });
  await room.run("touch /x && sort /y");
  await room.run("touch /x && echo ok");
  await room.run("touch /x > /y");
  assert.deepEqual(
    room.spawned.map(({ policy }) => policy.type),
    ["danger-full-access", "workspace-write", "workspace-write"],
  );
});

Deno.test("a rule reaches what other commands run", async () => {
  const room = makeRoom({
    approval: "never",
    sandbox: FULL,
    rules:
      'prefix_rule(pattern=["curl"], decision="forbidden", justification="use wget")',
  });
  assert.deepEqual(await room.run("echo $(curl x)"), {
    kind: "refused",
    text: "`/bin/bash -c 'echo $(curl x)'` rejected: use wget",
  });
  assert.deepEqual(room.spawned, []);
});

Deno.test("what could be allowed from now on is proposed with the question", async () => {
  const proposed = async (
    script: string,
    approval: "untrusted" | "on-request" | "on-failure" = "untrusted",
    prefixRule?: readonly string[],
  ) => {
    const room = makeRoom({
      approval,
      behaviour: DENIED,
      rules: 'prefix_rule(pattern=["asked"], decision="prompt")',
    });
    await room.run(script, prefixRule === undefined ? {} : { prefixRule });
    const [question] = room.questions();
    return question?.subject.kind === "command" &&
      question.subject.proposedPrefix;
  };
  assert.deepEqual(
    [
      await proposed("rm -rf zzz", "on-request"),
      await proposed("touch a && rm -rf zzz", "on-request"),
      await proposed("ls && npm test -- x"),
      await proposed("npm test -- x", "untrusted", ["npm", "test"]),
      await proposed("npm test && make", "untrusted", ["npm", "test"]),
      await proposed("npm test | tee x", "untrusted", ["bash"]),
      await proposed("python3 -c 'print(1)'", "untrusted", ["python3", "-c"]),
      await proposed("bash"),
      await proposed("npm test > log"),
      await proposed("asked x"),
      await proposed("touch /x", "on-failure"),
    ],
    [
      ["rm", "-rf", "zzz"],
      ["rm", "-rf", "zzz"],
      ["npm", "test", "--", "x"],
      ["npm", "test"],
      ["npm", "test"],
      ["npm", "test"],
      ["python3", "-c", "print(1)"],
      undefined,
      undefined,
      undefined,
      ["touch", "/x"],
    ],
  );
});

Deno.test("no verdict is sought where nothing depends on it", async () => {
  const room = makeRoom({ approval: "never", sandbox: FULL });
  let judged = 0;
  const { verdict } = room.rules;
  room.rules.verdict = (argv) => {
    judged++;
    return verdict.call(room.rules, argv);
  };
  await room.run("rm -rf x");
  assert.equal(judged, 0);
});

Deno.test("what a hook refuses does not run and is refused in its words", async () => {
  const room = makeRoom({
    standIn: async ({ call }) => ({
      kind: "deny",
      text: `no ${call.input.command}`,
    }),
  });
  assert.deepEqual(await room.run("rm -rf zzz"), {
    kind: "refused",
    text: "no rm -rf zzz",
  });
  assert.deepEqual([room.spawned.length, room.questions().length], [0, 0]);
});
