/**
 * A server's input schema, reduced to the few keywords every model API takes: `type`,
 * `description`, `properties`, `required`, `items`, `enum`, `additionalProperties`,
 * `anyOf`. References within the schema are put in their place.
 */

export type ReducedSchema = Readonly<Record<string, unknown>>;

type JsonObject = Readonly<Record<string, unknown>>;

/** Deeper than any schema a person wrote; a schema that contains itself ends here. */
const DEPTH_MAX = 24;
/** References multiply what they name; together they stay below this. */
const NODES_MAX = 5_000;

/** The schema of a tool's arguments: always an object with properties. */
export function reduceToolSchema(schema: unknown): ReducedSchema {
  const reducer = new Reducer(isObject(schema) ? schema : {});
  const reduced = reducer.reduce(schema, 0);
  return { ...reduced, type: "object", properties: reduced.properties ?? {} };
}

class Reducer {
  readonly #root: JsonObject;
  #nodes = 0;

  constructor(root: JsonObject) {
    this.#root = root;
  }

  reduce(value: unknown, depth: number): ReducedSchema {
    this.#nodes++;
    // `true` and what is no schema allow anything, for which there is no word here.
    if (!isObject(value) || depth > DEPTH_MAX || this.#nodes > NODES_MAX) {
      return ANYTHING;
    }
    const target = this.#resolve(value, 0);
    const type = typeOf(target);
    return {
      ...(type === undefined ? {} : { type }),
      ...(typeof target.description === "string"
        ? { description: target.description }
        : {}),
      ...enumOf(target),
      ...this.#members(target, type, depth + 1),
      ...this.#alternatives(target, depth + 1),
    };
  }

  #members(
    schema: JsonObject,
    type: TypeWord | readonly string[] | undefined,
    depth: number,
  ): ReducedSchema {
    const properties = isObject(schema.properties) ? schema.properties : {};
    const { additionalProperties: extra } = schema;
    const isObjectType = includes(type, "object");
    return {
      ...(isObjectType
        ? {
          properties: Object.fromEntries(
            // Sorted, so that the bytes of a request never vary.
            Object.entries(properties)
              .sort(([left], [right]) => left < right ? -1 : 1)
              .map(([name, property]) => [name, this.reduce(property, depth)]),
          ),
        }
        : {}),
      ...(isObjectType && isTextList(schema.required)
        ? { required: schema.required }
        : {}),
      ...(isObjectType && extra !== undefined
        ? {
          additionalProperties: typeof extra === "boolean"
            ? extra
            : this.reduce(extra, depth),
        }
        : {}),
      ...(includes(type, "array")
        ? { items: this.reduce(schema.items ?? ANYTHING, depth) }
        : {}),
    };
  }

  #alternatives(schema: JsonObject, depth: number): ReducedSchema {
    const { anyOf = schema.oneOf } = schema;
    if (!Array.isArray(anyOf) || anyOf.length === 0) return {};
    return { anyOf: anyOf.map((one) => this.reduce(one, depth)) };
  }

  /** Follows `#/$defs/x` and merges the parts of `allOf`; what leads nowhere is left. */
  #resolve(schema: JsonObject, depth: number): JsonObject {
    if (depth > DEPTH_MAX) return {};
    const { $ref: reference, allOf, ...own } = schema;
    const parts = Array.isArray(allOf) ? allOf.filter(isObject) : [];
    const named = typeof reference === "string"
      ? this.#target(reference)
      : undefined;
    if (named !== undefined) parts.push(named);
    let merged: JsonObject = own;
    for (const part of parts) {
      const resolved = this.#resolve(part, depth + 1);
      merged = { ...resolved, ...merged, ...mergedObject(resolved, merged) };
    }
    return merged;
  }

  #target(reference: string): JsonObject | undefined {
    if (!reference.startsWith("#/")) return undefined;
    let current: unknown = this.#root;
    for (const part of reference.slice(2).split("/")) {
      const key = part.replaceAll("~1", "/").replaceAll("~0", "~");
      if (!isObject(current) || !Object.hasOwn(current, key)) return undefined;
      current = current[key];
    }
    return isObject(current) ? current : undefined;
  }
}

type TypeWord = "object" | "array" | "string" | "number";

const ANYTHING: ReducedSchema = { type: "string" };

/** The type as given, or the one the other keywords imply; none beside alternatives. */
function typeOf(schema: JsonObject): TypeWord | readonly string[] | undefined {
  const { type } = schema;
  // A word that is no type is the server's mistake and its to answer for.
  if (typeof type === "string") return type as TypeWord;
  if (isTextList(type)) return type;
  if (Array.isArray(schema.anyOf) || Array.isArray(schema.oneOf)) {
    return undefined;
  }
  const has = (...keys: readonly string[]) =>
    keys.some((key) => schema[key] !== undefined);
  if (has("properties", "required", "additionalProperties")) return "object";
  if (has("items", "prefixItems")) return "array";
  if (has("enum", "const", "format")) return "string";
  if (
    has(
      "minimum",
      "maximum",
      "exclusiveMinimum",
      "exclusiveMaximum",
      "multipleOf",
    )
  ) return "number";
  return "string";
}

function enumOf(schema: JsonObject): ReducedSchema {
  if (Array.isArray(schema.enum)) return { enum: schema.enum };
  return schema.const === undefined ? {} : { enum: [schema.const] };
}

function mergedObject(low: JsonObject, high: JsonObject): JsonObject {
  const properties = isObject(low.properties) && isObject(high.properties)
    ? { properties: { ...low.properties, ...high.properties } }
    : {};
  const required = isTextList(low.required) && isTextList(high.required)
    ? { required: [...new Set([...low.required, ...high.required])] }
    : {};
  return { ...properties, ...required };
}

function includes(
  type: TypeWord | readonly string[] | undefined,
  word: TypeWord,
): boolean {
  return typeof type === "string"
    ? type === word
    : type?.includes(word) === true;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isTextList(value: unknown): value is readonly string[] {
  return Array.isArray(value) &&
    value.every((entry) => typeof entry === "string");
}
