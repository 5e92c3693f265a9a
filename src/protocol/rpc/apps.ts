/** The apps part of the app-server protocol. */
import * as v from "valibot";
import { Flag, Int, Text } from "./primitives.ts";

export const AppsListParams = v.object({
  cursor: v.nullish(Text),
  forceRefetch: v.optional(Flag),
  limit: v.nullish(Int),
  threadId: v.nullish(Text),
});
export type AppsListParams = v.InferOutput<typeof AppsListParams>;

export const AppBranding = v.object({
  category: v.nullish(Text),
  developer: v.nullish(Text),
  isDiscoverableApp: Flag,
  privacyPolicy: v.nullish(Text),
  termsOfService: v.nullish(Text),
  website: v.nullish(Text),
});
export type AppBranding = v.InferOutput<typeof AppBranding>;

export const AppReview = v.object({ status: Text });
export type AppReview = v.InferOutput<typeof AppReview>;

export const AppScreenshot = v.object({
  fileId: v.nullish(Text),
  url: v.nullish(Text),
  userPrompt: Text,
});
export type AppScreenshot = v.InferOutput<typeof AppScreenshot>;

export const AppMetadata = v.object({
  categories: v.nullish(v.array(Text)),
  developer: v.nullish(Text),
  firstPartyRequiresInstall: v.nullish(Flag),
  firstPartyType: v.nullish(Text),
  review: v.nullish(AppReview),
  screenshots: v.nullish(v.array(AppScreenshot)),
  seoDescription: v.nullish(Text),
  showInComposerWhenUnlinked: v.nullish(Flag),
  subCategories: v.nullish(v.array(Text)),
  version: v.nullish(Text),
  versionId: v.nullish(Text),
  versionNotes: v.nullish(Text),
});
export type AppMetadata = v.InferOutput<typeof AppMetadata>;

export const AppInfo = v.object({
  appMetadata: v.nullish(AppMetadata),
  branding: v.nullish(AppBranding),
  description: v.nullish(Text),
  distributionChannel: v.nullish(Text),
  id: Text,
  installUrl: v.nullish(Text),
  isAccessible: v.optional(Flag),
  isEnabled: v.optional(Flag),
  labels: v.nullish(v.record(Text, Text)),
  logoUrl: v.nullish(Text),
  logoUrlDark: v.nullish(Text),
  name: Text,
  pluginDisplayNames: v.optional(v.array(Text)),
});
export type AppInfo = v.InferOutput<typeof AppInfo>;

export const AppsListResponse = v.object({
  data: v.array(AppInfo),
  nextCursor: v.nullish(Text),
});
export type AppsListResponse = v.InferOutput<typeof AppsListResponse>;

export const AppListUpdatedNotification = v.object({ data: v.array(AppInfo) });
export type AppListUpdatedNotification = v.InferOutput<
  typeof AppListUpdatedNotification
>;
