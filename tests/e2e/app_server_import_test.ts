/** What another agent was told, taken over over the app-server. */
import assert from "node:assert/strict";
import { startAppClient } from "@test/support/app_client.ts";
import { makeWorkspace } from "@test/support/codex.ts";

Deno.test("instructions of another agent are offered and taken over", async () => {
  await using workspace = await makeWorkspace();
  const { cwd } = workspace;
  await Deno.writeTextFile(`${cwd}/CLAUDE.md`, "Claude, be brief\n");
  await using client = await startAppClient(workspace);
  const detect = () =>
    client.request("externalAgentConfig/detect", {
      cwds: [cwd],
      includeHome: true,
    });
  const { items } = await detect();
  assert.deepEqual(items, [{
    itemType: "AGENTS_MD",
    description: `Migrate ${cwd}/CLAUDE.md to ${cwd}/AGENTS.md`,
    cwd,
    details: null,
  }]);
  await client.request("externalAgentConfig/import", { migrationItems: items });
  assert.equal(
    await Deno.readTextFile(`${cwd}/AGENTS.md`),
    "Codex, be brief\n",
  );
  assert.deepEqual(await detect(), { items: [] });
});
