/** The plugins part of the app-server protocol. */
import * as v from "valibot";
import { Empty, Flag, Text } from "./primitives.ts";
import { AbsolutePathBuf, SkillInterface } from "./shared.ts";

export const MarketplaceAddParams = v.object({
  refName: v.nullish(Text),
  source: Text,
  sparsePaths: v.nullish(v.array(Text)),
});
export type MarketplaceAddParams = v.InferOutput<typeof MarketplaceAddParams>;

export const MarketplaceRemoveParams = v.object({ marketplaceName: Text });
export type MarketplaceRemoveParams = v.InferOutput<
  typeof MarketplaceRemoveParams
>;

export const PluginListParams = v.object({
  cwds: v.nullish(v.array(AbsolutePathBuf)),
});
export type PluginListParams = v.InferOutput<typeof PluginListParams>;

export const PluginReadParams = v.object({
  marketplacePath: v.nullish(AbsolutePathBuf),
  pluginName: Text,
  remoteMarketplaceName: v.nullish(Text),
});
export type PluginReadParams = v.InferOutput<typeof PluginReadParams>;

export const PluginInstallParams = v.object({
  marketplacePath: v.nullish(AbsolutePathBuf),
  pluginName: Text,
  remoteMarketplaceName: v.nullish(Text),
});
export type PluginInstallParams = v.InferOutput<typeof PluginInstallParams>;

export const PluginUninstallParams = v.object({ pluginId: Text });
export type PluginUninstallParams = v.InferOutput<typeof PluginUninstallParams>;

export const MarketplaceAddResponse = v.object({
  alreadyAdded: Flag,
  installedRoot: AbsolutePathBuf,
  marketplaceName: Text,
});
export type MarketplaceAddResponse = v.InferOutput<
  typeof MarketplaceAddResponse
>;

export const MarketplaceRemoveResponse = v.object({
  installedRoot: v.nullish(AbsolutePathBuf),
  marketplaceName: Text,
});
export type MarketplaceRemoveResponse = v.InferOutput<
  typeof MarketplaceRemoveResponse
>;

export const MarketplaceInterface = v.object({ displayName: v.nullish(Text) });
export type MarketplaceInterface = v.InferOutput<typeof MarketplaceInterface>;

export const MarketplaceLoadErrorInfo = v.object({
  marketplacePath: AbsolutePathBuf,
  message: Text,
});
export type MarketplaceLoadErrorInfo = v.InferOutput<
  typeof MarketplaceLoadErrorInfo
>;

export const PluginAuthPolicy = v.picklist(["ON_INSTALL", "ON_USE"]);
export type PluginAuthPolicy = v.InferOutput<typeof PluginAuthPolicy>;

export const PluginInstallPolicy = v.picklist([
  "NOT_AVAILABLE",
  "AVAILABLE",
  "INSTALLED_BY_DEFAULT",
]);
export type PluginInstallPolicy = v.InferOutput<typeof PluginInstallPolicy>;

export const PluginInterface = v.object({
  brandColor: v.nullish(Text),
  capabilities: v.array(Text),
  category: v.nullish(Text),
  composerIcon: v.nullish(AbsolutePathBuf),
  composerIconUrl: v.nullish(Text),
  defaultPrompt: v.nullish(v.array(Text)),
  developerName: v.nullish(Text),
  displayName: v.nullish(Text),
  logo: v.nullish(AbsolutePathBuf),
  logoUrl: v.nullish(Text),
  longDescription: v.nullish(Text),
  privacyPolicyUrl: v.nullish(Text),
  screenshotUrls: v.array(Text),
  screenshots: v.array(AbsolutePathBuf),
  shortDescription: v.nullish(Text),
  termsOfServiceUrl: v.nullish(Text),
  websiteUrl: v.nullish(Text),
});
export type PluginInterface = v.InferOutput<typeof PluginInterface>;

export const PluginSource = v.variant("type", [
  v.object({ path: AbsolutePathBuf, type: v.literal("local") }),
  v.object({
    path: v.nullish(Text),
    refName: v.nullish(Text),
    sha: v.nullish(Text),
    type: v.literal("git"),
    url: Text,
  }),
  v.object({ type: v.literal("remote") }),
]);
export type PluginSource = v.InferOutput<typeof PluginSource>;

export const PluginSummary = v.object({
  authPolicy: PluginAuthPolicy,
  enabled: Flag,
  id: Text,
  installPolicy: PluginInstallPolicy,
  installed: Flag,
  interface: v.nullish(PluginInterface),
  name: Text,
  source: PluginSource,
});
export type PluginSummary = v.InferOutput<typeof PluginSummary>;

export const PluginMarketplaceEntry = v.object({
  interface: v.nullish(MarketplaceInterface),
  name: Text,
  path: v.nullish(AbsolutePathBuf),
  plugins: v.array(PluginSummary),
});
export type PluginMarketplaceEntry = v.InferOutput<
  typeof PluginMarketplaceEntry
>;

export const PluginListResponse = v.object({
  featuredPluginIds: v.optional(v.array(Text)),
  marketplaceLoadErrors: v.optional(v.array(MarketplaceLoadErrorInfo)),
  marketplaces: v.array(PluginMarketplaceEntry),
});
export type PluginListResponse = v.InferOutput<typeof PluginListResponse>;

export const AppSummary = v.object({
  description: v.nullish(Text),
  id: Text,
  installUrl: v.nullish(Text),
  name: Text,
  needsAuth: Flag,
});
export type AppSummary = v.InferOutput<typeof AppSummary>;

export const SkillSummary = v.object({
  description: Text,
  enabled: Flag,
  interface: v.nullish(SkillInterface),
  name: Text,
  path: v.nullish(AbsolutePathBuf),
  shortDescription: v.nullish(Text),
});
export type SkillSummary = v.InferOutput<typeof SkillSummary>;

export const PluginDetail = v.object({
  apps: v.array(AppSummary),
  description: v.nullish(Text),
  marketplaceName: Text,
  marketplacePath: v.nullish(AbsolutePathBuf),
  mcpServers: v.array(Text),
  skills: v.array(SkillSummary),
  summary: PluginSummary,
});
export type PluginDetail = v.InferOutput<typeof PluginDetail>;

export const PluginReadResponse = v.object({ plugin: PluginDetail });
export type PluginReadResponse = v.InferOutput<typeof PluginReadResponse>;

export const PluginInstallResponse = v.object({
  appsNeedingAuth: v.array(AppSummary),
  authPolicy: PluginAuthPolicy,
});
export type PluginInstallResponse = v.InferOutput<typeof PluginInstallResponse>;

export const PluginUninstallResponse = Empty;
export type PluginUninstallResponse = v.InferOutput<
  typeof PluginUninstallResponse
>;
