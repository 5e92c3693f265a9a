/**
 * What a JSON Schema says, without how it says it: two schemas that accept the same
 * values by the same names have the same shape. Descriptions, defaults, formats and
 * the order of keys do not count.
 */

// deno-lint-ignore no-explicit-any -- schemas of every form
type Schema = any;

/** The shape of a schema, as a value that can be compared. */
export function shapeOf(
  schema: Schema,
  definitions: Readonly<Record<string, Schema>>,
  above: readonly string[] = [],
): unknown {
  if (schema === true || schema === undefined) return "any";
  if (typeof schema.$ref === "string") {
    const name = schema.$ref.slice(schema.$ref.lastIndexOf("/") + 1);
    return above.includes(name)
      ? { again: name }
      : shapeOf(definitions[name], definitions, [...above, name]);
  }
  const alternatives = new Map<string, unknown>();
  const add = (shape: unknown) => {
    const list = isAlternatives(shape) ? shape.anyOf : [shape];
    for (const one of list) alternatives.set(JSON.stringify(one), one);
  };
  for (const inner of schema.allOf ?? []) {
    add(shapeOf(inner, definitions, above));
  }
  // Fields beside alternatives are fields of each of them.
  const beside = { ...schema, anyOf: undefined, oneOf: undefined };
  for (const inner of schema.anyOf ?? schema.oneOf ?? []) {
    add(
      schema.properties === undefined
        ? shapeOf(inner, definitions, above)
        : plainShape(merged(inner, beside), "object", definitions, above),
    );
  }
  if (alternatives.size === 0) {
    const types = Array.isArray(schema.type) ? schema.type : [schema.type];
    for (const type of types) add(plainShape(schema, type, definitions, above));
  }
  const list = [...alternatives.keys()].toSorted()
    .map((key) => alternatives.get(key));
  return list.length === 1 ? list[0] : { anyOf: list };
}

function merged(left: Schema, right: Schema): Schema {
  return {
    properties: { ...left.properties, ...right.properties },
    required: [...left.required ?? [], ...right.required ?? []],
  };
}

function isAlternatives(
  shape: unknown,
): shape is { readonly anyOf: readonly unknown[] } {
  return typeof shape === "object" && shape !== null && "anyOf" in shape;
}

function plainShape(
  schema: Schema,
  type: string | undefined,
  definitions: Readonly<Record<string, Schema>>,
  above: readonly string[],
): unknown {
  if (type !== "null" && Array.isArray(schema.enum)) {
    return {
      anyOf: schema.enum.filter((value: unknown) => value !== null)
        .map((value: unknown) => ({ is: value })),
    };
  }
  switch (type) {
    case undefined:
      return schema.properties === undefined
        ? "any"
        : plainShape(schema, "object", definitions, above);
    case "array":
      return { array: shapeOf(schema.items, definitions, above) };
    case "object": {
      const fields = Object.entries<Schema>(schema.properties ?? {})
        .map(([name, inner]) => [
          name,
          (schema.required ?? []).includes(name) ? "required" : "optional",
          shapeOf(inner, definitions, above),
        ])
        .toSorted(([left], [right]) => String(left) < String(right) ? -1 : 1);
      const rest = schema.additionalProperties;
      return typeof rest === "object" && Object.keys(rest).length > 0
        ? { fields, rest: shapeOf(rest, definitions, above) }
        : { fields };
    }
    default:
      return type;
  }
}

/** A short name for a shape: the same for the same shape. */
export async function shapeHash(shape: unknown): Promise<string> {
  const data = new TextEncoder().encode(JSON.stringify(shape));
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", data));
  return [...digest.subarray(0, 8)]
    .map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
