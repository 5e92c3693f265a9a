/**
 * Decoding of values from outside (config files, tool arguments, requests) with
 * messages in the words of Rust's serde, which users and models of this program
 * know. The first problem found is the one reported. A schema that carries its own
 * message keeps it word for word.
 */
import * as v from "valibot";

/** Keys and array indices from the outermost value inwards. */
export type DecodePath = readonly (string | number)[];

export type Decoded<T> =
  | { readonly ok: true; readonly value: T }
  | {
    readonly ok: false;
    /** Where the offending value is; for a missing field, what should hold it. */
    readonly path: DecodePath;
    readonly message: string;
  };

// deno-lint-ignore no-explicit-any -- the bound every valibot schema satisfies
export type Schema = v.BaseSchema<any, any, v.BaseIssue<unknown>>;

/** Checks a value against a schema; never throws. */
export function decode<S extends Schema>(
  schema: S,
  value: unknown,
): Decoded<v.InferOutput<S>> {
  const result = v.safeParse(schema, value, { abortEarly: true });
  if (result.success) return { ok: true, value: result.output };
  return { ok: false, ...explain(result.issues[0]) };
}

interface Problem {
  readonly path: DecodePath;
  readonly message: string;
}

function explain(issue: v.BaseIssue<unknown>): Problem {
  const path = (issue.path ?? []).map((item) => item.key as string | number);
  if (!isDefaultMessage(issue)) return { path, message: issue.message };
  if (isKeyProblem(issue)) {
    const parent = path.slice(0, -1);
    return { path: parent, message: keyMessage(issue, path) };
  }
  const inner = issue.type === "union" ? bestOfUnion(issue) : undefined;
  if (inner === undefined) return { path, message: valueMessage(issue) };
  return { path: [...path, ...inner.path], message: inner.message };
}

// Valibot's own texts start like this; no message of ours does.
function isDefaultMessage(issue: v.BaseIssue<unknown>): boolean {
  return /^Invalid (type|value|key|integer|length|\w+):/.test(issue.message);
}

function isKeyProblem(issue: v.BaseIssue<unknown>): boolean {
  const last = issue.path?.[issue.path.length - 1];
  if (last?.type === "object" && last.origin === "key") return true;
  return issue.type === "variant" && issue.input === undefined;
}

function keyMessage(issue: v.BaseIssue<unknown>, path: DecodePath): string {
  const key = String(path[path.length - 1]);
  return issue.type === "strict_object"
    ? `unknown field \`${key}\``
    : `missing field \`${key}\``;
}

/** The alternative that got furthest: most likely the one that was meant. */
function bestOfUnion(issue: v.BaseIssue<unknown>): Problem | undefined {
  const found = (issue.issues ?? []).map(explain);
  let best: Problem | undefined;
  for (const problem of found) {
    if (problem.path.length > (best?.path.length ?? 0)) best = problem;
  }
  const missing = found.find((problem) =>
    problem.message.startsWith("missing field")
  );
  return best ?? missing ?? found[0];
}

function valueMessage(issue: v.BaseIssue<unknown>): string {
  const { type, input } = issue;
  if (issue.kind === "validation") {
    return `invalid value: ${describeValue(input)}, expected ${issue.expected}`;
  }
  if (type === "picklist" || type === "literal" || type === "variant") {
    if (typeof input !== "string") {
      return invalidType(input, "string or map");
    }
    return unknownVariant(input, quotedNames(issue.expected ?? ""));
  }
  const expected = EXPECTATIONS[type];
  return expected === undefined ? issue.message : invalidType(input, expected);
}

const EXPECTATIONS: Readonly<Record<string, string>> = {
  string: "a string",
  boolean: "a boolean",
  number: "a number",
  integer: "an integer",
  array: "a sequence",
  tuple: "a sequence",
  object: "a map",
  loose_object: "a map",
  strict_object: "a map",
  record: "a map",
  union: "another type",
};

/** The names in valibot's notation for alternatives: `("a" | "b")`. */
function quotedNames(expected: string): readonly string[] {
  return [...expected.matchAll(/"((?:[^"\\]|\\.)*)"/g)]
    .map((match) => match[1] ?? "");
}

/** ``invalid type: integer `5`, expected a string`` */
export function invalidType(input: unknown, expected: string): string {
  return `invalid type: ${describeValue(input)}, expected ${expected}`;
}

/** ``unknown variant `x`, expected one of `a`, `b`, `c` `` */
export function unknownVariant(
  input: string,
  names: readonly string[],
): string {
  const quoted = names.map((name) => `\`${name}\``);
  const choice = quoted.length > 2
    ? `one of ${quoted.join(", ")}`
    : quoted.join(" or ");
  return `unknown variant \`${input}\`, expected ${choice}`;
}

function describeValue(value: unknown): string {
  switch (typeof value) {
    case "boolean":
      return `boolean \`${value}\``;
    case "number":
      return Number.isInteger(value)
        ? `integer \`${value}\``
        : `floating point \`${value}\``;
    case "bigint":
      return `integer \`${value}\``;
    case "string":
      return `string ${JSON.stringify(value)}`;
    default:
      if (value === null || value === undefined) return "null";
      return Array.isArray(value) ? "sequence" : "map";
  }
}

// Schemas whose messages need more than valibot tells about a failure.

const INTEGER_RANGES = {
  usize: [0, Number.MAX_SAFE_INTEGER],
  u64: [0, Number.MAX_SAFE_INTEGER],
  u32: [0, 2 ** 32 - 1],
  u16: [0, 2 ** 16 - 1],
  i64: [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
  i32: [-(2 ** 31), 2 ** 31 - 1],
  "a nonzero u64": [1, Number.MAX_SAFE_INTEGER],
} as const;

/** An integer of a Rust type; the name is what a message says was expected. */
export function integer(kind: keyof typeof INTEGER_RANGES) {
  const [min, max] = INTEGER_RANGES[kind];
  const message = ({ input }: { readonly input: unknown }) => {
    const problem = Number.isInteger(input) ? "value" : "type";
    return `invalid ${problem}: ${describeValue(input)}, expected ${kind}`;
  };
  return v.pipe(
    v.number(message),
    v.integer(message),
    v.minValue(min, message),
    v.maxValue(max, message),
  );
}

/** An object with known fields, other fields dropped; `name` is said when it is none. */
export function struct<const E extends v.ObjectEntries>(
  name: string,
  entries: E,
) {
  return refusingArrays(v.object(entries, (issue) => {
    if (issue.expected === "Object") {
      return invalidType(issue.input, `struct ${name}`);
    }
    // Left to `decode`, which also drops the field from the path.
    return `Invalid key: Expected ${issue.expected}`;
  }));
}

/** Any names, each with a value of one kind. */
export function mapOf<S extends Schema>(value: S) {
  return refusingArrays(
    v.record(v.string(), value, ({ input }) => invalidType(input, "a map")),
  );
}

/** The schema, but an array is no object: valibot itself takes one for an empty one. */
export function refusingArrays<S extends Schema>(schema: S): S {
  const run: S["~run"] = schema["~run"].bind(schema);
  const guarded: S["~run"] = (dataset, config) => {
    if (!Array.isArray(dataset.value) && !(dataset.value instanceof Date)) {
      return run(dataset, config);
    }
    v._addIssue(schema, "type", dataset, config);
    // An issue was added, which is what this type says.
    return dataset as ReturnType<S["~run"]>;
  };
  return { ...schema, "~run": guarded };
}
