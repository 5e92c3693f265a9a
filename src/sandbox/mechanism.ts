/** What every way of confining commands offers to `create.ts`. */
import type { ChildProcess } from "@/platform/platform.ts";
import type { Confinement } from "./policy.ts";
import type { SandboxedCommand, SandboxStatus } from "./sandbox.ts";
import type { ConfinedWriter } from "./writer.ts";

/** What only some mechanisms can enforce. */
export type Extra =
  | "network_allow"
  | "private_tmp"
  | "limits"
  | "limits.processes";

export interface Mechanism {
  readonly status: SandboxStatus;
  /** A command whose policy asks for another is refused. */
  readonly extras: readonly Extra[];
  /** Starts the command confined, or throws; never starts it bare. */
  spawn(
    command: SandboxedCommand,
    confinement: Confinement,
  ): Promise<ChildProcess>;
  /** Edits in one confined process; without it, a confined shell makes them. */
  openWriter?(confinement: Confinement): ConfinedWriter;
  /** Ends what the mechanism keeps running; its commands are killed. */
  close(): void;
}

/** A mechanism that works here, or why it does not, in words for the user. */
export type Attempt =
  | { readonly kind: "ready"; readonly mechanism: Mechanism }
  | { readonly kind: "unusable"; readonly reason: string };
