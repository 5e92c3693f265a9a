/** Files found over the app-server, once and while somebody types. */
import assert from "node:assert/strict";
import { startAppClient } from "@test/support/app_client.ts";
import { type JsonEvent, makeWorkspace } from "@test/support/codex.ts";

const paths = ({ files }: JsonEvent) =>
  files.map(({ path }: JsonEvent) => path);

async function makeTree() {
  const workspace = await makeWorkspace();
  const { cwd } = workspace;
  await Deno.mkdir(`${cwd}/src`);
  for (const name of ["src/main.ts", "src/other.ts", "README.md"]) {
    await Deno.writeTextFile(`${cwd}/${name}`, "");
  }
  return workspace;
}

Deno.test("files are found with where their letters are", async () => {
  await using workspace = await makeTree();
  await using client = await startAppClient(workspace);
  const roots = [workspace.cwd];
  assert.deepEqual(
    await client.request("fuzzyFileSearch", { query: "mn", roots }),
    {
      files: [{
        root: workspace.cwd,
        path: "src/main.ts",
        match_type: "file",
        file_name: "main.ts",
        score: 46,
        indices: [4, 7],
      }],
    },
  );
  const token = { cancellationToken: "t", roots };
  const [first, second] = await Promise.all([
    client.request("fuzzyFileSearch", { query: "src", ...token }),
    client.request("fuzzyFileSearch", { query: "read", ...token }),
  ]);
  assert.deepEqual(paths(second), ["README.md"]);
  assert.ok([0, 3].includes(paths(first).length));
});

Deno.test("a search goes on with what is typed, until it is stopped", async () => {
  await using workspace = await makeTree();
  await using client = await startAppClient(workspace, {
    capabilities: { experimentalApi: true },
  });
  const sessionId = "s";
  const start = () =>
    client.request("fuzzyFileSearch/sessionStart", {
      sessionId,
      roots: [workspace.cwd],
    });
  const hear = async () => {
    const update = await client.next("fuzzyFileSearch/sessionUpdated");
    assert.deepEqual(await client.next("fuzzyFileSearch/sessionCompleted"), {
      sessionId,
    });
    return [update.query, paths(update)];
  };
  await start();
  assert.deepEqual(await hear(), ["", []]);
  const ask = (query: string) =>
    client.request("fuzzyFileSearch/sessionUpdate", { sessionId, query });
  await ask("oth");
  assert.deepEqual(await hear(), ["oth", ["src/other.ts"]]);
  await ask("zz");
  assert.deepEqual(await hear(), ["zz", []]);
  await start();
  assert.deepEqual(await hear(), ["", []]);
  for (let at = 0; at < 2; at++) {
    await client.request("fuzzyFileSearch/sessionStop", { sessionId });
  }
  const gone = await client.refused("fuzzyFileSearch/sessionUpdate", {
    sessionId,
    query: "x",
  });
  assert.deepEqual([gone.code, gone.message], [
    -32600,
    "fuzzy file search session not found: s",
  ]);
  const nameless = await client.refused("fuzzyFileSearch/sessionStart", {
    sessionId: "",
    roots: [],
  });
  assert.equal(nameless.message, "sessionId must not be empty");
  for (let at = 0; at < 16; at++) {
    await client.request("fuzzyFileSearch/sessionStart", {
      sessionId: `n${at}`,
      roots: [],
    });
  }
  const many = await client.refused("fuzzyFileSearch/sessionStart", {
    sessionId: "more",
    roots: [],
  });
  assert.match(many.message, /16 of this connection go on/);
});
