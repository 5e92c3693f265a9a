/** The protocol as TypeScript: a file for each type, and an index of them. Pure. */
import type { JsonSchema } from "./json_schema.ts";

export interface SourceFile {
  readonly name: string;
  readonly text: string;
}

/** The files for these types. */
export function typescriptFiles(
  types: readonly (readonly [name: string, schema: JsonSchema])[],
): readonly SourceFile[] {
  const files = types.map(([name, schema]) => ({
    name: `${name}.ts`,
    text: sourceOf(name, schema),
  }));
  const index = types.map(([name]) =>
    `export type { ${name} } from "./${name}";\n`
  );
  return [...files, { name: "index.ts", text: index.join("") }];
}

function sourceOf(name: string, schema: JsonSchema): string {
  const used = new Set<string>();
  const type = typeText(schema, used);
  used.delete(name);
  const imports = [...used].toSorted()
    .map((other) => `import type { ${other} } from "./${other}";\n`);
  const gap = imports.length === 0 ? "" : "\n";
  return `${imports.join("")}${gap}export type ${name} = ${type};\n`;
}

/** A schema as a type; the names it uses are collected. */
function typeText(schema: unknown, used: Set<string>): string {
  if (typeof schema !== "object" || schema === null) return "unknown";
  const node = schema as Readonly<Record<string, unknown>>;
  if (typeof node.$ref === "string") {
    const name = node.$ref.slice(node.$ref.lastIndexOf("/") + 1);
    used.add(name);
    return name;
  }
  const choices = node.anyOf ?? node.oneOf;
  if (Array.isArray(choices)) {
    return choices.map((one) => typeText(one, used)).join(" | ");
  }
  if (Array.isArray(node.enum)) {
    return node.enum.map((value) => JSON.stringify(value)).join(" | ");
  }
  switch (node.type) {
    case "string":
    case "boolean":
    case "null":
      return node.type;
    case "integer":
    case "number":
      return "number";
    case "array":
      return `Array<${typeText(node.items, used)}>`;
    case "object":
      return objectText(node, used);
    default:
      return "unknown";
  }
}

function objectText(
  node: Readonly<Record<string, unknown>>,
  used: Set<string>,
): string {
  const required = Array.isArray(node.required) ? node.required : [];
  const members = Object.entries(node.properties ?? {}).map(([key, inner]) => {
    const name = /^[A-Za-z_$][\w$]*$/.test(key) ? key : JSON.stringify(key);
    const mark = required.includes(key) ? "" : "?";
    return `${name}${mark}: ${typeText(inner, used)}`;
  });
  const rest = node.additionalProperties;
  if (typeof rest === "object" && rest !== null) {
    const record = `{ [key: string]: ${typeText(rest, used)} }`;
    return members.length === 0
      ? record
      : `{ ${members.join("; ")} } & ${record}`;
  }
  return members.length === 0
    ? "Record<string, never>"
    : `{ ${members.join("; ")} }`;
}
