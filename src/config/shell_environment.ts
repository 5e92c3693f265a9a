/**
 * Which environment variables a command the model runs gets to see. Pure: from the
 * policy and an environment to a smaller environment.
 *
 * Names that look like secrets are left out unless the policy says otherwise; that
 * is stricter than other programs reading the same file, on purpose: the key that
 * pays for the model must not reach what the model runs.
 */
import type { ShellEnvironmentPolicy } from "./config.ts";

/** What `inherit = "core"` keeps. */
const CORE_VARIABLES = [
  "PATH",
  "SHELL",
  "TMPDIR",
  "TEMP",
  "TMP",
  "HOME",
  "LANG",
  "LC_ALL",
  "LC_CTYPE",
  "LOGNAME",
  "USER",
];

const DEFAULT_EXCLUDES = ["*KEY*", "*SECRET*", "*TOKEN*"];

/** The environment for a command: inherited, excluded, set, then restricted. */
export function shellEnvironment(
  policy: ShellEnvironmentPolicy,
  environment: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const isExcluded = matcher([
    ...(policy.ignoreDefaultExcludes ? [] : DEFAULT_EXCLUDES),
    ...policy.exclude,
  ]);
  const kept = inherited(policy, environment)
    .filter(([name]) => !isExcluded(name));
  const variables = [
    ...new Map([...kept, ...Object.entries(policy.set)]),
  ];
  if (policy.includeOnly.length === 0) return Object.fromEntries(variables);
  const isIncluded = matcher(policy.includeOnly);
  return Object.fromEntries(variables.filter(([name]) => isIncluded(name)));
}

function inherited(
  policy: ShellEnvironmentPolicy,
  environment: Readonly<Record<string, string>>,
): readonly (readonly [string, string])[] {
  const all = Object.entries(environment);
  switch (policy.inherit) {
    case "all":
      return all;
    case "core":
      return all.filter(([name]) =>
        CORE_VARIABLES.includes(name.toUpperCase())
      );
    case "none":
      return [];
  }
}

function matcher(globs: readonly string[]): (name: string) => boolean {
  const patterns = globs.map((glob) => new RegExp(globPattern(glob), "i"));
  return (name) => patterns.some((pattern) => pattern.test(name));
}

function globPattern(glob: string): string {
  const escaped = glob.replace(/[\\^$.|+()[\]{}]/g, "\\$&");
  return `^${escaped.replaceAll("*", ".*").replaceAll("?", ".")}$`;
}
