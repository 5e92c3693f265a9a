/** The command part of the app-server protocol. */
import * as v from "valibot";
import { Empty, Flag, Int, Text } from "./primitives.ts";
import { PermissionProfile, SandboxPolicy } from "./shared.ts";

export const CommandExecTerminalSize = v.object({ cols: Int, rows: Int });
export type CommandExecTerminalSize = v.InferOutput<
  typeof CommandExecTerminalSize
>;

export const CommandExecParams = v.object({
  command: v.array(Text),
  cwd: v.nullish(Text),
  disableOutputCap: v.optional(Flag),
  disableTimeout: v.optional(Flag),
  env: v.nullish(v.record(Text, v.nullable(Text))),
  outputBytesCap: v.nullish(Int),
  permissionProfile: v.nullish(PermissionProfile),
  processId: v.nullish(Text),
  sandboxPolicy: v.nullish(SandboxPolicy),
  size: v.nullish(CommandExecTerminalSize),
  streamStdin: v.optional(Flag),
  streamStdoutStderr: v.optional(Flag),
  timeoutMs: v.nullish(Int),
  tty: v.optional(Flag),
});
export type CommandExecParams = v.InferOutput<typeof CommandExecParams>;

export const CommandExecWriteParams = v.object({
  closeStdin: v.optional(Flag),
  deltaBase64: v.nullish(Text),
  processId: Text,
});
export type CommandExecWriteParams = v.InferOutput<
  typeof CommandExecWriteParams
>;

export const CommandExecTerminateParams = v.object({ processId: Text });
export type CommandExecTerminateParams = v.InferOutput<
  typeof CommandExecTerminateParams
>;

export const CommandExecResizeParams = v.object({
  processId: Text,
  size: CommandExecTerminalSize,
});
export type CommandExecResizeParams = v.InferOutput<
  typeof CommandExecResizeParams
>;

export const CommandExecResponse = v.object({
  exitCode: Int,
  stderr: Text,
  stdout: Text,
});
export type CommandExecResponse = v.InferOutput<typeof CommandExecResponse>;

export const CommandExecWriteResponse = Empty;
export type CommandExecWriteResponse = v.InferOutput<
  typeof CommandExecWriteResponse
>;

export const CommandExecTerminateResponse = Empty;
export type CommandExecTerminateResponse = v.InferOutput<
  typeof CommandExecTerminateResponse
>;

export const CommandExecResizeResponse = Empty;
export type CommandExecResizeResponse = v.InferOutput<
  typeof CommandExecResizeResponse
>;

export const CommandExecOutputStream = v.picklist(["stdout", "stderr"]);
export type CommandExecOutputStream = v.InferOutput<
  typeof CommandExecOutputStream
>;

export const CommandExecOutputDeltaNotification = v.object({
  capReached: Flag,
  deltaBase64: Text,
  processId: Text,
  stream: CommandExecOutputStream,
});
export type CommandExecOutputDeltaNotification = v.InferOutput<
  typeof CommandExecOutputDeltaNotification
>;
