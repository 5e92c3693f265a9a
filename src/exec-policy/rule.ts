/**
 * Rules about commands, as values. A prefix rule says what happens to commands that
 * start with certain words; of all rules that match, the strictest decides:
 * forbidden, then prompt, then allow.
 */

import { baseName, isGenuine } from "./program.ts";

/** What rules say about a command, mildest first. */
export const DECISIONS = ["allow", "prompt", "forbidden"] as const;
export type Decision = typeof DECISIONS[number];

/** A command as a program gets it: its name, then its arguments. */
export type Argv = readonly string[];

export interface PrefixRule {
  readonly program: string;
  /** The words after the program; each position lists what it may be. */
  readonly rest: readonly (readonly string[])[];
  readonly decision: Decision;
  /** The user's reason, shown when the rule asks or refuses. */
  readonly justification?: string;
}

export const NETWORK_PROTOCOLS = [
  "http",
  "https",
  "socks5_tcp",
  "socks5_udp",
] as const;
export type NetworkProtocol = typeof NETWORK_PROTOCOLS[number];

export interface NetworkRule {
  readonly host: string;
  readonly protocol: NetworkProtocol;
  readonly decision: Decision;
  readonly justification?: string;
}

export interface RuleSet {
  readonly prefixRules: readonly PrefixRule[];
  readonly networkRules: readonly NetworkRule[];
  /** Program name to the absolute paths that are that program. */
  readonly hostExecutables: ReadonlyMap<string, readonly string[]>;
}

export const NO_RULES: RuleSet = {
  prefixRules: [],
  networkRules: [],
  hostExecutables: new Map(),
};

/** Both sets; a program's paths are those of the later set that lists them. */
export function mergeRules(low: RuleSet, high: RuleSet): RuleSet {
  return {
    prefixRules: [...low.prefixRules, ...high.prefixRules],
    networkRules: [...low.networkRules, ...high.networkRules],
    hostExecutables: new Map([...low.hostExecutables, ...high.hostExecutables]),
  };
}

/** The rule that allows commands starting with these words. */
export function allowPrefix(prefix: Argv): PrefixRule {
  const [program = "", ...rest] = prefix;
  return { program, rest: rest.map((word) => [word]), decision: "allow" };
}

/** A rule that matched, as `codex execpolicy check` prints it. */
export interface RuleMatch {
  readonly matchedPrefix: Argv;
  readonly decision: Decision;
  /** The path the command named, when it was matched by its last part. */
  readonly resolvedProgram?: string;
  readonly justification?: string;
}

/**
 * - `exact`: the program's name as written.
 * - `listed`: also an absolute path, by its last part, unless `host_executable` lists
 *   other paths for that name.
 * - `any`: also any path, by its last part.
 */
export type Resolution = "exact" | "listed" | "any";

/**
 * Every rule that matches, in the order of the files. Where rules are about the path
 * as written, those about the name alone are not asked.
 */
export function matchRules(
  rules: RuleSet,
  argv: Argv,
  resolution: Resolution,
): readonly RuleMatch[] {
  const exact = matchesOf(rules, argv);
  return exact.length > 0 || resolution === "exact"
    ? exact
    : matchByName(rules, argv, resolution);
}

/** Every rule about the name of a program given by a path. */
export function matchByName(
  rules: RuleSet,
  argv: Argv,
  resolution: Exclude<Resolution, "exact">,
): readonly RuleMatch[] {
  const [program = "", ...args] = argv;
  const name = baseName(program);
  if (name === program || name === "") return [];
  if (resolution === "listed" && !isListed(rules, name, program)) return [];
  return matchesOf(rules, [name, ...args])
    .map(({ matchedPrefix, decision, justification }) => ({
      matchedPrefix,
      decision,
      resolvedProgram: program,
      ...(justification === undefined ? {} : { justification }),
    }));
}

function isListed(rules: RuleSet, name: string, path: string): boolean {
  if (!path.startsWith("/")) return false;
  const paths = rules.hostExecutables.get(name);
  return paths === undefined || paths.includes(path);
}

function matchesOf(rules: RuleSet, argv: Argv): RuleMatch[] {
  return rules.prefixRules.flatMap((rule) => {
    if (!startsWith(argv, rule)) return [];
    const { decision, justification } = rule;
    return [{
      matchedPrefix: argv.slice(0, rule.rest.length + 1),
      decision,
      ...(justification === undefined ? {} : { justification }),
    }];
  });
}

function startsWith(argv: Argv, rule: PrefixRule): boolean {
  return argv[0] === rule.program && argv.length > rule.rest.length &&
    rule.rest.every((words, index) => words.includes(argv[index + 1] ?? ""));
}

/** The strictest of the decisions; undefined when there is none. */
export function strictest(
  decisions: readonly Decision[],
): Decision | undefined {
  return DECISIONS.findLast((decision) => decisions.includes(decision));
}

/**
 * The rule that allows the command and may be believed: about the program as written,
 * or about its name when the path is a system directory's or listed for it. A program
 * of that name somewhere in the workspace is another program.
 */
export function allowingRule(
  rules: RuleSet,
  argv: Argv,
): RuleMatch | undefined {
  const [program = ""] = argv;
  const paths = rules.hostExecutables.get(baseName(program)) ?? [];
  return matchRules(rules, argv, "listed").find((match) =>
    match.decision === "allow" &&
    (match.resolvedProgram === undefined || isGenuine(program) ||
      paths.includes(program))
  );
}
