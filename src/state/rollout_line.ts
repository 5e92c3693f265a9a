/** One line of a rollout, before anything about it is believed. Pure. */

export interface RawLine {
  readonly type?: unknown;
  readonly payload?: unknown;
}

/** Undefined for half a line after a crash, and for what is no JSON. */
export function parseLine(line: string): RawLine | undefined {
  try {
    return asObject(JSON.parse(line));
  } catch {
    // The caller knows what a line that cannot be read means.
    return undefined;
  }
}

/** The value's fields; none when it has no fields. */
export function asObject(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null
    ? value as Readonly<Record<string, unknown>>
    : {};
}
