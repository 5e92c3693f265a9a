/**
 * Threads as they are stored: what can be learned of one, and changed in its record,
 * without running it.
 */
import type { TurnError, TurnStatus } from "./events.ts";
import type { ThreadId, TurnId } from "./ids.ts";
import type { ThreadItem } from "./items.ts";
import type { MemoryMode } from "./rollout.ts";
import type { ThreadRecord } from "./thread_record.ts";

/** A turn as its thread's record tells it; times are seconds since the Unix epoch. */
export interface StoredTurn {
  readonly id: TurnId;
  readonly items: readonly ThreadItem[];
  /** Undefined when nothing was written of its end: it runs, or it was cut off. */
  readonly status: TurnStatus | undefined;
  /** Why it failed. */
  readonly error?: TurnError;
  readonly startedAt?: number;
  readonly completedAt?: number;
  readonly durationMs?: number;
}

/** What is known of the repository; null takes a value away. */
export interface GitChange {
  readonly sha?: string | null;
  readonly branch?: string | null;
  readonly originUrl?: string | null;
}

/** What a thread was started by, as clients filter; `subAgent` is any agent. */
export type SourceKind =
  | "cli"
  | "vscode"
  | "exec"
  | "appServer"
  | "subAgent"
  | "subAgentReview"
  | "subAgentCompact"
  | "subAgentThreadSpawn"
  | "subAgentOther"
  | "unknown";

/** Which stored threads, in which order. What is not said does not matter. */
export interface ThreadQuery {
  readonly isArchived: boolean;
  readonly cwds?: readonly string[];
  readonly providers?: readonly string[];
  readonly sourceKinds?: readonly SourceKind[];
  /** A part of the first words or of the name. */
  readonly searchTerm?: string;
  readonly sortKey: "created" | "updated";
  readonly direction: "ascending" | "descending";
  /** Where the list begins. */
  readonly from?: {
    /** The time it is sorted by, in milliseconds. */
    readonly atMs: number;
    readonly id: ThreadId;
    readonly isIncluded: boolean;
  };
  readonly limit: number;
  /** Look at the files first; without that, what was known last counts. */
  readonly isFresh: boolean;
}

export interface ThreadPage {
  readonly threads: readonly ThreadRecord[];
  readonly isMore: boolean;
}

export interface ThreadStore {
  /** Archived ones, too; undefined when nothing is stored. */
  find(id: ThreadId): Promise<ThreadRecord | undefined>;
  /** Oldest first; undefined when nothing is stored. */
  turns(id: ThreadId): Promise<readonly StoredTurn[] | undefined>;
  /** @throws CodexError `storage` when there can be no index */
  list(query: ThreadQuery, signal: AbortSignal): Promise<ThreadPage>;
  /** The thread need not be stored yet. @throws CodexError `storage` */
  rename(id: ThreadId, name: string): Promise<void>;
  /** @throws CodexError `not_found` or `storage` */
  changeGit(id: ThreadId, change: GitChange): Promise<void>;
  /** Whether it may leave notes. @throws CodexError `not_found` or `storage` */
  setMemoryMode(id: ThreadId, mode: MemoryMode): Promise<void>;
  /** Puts it out of the way. @throws CodexError `not_found` or `storage` */
  archive(id: ThreadId): Promise<void>;
  /** @throws CodexError `not_found` or `storage` */
  unarchive(id: ThreadId): Promise<void>;
  /** Lets go of what it opened. */
  close(): Promise<void>;
}
