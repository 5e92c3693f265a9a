import assert from "node:assert/strict";
import * as fc from "fast-check";
import { parse } from "smol-toml";
import { editToml } from "@/config/edit.ts";
import { parseKeyPath, planChange } from "@/config/plan_changes.ts";
import { planSkillSwitch } from "@/config/skill_rules.ts";
import type { ConfigChange, SkillSwitch } from "@/protocol/config_write.ts";

function changed(
  text: string,
  keyPath: string,
  value: unknown,
  mergeStrategy: ConfigChange["mergeStrategy"] = "replace",
): string {
  const edits = planChange(parse(text), { keyPath, value, mergeStrategy });
  return editToml(text, edits, "config.toml");
}

const FILE = `# mine
model = "a" # keep

[mcp_servers.x] # the server
command = "c"
args = ["1"] # its word

[[skills.config]] # one
name = "one"
enabled = false

[[skills.config]] # two
path = "/two"
enabled = false
`;

Deno.test("a key path is keys with dots between them, quoted ones with dots inside", () => {
  assert.deepEqual(parseKeyPath("a.b-c._d"), ["a", "b-c", "_d"]);
  assert.deepEqual(
    parseKeyPath(`projects."/a.b\\"c".'x.y'`),
    ["projects", '/a.b"c', "x.y"],
  );
  assert.deepEqual(parseKeyPath("projects./a b/c"), ["projects", "/a b/c"]);
  for (const bad of ["", "a..b", ".a", "a.", `a"b`, `"a`, `"a"b`, `"\\q"`]) {
    assert.throws(() => parseKeyPath(bad), { name: "CodexError" }, bad);
  }
});

Deno.test("a table is replaced without touching what is the same in it", () => {
  assert.equal(
    changed(FILE, "mcp_servers.x", { command: "d", args: ["1"] }),
    FILE.replace('"c"', '"d"'),
  );
  assert.equal(
    changed(FILE, "mcp_servers.x", { command: "c" }),
    FILE.replace('args = ["1"] # its word\n', ""),
  );
  assert.equal(
    changed(FILE, "mcp_servers.x", { command: "c" }, "upsert"),
    FILE,
  );
});

Deno.test("a new table has headers for the tables in it", () => {
  assert.equal(
    changed("", "a", { k: 1, "b c": { d: [{ e: true }], f: {} } }),
    '[a]\nk = 1\n\n[a."b c"]\nd = [{ e = true }]\n\n[a."b c".f]\n',
  );
});

Deno.test("a value takes the place of a table, and a table of a value", () => {
  assert.equal(changed("[a]\nb = 1\n", "a", "x"), 'a = "x"\n');
  assert.equal(changed("a = 1\n", "a", { b: 2 }, "upsert"), "[a]\nb = 2\n");
  assert.equal(
    changed("[[a]]\nb = 1\n[[a]]\nb = 2\n", "a", [{ b: 3 }]),
    "a = [{ b = 3 }]\n",
  );
});

Deno.test("what TOML cannot say is refused", () => {
  const cases: readonly (readonly [unknown, RegExp])[] = [
    [[1, null], /type: null/],
    [{ a: { b: null } }, /type: null/],
    [12345678901234567890, /too large/],
  ];
  for (const [value, message] of cases) {
    assert.throws(() => changed(FILE, "foo", value), { message });
  }
  assert.throws(() => changed(FILE, "model.x", 1), {
    message: "cannot set value on non-table parent",
  });
});

Deno.test("whatever is written is what is read back, and nothing else changes", () => {
  const key = fc.string({ minLength: 1, maxLength: 6, unit: "grapheme" });
  const leaf = fc.oneof(
    fc.string({ unit: "grapheme" }),
    fc.boolean(),
    fc.maxSafeInteger(),
    fc.array(fc.string()),
  );
  const table = fc.dictionary(key, fc.oneof(leaf, fc.dictionary(key, leaf)));
  fc.assert(fc.property(table, table, (first, second) => {
    const once = changed(FILE, "t", first);
    const twice = changed(once, "t", second);
    const read = JSON.parse(JSON.stringify(parse(twice)));
    const { t, ...rest } = read;
    assert.deepEqual(t, JSON.parse(JSON.stringify(second)));
    assert.deepEqual(rest, JSON.parse(JSON.stringify(parse(FILE))));
  }));
});

Deno.test("switching a skill leaves the rules of others where they are", () => {
  const after = (text: string, skill: SkillSwitch, isEnabled: boolean) =>
    editToml(text, [planSkillSwitch(parse(text), skill, isEnabled)], "c");
  const one: SkillSwitch = { kind: "name", name: "one" };
  const two: SkillSwitch = { kind: "path", path: "/two" };
  assert.equal(
    after(FILE, one, true),
    FILE.replace(/\[\[skills.config\]\] # one\n.*\n.*\n\n/, ""),
  );
  assert.equal(after(FILE, two, true), FILE.replace(/\n\[\[.*two[^]*/, ""));
  assert.equal(
    after(FILE, { kind: "name", name: "three" }, false),
    `${FILE}\n[[skills.config]]\nname = "three"\nenabled = false\n`,
  );
  const inline = '[skills]\nconfig = [{ name = "q", enabled = false }] # c\n';
  assert.equal(
    after(inline, one, false),
    '[skills]\nconfig = [{ name = "q", enabled = false }, { name = "one", enabled = false }] # c\n',
  );
  assert.equal(
    after(inline, { kind: "name", name: "q" }, true),
    "[skills]\n",
  );
});

Deno.test("a table that is emptied is still there", () => {
  assert.equal(changed("[t.x]\n", "t", {}), "[t]\n");
  assert.equal(changed("[t]\na = 1\n[t.x]\n", "t", {}), "[t]\n");
});
