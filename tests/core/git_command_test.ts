/** The agent's own git in a repository that would like it to start things. */
import assert from "node:assert/strict";
import { askGit, runGit, withoutFilters } from "@/core/git_command.ts";
import { createPlatform } from "@/platform/deno.ts";
import { NEVER } from "@test/support/fake_clock.ts";

async function git(cwd: string, ...args: readonly string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command("git", {
    args: ["-c", "user.name=n", "-c", "user.email=e@x", ...args],
    cwd,
    env: { HOME: cwd, GIT_CONFIG_NOSYSTEM: "1" },
  }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
}

async function withRepository(use: (cwd: string) => Promise<void>) {
  const cwd = await Deno.realPath(await Deno.makeTempDir());
  try {
    await git(cwd, "init", "-q", "-b", "main");
    await Deno.writeTextFile(`${cwd}/a`, "1\n");
    await git(cwd, "add", "a");
    await git(cwd, "commit", "-qm", "one");
    await use(cwd);
  } finally {
    await Deno.remove(cwd, { recursive: true });
  }
}

Deno.test("git answers, or nothing is known", () =>
  withRepository(async (cwd) => {
    const platform = createPlatform();
    const head = await askGit(platform, cwd, ["rev-parse", "HEAD"], NEVER);
    assert.match(head ?? "", /^[0-9a-f]{40}$/);
    assert.equal(
      await askGit(platform, cwd, ["merge-base", "HEAD", "main"], NEVER),
      head,
    );
    assert.equal(
      await askGit(platform, cwd, ["merge-base", "HEAD", "nope"], NEVER),
      undefined,
    );
  }));

Deno.test("nothing a repository configures is started", () =>
  withRepository(async (cwd) => {
    const trap = `${cwd}/trap.sh`;
    await Deno.writeTextFile(trap, `#!/bin/sh\ntouch '${cwd}/sprung'\n`, {
      mode: 0o755,
    });
    const settings = [
      ["core.fsmonitor", trap],
      ["core.pager", trap],
      ["core.sshCommand", trap],
      ["diff.external", trap],
    ];
    for (const [key = "", value = ""] of settings) {
      await git(cwd, "config", key, value);
    }
    await Deno.writeTextFile(`${cwd}/.git/hooks/post-index-change`, "x");
    const platform = createPlatform();
    await askGit(platform, cwd, ["status", "--porcelain"], NEVER);
    await askGit(platform, cwd, ["merge-base", "HEAD", "main"], NEVER);
    await assert.rejects(Deno.stat(`${cwd}/sprung`), Deno.errors.NotFound);
    // The trap works: git without the hardening walks into it.
    await git(cwd, "status", "--porcelain");
    await Deno.stat(`${cwd}/sprung`);
  }));

Deno.test("a filter a repository configures does not run when its files are changed", () =>
  withRepository(async (cwd) => {
    const trap = `${cwd}/trap.sh`;
    await Deno.writeTextFile(trap, `#!/bin/sh\ntouch '${cwd}/sprung'\ncat\n`, {
      mode: 0o755,
    });
    // In a file the configuration includes, under a name in odd letters.
    await Deno.writeTextFile(
      `${cwd}/more`,
      `[filter "X.y"]\nclean = ${trap}\nsmudge = ${trap}\nrequired = true\n`,
    );
    await git(cwd, "config", "include.path", `${cwd}/more`);
    await Deno.writeTextFile(`${cwd}/.gitattributes`, "* filter=X.y\n");
    const input = "diff --git a/a b/a\n--- a/a\n+++ b/a\n@@ -1 +1 @@\n-1\n+2\n";
    const platform = createPlatform();
    const quiet = await withoutFilters(platform, cwd, NEVER);
    const args = [...quiet, "apply", "-"];
    const result = await runGit(platform, { cwd, args, input }, NEVER);
    assert.equal(result?.code, 0, result?.stderr);
    assert.equal(await Deno.readTextFile(`${cwd}/a`), "2\n");
    await assert.rejects(Deno.stat(`${cwd}/sprung`), Deno.errors.NotFound);
    // The trap works: without those options it springs.
    await Deno.writeTextFile(`${cwd}/a`, "1\n");
    await runGit(platform, { cwd, args: ["apply", "-"], input }, NEVER);
    await Deno.stat(`${cwd}/sprung`);
  }));
