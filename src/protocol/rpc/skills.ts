/** The skills part of the app-server protocol. */
import * as v from "valibot";
import { Empty, Flag, Text } from "./primitives.ts";
import { AbsolutePathBuf, SkillInterface } from "./shared.ts";

export const SkillsListExtraRootsForCwd = v.object({
  cwd: Text,
  extraUserRoots: v.array(Text),
});
export type SkillsListExtraRootsForCwd = v.InferOutput<
  typeof SkillsListExtraRootsForCwd
>;

export const SkillsListParams = v.object({
  cwds: v.optional(v.array(Text)),
  forceReload: v.optional(Flag),
  perCwdExtraUserRoots: v.nullish(v.array(SkillsListExtraRootsForCwd)),
});
export type SkillsListParams = v.InferOutput<typeof SkillsListParams>;

export const SkillsConfigWriteParams = v.object({
  enabled: Flag,
  name: v.nullish(Text),
  path: v.nullish(AbsolutePathBuf),
});
export type SkillsConfigWriteParams = v.InferOutput<
  typeof SkillsConfigWriteParams
>;

export const SkillToolDependency = v.object({
  command: v.nullish(Text),
  description: v.nullish(Text),
  transport: v.nullish(Text),
  type: Text,
  url: v.nullish(Text),
  value: Text,
});
export type SkillToolDependency = v.InferOutput<typeof SkillToolDependency>;

export const SkillDependencies = v.object({
  tools: v.array(SkillToolDependency),
});
export type SkillDependencies = v.InferOutput<typeof SkillDependencies>;

export const SkillErrorInfo = v.object({ message: Text, path: Text });
export type SkillErrorInfo = v.InferOutput<typeof SkillErrorInfo>;

export const SkillScope = v.picklist(["user", "repo", "system", "admin"]);
export type SkillScope = v.InferOutput<typeof SkillScope>;

export const SkillMetadata = v.object({
  dependencies: v.nullish(SkillDependencies),
  description: Text,
  enabled: Flag,
  interface: v.nullish(SkillInterface),
  name: Text,
  path: AbsolutePathBuf,
  scope: SkillScope,
  shortDescription: v.nullish(Text),
});
export type SkillMetadata = v.InferOutput<typeof SkillMetadata>;

export const SkillsListEntry = v.object({
  cwd: Text,
  errors: v.array(SkillErrorInfo),
  skills: v.array(SkillMetadata),
});
export type SkillsListEntry = v.InferOutput<typeof SkillsListEntry>;

export const SkillsListResponse = v.object({ data: v.array(SkillsListEntry) });
export type SkillsListResponse = v.InferOutput<typeof SkillsListResponse>;

export const SkillsConfigWriteResponse = v.object({ effectiveEnabled: Flag });
export type SkillsConfigWriteResponse = v.InferOutput<
  typeof SkillsConfigWriteResponse
>;

export const SkillsChangedNotification = Empty;
export type SkillsChangedNotification = v.InferOutput<
  typeof SkillsChangedNotification
>;
