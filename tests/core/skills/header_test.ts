/** The header of a SKILL.md, as people write it and as they get it wrong. */
import assert from "node:assert/strict";
import { NO_METADATA, readHeader, readMetadata } from "@/core/skills/header.ts";

function read(header: string): unknown {
  return readHeader(`---\n${header}\n---\nbody`, "/skills/folder/SKILL.md");
}

Deno.test("a header gives a name, a description in one line and a short one", () => {
  assert.deepEqual(
    [
      read("name: a\ndescription: b"),
      read(
        "description: >\n  folded\n  text\nlicense: MIT\nallowed-tools:\n  - x",
      ),
      read(
        "name: ' a  b '\ndescription: |\n  l1\n  l2\nmetadata:\n  short-description: S",
      ),
      readHeader(
        "---\r\nname: a\r\ndescription: b\r\n---\r\n",
        "/s/f/SKILL.md",
      ),
    ],
    [
      { name: "a", description: "b", shortDescription: undefined },
      {
        name: "folder",
        description: "folded text",
        shortDescription: undefined,
      },
      { name: "a b", description: "l1 l2", shortDescription: "S" },
      { name: "a", description: "b", shortDescription: undefined },
    ],
  );
});

Deno.test("a header that cannot be used says what is wrong and where", () => {
  assert.deepEqual(
    [
      readHeader("no header", "/s/SKILL.md"),
      readHeader("---\nname: a\ndescription: b\n", "/s/SKILL.md"),
      readHeader("---\n---\n", "/s/SKILL.md"),
      read("name: a"),
      read("description: ' '"),
      read("name: [a]\ndescription: b"),
      read("name: 5\ndescription: b"),
      read("name: a\ndescription: b: c"),
      read(`name: ${"n".repeat(65)}\ndescription: b`),
      read(`description: ${"d".repeat(1025)}`),
    ],
    [
      "missing YAML frontmatter delimited by ---",
      "missing YAML frontmatter delimited by ---",
      "invalid type: null, expected struct SkillFrontmatter",
      "missing field `description`",
      "missing field `description`",
      "name: invalid type: sequence, expected a string",
      "name: invalid type: integer `5`, expected a string",
      "invalid YAML: a plain value cannot hold `: `; quote it at line 3",
      "invalid name: exceeds maximum length of 64 characters",
      "invalid description: exceeds maximum length of 1024 characters",
    ],
  );
});

Deno.test("agents/openai.yaml may say how a skill is shown, used and what it needs", () => {
  const given = (text: string) => readMetadata(text, "/s/a");
  assert.deepEqual(
    [
      given(""),
      given("policy: { allow_implicit_invocation: false }"),
      given(`interface:
  display_name: "Notes"
  icon_small: ./assets/n.svg
  brand_color: "#123456"
dependencies:
  tools:
    - type: mcp
      value: tracker
      url: https://tracker.example
`),
    ],
    [
      NO_METADATA,
      { ...NO_METADATA, isImplicit: false },
      {
        isImplicit: true,
        face: {
          displayName: "Notes",
          shortDescription: undefined,
          iconSmall: "/s/a/assets/n.svg",
          iconLarge: undefined,
          brandColor: "#123456",
          defaultPrompt: undefined,
        },
        tools: [{
          type: "mcp",
          value: "tracker",
          description: undefined,
          transport: undefined,
          command: undefined,
          url: "https://tracker.example",
        }],
      },
    ],
  );
  assert.deepEqual(
    [
      given("policy:\n  allow_implicit_invocation: maybe"),
      given("dependencies:\n  tools:\n    - type: mcp"),
      given("policy: *x"),
    ],
    [
      'policy.allow_implicit_invocation: invalid type: string "maybe", expected a boolean',
      "dependencies.tools.0: missing field `value`",
      "invalid YAML: aliases are not supported at line 1",
    ],
  );
});
