import assert from "node:assert/strict";
import type { Config } from "@/config/config.ts";
import { readProjectDocs } from "@/core/project_docs.ts";
import { memoryFiles } from "@test/support/memory_files.ts";

function read(
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
    ...settings,
  } as unknown as Config;
  return readProjectDocs(memoryFiles(files), config);
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

Deno.test("a blank file gives way to the next name, fallback names come last", async () => {
  assert.equal(
    await read({
      "/p/AGENTS.override.md": " \n",
      "/p/AGENTS.md": "root",
      "/p/a/CLAUDE.md": "fallback",
      "/p/a/b/AGENTS.md": "inner",
      "/p/a/b/CLAUDE.md": "not needed",
    }, { projectDocFallbackFilenames: ["CLAUDE.md"] }),
    "root\n\nfallback\n\ninner",
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
