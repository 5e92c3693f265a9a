/**
 * What rules and lists say about a command. Leave is given narrowly, for what a command
 * plainly is; refusals and questions reach everything it may run.
 */
import type { Argv, Decision, RuleMatch } from "./rule.ts";

export interface Verdict {
  /** The strictest rule that matched anywhere; undefined when none did. */
  readonly ruling: Decision | undefined;
  /** The most specific of the rules of that decision. */
  readonly rule: RuleMatch | undefined;
  /** Every part is allowed by a rule, and no rule says otherwise. */
  readonly isAllowed: boolean;
  /** Every part is allowed by a rule or known only to read. */
  readonly isHarmless: boolean;
  /**
   * Something it may run, and no rule allows, destroys without asking; or it is too
   * tangled to say.
   */
  readonly isDangerous: boolean;
  /** What it plainly is; undefined for a script that cannot be split. */
  readonly segments: readonly JudgedSegment[] | undefined;
}

export interface JudgedSegment {
  readonly argv: Argv;
  readonly isAllowed: boolean;
  readonly isKnownSafe: boolean;
  readonly isDangerous: boolean;
}

/** What is known of a command nobody looked at: nothing. */
export const UNJUDGED: Verdict = {
  ruling: undefined,
  rule: undefined,
  isAllowed: false,
  isHarmless: false,
  isDangerous: false,
  segments: undefined,
};
