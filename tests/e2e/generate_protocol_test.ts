/** The protocol written down by the real program. */
import assert from "node:assert/strict";
import { makeWorkspace, runCodex } from "@test/support/codex.ts";

Deno.test("the schemas are written, with what is experimental or without", async () => {
  await using workspace = await makeWorkspace();
  const read = async (name: string, ...flags: readonly string[]) => {
    const run = await runCodex({
      workspace,
      args: [
        "app-server",
        "generate-json-schema",
        "--out",
        workspace.root + "/out",
        ...flags,
      ],
    });
    assert.equal(run.code, 0, run.stderr);
    return JSON.parse(await Deno.readTextFile(`${workspace.root}/out/${name}`));
  };
  const stable = await read("ClientRequest.json");
  const all = await read("ClientRequest.json", "--experimental");
  assert.deepEqual([stable.oneOf.length, all.oneOf.length], [70, 85]);
  const fields = async (...flags: readonly string[]) =>
    Object.keys((await read("TurnSteerParams.json", ...flags)).properties);
  assert.ok(!(await fields()).includes("responsesapiClientMetadata"));
  assert.ok(
    (await fields("--experimental")).includes("responsesapiClientMetadata"),
  );
});

Deno.test("the types are TypeScript that checks", async () => {
  await using workspace = await makeWorkspace();
  const out = `${workspace.root}/types`;
  const run = await runCodex({
    workspace,
    args: ["app-server", "generate-ts", "--out", out],
  });
  assert.equal(run.code, 0, run.stderr);
  const checked = await new Deno.Command("deno", {
    args: ["check", "--quiet", "--no-config", "--sloppy-imports", "index.ts"],
    cwd: out,
    clearEnv: true,
    env: {
      PATH: Deno.env.get("PATH") ?? "",
      HOME: workspace.root,
      DENO_DIR: `${workspace.root}/deno`,
    },
  }).output();
  assert.equal(
    checked.code,
    0,
    new TextDecoder().decode(checked.stderr).slice(0, 2_000),
  );
});
