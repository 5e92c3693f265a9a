/** Exponential back-off: how long to wait before the next attempt. */

/** The first delay; each later one doubles it. */
const BASE_MS = 200;
/** Doubling stops here (about 100 s), lest a large retry budget wait for days. */
const DOUBLINGS_MAX = 9;

/**
 * The delay before retry number `attempt` (from 1): 200 ms doubled each time, give or
 * take a tenth so that many clients do not return together.
 *
 * @param random a number in [0, 1)
 */
export function backoffMs(attempt: number, random: number): number {
  const doublings = Math.min(attempt - 1, DOUBLINGS_MAX);
  return Math.round(BASE_MS * 2 ** doublings * (0.9 + random * 0.2));
}
