/**
 * What a hostile command gets out of each mechanism, attempt by attempt. The table is
 * the promise of `docs/security.md`; a change of a cell is a decision.
 */
import assert from "node:assert/strict";
import { expectedAttacks } from "./attack_table.ts";
import { availableMechanisms, removeAtEnd, Room } from "./room.ts";

const MECHANISMS = await availableMechanisms([
  "helper",
  "bwrap",
  "helper-landlock",
  "landlock",
]);

const SOURCE = new URL("./attacks.c", import.meta.url).pathname;

const compiler = await compileAttacks();

async function compileAttacks(): Promise<string | undefined> {
  const directory = await Deno.makeTempDir({ prefix: "codex-attacks-" });
  removeAtEnd(directory);
  const path = `${directory}/attacks`;
  const args = ["-O1", "-Wall", "-Wextra", "-Werror", "-o", path, SOURCE];
  const hasCompiler = await Deno.stat("/usr/bin/cc").then(
    () => true,
    () => false,
  );
  if (hasCompiler) {
    const built = await new Deno.Command("/usr/bin/cc", { args }).output();
    assert.equal(new TextDecoder().decode(built.stderr), "");
    return path;
  }
  console.log("skipped: attacks: no C compiler to build them with");
  return undefined;
}

for (const name of compiler === undefined ? [] : MECHANISMS) {
  Deno.test(`${name}: every attempt to get out ends as the table says`, async () => {
    await using room = await Room.open(name);
    const attacks = `${room.path}/attacks`;
    const fifo = `${room.path}/fifo`;
    const key = String(1 + Math.floor(Math.random() * 1e9));
    await Deno.copyFile(compiler ?? "", attacks);
    const segment = await outside(attacks, "--make", key);
    await outside("/usr/bin/mkfifo", fifo);
    // Somebody reads it, else opening it for writing fails by itself.
    using _reader = await Deno.open(fifo, { read: true, write: true });
    try {
      const { out, code } = await room.run([attacks, fifo, key]);
      assert.equal(code, 0);
      const results = Object.fromEntries(
        out.trim().split("\n").map((line) => line.split(" ")),
      );
      const expected = expectedAttacks(name, Deno.uid() ?? 0);
      assert.deepEqual({ ...expected, ...results }, expected);
      assert.deepEqual(
        Object.keys(results).sort(),
        Object.keys(expected).sort(),
      );
    } finally {
      await outside("/usr/bin/ipcrm", "-m", segment.trim());
    }
  });
}

async function outside(program: string, ...args: string[]): Promise<string> {
  const { stdout, success } = await new Deno.Command(program, { args })
    .output();
  assert(success, program);
  return new TextDecoder().decode(stdout);
}
