/** The mcp part of the app-server protocol. */
import * as v from "valibot";
import { Flag, Int, Text } from "./primitives.ts";

export const McpElicitationArrayType = v.literal("array");
export type McpElicitationArrayType = v.InferOutput<
  typeof McpElicitationArrayType
>;

export const McpElicitationBooleanType = v.literal("boolean");
export type McpElicitationBooleanType = v.InferOutput<
  typeof McpElicitationBooleanType
>;

export const McpElicitationBooleanSchema = v.object({
  default: v.nullish(Flag),
  description: v.nullish(Text),
  title: v.nullish(Text),
  type: McpElicitationBooleanType,
});
export type McpElicitationBooleanSchema = v.InferOutput<
  typeof McpElicitationBooleanSchema
>;

export const McpElicitationConstOption = v.object({ const: Text, title: Text });
export type McpElicitationConstOption = v.InferOutput<
  typeof McpElicitationConstOption
>;

export const McpElicitationStringType = v.literal("string");
export type McpElicitationStringType = v.InferOutput<
  typeof McpElicitationStringType
>;

export const McpElicitationLegacyTitledEnumSchema = v.object({
  default: v.nullish(Text),
  description: v.nullish(Text),
  enum: v.array(Text),
  enumNames: v.nullish(v.array(Text)),
  title: v.nullish(Text),
  type: McpElicitationStringType,
});
export type McpElicitationLegacyTitledEnumSchema = v.InferOutput<
  typeof McpElicitationLegacyTitledEnumSchema
>;

export const McpElicitationTitledEnumItems = v.object({
  anyOf: v.array(McpElicitationConstOption),
});
export type McpElicitationTitledEnumItems = v.InferOutput<
  typeof McpElicitationTitledEnumItems
>;

export const McpElicitationTitledMultiSelectEnumSchema = v.object({
  default: v.nullish(v.array(Text)),
  description: v.nullish(Text),
  items: McpElicitationTitledEnumItems,
  maxItems: v.nullish(Int),
  minItems: v.nullish(Int),
  title: v.nullish(Text),
  type: McpElicitationArrayType,
});
export type McpElicitationTitledMultiSelectEnumSchema = v.InferOutput<
  typeof McpElicitationTitledMultiSelectEnumSchema
>;

export const McpElicitationUntitledEnumItems = v.object({
  enum: v.array(Text),
  type: McpElicitationStringType,
});
export type McpElicitationUntitledEnumItems = v.InferOutput<
  typeof McpElicitationUntitledEnumItems
>;

export const McpElicitationUntitledMultiSelectEnumSchema = v.object({
  default: v.nullish(v.array(Text)),
  description: v.nullish(Text),
  items: McpElicitationUntitledEnumItems,
  maxItems: v.nullish(Int),
  minItems: v.nullish(Int),
  title: v.nullish(Text),
  type: McpElicitationArrayType,
});
export type McpElicitationUntitledMultiSelectEnumSchema = v.InferOutput<
  typeof McpElicitationUntitledMultiSelectEnumSchema
>;

export const McpElicitationMultiSelectEnumSchema = v.union([
  McpElicitationUntitledMultiSelectEnumSchema,
  McpElicitationTitledMultiSelectEnumSchema,
]);
export type McpElicitationMultiSelectEnumSchema = v.InferOutput<
  typeof McpElicitationMultiSelectEnumSchema
>;

export const McpElicitationTitledSingleSelectEnumSchema = v.object({
  default: v.nullish(Text),
  description: v.nullish(Text),
  oneOf: v.array(McpElicitationConstOption),
  title: v.nullish(Text),
  type: McpElicitationStringType,
});
export type McpElicitationTitledSingleSelectEnumSchema = v.InferOutput<
  typeof McpElicitationTitledSingleSelectEnumSchema
>;

export const McpElicitationUntitledSingleSelectEnumSchema = v.object({
  default: v.nullish(Text),
  description: v.nullish(Text),
  enum: v.array(Text),
  title: v.nullish(Text),
  type: McpElicitationStringType,
});
export type McpElicitationUntitledSingleSelectEnumSchema = v.InferOutput<
  typeof McpElicitationUntitledSingleSelectEnumSchema
>;

export const McpElicitationSingleSelectEnumSchema = v.union([
  McpElicitationUntitledSingleSelectEnumSchema,
  McpElicitationTitledSingleSelectEnumSchema,
]);
export type McpElicitationSingleSelectEnumSchema = v.InferOutput<
  typeof McpElicitationSingleSelectEnumSchema
