/** The three functions of a rule file: what they accept and what they add. */
import { baseName } from "./program.ts";
import {
  type Argv,
  type Decision,
  DECISIONS,
  matchRules,
  NETWORK_PROTOCOLS,
  type NetworkProtocol,
  type NetworkRule,
  type PrefixRule,
  type RuleSet,
} from "./rule.ts";
import { type Place, RuleProblem, SUPPORTED } from "./tokens.ts";
import {
  type Arguments,
  bindArguments,
  type Parameter,
  typeName,
  type Value,
} from "./values.ts";
import { shellWords } from "./words.ts";

/** More combinations of first words than this are no rule a person wrote. */
const PROGRAMS_MAX = 1_000;

/** Collects what the calls of one file add. */
export class RuleSetBuilder {
  readonly prefixRules: PrefixRule[] = [];
  readonly networkRules: NetworkRule[] = [];
  readonly hostExecutables = new Map<string, readonly string[]>();
  readonly examples: Examples[] = [];

  /** The rules, once their examples hold. @throws RuleProblem */
  finish(): RuleSet {
    const { prefixRules, networkRules, hostExecutables } = this;
    for (const examples of this.examples) {
      checkExamples(examples, hostExecutables);
    }
    return { prefixRules, networkRules, hostExecutables };
  }
}

/** The examples of one call, checked against that call's rules alone. */
interface Examples {
  readonly place: Place;
  readonly rules: readonly PrefixRule[];
  readonly match: readonly Argv[];
  readonly notMatch: readonly Argv[];
}

/** Does one call. @throws RuleProblem */
export function callRule(
  rules: RuleSetBuilder,
  name: string,
  args: Arguments,
  place: Place,
): void {
  switch (name) {
    case "prefix_rule":
      return addPrefixRule(
        rules,
        bindArguments(name, PREFIX_RULE, args),
        place,
      );
    case "host_executable":
      return addHostExecutable(
        rules,
        bindArguments(name, HOST_EXECUTABLE, args),
        place,
      );
    case "network_rule":
      return addNetworkRule(
        rules,
        bindArguments(name, NETWORK_RULE, args),
        place,
      );
    default:
      throw new RuleProblem(
        place,
        `unknown function \`${name}\`: ${SUPPORTED}`,
      );
  }
}

const PREFIX_RULE: readonly Parameter[] = [
  { name: "pattern", type: "list", isRequired: true },
  { name: "decision", type: "str", isRequired: false },
  { name: "match", type: "list", isRequired: false },
  { name: "not_match", type: "list", isRequired: false },
  { name: "justification", type: "str", isRequired: false },
];

function addPrefixRule(
  rules: RuleSetBuilder,
  args: ReadonlyMap<string, Value>,
  place: Place,
): void {
  const [programs, ...rest] = patternOf(args.get("pattern"), place);
  if (programs === undefined) {
    throw new RuleProblem(
      place,
      "invalid pattern element: pattern cannot be empty",
    );
  }
  if (programs.length > PROGRAMS_MAX) {
    throw new RuleProblem(place, "invalid pattern element: too many programs");
  }
  const decision = decisionOf(args.get("decision") ?? "allow", place);
  const justification = justificationOf(args, place);
  const added = programs.map((program): PrefixRule => ({
    program,
    rest,
    decision,
    ...justification,
  }));
  rules.prefixRules.push(...added);
  rules.examples.push({
    place,
    rules: added,
    match: examplesOf(args.get("match"), place),
    notMatch: examplesOf(args.get("not_match"), place),
  });
}

function patternOf(
  value: Value | undefined,
  place: Place,
): readonly (readonly string[])[] {
  return elementsOf(value).map((element) => {
    if (typeof element === "string") return [element];
    if (!isList(element)) {
      throw new RuleProblem(
        place,
        "invalid pattern element: pattern element must be a string or list of " +
          `strings (got ${typeName(element)})`,
      );
    }
    if (element.length === 0) {
      throw new RuleProblem(
        place,
        "invalid pattern element: pattern alternatives cannot be empty",
      );
    }
    return element.map((word) => {
      if (typeof word === "string") return word;
      throw new RuleProblem(
        place,
        "invalid pattern element: pattern alternative must be a string (got " +
          `${typeName(word)})`,
      );
    });
  });
}

function examplesOf(
  value: Value | undefined,
  place: Place,
): readonly Argv[] {
  return elementsOf(value).map((example) => {
    const words = exampleWords(example);
    if (typeof words !== "string") return words;
    throw new RuleProblem(place, `invalid example: ${words}`);
  });
}

/** The words of an example, or what is wrong with it. */
function exampleWords(example: Value): Argv | string {
  if (typeof example === "string") {
    const words = shellWords(example);
    if (words === undefined) return "example string has invalid shell syntax";
    return words.length === 0 ? "example cannot be an empty string" : words;
  }
  if (!isList(example)) {
    return `example must be a string or list of strings (got ${
      typeName(example)
    })`;
  }
  if (example.length === 0) return "example cannot be an empty list";
  const words = example.filter((word) => typeof word === "string");
  return words.length === example.length
    ? words
    : "example must be a string or list of strings (got a list of other things)";
}

