/**
 * The agent is ended at any moment while a command of its runs that does not want to
 * end: nothing of it is alive a moment later, and nothing lies about.
 *
 * CODEX_KILL_ROUNDS is how often each signal is tried; the moment is then a tenth of a
 * second. In the suite it is longer, since all tests share the machine.
 */
import assert from "node:assert/strict";
import {
  makeWorkspace,
  spawnCodex,
  type Workspace,
} from "@test/support/codex.ts";
import {
  call,
  response,
  startMockServer,
} from "@test/support/mock_responses_server.ts";
import { availableMechanisms, exists } from "./room.ts";

const MEASURED_ROUNDS = Deno.env.get("CODEX_KILL_ROUNDS");
const ROUNDS = Number(MEASURED_ROUNDS ?? 2);
/** How long after the agent's end something may still be on its way out. */
const GRACE_MS = MEASURED_ROUNDS === undefined ? 1_000 : 100;
/** The agent has started its command by then, or not. */
const START_MS = 700;
const SIGNALS = ["SIGKILL", "SIGTERM", "SIGINT"] as const;

const MECHANISMS = await availableMechanisms(["helper"]);

for (const name of MECHANISMS) {
  for (const signal of SIGNALS) {
    Deno.test(`${name}: ${signal} to the agent leaves nothing alive`, async () => {
      const counts = { running: 0, alive: 0, left: 0 };
      for (let round = 0; round < ROUNDS; round++) {
        const result = await endOnce(name, signal, round);
        for (const key of ["running", "alive", "left"] as const) {
          if (result[key]) counts[key]++;
        }
      }
      console.log(`${signal}: ${ROUNDS} rounds, ${JSON.stringify(counts)}`);
      assert.deepEqual([counts.alive, counts.left], [0, 0]);
    });
  }
}

interface Result {
  /** The command ran when the agent was ended. */
  readonly running: boolean;
  /** A process of it ran afterwards. */
  readonly alive: boolean;
  /** A placeholder was left. */
  readonly left: boolean;
}

async function endOnce(
  mechanism: string,
  signal: Deno.Signal,
  round: number,
): Promise<Result> {
  // In the arguments of every process of the tree, and of nothing else.
  const mark = String(1e9 + Math.floor(Math.random() * 9e9));
  await using server = startMockServer([response(
    call("exec_command", {
      cmd: tree(mark),
      login: false,
      yield_time_ms: 20_000,
    }, "call_1"),
  )]);
  await using workspace = await makeWorkspace(server);
  await Deno.writeTextFile(`${workspace.root}/mark`, mark);
  const child = spawnCodex({
    workspace,
    args: ["exec", "--json", "-s", "workspace-write", "go"],
    env: { CODEX_SANDBOX_MECHANISM: mechanism },
  });
  const outputs = [
    // Read: to a reader that went away it would end by itself.
    new Response(child.stderr).text(),
    new Response(child.stdout).text(),
    child.stdin.close(),
  ];
  // Every other round somewhere on the way, the others when all of it runs.
  await using _ended = {
    // Also when nothing goes as planned.
    async [Symbol.asyncDispose]() {
      try {
        child.kill("SIGKILL");
      } catch {
        // It has ended.
      }
      await Promise.all([child.status, ...outputs]);
    },
  };
  const waited = round % 2 === 0
    ? await appears(`${workspace.cwd}/ready`)
    : await sleep(Math.random() * START_MS);
  if (waited === false) {
    child.kill("SIGKILL");
    assert.fail(`The command never started: ${await outputs[0]}`);
  }
  await sleep(Math.random() * 20);
  const running = await isAlive(workspace);
  child.kill(signal);
  await child.status;
  await sleep(GRACE_MS);
  const alive = await isAlive(workspace);
  const left = !(await disappears(`${workspace.cwd}/.codex`) &&
    await disappears(`${workspace.cwd}/.agents`));
  return { running, alive, left };
}

/** Sleeps, daemons, and shells that ignore every polite signal. */
function tree(mark: string): string {
  const stubborn = `trap "" TERM INT HUP QUIT; while :; do sleep ${mark}; done`;
  return [
    `setsid -f sleep ${mark}`,
    `setsid sh -c '${stubborn}' &`,
    `sh -c '${stubborn}' &`,
    `(setsid sh -c '(${stubborn}) & exit' &) `,
    `echo > ready; ${stubborn}`,
  ].join("\n");
}

async function isAlive({ root }: Workspace): Promise<boolean> {
  const { stdout } = await new Deno.Command("/bin/sh", {
    args: ["-c", 'grep -la -f "$FILE" /proc/[0-9]*/cmdline'],
    env: { FILE: `${root}/mark` },
    stderr: "null",
  }).output();
  return stdout.length > 0;
}

async function appears(path: string): Promise<boolean> {
  // Ten seconds are more than a loaded machine needs to start a program.
  for (let attempt = 0; attempt < 500; attempt++) {
    if (await exists(path)) return true;
    await sleep(20);
  }
  return false;
}

/** Placeholders harm nobody; they only have to go. */
async function disappears(path: string): Promise<boolean> {
  for (let attempt = 0; attempt < 100; attempt++) {
    if (!await exists(path)) return true;
    await sleep(30);
  }
  return false;
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
