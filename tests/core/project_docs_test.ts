import assert from "node:assert/strict";
import type { Config } from "@/config/config.ts";
import { readProjectDocs } from "@/core/project_docs.ts";
import { memoryFiles } from "@test/support/memory_files.ts";

async function read(
  files: Record<string, string>,
  settings: Partial<Config> = {},
): Promise<string | undefined> {
  // The settings project docs are read by; the rest of a configuration is of no use here.
  const config = {
    codexHome: "/home/.codex",
    cwd: "/p/a/b",
    projectRoot: "/p",
    projectDocMaxBytes: 1_000,
    projectDocFallbackFilenames: [],
    features: {},
    ...settings,
  } as unknown as Config;
  return (await readProjectDocs(memoryFiles(files), config)).text;
}

Deno.test("without any file there is nothing to tell", async () => {
  assert.equal(await read({}), undefined);
});

Deno.test("files go from the user's over the root's to the innermost, one of each directory", async () => {
  assert.equal(
    await read({
      "/home/.codex/AGENTS.md": "user",
      "/AGENTS.md": "above the root",
      "/p/AGENTS.md": "root",
      "/p/a/AGENTS.md": "hidden",
      "/p/a/AGENTS.override.md": "override",
      "/p/a/b/AGENTS.md": "inner",
      "/p/a/b/c/AGENTS.md": "below",
    }),
    "user\n\n--- project-doc ---\n\nroot\n\noverride\n\ninner",
  );
});

Deno.test("fallback names come last, and an empty override silences its directory", async () => {
  assert.equal(
    await read({
      "/p/AGENTS.override.md": " \n",
      "/p/AGENTS.md": "silenced",
      "/p/a/CLAUDE.md": "fallback",
      "/p/a/b/AGENTS.md": "inner",
      "/p/a/b/CLAUDE.md": "not needed",
    }, { projectDocFallbackFilenames: ["CLAUDE.md"] }),
    "fallback\n\ninner",
  );
});

Deno.test("the user's blank override gives way, and their text stands without its margins", async () => {
  assert.equal(
    await read({
      "/home/.codex/AGENTS.override.md": "\n",
      "/home/.codex/AGENTS.md": "\n  user\n\n",
      "/p/AGENTS.md": "root\n",
    }),
    "user\n\n--- project-doc ---\n\nroot\n",
  );
});

Deno.test("the feature child_agents_md says that deeper files count, also without any", async () => {
  const features = { child_agents_md: true } as Config["features"];
  const alone = await read({}, { features });
  assert.match(alone ?? "", /^Other directories may hold an AGENTS\.md/);
  assert.equal(
    await read({ "/p/AGENTS.md": "root" }, { features }),
    `root\n\n${alone}`,
  );
});

Deno.test("the project's files share a budget of bytes; the user's own is outside of it", async () => {
  const files = {
    "/home/.codex/AGENTS.md": "user's long text",
    "/p/AGENTS.md": "12345",
    "/p/a/b/AGENTS.md": "äöü",
  };
  const told = (bytes: number) =>
    read(files, { projectDocMaxBytes: bytes }).then((text) =>
      text?.replace("user's long text", "").replace(
        "\n\n--- project-doc ---\n\n",
        "",
      )
    );
  assert.deepEqual(
    await Promise.all([0, 3, 5, 6, 7, 11].map(told)),
    ["", "123", "12345", "12345\n\n", "12345\n\nä", "12345\n\näöü"],
  );
});
