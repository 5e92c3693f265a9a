/** Programs of the user's: real ones, well and badly behaved. */
import assert from "node:assert/strict";
import {
  type NotStarted,
  type ProgramEnd,
  runUserProgram,
  type UserProgram,
} from "@/core/user_program.ts";
import { createPlatform } from "@/platform/deno.ts";
import { NEVER } from "@test/support/fake_clock.ts";
import { isRunning } from "@test/support/processes.ts";

const platform = createPlatform();

function sh(
  script: string,
  more: Partial<UserProgram> = {},
  signal = NEVER,
): Promise<ProgramEnd | NotStarted> {
  return runUserProgram(platform, {
    argv: ["/bin/sh", "-c", script],
    cwd: "/",
    env: { PATH: "/usr/bin:/bin" },
    stdin: undefined,
    timeoutMs: 20_000,
    ...more,
  }, signal);
}

Deno.test("a program gets its input and gives its outputs and its exit code", async () => {
  assert.deepEqual(await sh("cat; echo err >&2; exit 3", { stdin: "in" }), {
    kind: "exited",
    code: 3,
    stdout: "in",
    stderr: "err\n",
  });
});

Deno.test("a program that does not read its input is no failure", async () => {
  const end = await sh("exit 2", { stdin: "x".repeat(1 << 20) });
  assert.deepEqual(end, { kind: "exited", code: 2, stdout: "", stderr: "" });
});

Deno.test("a program that reads its input late gets all of it", async () => {
  const end = await sh("head -c 400000 /dev/zero | tr '\\0' y; wc -c", {
    stdin: "x".repeat(300_000),
  });
  assert.equal(end.kind, "exited");
  if (end.kind === "exited") assert.match(end.stdout, /y300000\n$/);
});

Deno.test("a program that is not there says why", async () => {
  const end = await sh("", { argv: ["/nonexistent/program"] });
  assert.equal(end.kind, "notStarted");
  if (end.kind === "notStarted") assert.match(end.reason, /No such file/);
});

Deno.test("a program that never stops talking is killed", async () => {
  const end = await sh("yes");
  assert.deepEqual(end, { kind: "tooMuchOutput", bytesMax: 1 << 20 });
});

/** A command line nothing else on the machine has. */
function sleeper(): string {
  return `sleep 30.${crypto.getRandomValues(new Uint32Array(1))[0]}`;
}

/** Waits until a process with that command line is there, or gone. */
async function becomes(command: string, wanted: boolean): Promise<boolean> {
  for (let tries = 0; tries < 200; tries++) {
    if (await isRunning(command) === wanted) return true;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return false;
}

Deno.test("what it leaves in the background does not hold the turn", async () => {
  const command = sleeper();
  const end = await sh(`${command} & echo $!`);
  assert.equal(end.kind, "exited");
  if (end.kind !== "exited") return;
  assert.ok(await becomes(command, true));
  Deno.kill(Number(end.stdout), "SIGKILL");
});

Deno.test("a program that takes too long dies with its children", async () => {
  const command = sleeper();
  const end = await sh(`${command} & wait`, { timeoutMs: 300 });
  assert.deepEqual(end, { kind: "timedOut" });
  assert.ok(await becomes(command, false));
});

Deno.test("an abort kills a program with its children and rejects with its reason", async () => {
  const command = sleeper();
  const controller = new AbortController();
  const end = sh(`${command} & wait`, {}, controller.signal);
  assert.ok(await becomes(command, true));
  const stop = new Error("stop");
  controller.abort(stop);
  await assert.rejects(end, stop);
  assert.ok(await becomes(command, false));
  await assert.rejects(sh("true", {}, controller.signal), stop);
});
