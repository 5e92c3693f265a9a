import assert from "node:assert/strict";
import * as fc from "fast-check";
import { parse } from "smol-toml";
import {
  type Edit,
  editConfig,
  editToml,
  type EditValue,
} from "@/config/edit.ts";
import { makeScratch } from "./scratch.ts";

function set(path: string, value: EditValue): Edit {
  return { kind: "set", path: path.split("."), value };
}

function remove(path: string): Edit {
  return { kind: "remove", path: path.split(".") };
}

function edit(text: string, ...edits: readonly Edit[]): string {
  return editToml(text, edits, "config.toml");
}

const FILE = `# my file
model = "a"   # keep me
"quoted key" = 1

[features]	# switches
memories = true   # yes
  undo=false

[mcp_servers.docs]
command = "npx"
args = [
  "-y",
  "docs",
]

# about profiles
[profiles.p]
model = "b"`;

Deno.test("editToml() replaces a value and nothing around it", () => {
  assert.equal(
    edit(FILE, set("model", "c"), set("features.memories", false)),
    FILE.replace('"a"', '"c"').replace("memories = true", "memories = false"),
  );
});

Deno.test("editToml() adds a key at the end of its table", () => {
  assert.equal(
    edit(FILE, set("features.apps", false)),
    FILE.replace("  undo=false\n", "  undo=false\napps = false\n"),
  );
});

Deno.test("editToml() adds a table at the end of the file", () => {
  assert.equal(
    edit("model = 1\n", set("a.b c.d", "x")),
    'model = 1\n\n[a."b c"]\nd = "x"\n',
  );
  assert.equal(
    edit("", set("features.apps", true)),
    "[features]\napps = true\n",
  );
});

Deno.test("editToml() adds a top-level key before the tables", () => {
  assert.equal(
    edit(FILE, set("personality", "none")),
    FILE.replace(
      '"quoted key" = 1\n',
      '"quoted key" = 1\npersonality = "none"\n',
    ),
  );
  assert.equal(
    edit("[a]\nb = 1\n", set("model", "x")),
    'model = "x"\n[a]\nb = 1\n',
  );
});

Deno.test("editToml() works within inline tables and dotted keys", () => {
  assert.equal(
    edit("features = { a = true }\n", set("features.b", false)),
    "features = { a = true, b = false }\n",
  );
  assert.equal(
    edit("features = {}\n", set("features.b", 1)),
    "features = { b = 1 }\n",
  );
  assert.equal(
    edit("features.a = true\nx = 1\n", set("features.b", false)),
    "features.a = true\nfeatures.b = false\nx = 1\n",
  );
  assert.equal(
    edit(
      "features = { a = true, b = 1, c = 2 }\n",
      remove("features.a"),
      remove("features.c"),
    ),
    "features = { b = 1 }\n",
  );
});

Deno.test("editToml() removes a key with its line, and a table with its tables", () => {
  assert.equal(
    edit(FILE, remove("features.memories")),
    FILE.replace("memories = true   # yes\n", ""),
  );
  assert.equal(
    edit(FILE, set("mcp_servers.docs.env.A", "1"), remove("mcp_servers.docs")),
    edit(FILE, remove("mcp_servers.docs")),
  );
  assert.equal(
    edit(FILE, remove("mcp_servers.docs")).includes("docs"),
    false,
  );
});

Deno.test("editToml() leaves a file alone when there is nothing to remove", () => {
  assert.equal(edit(FILE, remove("a.b.c"), remove("features.nope")), FILE);
});

Deno.test("editToml() keeps the line endings", () => {
  const crlf = FILE.replaceAll("\n", "\r\n");
  assert.equal(
    edit(crlf, set("features.apps", false), set("new.key", 1)),
    edit(FILE, set("features.apps", false), set("new.key", 1))
      .replaceAll("\n", "\r\n"),
  );
});

Deno.test("editToml() gives back every byte when a table is added and removed", () => {
  for (const text of ["", "# only a comment\n", `${FILE}\n`, `${FILE}\r\n`]) {
    assert.equal(
      edit(text, set("mcp_servers.x.command", "y"), remove("mcp_servers.x")),
      text,
    );
  }
});

Deno.test("editToml() refuses to write below something that is no table", () => {
  for (const text of ["features = 1\n", "[[features]]\na = 1\n"]) {
    assert.throws(() => edit(text, set("features.a", true)), {
      code: "invalid_config",
    });
  }
});

Deno.test("editToml() sets any key to any text, and removes it again", () => {
  const key = fc.string({ minLength: 1, unit: "grapheme" });
  fc.assert(fc.property(key, key, fc.string(), (table, name, value) => {
    const path = ["t", table, name];
    const text = editToml(`${FILE}\n`, [{ kind: "set", path, value }], "f");
    const tables = parse(text)["t"] as Record<string, Record<string, unknown>>;
    assert.equal(tables[table]?.[name], value);
    assert.equal(
      editToml(text, [{ kind: "remove", path: ["t", table] }], "f"),
      `${FILE}\n`,
    );
  }));
});

Deno.test("editConfig() makes a private file, and keeps the mode of an old one", async () => {
  await using scratch = await makeScratch();
  const path = `${scratch.home}/config.toml`;
  const edits = [set("features.apps", false)];
  await editConfig(scratch.platform.files, scratch.home, edits);
  assert.equal(((await Deno.stat(path)).mode ?? 0) & 0o777, 0o600);
  await Deno.chmod(path, 0o644);
  await editConfig(scratch.platform.files, scratch.home, [set("model", "x")]);
  assert.equal(((await Deno.stat(path)).mode ?? 0) & 0o777, 0o644);
  assert.equal(
    await Deno.readTextFile(path),
    'model = "x"\n[features]\napps = false\n',
  );
});

Deno.test("editConfig() follows a link instead of replacing it", async () => {
  await using scratch = await makeScratch();
  const target = `${scratch.root}/dotfiles.toml`;
  await Deno.writeTextFile(target, "a = 1\n");
  await Deno.symlink(target, `${scratch.home}/config.toml`);
  await editConfig(scratch.platform.files, scratch.home, [set("a", 2)]);
  assert.equal(await Deno.readTextFile(target), "a = 2\n");
  assert.equal(
    (await Deno.lstat(`${scratch.home}/config.toml`)).isSymlink,
    true,
  );
});

Deno.test("editConfig() makes the home, private, when it is not there", async () => {
  await using scratch = await makeScratch();
  const home = `${scratch.root}/new`;
  await editConfig(scratch.platform.files, home, [set("a", 1)]);
  assert.equal(((await Deno.stat(home)).mode ?? 0) & 0o777, 0o700);
});

Deno.test("editConfig() does not touch a file it cannot read", async () => {
  await using scratch = await makeScratch("model = ");
  await assert.rejects(
    editConfig(scratch.platform.files, scratch.home, [set("a", 1)]),
    { code: "invalid_config" },
  );
  assert.equal(
    await Deno.readTextFile(`${scratch.home}/config.toml`),
    "model = ",
  );
});
