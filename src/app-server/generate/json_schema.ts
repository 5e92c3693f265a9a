/**
 * The protocol as JSON Schema (draft 7): a file for each type, one for each kind of
 * message, and one with everything. All of it comes from the declarations.
 */
import { toJsonSchema, toJsonSchemaDefs } from "@valibot/to-json-schema";
import type * as v from "valibot";
import { ALL_TYPES } from "@/protocol/rpc/all_types.ts";
import { CLIENT_METHODS, type MethodRow } from "@/protocol/rpc/methods.ts";
import { NOTIFICATIONS } from "@/protocol/rpc/notifications.ts";
import { Empty, Flag, Int, Text } from "@/protocol/rpc/primitives.ts";
import { SERVER_REQUESTS } from "@/protocol/rpc/server_requests.ts";

export type JsonSchema = Readonly<Record<string, unknown>>;

/** A file to write: its name and what it holds. */
export interface SchemaFile {
  readonly name: string;
  readonly schema: JsonSchema;
}

/** Whether what is experimental is part of it. */
export type Coverage = "stable" | "experimental";

const DRAFT = "http://json-schema.org/draft-07/schema#";

/** Every file of the protocol. */
export function schemaFiles(coverage: Coverage): readonly SchemaFile[] {
  const types = typeSchemas(coverage);
  const definitions = Object.fromEntries(types);
  const messages = messageSchemas(coverage);
  return [
    ...types.map(([name, schema]) => ({
      name: `${name}.json`,
      schema: standalone(name, schema, definitions),
    })),
    ...messages.map(({ name, schema }) => ({
      name: `${name}.json`,
      schema: standalone(name, schema, definitions),
    })),
    {
      name: "codex_app_server_protocol.schemas.json",
      schema: {
        $schema: DRAFT,
        title: "CodexAppServerProtocol",
        type: "object",
        definitions: {
          ...definitions,
          ...Object.fromEntries(
            messages.map(({ name, schema }) => [name, schema]),
          ),
        },
      },
    },
  ];
}

/** Each type by its name; what only experimental methods use is left out of `stable`. */
export function typeSchemas(
  coverage: Coverage,
): readonly (readonly [name: string, schema: JsonSchema])[] {
  const { definitions: defs } = namedSchemas();
  const hidden = coverage === "stable" ? experimentalTypes() : new Set();
  return Object.entries(ALL_TYPES)
    .filter(([name]) => !hidden.has(name))
    .map(([name, schema]): [string, JsonSchema] => [
      name,
      withoutFields(
        rewritten(defs[name] ?? toJsonSchema(schema, { errorMode: "ignore" })),
        coverage === "stable" ? experimentalFields(name) : [],
      ),
    ])
    .toSorted(([left], [right]) => left < right ? -1 : 1);
}

/** Requests, notifications and the server's requests, each as one of many. */
function messageSchemas(coverage: Coverage): readonly SchemaFile[] {
  const offered = Object.entries<MethodRow>(CLIENT_METHODS).filter(([, row]) =>
    coverage === "experimental" || row.isExperimental !== true
  );
  return [
    {
      name: "ClientRequest",
      schema: oneOf(
        offered.map(([method, { params }]) => request(method, params)),
      ),
    },
    {
      name: "ClientNotification",
      schema: oneOf([notification("initialized", undefined)]),
    },
    {
      name: "ServerRequest",
      schema: oneOf(
        Object.entries(SERVER_REQUESTS).map(([method, { params }]) =>
          request(method, params)
        ),
      ),
    },
    {
      name: "ServerNotification",
      schema: oneOf(
        Object.entries(NOTIFICATIONS).map(([method, params]) =>
          notification(method, params)
        ),
      ),
    },
  ];
}

function oneOf(alternatives: readonly JsonSchema[]): JsonSchema {
  return { oneOf: alternatives };
}

function request(method: string, params: v.GenericSchema): JsonSchema {
  return {
    type: "object",
    required: ["id", "method", "params"],
    properties: {
      id: { $ref: "#/definitions/RequestId" },
      method: { type: "string", enum: [method] },
      params: refTo(params),
    },
  };
}

