/** What a change of the state comes to: the next state, and what is to be done. */
import type { ThreadId } from "@/protocol/ids.ts";
import type { Op } from "@/protocol/ops.ts";
import type { ThreadRequest } from "@/protocol/services.ts";
import type { Cell } from "./cell.ts";
import type { TuiPorts } from "./ports.ts";
import type { Answering, TuiState } from "./state.ts";

/** Something to be done; only `app.ts` does it. */
export type Effect =
  | { readonly type: "print"; readonly cells: readonly Cell[] }
  /** An answer goes on, or ends and is printed whole. */
  | {
    readonly type: "stream";
    readonly itemId: string;
    readonly kind: Answering["kind"];
    readonly delta: string;
  }
  | { readonly type: "endStream"; readonly itemId: string }
  | { readonly type: "op"; readonly threadId: ThreadId; readonly op: Op }
  | { readonly type: "open"; readonly how: OpenThreadHow }
  /** Ends a thread that is not shown any more. */
  | { readonly type: "closeThread"; readonly threadId: ThreadId }
  /** Puts the screen together anew from the cells that are given. */
  | {
    readonly type: "redraw";
    readonly cells: readonly Cell[];
    readonly scrollback: "keep" | "clear";
  }
  | { readonly type: "copy"; readonly text: string }
  /** Tells somebody who may look elsewhere. */
  | {
    readonly type: "notify";
    readonly kind: "turnEnded" | "ask";
    readonly text: string;
  }
  | { readonly type: "remember"; readonly text: string }
  | { readonly type: "searchFiles"; readonly query: string }
  | { readonly type: "edit"; readonly text: string }
  | { readonly type: "suspend" }
  | { readonly type: "quit" }
  /** Anything that takes time; what came of it changes the state. */
  | {
    readonly type: "call";
    /** What is attempted, for when it fails: `Cannot list sessions`. */
    readonly attempt: string;
    run(ports: TuiPorts, signal: AbortSignal): Promise<Change>;
  };

export type OpenThreadHow =
  & {
    readonly request?: ThreadRequest;
    /** A side conversation of that thread, which goes on running. */
    readonly sideOf?: ThreadId;
    /** Turns at the end that are left out. */
    readonly dropTurns?: number;
  }
  & (
    | { readonly kind: "new" }
    | { readonly kind: "resume"; readonly id: ThreadId }
    | { readonly kind: "fork"; readonly id: ThreadId }
  );

export interface Step {
  readonly state: TuiState;
  readonly effects: readonly Effect[];
}

/** A pure change; panes and commands are made of these. */
export type Change = (state: TuiState) => Step;

export function only(state: TuiState, ...effects: readonly Effect[]): Step {
  return { state, effects };
}

/** One change after another. */
export function inOrder(...changes: readonly Change[]): Change {
  return (state) => {
    let current = state;
    const effects: Effect[] = [];
    for (const change of changes) {
      const step = change(current);
      current = step.state;
      effects.push(...step.effects);
    }
    return { state: current, effects };
  };
}

export const unchanged: Change = (state) => only(state);
