/** Judges a command by rules and lists. Brings the shell's parser with it. */
import { isDangerous } from "./dangerous.ts";
import { isKnownSafe } from "./known_safe.ts";
import { readCommand, type Segment } from "./reading.ts";
import {
  allowingRule,
  type Argv,
  matchRules,
  type RuleMatch,
  type RuleSet,
  strictest,
} from "./rule.ts";
import type { JudgedSegment, Verdict } from "./verdict.ts";

/**
 * Judges a command.
 *
 * @param shell the user's shell, which is trusted wherever it lies
 */
export function judge(rules: RuleSet, argv: Argv, shell: string): Verdict {
  const { segments, seen, isTangled } = readCommand(argv, shell);
  const strict = seen.flatMap((one) => matchRules(rules, one, "any"))
    .filter(({ decision }) => decision !== "allow");
  const judged = segments?.map((segment) => judgeSegment(rules, segment));
  const allowed = new Set(
    (segments ?? []).filter((_, index) => judged?.[index]?.isAllowed)
      .flatMap((segment) => segment.seen.map(keyOf)),
  );
  const ruling = strictest(strict.map(({ decision }) => decision)) ??
    (judged?.some((segment) => segment.isAllowed) ? "allow" : undefined);
  return {
    ruling,
    rule: mostSpecific(strict.filter(({ decision }) => decision === ruling)),
    isAllowed: ruling === "allow" &&
      judged?.every((segment) => segment.isAllowed) === true,
    isHarmless:
      judged?.every((segment) => segment.isAllowed || segment.isKnownSafe) ===
        true,
    isDangerous: isTangled ||
      seen.some((one) => isDangerous(one) && !allowed.has(keyOf(one))),
    segments: judged,
  };
}

function judgeSegment(rules: RuleSet, { argv, seen }: Segment): JudgedSegment {
  return {
    argv,
    isAllowed: allowingRule(rules, argv) !== undefined,
    isKnownSafe: isKnownSafe(argv),
    isDangerous: seen.some(isDangerous),
  };
}

function mostSpecific(matches: readonly RuleMatch[]): RuleMatch | undefined {
  return matches.toSorted((left, right) =>
    right.matchedPrefix.length - left.matchedPrefix.length
  )[0];
}

function keyOf(argv: Argv): string {
  return JSON.stringify(argv);
}
