/**
 * What is left of the account's limits, as a provider says it in the headers of an
 * answer (`x-codex-primary-used-percent` and the like). A field that cannot be read is
 * left out; without any there is nothing to say.
 */
import type {
  CreditsSnapshot,
  RateLimitSnapshot,
  RateLimitWindow,
} from "@/protocol/rpc/account.ts";

const LIMIT_ID = "codex";

export function readRateLimits(
  headers: Pick<Headers, "get">,
): RateLimitSnapshot | undefined {
  const primary = windowOf(headers, "primary");
  const secondary = windowOf(headers, "secondary");
  const credits = creditsOf(headers);
  if (
    primary === undefined && secondary === undefined && credits === undefined
  ) return undefined;
  return {
    limitId: LIMIT_ID,
    limitName: null,
    primary: primary ?? null,
    secondary: secondary ?? null,
    credits: credits ?? null,
    planType: null,
    rateLimitReachedType: null,
  };
}

function windowOf(
  headers: Pick<Headers, "get">,
  name: "primary" | "secondary",
): RateLimitWindow | undefined {
  const number = (field: string) => {
    const text = headers.get(`x-codex-${name}-${field}`);
    const value = text === null ? NaN : Number(text);
    return Number.isFinite(value) ? value : undefined;
  };
  const used = number("used-percent");
  if (used === undefined) return undefined;
  return {
    usedPercent: Math.round(used),
    windowDurationMins: number("window-minutes") ?? null,
    resetsAt: number("reset-at") ?? null,
  };
}

function creditsOf(
  headers: Pick<Headers, "get">,
): CreditsSnapshot | undefined {
  const field = (name: string) => headers.get(`x-codex-credits-${name}`);
  const hasCredits = field("has-credits");
  if (hasCredits === null) return undefined;
  return {
    hasCredits: isTrue(hasCredits),
    unlimited: isTrue(field("unlimited")),
    balance: field("balance"),
  };
}

function isTrue(text: string | null): boolean {
  return text?.toLowerCase() === "true" || text === "1";
}
