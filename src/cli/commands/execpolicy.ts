/** `codex execpolicy check`: what rule files say about one command, as JSON. */
import { parseRules } from "@/exec-policy/parse.ts";
import {
  type Argv,
  matchByName,
  matchRules,
  mergeRules,
  NO_RULES,
  type RuleMatch,
  type RuleSet,
  strictest,
} from "@/exec-policy/rule.ts";
import { resolvePath } from "@/platform/paths.ts";
import { FileError, type Platform } from "@/platform/platform.ts";
import { CodexError } from "@/protocol/errors.ts";
import {
  flagValues,
  hasFlag,
  type ParsedCommand,
  positionals,
} from "../parsed.ts";

export async function run(
  parsed: ParsedCommand,
  platform: Platform,
): Promise<number> {
  const sets = await Promise.all(
    flagValues(parsed, "rules").map((path) => readRules(platform, path)),
  );
  const rules = sets.reduce(mergeRules, NO_RULES);
  const argv = positionals(parsed, "COMMAND");
  const matches = hasFlag(parsed, "resolve-host-executables")
    ? resolvedMatches(rules, argv, platform.host.cwd)
    : matchRules(rules, argv, "exact");
  const decision = strictest(matches.map((match) => match.decision));
  const report = {
    matchedRules: matches.map((match) => ({ prefixRuleMatch: match })),
    ...(decision === undefined ? {} : { decision }),
  };
  const indent = hasFlag(parsed, "pretty") ? 2 : undefined;
  platform.terminal.writeOut(`${JSON.stringify(report, undefined, indent)}\n`);
  return 0;
}

/** As a thread looks at it: a relative path is one from the working directory. */
function resolvedMatches(
  rules: RuleSet,
  argv: Argv,
  cwd: string,
): readonly RuleMatch[] {
  const exact = matchRules(rules, argv, "exact");
  const [program = "", ...args] = argv;
  if (exact.length > 0 || !program.includes("/")) return exact;
  return matchByName(rules, [resolvePath(cwd, program), ...args], "listed");
}

async function readRules(
  { files, host }: Platform,
  path: string,
): Promise<RuleSet> {
  const text = await files.readText(resolvePath(host.cwd, path))
    .catch((error: unknown): never => {
      if (!(error instanceof FileError)) throw error;
      throw unusable(`failed to read policy at ${path}`, error.osText);
    });
  const parsed = parseRules(text);
  if (parsed.kind === "ok") return parsed.rules;
  const { line, column } = parsed.place;
  throw unusable(
    `failed to parse policy at ${path}`,
    `${path}:${line}:${column}: ${parsed.message}`,
  );
}

function unusable(message: string, cause: string): CodexError {
  return new CodexError(
    "invalid_config",
    `${message}\n\nCaused by:\n    ${cause}`,
  );
}
