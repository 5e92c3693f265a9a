import assert from "node:assert/strict";
import fc from "fast-check";
import { createPlatform } from "@/platform/deno.ts";
import { applyChanges, fileSystemWriter } from "@/patch/apply.ts";
import { planPatch } from "@/patch/plan.ts";
import { currentReader, TurnDiff } from "@/patch/turn_diff.ts";
import { unifiedDiff } from "@/text/unified_diff.ts";
import { temporaryDirectory } from "@test/support/trees.ts";

const { files } = createPlatform();

/** A directory, a turn's diff of it, and patches applied to both. */
class Turn {
  readonly #path: string;
  readonly #diff: TurnDiff;

  constructor(path: string, root: string | undefined) {
    this.#path = path;
    this.#diff = new TurnDiff(root);
  }

  async write(name: string, content: string | Uint8Array): Promise<void> {
    const path = `${this.#path}/${name}`;
    if (typeof content === "string") await Deno.writeTextFile(path, content);
    else await Deno.writeFile(path, content);
  }

  async patch(...hunks: readonly string[]): Promise<void> {
    const text = `*** Begin Patch\n${hunks.join("\n")}\n*** End Patch`;
    const plan = await planPatch(text, this.#path, files);
    if (plan.kind !== "ok") throw new Error(plan.message);
    this.#diff.recordChanges(plan.changes);
    const result = await applyChanges(plan.changes, fileSystemWriter(files));
    assert.deepEqual(result, { kind: "ok" });
  }

  async render(): Promise<string> {
    return await this.#diff.render(currentReader(files));
  }
}

Deno.test("TurnDiff shows changed, new and deleted files with blob ids", async () => {
  await using directory = await temporaryDirectory();
  const turn = new Turn(directory.path, directory.path);
  await turn.write("a.txt", "hello world\n");
  await turn.write("new.txt", "x\n");
  await turn.patch(
    "*** Update File: a.txt\n*** Move to: b.txt\n@@\n-hello world\n+bye",
    "*** Add File: n1.txt\n+l1",
    "*** Delete File: new.txt",
  );
  assert.equal(
    await turn.render(),
    `diff --git a/a.txt b/b.txt
index 3b18e512dba79e4c8300dd08aeb37f8e728b8dad..b023018cabc396e7692c70bbf5784a93d3f738ab
--- a/a.txt
+++ b/b.txt
@@ -1 +1 @@
-hello world
+bye
diff --git a/n1.txt b/n1.txt
new file mode 100644
index 0000000000000000000000000000000000000000..1f25f40627bf553f1a29d49c498ddb66075eaefa
--- /dev/null
+++ b/n1.txt
@@ -0,0 +1 @@
+l1
diff --git a/new.txt b/new.txt
deleted file mode 100644
index 587be6b4c3f93f93c489c0111bba5596147a26cb..0000000000000000000000000000000000000000
--- a/new.txt
+++ /dev/null
@@ -1 +0,0 @@
-x
`,
  );
});

Deno.test("TurnDiff leaves out labels of an empty file", async () => {
  await using directory = await temporaryDirectory();
  const turn = new Turn(directory.path, directory.path);
  await turn.patch("*** Add File: e.txt");
  assert.equal(
    await turn.render(),
    `diff --git a/e.txt b/e.txt
new file mode 100644
index 0000000000000000000000000000000000000000..e69de29bb2d1d6434b8b29ae775ad8c2e48c5391
`,
  );
});

Deno.test("TurnDiff says of bytes that are not text only that they differ", async () => {
  await using directory = await temporaryDirectory();
  const turn = new Turn(directory.path, directory.path);
  await turn.write("bad", Uint8Array.of(0x78, 0xff, 0x0a));
  await turn.patch("*** Add File: bad\n+y");
  assert.equal(
    await turn.render(),
    `diff --git a/bad b/bad
index bc09d03cd49d7dd25d949cb960da1bd048aebb62..975fbec8256d3e8a3797e7a3611380f27c49f4ac
--- a/bad
+++ b/bad
Binary files differ
`,
  );
});

Deno.test("TurnDiff shows paths outside its root in full", async () => {
  await using directory = await temporaryDirectory();
  const { path } = directory;
  await Deno.mkdir(`${path}/root`);
  const turn = new Turn(path, `${path}/root`);
  await turn.patch("*** Add File: out\n+o", "*** Add File: root/sub/in\n+i");
  assert.deepEqual((await turn.render()).match(/^diff .*$/gm), [
    `diff --git a/${path}/out b/${path}/out`,
    "diff --git a/sub/in b/sub/in",
  ]);
  const rootless = new Turn(`${path}/root`, undefined);
  await turn.write("root/x", "x\n");
  await rootless.patch("*** Delete File: x");
  const header = (await rootless.render()).split("\n")[0];
  assert.equal(header, `diff --git a/${path}/root/x b/${path}/root/x`);
});

Deno.test("TurnDiff follows a file through several patches and commands", async () => {
  await using directory = await temporaryDirectory();
  const turn = new Turn(directory.path, directory.path);
  await turn.write("e", "e\n");
  await turn.patch("*** Update File: e\n*** Move to: g\n@@\n-e\n+E");
  await turn.patch("*** Update File: g\n*** Move to: h\n@@\n-E\n+EE");
  await turn.patch("*** Add File: e\n+new e", "*** Add File: t\n+t");
  await turn.patch("*** Delete File: t");
  await turn.write("h", "from a command");
  assert.equal(
    await turn.render(),
    `diff --git a/e b/e
new file mode 100644
index 0000000000000000000000000000000000000000..84e0bd418bc31014a474013d9745757816e1f425
--- /dev/null
+++ b/e
@@ -0,0 +1 @@
+new e
diff --git a/e b/h
index d905d9da82c97264ab6f4920e20242e088850ce9..5489146ad177f28d8d147be166bd24119aa5073c
--- a/e
+++ b/h
@@ -1 +1 @@
-e
+from a command
\\ No newline at end of file
`,
  );
});

Deno.test("TurnDiff of a file changed back is empty", async () => {
  await using directory = await temporaryDirectory();
  const turn = new Turn(directory.path, directory.path);
  await turn.write("a", "a\n");
  await turn.patch("*** Update File: a\n@@\n-a\n+b");
  await turn.patch("*** Update File: a\n@@\n-b\n+a");
  assert.equal(await turn.render(), "");
});

Deno.test("TurnDiff shows a move without an edit, and a move over a file as two changes", async () => {
  await using directory = await temporaryDirectory();
  const turn = new Turn(directory.path, directory.path);
  await turn.write("a", "a\n");
  await turn.write("o", "o\n");
  await turn.write("p", "p\n");
  await turn.patch("*** Update File: a\n*** Move to: b\n@@\n a");
  await turn.patch("*** Update File: o\n*** Move to: p\n@@\n-o\n+O");
  assert.deepEqual(
    (await turn.render()).split("\n").filter((line) => !/^index/.test(line)),
    [
      "diff --git a/a b/b",
      "similarity index 100%",
      "rename from a",
      "rename to b",
      "diff --git a/o b/o",
      "deleted file mode 100644",
      "--- a/o",
      "+++ /dev/null",
      "@@ -1 +0,0 @@",
      "-o",
      "diff --git a/p b/p",
      "--- a/p",
      "+++ b/p",
      "@@ -1 +1 @@",
      "-p",
      "+O",
      "",
    ],
  );
});

Deno.test("TurnDiff tells permissions and links", async () => {
  await using directory = await temporaryDirectory();
  const { path } = directory;
  const turn = new Turn(path, path);
  await turn.write("run", "#!\n");
  await turn.write("x", "x\n");
  await Deno.chmod(`${path}/x`, 0o755);
  await Deno.symlink("x", `${path}/link`);
  await turn.patch("*** Delete File: link", "*** Delete File: x");
  await turn.patch("*** Update File: run\n@@\n #!");
  await Deno.chmod(`${path}/run`, 0o755);
  assert.deepEqual((await turn.render()).match(/^(diff|.*mode).*$/gm), [
    "diff --git a/link b/link",
    "deleted file mode 120000",
    "diff --git a/run b/run",
    "old mode 100644",
    "new mode 100755",
    "diff --git a/x b/x",
    "deleted file mode 100755",
  ]);
});

Deno.test("git apply turns the old files into the new ones with a turn's diff", async () => {
  const line = fc.constantFrom("a", "b", "c", "", " d", "é", "\r");
  const text = fc.tuple(fc.array(line, { maxLength: 30 }), fc.boolean())
    .map(([lines, ends]) => lines.join("\n") + (ends ? "\n" : ""));
  await fc.assert(
    fc.asyncProperty(text, text, async (before, after) => {
      const hunks = unifiedDiff(before, after);
      fc.pre(hunks !== "");
      await using directory = await temporaryDirectory();
      const { path } = directory;
      await Deno.writeTextFile(`${path}/f`, before);
      const diff = `diff --git a/f b/f\n--- a/f\n+++ b/f\n${hunks}`;
      await Deno.writeTextFile(`${path}/diff`, diff);
      const git = await new Deno.Command("git", {
        args: ["apply", "--whitespace=nowarn", "diff"],
        cwd: path,
        env: { GIT_CEILING_DIRECTORIES: "/", GIT_CONFIG_GLOBAL: "/dev/null" },
      }).output();
      assert.equal(new TextDecoder().decode(git.stderr), "");
      assert.equal(await Deno.readTextFile(`${path}/f`), after);
    }),
    { numRuns: 60 },
  );
});
