/** The windows part of the app-server protocol. */
import * as v from "valibot";
import { Flag, Int, Text } from "./primitives.ts";
import { AbsolutePathBuf } from "./shared.ts";

export const WindowsSandboxSetupMode = v.picklist(["elevated", "unelevated"]);
export type WindowsSandboxSetupMode = v.InferOutput<
  typeof WindowsSandboxSetupMode
>;

export const WindowsSandboxSetupStartParams = v.object({
  cwd: v.nullish(AbsolutePathBuf),
  mode: WindowsSandboxSetupMode,
});
export type WindowsSandboxSetupStartParams = v.InferOutput<
  typeof WindowsSandboxSetupStartParams
>;

export const WindowsSandboxSetupStartResponse = v.object({ started: Flag });
export type WindowsSandboxSetupStartResponse = v.InferOutput<
  typeof WindowsSandboxSetupStartResponse
>;

export const WindowsWorldWritableWarningNotification = v.object({
  extraCount: Int,
  failedScan: Flag,
  samplePaths: v.array(Text),
});
export type WindowsWorldWritableWarningNotification = v.InferOutput<
  typeof WindowsWorldWritableWarningNotification
>;

export const WindowsSandboxSetupCompletedNotification = v.object({
  error: v.nullish(Text),
  mode: WindowsSandboxSetupMode,
  success: Flag,
});
export type WindowsSandboxSetupCompletedNotification = v.InferOutput<
  typeof WindowsSandboxSetupCompletedNotification
>;
