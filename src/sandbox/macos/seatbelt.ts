/**
 * The Seatbelt profile for a confinement, and the command line that applies it. Pure.
 * Paths travel as parameters, never inside the profile's text, so no file name can
 * become a rule.
 *
 * Source: sandbox-exec(1); the profile language has no public specification, so
 * `mechanism.ts` tries a profile out before it trusts it.
 */
import base from "./base.sbpl" with { type: "text" };
import { type Confinement, mountPlan } from "../policy.ts";

/** By its absolute path: PATH is something a command may have written into. */
export const SANDBOX_EXEC = "/usr/bin/sandbox-exec";

export interface SeatbeltProfile {
  readonly text: string;
  /** Name and value of each parameter of the text, in order. */
  readonly parameters: readonly (readonly [string, string])[];
}

/** The profile for a confinement. */
export function seatbeltProfile(confinement: Confinement): SeatbeltProfile {
  const parameters: (readonly [string, string])[] = [];
  const rules: string[] = [];
  // The plan lists parents before children, and the last rule wins, as a mount does.
  for (const [index, entry] of mountPlan(confinement).entries()) {
    const name = `PATH_${index}`;
    parameters.push([name, entry.path]);
    rules.push(...entryRules(entry.access, `(param "${name}")`));
  }
  if (confinement.network === "full") rules.push(...NETWORK_RULES);
  return { text: [base.trimEnd(), "", ...rules, ""].join("\n"), parameters };
}

/** The command line that runs `argv` under a profile. */
export function seatbeltArgv(
  profile: SeatbeltProfile,
  argv: readonly string[],
): readonly string[] {
  return [
    SANDBOX_EXEC,
    "-p",
    profile.text,
    ...profile.parameters.flatMap((
      [name, value],
    ) => ["-D", `${name}=${value}`]),
    "--",
    ...argv,
  ];
}

function entryRules(
  access: "write" | "read" | "none",
  path: string,
): readonly string[] {
  switch (access) {
    case "write":
      return [
        `(allow file-write* (subpath ${path}))`,
        // The directory itself stays: renamed, it would take what is closed inside along.
        `(deny file-write-unlink (literal ${path}))`,
      ];
    case "read":
      return [`(deny file-write* (literal ${path}) (subpath ${path}))`];
    case "none":
      return [
        `(deny file-read* file-write* (literal ${path}) (subpath ${path}))`,
      ];
  }
}

const NETWORK_RULES = [
  "(allow network*)",
  "(allow system-socket)",
  '(allow mach-lookup (global-name "com.apple.SystemConfiguration.configd")',
  '  (global-name "com.apple.networkd")',
  '  (global-name "com.apple.trustd.agent")',
  '  (global-name "com.apple.ocspd"))',
];
