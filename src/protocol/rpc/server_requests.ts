/** What the app-server can ask of a client, and how the client answers. */
import type * as v from "valibot";
import {
  ChatgptAuthTokensRefreshParams,
  ChatgptAuthTokensRefreshResponse,
} from "./account.ts";
import {
  ApplyPatchApprovalParams,
  ApplyPatchApprovalResponse,
  CommandExecutionRequestApprovalParams,
  CommandExecutionRequestApprovalResponse,
  DynamicToolCallParams,
  DynamicToolCallResponse,
  ExecCommandApprovalParams,
  ExecCommandApprovalResponse,
  FileChangeRequestApprovalParams,
  FileChangeRequestApprovalResponse,
  PermissionsRequestApprovalParams,
  PermissionsRequestApprovalResponse,
  ToolRequestUserInputParams,
  ToolRequestUserInputResponse,
} from "./approval.ts";
import {
  McpServerElicitationRequestParams,
  McpServerElicitationRequestResponse,
} from "./mcp.ts";

export const SERVER_REQUESTS = {
  "item/commandExecution/requestApproval": {
    params: CommandExecutionRequestApprovalParams,
    result: CommandExecutionRequestApprovalResponse,
  },
  "item/fileChange/requestApproval": {
    params: FileChangeRequestApprovalParams,
    result: FileChangeRequestApprovalResponse,
  },
  "item/tool/requestUserInput": {
    params: ToolRequestUserInputParams,
    result: ToolRequestUserInputResponse,
  },
  "mcpServer/elicitation/request": {
    params: McpServerElicitationRequestParams,
    result: McpServerElicitationRequestResponse,
  },
  "item/permissions/requestApproval": {
    params: PermissionsRequestApprovalParams,
    result: PermissionsRequestApprovalResponse,
  },
  "item/tool/call": {
    params: DynamicToolCallParams,
    result: DynamicToolCallResponse,
  },
  "account/chatgptAuthTokens/refresh": {
    params: ChatgptAuthTokensRefreshParams,
    result: ChatgptAuthTokensRefreshResponse,
  },
  "applyPatchApproval": {
    params: ApplyPatchApprovalParams,
    result: ApplyPatchApprovalResponse,
  },
  "execCommandApproval": {
    params: ExecCommandApprovalParams,
    result: ExecCommandApprovalResponse,
  },
} as const;

export type ServerRequestMethod = keyof typeof SERVER_REQUESTS;
export type RequestParams<M extends ServerRequestMethod> = v.InferInput<
  typeof SERVER_REQUESTS[M]["params"]
>;
export type RequestResult<M extends ServerRequestMethod> = v.InferOutput<
  typeof SERVER_REQUESTS[M]["result"]
>;
