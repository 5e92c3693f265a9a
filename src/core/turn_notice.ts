/**
 * `notify`: a program of the user's that is told of every turn that was completed.
 * What starts it is loaded only when one is configured.
 */
import type { Config } from "@/config/config.ts";
import type { Platform } from "@/platform/platform.ts";
import type { ThreadEvent } from "@/protocol/events.ts";
import type { ThreadId, TurnId } from "@/protocol/ids.ts";
import type { ThreadPlace } from "./thread_place.ts";

/** A turn as the program is told of it. */
export interface CompletedTurn {
  readonly turnId: TurnId;
  readonly cwd: string;
  /** What the user said in it. */
  readonly inputs: readonly string[];
  readonly lastMessage: string | undefined;
}

export interface TurnNotice {
  /** Starts the program; does not wait for its end. */
  tell(turn: CompletedTurn): Promise<void>;
  /** Gives programs that still run a moment, then ends them. */
  close(): Promise<void>;
}

export interface NoticePorts {
  readonly platform: Platform;
  readonly config: Pick<Config, "notify">;
  readonly threadId: ThreadId;
  /** Who was at work, by the name programs know: `codex_exec`. */
  readonly client: string;
  emit(event: ThreadEvent): Promise<void>;
}

/** Undefined when nobody is to be told; what agents do among themselves is not. */
export async function loadNotice(
  ports: NoticePorts,
  place: ThreadPlace,
): Promise<TurnNotice | undefined> {
  if (ports.config.notify.length === 0 || place.depth > 0) return undefined;
  const { Notifier } = await import("./notify.ts");
  return new Notifier(ports);
}