>;

export const McpElicitationEnumSchema = v.union([
  McpElicitationSingleSelectEnumSchema,
  McpElicitationMultiSelectEnumSchema,
  McpElicitationLegacyTitledEnumSchema,
]);
export type McpElicitationEnumSchema = v.InferOutput<
  typeof McpElicitationEnumSchema
>;

export const McpElicitationNumberType = v.picklist(["number", "integer"]);
export type McpElicitationNumberType = v.InferOutput<
  typeof McpElicitationNumberType
>;

export const McpElicitationNumberSchema = v.object({
  default: v.nullish(v.number()),
  description: v.nullish(Text),
  maximum: v.nullish(v.number()),
  minimum: v.nullish(v.number()),
  title: v.nullish(Text),
  type: McpElicitationNumberType,
});
export type McpElicitationNumberSchema = v.InferOutput<
  typeof McpElicitationNumberSchema
>;

export const McpElicitationObjectType = v.literal("object");
export type McpElicitationObjectType = v.InferOutput<
  typeof McpElicitationObjectType
>;

export const McpElicitationStringFormat = v.picklist([
  "email",
  "uri",
  "date",
  "date-time",
]);
export type McpElicitationStringFormat = v.InferOutput<
  typeof McpElicitationStringFormat
>;

export const McpElicitationStringSchema = v.object({
  default: v.nullish(Text),
  description: v.nullish(Text),
  format: v.nullish(McpElicitationStringFormat),
  maxLength: v.nullish(Int),
  minLength: v.nullish(Int),
  title: v.nullish(Text),
  type: McpElicitationStringType,
});
export type McpElicitationStringSchema = v.InferOutput<
  typeof McpElicitationStringSchema
>;

export const McpElicitationPrimitiveSchema = v.union([
  McpElicitationEnumSchema,
  McpElicitationStringSchema,
  McpElicitationNumberSchema,
  McpElicitationBooleanSchema,
]);
export type McpElicitationPrimitiveSchema = v.InferOutput<
  typeof McpElicitationPrimitiveSchema
>;

export const McpElicitationSchema = v.object({
  $schema: v.nullish(Text),
  properties: v.record(Text, McpElicitationPrimitiveSchema),
  required: v.nullish(v.array(Text)),
  type: McpElicitationObjectType,
});
export type McpElicitationSchema = v.InferOutput<typeof McpElicitationSchema>;

/** Who asks, and on whose behalf. */
const Asked = {
  serverName: Text,
  threadId: Text,
  turnId: v.nullish(Text),
};

export const McpServerElicitationRequestParams = v.variant("mode", [
  v.object({
    ...Asked,
    _meta: v.optional(v.unknown()),
    message: Text,
    mode: v.literal("form"),
    requestedSchema: McpElicitationSchema,
  }),
  v.object({
    ...Asked,
    _meta: v.optional(v.unknown()),
    elicitationId: Text,
    message: Text,
    mode: v.literal("url"),
    url: Text,
  }),
]);
export type McpServerElicitationRequestParams = v.InferOutput<
  typeof McpServerElicitationRequestParams
>;

export const McpServerElicitationAction = v.picklist([
  "accept",
  "decline",
  "cancel",
]);
export type McpServerElicitationAction = v.InferOutput<
  typeof McpServerElicitationAction
>;

export const McpServerElicitationRequestResponse = v.object({
  _meta: v.optional(v.unknown()),
  action: McpServerElicitationAction,
  content: v.optional(v.unknown()),
});
export type McpServerElicitationRequestResponse = v.InferOutput<
  typeof McpServerElicitationRequestResponse
>;

export const McpServerOauthLoginParams = v.object({
  name: Text,
  scopes: v.nullish(v.array(Text)),
  timeoutSecs: v.nullish(Int),
});
export type McpServerOauthLoginParams = v.InferOutput<
  typeof McpServerOauthLoginParams
>;

export const McpServerStatusDetail = v.picklist(["full", "toolsAndAuthOnly"]);
export type McpServerStatusDetail = v.InferOutput<typeof McpServerStatusDetail>;

export const ListMcpServerStatusParams = v.object({
  cursor: v.nullish(Text),
  detail: v.nullish(McpServerStatusDetail),
  limit: v.nullish(Int),
});
export type ListMcpServerStatusParams = v.InferOutput<
  typeof ListMcpServerStatusParams