function checkExamples(
  { place, rules, match, notMatch }: Examples,
  hostExecutables: RuleSet["hostExecutables"],
): void {
  const set = { prefixRules: rules, networkRules: [], hostExecutables };
  const unmatched = match.filter((argv) =>
    matchRules(set, argv, "listed").length === 0
  );
  if (unmatched.length > 0) {
    throw new RuleProblem(
      place,
      "expected every example to match at least one rule. rules: " +
        `${shownRules(rules)}; unmatched examples: ${shownExamples(unmatched)}`,
    );
  }
  const matched = notMatch.find((argv) =>
    matchRules(set, argv, "listed").length > 0
  );
  if (matched === undefined) return;
  throw new RuleProblem(
    place,
    `expected example to not match rule ${shownRules(rules)}: ${
      matched.join(" ")
    }`,
  );
}

function shownRules(rules: readonly PrefixRule[]): string {
  return rules.map(({ program, rest }) =>
    `\`${[program, ...rest.map((words) => words.join("|"))].join(" ")}\``
  ).join(", ");
}

function shownExamples(examples: readonly Argv[]): string {
  return JSON.stringify(examples.map((argv) => argv.join(" ")));
}

const HOST_EXECUTABLE: readonly Parameter[] = [
  { name: "name", type: "str", isRequired: true },
  { name: "paths", type: "list", isRequired: true },
];

function addHostExecutable(
  rules: RuleSetBuilder,
  args: ReadonlyMap<string, Value>,
  place: Place,
): void {
  const invalid = (text: string) =>
    new RuleProblem(place, `invalid rule: host_executable ${text}`);
  const name = String(args.get("name"));
  if (name === "") throw invalid("name cannot be empty");
  if (baseName(name) !== name) {
    throw invalid(`name must be a bare executable name (got ${name})`);
  }
  const paths = elementsOf(args.get("paths")).map((path) => {
    if (typeof path !== "string") {
      throw invalid(`paths must be strings (got ${typeName(path)})`);
    }
    if (!path.startsWith("/")) {
      throw invalid(`paths must be absolute (got ${path})`);
    }
    if (baseName(path) !== name) {
      throw invalid(`path \`${path}\` must have basename \`${name}\``);
    }
    return path;
  });
  rules.hostExecutables.set(name, [...new Set(paths)]);
}

const NETWORK_RULE: readonly Parameter[] = [
  { name: "host", type: "str", isRequired: true },
  { name: "protocol", type: "str", isRequired: true },
  { name: "decision", type: "str", isRequired: true },
  { name: "justification", type: "str", isRequired: false },
];

function addNetworkRule(
  rules: RuleSetBuilder,
  args: ReadonlyMap<string, Value>,
  place: Place,
): void {
  const host = String(args.get("host"));
  const problem = hostProblem(host);
  if (problem !== undefined) {
    throw new RuleProblem(place, `invalid rule: network_rule host ${problem}`);
  }
  const decision = args.get("decision") ?? "";
  rules.networkRules.push({
    host,
    protocol: protocolOf(String(args.get("protocol")), place),
    decision: decision === "deny" ? "forbidden" : decisionOf(decision, place),
    ...justificationOf(args, place),
  });
}

function hostProblem(host: string): string | undefined {
  if (host.trim() === "") return "cannot be empty";
  if (host.includes("*")) {
    return "must be a specific host; wildcards are not allowed";
  }
  if (/\s/.test(host)) return "cannot contain whitespace";
  if (host.includes("/")) {
    return "must be a hostname or IP literal (without scheme or path)";
  }
  return undefined;
}

/** Another name of `https`, for proxies that tunnel it. */
const HTTPS_CONNECT = "https_connect";

function protocolOf(name: string, place: Place): NetworkProtocol {
  const wanted = name === HTTPS_CONNECT ? "https" : name;
  const protocol = NETWORK_PROTOCOLS.find((known) => known === wanted);
  if (protocol !== undefined) return protocol;
  throw new RuleProblem(
    place,
    `invalid rule: network_rule protocol must be one of ${
      NETWORK_PROTOCOLS.join(", ")
    } (got ${name})`,
  );
}

function decisionOf(value: Value, place: Place): Decision {
  const decision = DECISIONS.find((known) => known === value);
  if (decision !== undefined) return decision;
  throw new RuleProblem(place, `invalid decision: ${value}`);
}

function justificationOf(
  args: ReadonlyMap<string, Value>,
  place: Place,
): { readonly justification?: string } {
  const justification = args.get("justification");
  if (typeof justification !== "string") return {};
  if (justification.trim() !== "") return { justification };
  throw new RuleProblem(
    place,
    "invalid rule: justification cannot be empty",
  );
}

function elementsOf(value: Value | undefined): readonly Value[] {
  return value !== undefined && isList(value) ? value : [];
}

function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}
