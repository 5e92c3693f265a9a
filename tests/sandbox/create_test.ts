/** The chain of mechanisms and what is refused when none works. */
import assert from "node:assert/strict";
import { createPlatform } from "@/platform/deno.ts";
import { createSandbox } from "@/sandbox/create.ts";
import { exists, outcomeOf, Room } from "./room.ts";

const signal = new AbortController().signal;

Deno.test("an unknown mechanism refuses every confined command", async () => {
  await using room = await Room.open("none");
  assert.equal((await room.sandbox.status(signal)).kind, "unavailable");
  await assert.rejects(room.sh("echo x > made"), {
    code: "sandbox_unavailable",
    message: /CODEX_SANDBOX_MECHANISM is "none"/,
  });
  assert.equal(await exists(`${room.workspace}/made`), false);
});

Deno.test("an unsupported system refuses confined commands, not full access", async () => {
  await using room = await Room.open();
  const platform = createPlatform();
  const sandbox = createSandbox({
    files: platform.files,
    processes: platform.processes,
    host: { os: "windows", arch: "x86_64", uid: 0, pid: 1 },
    clock: platform.clock,
    codexHome: room.path,
    tmpdir: undefined,
    mechanism: undefined,
  });
  const command = {
    argv: ["/bin/sh", "-c", "echo ran"],
    cwd: room.workspace,
    env: {},
    policyCwd: room.workspace,
    stdin: "null",
    mergeOutput: false,
  } as const;
  await assert.rejects(
    sandbox.spawn({ ...command, policy: room.policy() }, signal),
    { code: "sandbox_unavailable", message: /windows is not supported yet/ },
  );
  const child = await sandbox.spawn({
    ...command,
    policy: { type: "danger-full-access" },
  }, signal);
  assert.equal(await new Response(child.stdout).text(), "ran\n");
  await child.stderr.cancel();
  await child.exit;
});

Deno.test("by default some mechanism confines on this machine", async () => {
  await using room = await Room.open();
  const status = await room.sandbox.status(signal);
  assert.notEqual(status.kind, "unavailable");
  const outcome = await room.sh("echo x > made; echo x > $ROOM/outside; ls");
  assert.equal(outcome.out, "made\n");
  assert.equal(await exists(`${room.path}/outside`), false);
});

Deno.test("full access runs in a group that a kill ends", async () => {
  await using room = await Room.open();
  const child = await room.start(
    ["/bin/sh", "-c", "sleep 300 & echo ready; wait"],
    { policy: { type: "danger-full-access" } },
  );
  const reader = child.stdout.getReader();
  await reader.read();
  child.kill("SIGKILL");
  await child.exit;
  assert.equal((await reader.read()).done, true);
  await child.stderr.cancel();
});

Deno.test("full access can merge its outputs", async () => {
  await using room = await Room.open();
  const outcome = await room.sh("echo a; echo b >&2; echo c; exit 3", {
    policy: { type: "danger-full-access" },
    mergeOutput: true,
  });
  assert.deepEqual(outcome, {
    code: 3,
    signal: undefined,
    out: "a\nb\nc\n",
    err: "",
  });
});

Deno.test("full access can have a terminal where the helper is built", async () => {
  await using room = await Room.open();
  const child = await room.start(
    ["/bin/sh", "-c", "read x; test -t 0 && echo terminal; echo $x; id -u"],
    { policy: { type: "danger-full-access" }, stdin: "terminal" },
  );
  const ended = outcomeOf(child);
  await child.writeStdin(new TextEncoder().encode("hi\n"));
  const { code, out } = await ended;
  await child.closeStdin().catch(() => {});
  assert.equal(code, 0);
  if ((await room.sandbox.status(signal)).kind !== "helper") {
    return console.log("skipped: the helper is not built");
  }
  assert.equal(out, `hi\r\nterminal\r\nhi\r\n${Deno.uid()}\r\n`);
});

Deno.test("an aborted signal starts nothing", async () => {
  await using room = await Room.open();
  const reason = new Error("stop");
  await assert.rejects(
    room.sandbox.spawn({
      argv: ["/bin/sh", "-c", "echo x > made"],
      cwd: room.workspace,
      env: {},
      policy: room.policy(),
      policyCwd: room.workspace,
      stdin: "null",
      mergeOutput: false,
    }, AbortSignal.abort(reason)),
    reason,
  );
  assert.equal(await exists(`${room.workspace}/made`), false);
});

Deno.test("inside a sandbox only Landlock is left, and it is said so", async () => {
  await using room = await Room.open();
  const { kind } = await room.sandbox.status(signal);
  if (kind !== "helper" && kind !== "bwrap") {
    return console.log(`skipped: the outer sandbox is ${kind}`);
  }
  // In the room of a sandbox this very program finds no namespaces.
  const script = new URL("./nested.ts", import.meta.url).pathname;
  const config = new URL("../../deno.json", import.meta.url).pathname;
  const outcome = await room.run(
    [
      Deno.execPath(),
      "run",
      "--no-lock",
      "--no-prompt",
      "-A",
      "--config",
      config,
      script,
    ],
    {
      env: {
        PATH: "/usr/bin:/bin",
        DENO_DIR: Deno.env.get("DENO_DIR") ??
          `${Deno.env.get("HOME")}/.cache/deno`,
        INNER: room.workspace,
        NO_COLOR: "1",
      },
    },
  );
  assert.deepEqual(outcome, {
    code: 0,
    signal: undefined,
    out: "landlock: kept out\n",
    err: "",
  });
});
