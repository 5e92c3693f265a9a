/** The outer sandbox: what the running program itself may not do. */
import assert from "node:assert/strict";

const ROOT = new URL("../../", import.meta.url).pathname;

/** Runs a script with the launcher's permissions, taken from the launcher itself. */
async function runUnderLauncherPermissions(script: string): Promise<string> {
  const launcher = await Deno.readTextFile(`${ROOT}scripts/codex`);
  const metadata = /^metadata=(.+)$/m.exec(launcher)?.[1] ?? "";
  const permissions = /^permissions="(.+)"$/m.exec(launcher)?.[1] ?? "";
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      "--config",
      `${ROOT}deno.json`,
      ...permissions.replace("$metadata", metadata).split(" "),
      `data:application/typescript,${encodeURIComponent(script)}`,
    ],
    stdin: "null",
  }).output();
  return new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
}

Deno.test("the program cannot ask a cloud for its credentials", async () => {
  const output = await runUnderLauncherPermissions(`
    for (const host of ["169.254.169.254", "metadata.google.internal"]) {
      await fetch("http://" + host + "/").catch((error) => console.log(error.name));
    }
  `);
  assert.equal(output, "NotCapable\nNotCapable\n");
});

Deno.test("after its start the program can neither load remote code nor ask about the system", async () => {
  const output = await runUnderLauncherPermissions(`
    const { dropStartPermissions } = await import("file://${ROOT}src/platform/permissions.ts");
    await dropStartPermissions();
    for (const name of ["import", "sys"]) {
      console.log(name, (await Deno.permissions.query({ name })).state !== "granted");
    }
  `);
  assert.equal(output, "import true\nsys true\n");
});

Deno.test("the launcher grants no permission wholesale", async () => {
  const launcher = await Deno.readTextFile(`${ROOT}scripts/codex`);
  assert.equal(/--allow-all|\s-A\s/.test(launcher), false);
});
