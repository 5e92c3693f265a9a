/** Which rule could be proposed, so that a question is not asked again. */
import { baseName } from "./program.ts";
import { allowingRule, allowPrefix, type Argv, NO_RULES } from "./rule.ts";
import type { JudgedSegment, Verdict } from "./verdict.ts";

/**
 * The prefix that could be allowed from now on, so that this is not asked again: the
 * model's, when it covers every part that would be asked about, else the first such
 * part. Nothing for what rules decide already, or for what no rule can allow.
 *
 * @param mustAsk which parts are asked about
 */
export function proposePrefix(
  verdict: Verdict,
  wished: Argv | undefined,
  mustAsk: (segment: JudgedSegment) => boolean,
): Argv | undefined {
  const { segments, ruling } = verdict;
  if (segments === undefined) return undefined;
  if (ruling === "prompt" || ruling === "forbidden") return undefined;
  const asked = segments.filter((segment) =>
    !segment.isAllowed && mustAsk(segment)
  );
  if (
    ruling === undefined && wished !== undefined && isProposable(wished) &&
    asked.every(({ argv }) => covers(wished, argv))
  ) return wished;
  const first = asked[0]?.argv;
  return first !== undefined && isProposable(first) ? first : undefined;
}

function covers(prefix: Argv, argv: Argv): boolean {
  const rules = { ...NO_RULES, prefixRules: [allowPrefix(prefix)] };
  return allowingRule(rules, argv) !== undefined;
}

/** Programs that run whatever they are told: allowing one by name allows everything. */
const RUNS_ANYTHING: Readonly<Record<string, readonly string[]>> = {
  bash: ["-c", "-lc", "-l"],
  env: [],
  git: [],
  lua: ["-e"],
  node: ["-e", "-p"],
  osascript: ["-e"],
  perl: ["-e"],
  php: ["-r"],
  powershell: ["-Command", "-c"],
  "powershell.exe": ["-Command", "-c"],
  pwsh: ["-Command", "-c"],
  py: ["-3", "-c"],
  pypy: ["-c", "-"],
  pypy3: ["-c", "-"],
  python: ["-c", "-"],
  python3: ["-c", "-"],
  pythonw: ["-c"],
  pyw: ["-c"],
  ruby: ["-e"],
  sh: ["-c", "-lc"],
  sudo: [],
  xargs: [],
  zsh: ["-c", "-lc"],
};

/** False for prefixes that would allow anything. */
export function isProposable(prefix: Argv): boolean {
  const [program = "", option] = prefix;
  if (program === "") return false;
  const name = baseName(program);
  const options = Object.hasOwn(RUNS_ANYTHING, name)
    ? RUNS_ANYTHING[name]
    : undefined;
  if (options === undefined) return true;
  if (option === undefined) return false;
  return prefix.length > 2 || !options.includes(option);
}
