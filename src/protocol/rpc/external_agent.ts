/** The external agent part of the app-server protocol. */
import * as v from "valibot";
import { Empty, Flag, Text } from "./primitives.ts";

export const ExternalAgentConfigDetectParams = v.object({
  cwds: v.nullish(v.array(Text)),
  includeHome: v.optional(Flag),
});
export type ExternalAgentConfigDetectParams = v.InferOutput<
  typeof ExternalAgentConfigDetectParams
>;

export const ExternalAgentConfigMigrationItemType = v.picklist([
  "AGENTS_MD",
  "CONFIG",
  "SKILLS",
  "PLUGINS",
  "MCP_SERVER_CONFIG",
]);
export type ExternalAgentConfigMigrationItemType = v.InferOutput<
  typeof ExternalAgentConfigMigrationItemType
>;

export const PluginsMigration = v.object({
  marketplaceName: Text,
  pluginNames: v.array(Text),
});
export type PluginsMigration = v.InferOutput<typeof PluginsMigration>;

export const MigrationDetails = v.object({
  plugins: v.array(PluginsMigration),
});
export type MigrationDetails = v.InferOutput<typeof MigrationDetails>;

export const ExternalAgentConfigMigrationItem = v.object({
  cwd: v.nullish(Text),
  description: Text,
  details: v.nullish(MigrationDetails),
  itemType: ExternalAgentConfigMigrationItemType,
});
export type ExternalAgentConfigMigrationItem = v.InferOutput<
  typeof ExternalAgentConfigMigrationItem
>;

export const ExternalAgentConfigImportParams = v.object({
  migrationItems: v.array(ExternalAgentConfigMigrationItem),
});
export type ExternalAgentConfigImportParams = v.InferOutput<
  typeof ExternalAgentConfigImportParams
>;

export const ExternalAgentConfigDetectResponse = v.object({
  items: v.array(ExternalAgentConfigMigrationItem),
});
export type ExternalAgentConfigDetectResponse = v.InferOutput<
  typeof ExternalAgentConfigDetectResponse
>;

export const ExternalAgentConfigImportResponse = Empty;
export type ExternalAgentConfigImportResponse = v.InferOutput<
  typeof ExternalAgentConfigImportResponse
>;

export const ExternalAgentConfigImportCompletedNotification = v.record(
  Text,
  v.unknown(),
);
export type ExternalAgentConfigImportCompletedNotification = v.InferOutput<
  typeof ExternalAgentConfigImportCompletedNotification
>;
