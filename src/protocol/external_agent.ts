/** Settings of another coding agent that can be taken over. */
import type { ExternalAgentConfigMigrationItem } from "./rpc/external_agent.ts";

export type MigrationItem = ExternalAgentConfigMigrationItem;

export interface DetectRequest {
  readonly includeHome: boolean;
  /** Directories of projects; those that are gone are passed over. */
  readonly cwds: readonly string[];
}

/** Nothing that is there already is ever replaced. */
export interface ExternalAgentService {
  /** @throws CodexError for settings that cannot be read */
  detect(request: DetectRequest): Promise<MigrationItem[]>;
  /**
   * Takes over what still is to be taken over of the items; all are looked at before
   * anything is written.
   *
   * @throws CodexError `unsupported` for an item of another kind
   */
  import(items: readonly MigrationItem[], signal: AbortSignal): Promise<void>;
}
