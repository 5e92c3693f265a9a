/** Telling somebody in time that a limit of their account comes near. */
import type {
  RateLimitSnapshot,
  RateLimitWindow,
} from "@/protocol/rpc/account.ts";
import { windowName } from "./cells/status_card.ts";

/** Percent that are left when it is said, once each. */
const STEPS = [5, 10, 25];

/** What is new to say about limits that were one thing and are another now. */
export function limitWarnings(
  before: RateLimitSnapshot | undefined,
  now: RateLimitSnapshot,
): readonly string[] {
  return [
    ...warningOf(before?.primary, now.primary),
    ...warningOf(before?.secondary, now.secondary),
  ];
}

type Window = RateLimitWindow | null | undefined;

function warningOf(before: Window, now: Window): readonly string[] {
  if (now == null) return [];
  const step = STEPS.find((percent) => leftOf(now) < percent);
  if (step === undefined || leftOf(before) < step) return [];
  const name = windowName(now.windowDurationMins ?? undefined).toLowerCase();
  return [
    `Heads up, you have less than ${step}% of your ${name} limit left. ` +
    "Run /status for a breakdown.",
  ];
}

function leftOf(window: Window): number {
  return window == null ? 100 : 100 - window.usedPercent;
}
