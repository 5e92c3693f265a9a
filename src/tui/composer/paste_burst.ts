/**
 * Pastes in a terminal that does not mark them: their characters come faster than
 * anyone types. Enter in such a burst is a line break of the paste, not the end of the
 * message. A pure function of keys and their times.
 */

export interface Burst {
  /** Characters in a row that came faster than typing. */
  readonly count: number;
  /** When the last one came; undefined before the first. */
  readonly lastMs: number | undefined;
}

export const NO_BURST: Burst = { count: 0, lastMs: undefined };

/** A key repeated at 60 times a second comes every 16 ms; a paste comes at once. */
const GAP_MS_MAX = 8;

/** Two keys may fall together by chance, in one read of a busy program; three do not. */
const BURST_MIN = 3;

/** A paste may come in several reads: Enter shortly after a burst belongs to it. */
const ENTER_GAP_MS_MAX = 60;

export type BurstKey = "character" | "enter" | "other";

export interface Judged {
  readonly burst: Burst;
  /** True for an Enter that is a line break of a paste. */
  readonly isPasted: boolean;
}

/**
 * What a key at a time is. A character that comes fast counts; an Enter belongs to the
 * burst before it and goes on with it; anything else ends it.
 */
export function judgeKey(burst: Burst, key: BurstKey, atMs: number): Judged {
  const gap = burst.lastMs === undefined ? Infinity : atMs - burst.lastMs;
  switch (key) {
    case "character":
      return {
        burst: {
          count: gap <= GAP_MS_MAX ? burst.count + 1 : 1,
          lastMs: atMs,
        },
        isPasted: false,
      };
    case "enter": {
      const isPasted = burst.count >= BURST_MIN && gap <= ENTER_GAP_MS_MAX;
      return {
        burst: isPasted ? { count: burst.count, lastMs: atMs } : NO_BURST,
        isPasted,
      };
    }
    case "other":
      return { burst: NO_BURST, isPasted: false };
  }
}
