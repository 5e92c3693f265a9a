/** The notify program: what it is told, and that nothing of it is left. */
import assert from "node:assert/strict";
import {
  type CodexRun,
  makeWorkspace,
  mockProvider,
  runCodex,
  type Workspace,
} from "@test/support/codex.ts";
import {
  message,
  type MockStep,
  response,
  startMockServer,
  status,
} from "@test/support/mock_responses_server.ts";
import { isGone } from "@test/support/processes.ts";
import { readRollout } from "@test/support/rollouts.ts";

async function withNotify(
  notify: readonly string[],
  steps: readonly MockStep[],
  use: (run: CodexRun, workspace: Workspace) => Promise<void> | void,
  args: readonly string[] = ["line one"],
): Promise<void> {
  await using server = startMockServer(steps);
  await using workspace = await makeWorkspace();
  await Deno.writeTextFile(
    `${workspace.home}/config.toml`,
    `notify = ${JSON.stringify(notify)}\n${mockProvider(server.url)}`,
  );
  await use(
    await runCodex({ workspace, args: ["exec", ...args] }),
    workspace,
  );
}

/** Writes its last two arguments to `told` in the home. */
const TELL = [
  "/bin/sh",
  "-c",
  'printf "%s %s\\n" "$1" "$2" >> "$CODEX_HOME/told"',
  "sh",
  "arg1",
];

function told({ home }: Workspace): Promise<string | undefined> {
  return Deno.readTextFile(`${home}/told`).catch(() => undefined);
}

Deno.test("the program is told of a completed turn, byte by byte as other versions tell it", async () => {
  await withNotify(
    TELL,
    [response(message("Hello from the mock."))],
    async (run, workspace) => {
      assert.equal(run.stderr.includes("notify"), false, run.stderr);
      const lines = await readRollout(workspace);
      const turn = lines.find(({ payload }) => payload.type === "task_started");
      const text = (await told(workspace))
        ?.replace(lines[0].payload.id, "THREAD")
        .replace(turn?.payload.turn_id, "TURN")
        .replace(workspace.cwd, "CWD");
      const expected = await Deno.readTextFile(
        new URL("../fixtures/hooks/notify.txt", import.meta.url),
      );
      assert.equal(text, expected);
    },
  );
});

Deno.test("a turn without a message is told as null, a failed one not at all", async () => {
  await withNotify(TELL, [response()], async (_, workspace) => {
    const [, json = ""] = /^arg1 (.*)\n$/.exec(await told(workspace) ?? "") ??
      [];
    assert.equal(JSON.parse(json)["last-assistant-message"], null);
  });
  await withNotify(
    TELL,
    [status(400, { message: "bad" })],
    async (run, workspace) => {
      assert.equal(run.code, 1);
      assert.equal(await told(workspace), undefined);
    },
  );
});

Deno.test("a program that is not there or fails is one warning, and the run succeeds", async () => {
  await withNotify(
    ["/nonexistent/program"],
    [response(message("done"))],
    (run) => {
      assert.deepEqual([run.code, run.stdout], [0, "done\n"]);
      assert.match(
        run.stderr,
        /warning: Cannot start the notify program: .*No such file/,
      );
    },
  );
  await withNotify(
    ["/bin/sh", "-c", "echo broken >&2; exit 3"],
    [response(message("done"))],
    (run) => {
      assert.deepEqual([run.code, run.stdout], [0, "done\n"]);
      const lines = run.stderr.split("\n").filter((line) =>
        line.includes("notify")
      );
      assert.equal(lines.length, 1);
      assert.match(lines[0] ?? "", /exited with code 3: broken$/);
    },
  );
});

Deno.test("a program that hangs is ended with its children when the thread is closed", async () => {
  const before = performance.now();
  await withNotify(
    ["/bin/sh", "-c", "sleep 30.4713 & wait"],
    [response(message("done"))],
    async (run) => {
      const ms = performance.now() - before;
      assert.deepEqual([run.code, run.stdout], [0, "done\n"]);
      assert.match(run.stderr, /the notify program was ended: it took more/);
      assert.ok(ms > 2_500 && ms < 15_000, `took ${ms} ms`);
      assert.ok(await isGone("sleep 30.4713"));
    },
  );
});

Deno.test("what the model says is one argument, whatever it looks like to a shell", async () => {
  const words = "$(touch pwned) `touch pwned` '; touch pwned; \"\n--flag";
  await withNotify(TELL, [response(message(words))], async (_, workspace) => {
    const [, json = ""] = /^arg1 (.*)\n$/.exec(await told(workspace) ?? "") ??
      [];
    assert.equal(JSON.parse(json)["last-assistant-message"], words);
    const names = [...Deno.readDirSync(workspace.cwd)].map(({ name }) => name);
    assert.deepEqual(names, [".git"]);
  });
});
