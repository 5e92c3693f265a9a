/** Every attempt of `escapes/list.ts`, as this user and as an ordinary one: none gets out. */
import assert from "node:assert/strict";
import { denoFiles } from "@/platform/files.ts";
import { COMPILER_FLAGS, helperSource } from "@/sandbox/linux/helper_source.ts";
import { expectedAttacks } from "./attack_table.ts";
import { buildTools, helperConfiner, tryAttack } from "./escapes/arena.ts";
import { ATTACKS } from "./escapes/list.ts";
import {
  availableMechanisms,
  canLimitRoot,
  exists,
  removeAtEnd,
  Room,
} from "./room.ts";

const ORDINARY_UID = 1000;
/** Makes what is looked for, tries to reach it through the helper, takes it away. */
const CALLS = "mkfifo fifo && sleep 20 <>fifo >/dev/null 2>&1 & sleep 0.1; " +
  'id=$(./attacks --make $KEY); "$@" --write /dev/null -- ./attacks $PWD/fifo $KEY; ' +
  "ipcrm -m $id; kill $!";
const MECHANISMS = await availableMechanisms(["helper"]);
const tools = MECHANISMS.length === 0 ? undefined : await prepare();

async function prepare(): Promise<string | undefined> {
  const directory = await Deno.makeTempDir({ prefix: "codex-escapes-" });
  removeAtEnd(directory);
  await Deno.chmod(directory, 0o755);
  const source = await helperSource(Deno.build.arch);
  for (const [name, text] of source.files) {
    await Deno.writeTextFile(`${directory}/${name}`, text);
  }
  const built = await new Deno.Command("/usr/bin/cc", {
    args: [...COMPILER_FLAGS, "-o", "helper", "helper.c"],
    cwd: directory,
  }).output().catch(() => undefined);
  const ready = built?.success ? await buildTools(directory) : undefined;
  if (ready === undefined) console.log("skipped: escapes: no C compiler");
  return ready;
}

function asUser(uid: number): readonly string[] {
  const id = String(uid);
  return ["setpriv", "--reuid", id, "--regid", id, "--clear-groups"];
}

function modeOptions(mode: "full" | "landlock-only"): readonly string[] {
  return mode === "full" ? [] : ["--landlock-only"];
}

const uids = Deno.uid() === 0 ? [0, ORDINARY_UID] : [Deno.uid() ?? 0];
for (const uid of tools === undefined ? [] : uids) {
  for (const attack of ATTACKS) {
    if (attack.isLimit && uid === 0 && !canLimitRoot()) {
      console.log(`skipped: ${attack.name}: the kernel cannot limit uid 0`);
      continue;
    }
    Deno.test(`uid ${uid}: no way out: ${attack.name}`, async () => {
      const confine = helperConfiner(`${tools}/helper`);
      const place = { confine, uid, tools: tools ?? "" };
      assert.notEqual(await tryAttack(attack, place), "ESCAPED");
    });
  }
}

for (const uid of tools === undefined ? [] : uids) {
  for (const mode of ["full", "landlock-only"] as const) {
    Deno.test(`uid ${uid}, ${mode}: every call that reaches out ends as the table says`, async () => {
      const room = await Deno.realPath(
        await Deno.makeTempDir({ dir: "/var/tmp", prefix: "codex-calls-" }),
      );
      try {
        await Deno.chmod(room, 0o755);
        await Deno.copyFile(`${tools}/attacks`, `${room}/attacks`);
        const own = uid === Deno.uid() ? [] : asUser(uid);
        const [program = "", ...args] = [...own, "/bin/sh", "-c", CALLS];
        await Deno.chown(room, uid, uid);
        const { stdout, stderr } = await new Deno.Command(program, {
          args: [...args, "sh", `${tools}/helper`, ...modeOptions(mode)],
          cwd: room,
          env: { KEY: String(1 + Math.floor(Math.random() * 1e9)) },
          stdin: "null",
        }).output();
        const results = Object.fromEntries(
          new TextDecoder().decode(stdout).trim().split("\n")
            .map((line) => line.split(" ")),
        );
        const name = mode === "full" ? "helper" : "helper-landlock";
        const expected = expectedAttacks(name, uid);
        assert.deepEqual(
          { ...expected, ...results },
          expected,
          new TextDecoder().decode(stderr),
        );
        assert.equal(
          Object.keys(results).length,
          Object.keys(expected).length,
        );
      } finally {
        await Deno.remove(room, { recursive: true });
      }
    });
  }
}

for (const name of MECHANISMS) {
  Deno.test(`${name}: a root swapped while commands start is never followed`, async () => {
    await using room = await Room.open(name);
    const outside = `${room.path}/outside`;
    const inner = `${room.workspace}/inner`;
    await Deno.mkdir(outside);
    await Deno.mkdir(inner);
    const policy = room.policy({ writable_roots: [inner] });
    // Where it leads is learnt before the attack begins.
    await room.sh("true", { policy });
    await Deno.symlink(outside, `${room.workspace}/link`);
    if (tools === undefined) return console.log("skipped: no C compiler");
    await Deno.copyFile(`${tools}/tool`, `${room.path}/tool`);
    const swap = [`${room.path}/tool`, "swap", "inner", "link"];
    const attack = await room.start(swap);
    const reader = attack.stdout.getReader();
    await reader.read();
    let ran = 0;
    for (let round = 0; round < 40; round++) {
      const outcome = await room.sh(
        "echo x > inner/f; echo x > $ROOM/outside/f",
        {
          policy,
        },
      ).catch((error) => {
        assert.equal(error.name, "CodexError", String(error));
        return undefined;
      });
      if (outcome !== undefined) ran++;
      assert.equal(await exists(`${outside}/f`), false);
    }
    attack.kill("SIGKILL");
    await Promise.all([attack.exit, reader.cancel(), attack.stderr.cancel()]);
    console.log(`${ran} of 40 commands started during the attack`);
  });
}

for (const name of MECHANISMS) {
  Deno.test(`${name}: a command cannot raise its own process limit`, async () => {
    await using room = await Room.open(name);
    const outcome = await room.sh(
      "(echo 30000 > /proc/sys/kernel/pid_max) 2>/dev/null; " +
        "(ulimit -u 30000 || ulimit -p 30000) 2>/dev/null; " +
        "ulimit -p 2>/dev/null || ulimit -u",
    );
    assert.equal(outcome.out, "4096\n");
    assert.equal(await denoFiles.stat(`${room.path}/f`), undefined);
  });
}
