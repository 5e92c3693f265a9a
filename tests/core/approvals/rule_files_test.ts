/** Rule files on a real file system: which count, in which order, and what breaks a start. */
import assert from "node:assert/strict";
import {
  loadRules,
  ruleWarnings,
  saveAllowedPrefix,
} from "@/core/approvals/rule_files.ts";
import { parseRules } from "@/exec-policy/parse.ts";
import { createPlatform } from "@/platform/deno.ts";
import { temporaryDirectory } from "@test/support/trees.ts";

const { files } = createPlatform();

async function place() {
  const directory = await temporaryDirectory();
  const { path } = directory;
  const write = async (name: string, text: string) => {
    await Deno.mkdir(`${path}/${name}`.replace(/\/[^/]*$/, ""), {
      recursive: true,
    });
    await Deno.writeTextFile(`${path}/${name}`, text);
  };
  const load = (options: { readonly ignoreRules?: boolean } = {}) =>
    loadRules(files, {
      config: {
        codexHome: `${path}/home`,
        trustedFolders: [`${path}/work/.codex`, `${path}/work/sub/.codex`],
      },
      systemDirectory: `${path}/etc`,
      ignoreRules: options.ignoreRules ?? false,
    });
  const programs = async (options?: { readonly ignoreRules?: boolean }) =>
    (await load(options)).prefixRules.map(({ program }) => program);
  return {
    path,
    write,
    load,
    programs,
    [Symbol.asyncDispose]: () => directory[Symbol.asyncDispose](),
  };
}

Deno.test("rules come from the system, the user and trusted projects, sorted by name", async () => {
  await using room = await place();
  assert.deepEqual(await room.programs(), []);
  await room.write("home/rules/b.rules", 'prefix_rule(["user-b"])');
  await room.write("home/rules/a.rules", 'prefix_rule(["user-a"])');
  await room.write("home/rules/notes.txt", "?");
  await room.write("home/rules/c.rules/x", "?");
  await room.write("work/sub/.codex/rules/a.rules", 'prefix_rule(["sub"])');
  await room.write("work/.codex/rules/a.rules", 'prefix_rule(["project"])');
  await room.write("etc/rules/a.rules", 'prefix_rule(["system"])');
  assert.deepEqual(await room.programs(), [
    "system",
    "user-a",
    "user-b",
    "project",
    "sub",
  ]);
  assert.deepEqual(await room.programs({ ignoreRules: true }), ["system"]);
});

Deno.test("a file that cannot be used stops the start and is named with its line", async () => {
  await using room = await place();
  await room.write(
    "home/rules/x.rules",
    'prefix_rule(["a"])\nprefix_rule(pattern=[])',
  );
  await assert.rejects(room.load(), {
    code: "invalid_config",
    preface: "Error loading rules:\n",
    message:
      `${room.path}/home/rules/x.rules:2: invalid pattern element: pattern cannot be empty`,
  });
  await Deno.remove(`${room.path}/home/rules/x.rules`);
  await Deno.symlink("nowhere", `${room.path}/home/rules/y.rules`);
  await assert.rejects(room.load(), {
    message:
      `${room.path}/home/rules/y.rules: No such file or directory (os error 2)`,
  });
});

Deno.test("an allowed prefix is added to a private file that stays readable", async () => {
  await using room = await place();
  const home = `${room.path}/home`;
  const prefixes = [["rm", "-rf"], ["git", 'commit "x"\n\\é'], ["rm", "-rf"]];
  for (const prefix of prefixes) await saveAllowedPrefix(files, home, prefix);
  const path = `${home}/rules/default.rules`;
  const text = await Deno.readTextFile(path);
  assert.equal(
    text,
    'prefix_rule(pattern=["rm", "-rf"], decision="allow")\n' +
      'prefix_rule(pattern=["git", "commit \\"x\\"\\n\\\\é"], decision="allow")\n',
  );
  const parsed = parseRules(text);
  assert.deepEqual(
    parsed.kind === "ok" &&
      parsed.rules.prefixRules.map(({ program, rest }) => [
        program,
        ...rest.flat(),
      ]),
    prefixes.slice(0, 2),
  );
  if (Deno.build.os !== "windows") {
    assert.equal(((await Deno.stat(path)).mode ?? 0) & 0o777, 0o600);
    assert.equal(
      ((await Deno.stat(`${home}/rules`)).mode ?? 0) & 0o777,
      0o700,
    );
  }
  assert.deepEqual([...Deno.readDirSync(`${home}/rules`)].length, 1);
});

Deno.test("network rules count where hosts are listed, and elsewhere the user is told", async () => {
  await using room = await place();
  const closed = { type: "read-only", network_access: false } as const;
  assert.deepEqual(ruleWarnings(await room.load(), closed), []);
  await room.write(
    "home/rules/n.rules",
    'network_rule("a.com", "https", "deny")',
  );
  const rules = await room.load();
  assert.match(
    ruleWarnings(rules, closed)[0] ?? "",
    /not enforced \(a\.com\): commands have no network;/,
  );
  assert.match(
    ruleWarnings(rules, { type: "danger-full-access" })[0] ?? "",
    /commands have the whole network;/,
  );
  assert.deepEqual(
    ruleWarnings(rules, {
      type: "workspace-write",
      writable_roots: [],
      network_access: false,
      exclude_slash_tmp: false,
      exclude_tmpdir_env_var: false,
      network_allow: [],
    }),
    [],
  );
});
