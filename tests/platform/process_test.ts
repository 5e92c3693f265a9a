import assert from "node:assert/strict";
import { FileError } from "@/platform/platform.ts";
import { denoProcesses } from "@/platform/process.ts";

const ENV = { PATH: "/usr/bin:/bin" };

function spawn(argv: readonly string[], stdin: "null" | "pipe" = "null") {
  return denoProcesses.spawn({
    argv,
    cwd: "/",
    env: ENV,
    stdin,
    newGroup: true,
  });
}

Deno.test("a child gets the environment it is given and no other", async () => {
  Deno.env.set("CODEX_TEST_LEAK", "1");
  const child = spawn(["/usr/bin/env"]);
  const [output] = await Promise.all([
    new Response(child.stdout).text(),
    child.stderr.cancel(),
    child.exit,
  ]);
  Deno.env.delete("CODEX_TEST_LEAK");
  assert.equal(output.includes("CODEX_TEST_LEAK"), false);
  assert.match(output, /^PATH=\/usr\/bin:\/bin$/m);
});

Deno.test("kill() ends what the child started, too", async () => {
  const child = spawn(["/bin/sh", "-c", "sleep 60 & echo started; wait"]);
  const reader = child.stdout.getReader();
  await reader.read();
  child.kill("SIGKILL");
  assert.deepEqual(await child.exit, { code: 137, signal: "SIGKILL" });
  // The sleep holds the pipe, too: its end means that nobody is left.
  assert.equal((await reader.read()).done, true);
  await child.stderr.cancel();
});

Deno.test("kill() of a child that has ended is quiet", async () => {
  const child = spawn(["/bin/true"]);
  await Promise.all([child.exit, child.stdout.cancel(), child.stderr.cancel()]);
  child.kill("SIGTERM");
});

Deno.test("a program that is not there is a FileError", () => {
  assert.throws(() => spawn(["/no/such/program"]), FileError);
});

Deno.test("what is written to a child's input arrives", async () => {
  const child = spawn(["/bin/cat"], "pipe");
  await child.writeStdin(new TextEncoder().encode("hello"));
  await child.closeStdin();
  const [output] = await Promise.all([
    new Response(child.stdout).text(),
    child.stderr.cancel(),
    child.exit,
  ]);
  assert.equal(output, "hello");
});