function notification(
  method: string,
  params: v.GenericSchema | undefined,
): JsonSchema {
  return {
    type: "object",
    required: params === undefined ? ["method"] : ["method", "params"],
    properties: {
      method: { type: "string", enum: [method] },
      ...(params === undefined ? {} : { params: refTo(params) }),
    },
  };
}

/** A reference to a declared type; methods that take nothing take null. */
function refTo(schema: v.GenericSchema): JsonSchema {
  const name = nameOf(schema);
  return name === undefined
    ? { type: "null" }
    : { $ref: `#/definitions/${name}` };
}

/** A type's name; undefined for what has none. */
export function nameOf(schema: v.GenericSchema): string | undefined {
  return Object.keys(ALL_TYPES).find((name) => ALL_TYPES[name] === schema);
}

/** A file that stands alone: the type, and every type it needs. */
function standalone(
  title: string,
  schema: JsonSchema,
  definitions: JsonSchema,
): JsonSchema {
  const needed = new Set<string>();
  collectRefs(schema, definitions, needed);
  const entries = [...needed].toSorted()
    .map((name) => [name, definitions[name]] as const);
  return {
    $schema: DRAFT,
    title,
    ...schema,
    ...(entries.length === 0
      ? {}
      : { definitions: Object.fromEntries(entries) }),
  };
}

function collectRefs(
  value: unknown,
  definitions: JsonSchema,
  needed: Set<string>,
): void {
  if (Array.isArray(value)) {
    for (const one of value) collectRefs(one, definitions, needed);
    return;
  }
  if (typeof value !== "object" || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    const name = key === "$ref" ? refName(inner) : undefined;
    if (name === undefined) collectRefs(inner, definitions, needed);
    else if (!needed.has(name)) {
      needed.add(name);
      collectRefs(definitions[name], definitions, needed);
    }
  }
}

function refName(value: unknown): string | undefined {
  return typeof value === "string"
    ? value.slice(value.lastIndexOf("/") + 1)
    : undefined;
}

/** The declared types that are more than a plain value, so that others refer to them. */
function namedSchemas() {
  const plain: readonly unknown[] = [Text, Flag, Int, Empty];
  const named = Object.fromEntries(
    Object.entries(ALL_TYPES).filter(([, schema]) => !plain.includes(schema)),
  );
  return {
    // What a declaration decodes is what it describes; both sides are plain JSON.
    definitions: toJsonSchemaDefs(named as never, {
      errorMode: "ignore",
    }) as Readonly<Record<string, JsonSchema>>,
  };
}

/** Draft 7 keeps its definitions elsewhere; constants are enums of one, as clients expect. */
function rewritten(schema: unknown): JsonSchema {
  const keyword = (key: string, inner: unknown): JsonSchema => {
    switch (key) {
      case "$schema":
        return {};
      case "$ref":
        return { $ref: `#/definitions/${refName(inner)}` };
      case "const":
        return { type: typeof inner, enum: [inner] };
      case "properties":
        return { properties: fields(inner) };
      default:
        return { [key]: walk(inner) };
    }
  };
  // A field's name means nothing here, even one called `const` or `$schema`.
  const fields = (value: unknown) =>
    Object.fromEntries(
      Object.entries(Object(value)).map(([name, inner]) => [name, walk(inner)]),
    );
  const walk = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(walk);
    if (typeof value !== "object" || value === null) return value;
    return Object.assign(
      {},
      ...Object.entries(value).map(([key, inner]) => keyword(key, inner)),
    );
  };
  // An object goes in, so an object comes out.
  return walk(schema) as JsonSchema;
}

function withoutFields(
  schema: JsonSchema,
  fields: readonly string[],
): JsonSchema {
  if (fields.length === 0) return schema;
  const properties = Object.entries(schema.properties ?? {})
    .filter(([name]) => !fields.includes(name));
  return { ...schema, properties: Object.fromEntries(properties) };
}

function experimentalFields(type: string): readonly string[] {
  const row = Object.values<MethodRow>(CLIENT_METHODS).find(({ params }) =>
    nameOf(params) === type
  );
  return row?.experimentalFields ?? [];
}

function experimentalTypes(): ReadonlySet<string> {
  return new Set(
    Object.values<MethodRow>(CLIENT_METHODS)
      .filter((row) => row.isExperimental === true)
      .flatMap(({ params, result }) => [nameOf(params), nameOf(result)])
      .filter((name) => name !== undefined),
  );
}