>;

export const McpResourceReadParams = v.object({
  server: Text,
  threadId: v.nullish(Text),
  uri: Text,
});
export type McpResourceReadParams = v.InferOutput<typeof McpResourceReadParams>;

export const McpServerToolCallParams = v.object({
  _meta: v.optional(v.unknown()),
  arguments: v.optional(v.unknown()),
  server: Text,
  threadId: Text,
  tool: Text,
});
export type McpServerToolCallParams = v.InferOutput<
  typeof McpServerToolCallParams
>;

export const McpServerOauthLoginResponse = v.object({ authorizationUrl: Text });
export type McpServerOauthLoginResponse = v.InferOutput<
  typeof McpServerOauthLoginResponse
>;

export const McpAuthStatus = v.picklist([
  "unsupported",
  "notLoggedIn",
  "bearerToken",
  "oAuth",
]);
export type McpAuthStatus = v.InferOutput<typeof McpAuthStatus>;

export const Resource = v.object({
  _meta: v.optional(v.unknown()),
  annotations: v.optional(v.unknown()),
  description: v.nullish(Text),
  icons: v.nullish(v.array(v.unknown())),
  mimeType: v.nullish(Text),
  name: Text,
  size: v.nullish(Int),
  title: v.nullish(Text),
  uri: Text,
});
export type Resource = v.InferOutput<typeof Resource>;

export const ResourceTemplate = v.object({
  annotations: v.optional(v.unknown()),
  description: v.nullish(Text),
  mimeType: v.nullish(Text),
  name: Text,
  title: v.nullish(Text),
  uriTemplate: Text,
});
export type ResourceTemplate = v.InferOutput<typeof ResourceTemplate>;

export const Tool = v.object({
  _meta: v.optional(v.unknown()),
  annotations: v.optional(v.unknown()),
  description: v.nullish(Text),
  icons: v.nullish(v.array(v.unknown())),
  inputSchema: v.unknown(),
  name: Text,
  outputSchema: v.optional(v.unknown()),
  title: v.nullish(Text),
});
export type Tool = v.InferOutput<typeof Tool>;

export const McpServerStatus = v.object({
  authStatus: McpAuthStatus,
  name: Text,
  resourceTemplates: v.array(ResourceTemplate),
  resources: v.array(Resource),
  tools: v.record(Text, Tool),
});
export type McpServerStatus = v.InferOutput<typeof McpServerStatus>;

export const ListMcpServerStatusResponse = v.object({
  data: v.array(McpServerStatus),
  nextCursor: v.nullish(Text),
});
export type ListMcpServerStatusResponse = v.InferOutput<
  typeof ListMcpServerStatusResponse
>;

export const ResourceContent = v.union([
  v.object({
    _meta: v.optional(v.unknown()),
    mimeType: v.nullish(Text),
    text: Text,
    uri: Text,
  }),
  v.object({
    _meta: v.optional(v.unknown()),
    blob: Text,
    mimeType: v.nullish(Text),
    uri: Text,
  }),
]);
export type ResourceContent = v.InferOutput<typeof ResourceContent>;

export const McpResourceReadResponse = v.object({
  contents: v.array(ResourceContent),
});
export type McpResourceReadResponse = v.InferOutput<
  typeof McpResourceReadResponse
>;

export const McpServerToolCallResponse = v.object({
  _meta: v.optional(v.unknown()),
  content: v.array(v.unknown()),
  isError: v.nullish(Flag),
  structuredContent: v.optional(v.unknown()),
});
export type McpServerToolCallResponse = v.InferOutput<
  typeof McpServerToolCallResponse
>;

export const McpServerOauthLoginCompletedNotification = v.object({
  error: v.nullish(Text),
  name: Text,
  success: Flag,
});
export type McpServerOauthLoginCompletedNotification = v.InferOutput<
  typeof McpServerOauthLoginCompletedNotification
>;

export const McpServerStartupState = v.picklist([
  "starting",
  "ready",
  "failed",
  "cancelled",
]);
export type McpServerStartupState = v.InferOutput<typeof McpServerStartupState>;

export const McpServerStatusUpdatedNotification = v.object({
  error: v.nullish(Text),
  name: Text,
  status: McpServerStartupState,
});
export type McpServerStatusUpdatedNotification = v.InferOutput<
  typeof McpServerStatusUpdatedNotification
>;
