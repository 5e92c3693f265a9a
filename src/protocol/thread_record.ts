/** What is known of a thread, running or stored, beside its conversation. */
import type { ThreadId } from "./ids.ts";
import type { SessionSource } from "./rollout.ts";

export interface ThreadRecord {
  readonly id: ThreadId;
  /** The first words of the user; empty before. */
  readonly preview: string;
  readonly name?: string;
  readonly cwd: string;
  readonly modelProvider: string;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
  /** Where it is kept; undefined when it is not. */
  readonly path?: string;
  readonly cliVersion: string;
  readonly source: SessionSource;
  readonly git?: {
    readonly sha?: string;
    readonly branch?: string;
    readonly originUrl?: string;
  };
  readonly forkedFromId?: ThreadId;
  readonly agentNickname?: string;
  readonly agentRole?: string;
}
