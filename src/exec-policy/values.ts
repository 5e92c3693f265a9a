/** The values of a rule file and how they are bound to a function's parameters. */
import { type Place, RuleProblem } from "./tokens.ts";

export type Value = string | number | boolean | null | readonly Value[];

/** The arguments of one call. */
export interface Arguments {
  /** Where the call stands. */
  readonly place: Place;
  readonly positional: readonly Value[];
  readonly named: ReadonlyMap<string, Value>;
}

export interface Parameter {
  readonly name: string;
  readonly type: "str" | "list";
  readonly isRequired: boolean;
}

/** The value of each parameter that was given. @throws RuleProblem */
export function bindArguments(
  name: string,
  parameters: readonly Parameter[],
  args: Arguments,
): ReadonlyMap<string, Value> {
  if (args.positional.length > parameters.length) {
    throw new RuleProblem(
      args.place,
      `Found ${
        args.positional.length - parameters.length
      } extra positional argument(s) for call to ${name}`,
    );
  }
  const bound = new Map<string, Value>();
  args.positional.forEach((value, index) => {
    bound.set(parameters[index]?.name ?? "", value);
  });
  for (const [key, value] of args.named) {
    if (!parameters.some((parameter) => parameter.name === key)) {
      throw new RuleProblem(
        args.place,
        `Found \`${key}\` extra named parameter(s) for call to ${name}`,
      );
    }
    if (bound.has(key)) {
      throw new RuleProblem(
        args.place,
        `Argument \`${key}\` occurs more than once`,
      );
    }
    bound.set(key, value);
  }
  for (const parameter of parameters) {
    checkParameter(name, parameter, bound, args.place);
  }
  return bound;
}

function checkParameter(
  callee: string,
  { name, type, isRequired }: Parameter,
  bound: ReadonlyMap<string, Value>,
  place: Place,
): void {
  const value = bound.get(name);
  if (value === undefined) {
    if (!isRequired) return;
    throw new RuleProblem(
      place,
      `Missing parameter \`${name}\` for call to \`${callee}\``,
    );
  }
  const fits = type === "list"
    ? Array.isArray(value)
    : typeof value === "string";
  if (fits) return;
  throw new RuleProblem(
    place,
    `Type of parameter \`${name}\` doesn't match, expected \`${type}\`, actual ` +
      `\`${typeName(value)} (repr: ${repr(value)})\``,
  );
}

/** The language's own name of a value's type. */
export function typeName(value: Value): string {
  switch (typeof value) {
    case "string":
      return "string";
    case "number":
      return "int";
    case "boolean":
      return "bool";
    default:
      return value === null ? "NoneType" : "list";
  }
}

/** The value as it would be written. */
function repr(value: Value): string {
  if (value === null) return "None";
  if (value === true) return "True";
  if (value === false) return "False";
  if (typeof value === "object") return `[${value.map(repr).join(", ")}]`;
  return JSON.stringify(value);
}
