/**
 * The form of an elicitation: what a user filled in, checked against what the server
 * asked for. The protocol allows a flat object of texts, numbers, booleans and choices;
 * whatever a schema says beyond that is left to the server. Pure.
 */

type Json = Readonly<Record<string, unknown>>;

export type FormCheck =
  /** Only the fields that were asked for; those left out have their defaults. */
  | { readonly kind: "ok"; readonly content: Json }
  /** In words for the person who filled it in. */
  | { readonly kind: "bad"; readonly problem: string };

/** Checks a filled-in form. */
export function checkForm(schema: Json, content: unknown): FormCheck {
  const given = content ?? {};
  if (!isObject(given)) {
    return { kind: "bad", problem: "the answer is not an object of fields" };
  }
  const fields = isObject(schema.properties) ? schema.properties : {};
  const required = Array.isArray(schema.required) ? schema.required : [];
  const checked: (readonly [string, unknown])[] = [];
  for (const [name, field] of Object.entries(fields)) {
    const rules = isObject(field) ? field : {};
    const value = Object.hasOwn(given, name) ? given[name] : rules.default;
    if (value === undefined || value === null) {
      if (required.includes(name)) {
        return { kind: "bad", problem: `"${name}" is required` };
      }
      continue;
    }
    const problem = problemOf(rules, value);
    if (problem !== undefined) {
      return { kind: "bad", problem: `"${name}" ${problem}` };
    }
    checked.push([name, value]);
  }
  const unknown = Object.keys(given).find((name) =>
    !Object.hasOwn(fields, name)
  );
  return unknown === undefined
    ? { kind: "ok", content: Object.fromEntries(checked) }
    : { kind: "bad", problem: `"${unknown}" was not asked for` };
}

/** What is wrong with a field's value, as the end of a sentence. */
function problemOf(rules: Json, value: unknown): string | undefined {
  const choices = choicesOf(rules);
  if (rules.type === "array") return listProblem(rules, value);
  if (choices !== undefined) {
    return choices.includes(value)
      ? undefined
      : `must be one of ${choices.map(quote).join(", ")}`;
  }
  switch (rules.type) {
    case "string":
      return textProblem(rules, value);
    case "number":
    case "integer":
      return numberProblem(rules, value);
    case "boolean":
      return typeof value === "boolean" ? undefined : "must be true or false";
    default:
      return undefined;
  }
}

function listProblem(rules: Json, value: unknown): string | undefined {
  if (!Array.isArray(value)) return "must be a list";
  const { minItems, maxItems } = rules;
  if (typeof minItems === "number" && value.length < minItems) {
    return `needs at least ${minItems} entries`;
  }
  if (typeof maxItems === "number" && value.length > maxItems) {
    return `takes at most ${maxItems} entries`;
  }
  const items = isObject(rules.items) ? rules.items : {};
  for (const entry of value) {
    const problem = problemOf({ type: "string", ...items }, entry);
    if (problem !== undefined) return `has an entry that ${problem}`;
  }
  return undefined;
}

function textProblem(rules: Json, value: unknown): string | undefined {
  if (typeof value !== "string") return "must be a text";
  const length = [...value].length;
  const { minLength, maxLength, format } = rules;
  if (typeof minLength === "number" && length < minLength) {
    return `needs at least ${minLength} characters`;
  }
  if (typeof maxLength === "number" && length > maxLength) {
    return `takes at most ${maxLength} characters`;
  }
  const test = typeof format === "string" ? FORMATS[format] : undefined;
  return test === undefined || test.fits(value)
    ? undefined
    : `must be ${test.name}`;
}

interface Format {
  readonly name: string;
  fits(value: string): boolean;
}

const FORMATS: Readonly<Record<string, Format>> = {
  email: {
    name: "an email address",
    fits: (value) => /^[^\s@]+@[^\s@]+$/.test(value),
  },
  uri: { name: "an address", fits: (value) => URL.canParse(value) },
  date: {
    name: "a date such as 2026-01-31",
    fits: (value) => /^\d{4}-\d{2}-\d{2}$/.test(value) && isDate(value),
  },
  "date-time": {
    name: "a date and time such as 2026-01-31T12:00:00Z",
    fits: (value) =>
      /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/i
        .test(value) && isDate(value),
  },
};

/** `2026-02-31` has the form of a date and is none. */
function isDate(value: string): boolean {
  const day = value.slice(0, 10);
  const time = Date.parse(`${day}T00:00:00Z`);
  return !Number.isNaN(time) && !Number.isNaN(Date.parse(value)) &&
    new Date(time).toISOString().startsWith(day);
}

function numberProblem(rules: Json, value: unknown): string | undefined {
  if (typeof value !== "number" || !Number.isFinite(value)) {
    return "must be a number";
  }
  if (rules.type === "integer" && !Number.isInteger(value)) {
    return "must be a whole number";
  }
  const { minimum, maximum } = rules;
  if (typeof minimum === "number" && value < minimum) {
    return `must be at least ${minimum}`;
  }
  if (typeof maximum === "number" && value > maximum) {
    return `must be at most ${maximum}`;
  }
  return undefined;
}

/** The values of a choice: `enum`, or `oneOf`/`anyOf` of titled constants. */
function choicesOf(rules: Json): readonly unknown[] | undefined {
  if (Array.isArray(rules.enum)) return rules.enum;
  const titled = rules.oneOf ?? rules.anyOf;
  if (!Array.isArray(titled)) return undefined;
  return titled.flatMap((one) =>
    isObject(one) && Object.hasOwn(one, "const") ? [one.const] : []
  );
}

function quote(value: unknown): string {
  return JSON.stringify(value);
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
