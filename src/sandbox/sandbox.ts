/**
 * What the rest of the program knows of confinement: give a command and a policy,
 * get a running process that is confined, or an error. Which mechanism does it was
 * decided once, by a probe, and can be shown; there is no way to ask for none except
 * the policy `danger-full-access`.
 */
import type { ChildProcess, TerminalSize } from "@/platform/platform.ts";
import type { SandboxPolicy } from "@/protocol/policy.ts";
import type { ConfiningPolicy } from "./policy.ts";
import type { NetworkGate } from "./proxy/serve.ts";
import type { ConfinedWriter } from "./writer.ts";

/** How commands are confined, strongest first; `none` only under full access. */
export type MechanismKind =
  | "helper"
  | "bwrap"
  | "landlock"
  | "seatbelt"
  | "windows"
  | "none";

export interface SandboxStatus {
  readonly kind: MechanismKind | "unavailable";
  /** One line for the user: what is used and why. */
  readonly description: string;
  /** What this mechanism does not protect; empty for the strongest. */
  readonly gaps: readonly string[];
}

export interface SandboxedCommand {
  readonly argv: readonly string[];
  /** Absolute. */
  readonly cwd: string;
  /** The whole environment of the command; nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
  readonly policy: SandboxPolicy;
  /** The thread's working directory: the first writable root of workspace-write. */
  readonly policyCwd: string;
  /**
   * `terminal` gives the command a terminal of its own where the mechanism can, and a
   * pipe otherwise; both outputs then come merged on standard output.
   */
  readonly stdin: "null" | "pipe" | "terminal";
  /** Of the terminal, when it gets one; usual otherwise. */
  readonly terminalSize?: TerminalSize;
  /** Standard error goes into standard output, in the order it was written. */
  readonly mergeOutput: boolean;
  /** Decides about hosts where the policy has a list of them; without it, none is open. */
  readonly networkGate?: NetworkGate;
  /** Commands of one owner share a private `/tmp`, where the policy wants one. */
  readonly owner?: string;
}

/** Where edits may be made: as a command under this policy. */
export interface EditRequest {
  readonly policy: ConfiningPolicy;
  /** The thread's working directory: the first writable root of workspace-write. */
  readonly policyCwd: string;
}

export interface Sandbox {
  /** Which mechanism serves policies that confine, and why. */
  status(signal: AbortSignal): Promise<SandboxStatus>;
  /**
   * Starts a command under its policy. Killing the process kills everything it started.
   *
   * @throws CodexError `sandbox_unavailable` when the policy cannot be enforced here
   * @throws FileError when the program or the directory cannot be used
   */
  spawn(command: SandboxedCommand, signal: AbortSignal): Promise<ChildProcess>;
  /**
   * A writer for edits under the policy; the caller closes it.
   *
   * @throws CodexError `sandbox_unavailable` when the policy cannot be enforced here
   */
  openWriter(
    request: EditRequest,
    signal: AbortSignal,
  ): Promise<ConfinedWriter>;
}
