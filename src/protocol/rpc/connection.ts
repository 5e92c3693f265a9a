/** The connection part of the app-server protocol. */
import * as v from "valibot";
import { Flag, Int, Text } from "./primitives.ts";
import { AbsolutePathBuf } from "./shared.ts";

export const RequestId = v.union([Text, Int]);
export type RequestId = v.InferOutput<typeof RequestId>;

export const ClientInfo = v.object({
  name: Text,
  title: v.nullish(Text),
  version: Text,
});
export type ClientInfo = v.InferOutput<typeof ClientInfo>;

export const InitializeCapabilities = v.object({
  experimentalApi: v.optional(Flag),
  optOutNotificationMethods: v.nullish(v.array(Text)),
});
export type InitializeCapabilities = v.InferOutput<
  typeof InitializeCapabilities
>;

export const InitializeParams = v.object({
  capabilities: v.nullish(InitializeCapabilities),
  clientInfo: ClientInfo,
});
export type InitializeParams = v.InferOutput<typeof InitializeParams>;

export const InitializeResponse = v.object({
  codexHome: AbsolutePathBuf,
  platformFamily: Text,
  platformOs: Text,
  userAgent: Text,
});
export type InitializeResponse = v.InferOutput<typeof InitializeResponse>;

export const MockExperimentalMethodParams = v.object({
  value: v.nullish(Text),
});
export type MockExperimentalMethodParams = v.InferOutput<
  typeof MockExperimentalMethodParams
>;

export const MockExperimentalMethodResponse = v.object({
  echoed: v.nullish(Text),
});
export type MockExperimentalMethodResponse = v.InferOutput<
  typeof MockExperimentalMethodResponse
>;

export const ServerRequestResolvedNotification = v.object({
  requestId: RequestId,
  threadId: Text,
});
export type ServerRequestResolvedNotification = v.InferOutput<
  typeof ServerRequestResolvedNotification
>;

export const WarningNotification = v.object({
  message: Text,
  threadId: v.nullish(Text),
});
export type WarningNotification = v.InferOutput<typeof WarningNotification>;

export const DeprecationNoticeNotification = v.object({
  details: v.nullish(Text),
  summary: Text,
});
export type DeprecationNoticeNotification = v.InferOutput<
  typeof DeprecationNoticeNotification
>;
