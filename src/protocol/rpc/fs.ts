/** The fs part of the app-server protocol. */
import * as v from "valibot";
import { Empty, Flag, Int, Text } from "./primitives.ts";
import { AbsolutePathBuf } from "./shared.ts";

export const FsReadFileParams = v.object({ path: AbsolutePathBuf });
export type FsReadFileParams = v.InferOutput<typeof FsReadFileParams>;

export const FsWriteFileParams = v.object({
  dataBase64: Text,
  path: AbsolutePathBuf,
});
export type FsWriteFileParams = v.InferOutput<typeof FsWriteFileParams>;

export const FsCreateDirectoryParams = v.object({
  path: AbsolutePathBuf,
  recursive: v.nullish(Flag),
});
export type FsCreateDirectoryParams = v.InferOutput<
  typeof FsCreateDirectoryParams
>;

export const FsGetMetadataParams = v.object({ path: AbsolutePathBuf });
export type FsGetMetadataParams = v.InferOutput<typeof FsGetMetadataParams>;

export const FsReadDirectoryParams = v.object({ path: AbsolutePathBuf });
export type FsReadDirectoryParams = v.InferOutput<typeof FsReadDirectoryParams>;

export const FsRemoveParams = v.object({
  force: v.nullish(Flag),
  path: AbsolutePathBuf,
  recursive: v.nullish(Flag),
});
export type FsRemoveParams = v.InferOutput<typeof FsRemoveParams>;

export const FsCopyParams = v.object({
  destinationPath: AbsolutePathBuf,
  recursive: v.optional(Flag),
  sourcePath: AbsolutePathBuf,
});
export type FsCopyParams = v.InferOutput<typeof FsCopyParams>;

export const FsWatchParams = v.object({ path: AbsolutePathBuf, watchId: Text });
export type FsWatchParams = v.InferOutput<typeof FsWatchParams>;

export const FsUnwatchParams = v.object({ watchId: Text });
export type FsUnwatchParams = v.InferOutput<typeof FsUnwatchParams>;

export const FsReadFileResponse = v.object({ dataBase64: Text });
export type FsReadFileResponse = v.InferOutput<typeof FsReadFileResponse>;

export const FsWriteFileResponse = Empty;
export type FsWriteFileResponse = v.InferOutput<typeof FsWriteFileResponse>;

export const FsCreateDirectoryResponse = Empty;
export type FsCreateDirectoryResponse = v.InferOutput<
  typeof FsCreateDirectoryResponse
>;

export const FsGetMetadataResponse = v.object({
  createdAtMs: Int,
  isDirectory: Flag,
  isFile: Flag,
  isSymlink: Flag,
  modifiedAtMs: Int,
});
export type FsGetMetadataResponse = v.InferOutput<typeof FsGetMetadataResponse>;

export const FsReadDirectoryEntry = v.object({
  fileName: Text,
  isDirectory: Flag,
  isFile: Flag,
});
export type FsReadDirectoryEntry = v.InferOutput<typeof FsReadDirectoryEntry>;

export const FsReadDirectoryResponse = v.object({
  entries: v.array(FsReadDirectoryEntry),
});
export type FsReadDirectoryResponse = v.InferOutput<
  typeof FsReadDirectoryResponse
>;

export const FsRemoveResponse = Empty;
export type FsRemoveResponse = v.InferOutput<typeof FsRemoveResponse>;

export const FsCopyResponse = Empty;
export type FsCopyResponse = v.InferOutput<typeof FsCopyResponse>;

export const FsWatchResponse = v.object({ path: AbsolutePathBuf });
export type FsWatchResponse = v.InferOutput<typeof FsWatchResponse>;

export const FsUnwatchResponse = Empty;
export type FsUnwatchResponse = v.InferOutput<typeof FsUnwatchResponse>;

export const FsChangedNotification = v.object({
  changedPaths: v.array(AbsolutePathBuf),
  watchId: Text,
});
export type FsChangedNotification = v.InferOutput<typeof FsChangedNotification>;
