/** A private /tmp and limits a user sets: enforced, or the command is refused. */
import assert from "node:assert/strict";
import {
  availableMechanisms,
  canLimitRoot,
  exists,
  removeAtEnd,
  Room,
} from "./room.ts";

const ALL = await availableMechanisms([
  "helper",
  "bwrap",
  "helper-landlock",
  "landlock",
]);
const WITH_TMP = ALL.filter((name) => name === "helper" || name === "bwrap");
const WITH_LIMITS = ALL.filter((name) => name !== "landlock");
/** Root's cannot be lower; see `helper.c`. */
const PROCESSES = 350;

for (const name of WITH_TMP) {
  Deno.test(`${name}: commands of one owner share a /tmp nobody else sees`, async () => {
    await using room = await Room.open(name);
    const policy = room.policy({ private_tmp: true, exclude_slash_tmp: false });
    const mark = `/tmp/codex-mark-${crypto.randomUUID()}`;
    const as = (owner: string) => ({ policy, owner });
    const first = await room.sh(
      `ls -A /tmp | grep -v codex-room; echo $TMPDIR; mkdir /tmp/a; echo one > ${mark}; echo in > f`,
      as("one"),
    );
    // The workspace of this test is itself below /tmp, and is there.
    assert.equal(first.out, "/tmp\n", first.err);
    assert.equal(await Deno.readTextFile(`${room.workspace}/f`), "in\n");
    assert.equal(await exists(mark), false);
    assert.equal((await room.sh(`cat ${mark}`, as("one"))).out, "one\n");
    assert.equal((await room.sh(`cat ${mark}`, as("two"))).out, "");
  });

  Deno.test(`${name}: a private /tmp is removed at the end, whatever lies in it`, async () => {
    const room = await Room.open(name);
    const outside = `${room.path}/outside`;
    await Deno.mkdir(outside);
    await Deno.writeTextFile(`${outside}/kept`, "x");
    await room.sh(
      `mkdir -p /tmp/a/b; echo x > /tmp/a/b/c; ln -s ${outside} /tmp/a/link; ` +
        "chmod 000 /tmp/a/b /tmp/a; mkfifo /tmp/pipe",
      { policy: room.policy({ private_tmp: true }) },
    );
    const places = await Array.fromAsync(
      Deno.readDir(`${room.path}/home/sandbox-tmp`),
    );
    assert.equal(places.length, 1);
    await room.sandbox.close();
    assert.equal(await exists(`${room.path}/home/sandbox-tmp`), false);
    assert.equal(await exists(`${outside}/kept`), true);
    await Deno.remove(room.path, { recursive: true });
  });
}

Deno.test("without a private /tmp nothing is made in CODEX_HOME", async () => {
  await using room = await Room.open(ALL[0]);
  await room.sh("true");
  assert.equal(await exists(`${room.path}/home/sandbox-tmp`), false);
});

for (const name of WITH_LIMITS) {
  Deno.test(`${name}: limits bind every process of a command`, async () => {
    await using room = await Room.open(name);
    const limits = { open_files: 64, file_size_mb: 1, cpu_seconds: 1 };
    const policy = room.policy({ limits });
    const { out } = await room.sh(
      "ulimit -n; ulimit -n 999999 2>/dev/null && echo raised; " +
        "head -c 2000000 /dev/zero > big 2>/dev/null; wc -c < big; " +
        "sh -c 'while :; do :; done' 2>/dev/null; echo $?",
      { policy },
    );
    assert.equal(out, "64\n1048576\n137\n");
  });

  Deno.test(`${name}: no process gets more memory than the limit`, async () => {
    await using room = await Room.open(name);
    const tool = await compiledTool();
    if (tool === undefined) return console.log("skipped: no C compiler");
    await Deno.copyFile(tool, `${room.path}/tool`);
    const policy = room.policy({ limits: { memory_mb: 32 } });
    const argv = [`${room.path}/tool`, "grow", "64"];
    assert.match((await room.run(argv, { policy })).out, /^stopped at \d+/);
    assert.equal((await room.run(argv)).out, "ESCAPED\n");
  });
}

Deno.test("helper: a fork bomb stops at the limit, and the next command runs", async () => {
  if (!ALL.includes("helper")) return console.log("skipped: no helper");
  if (Deno.uid() === 0 && !canLimitRoot()) {
    return console.log("skipped: the kernel cannot limit uid 0");
  }
  const tool = await compiledTool();
  if (tool === undefined) return console.log("skipped: no C compiler");
  await using room = await Room.open("helper");
  await Deno.copyFile(tool, `${room.path}/tool`);
  const policy = room.policy({ limits: { processes: PROCESSES } });
  const argv = [`${room.path}/tool`, "bomb", String(PROCESSES)];
  assert.match((await room.run(argv, { policy })).out, /^stopped at \d+/);
  assert.equal((await room.sh("echo next", { policy })).out, "next\n");
});

const REFUSED = [
  ["helper-landlock", { private_tmp: true }, "private_tmp"],
  ["helper-landlock", { limits: { processes: 400 } }, "limits.processes"],
  ["landlock", { private_tmp: true }, "private_tmp"],
  ["landlock", { limits: { open_files: 64 } }, "limits"],
  ...(Deno.uid() === 0
    ? [["bwrap", { limits: { processes: 400 } }, "limits.processes"] as const]
    : []),
] as const;

for (const [name, wanted, key] of REFUSED) {
  if (!ALL.includes(name)) continue;
  Deno.test(`${name}: ${key} cannot be enforced, so the command is refused`, async () => {
    await using room = await Room.open(name);
    await assert.rejects(
      room.sh("echo ran", { policy: room.policy(wanted) }),
      {
        code: "sandbox_unavailable",
        message: new RegExp(`sandbox_workspace_write.${key} needs`),
      },
    );
  });
}

let tool: Promise<string | undefined> | undefined;

function compiledTool(): Promise<string | undefined> {
  return tool ??= (async () => {
    const directory = await Deno.makeTempDir({ prefix: "codex-tool-" });
    removeAtEnd(directory);
    const source = new URL("./escapes/tool.c", import.meta.url).pathname;
    const built = await new Deno.Command("/usr/bin/cc", {
      args: ["-o", `${directory}/tool`, source],
    }).output().catch(() => undefined);
    return built?.success ? `${directory}/tool` : undefined;
  })();
}
