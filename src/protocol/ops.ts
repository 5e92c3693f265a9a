/**
 * Ops: everything a front end can ask of a thread. An op is accepted, put in order
 * by the thread's loop, and answered only through events.
 */
import type { UserInput } from "./items.ts";

/** What a person (or a policy standing in for one) answers to an approval request. */
export type ApprovalDecision =
  | { readonly kind: "accept" }
  | { readonly kind: "acceptForSession" }
  | { readonly kind: "acceptWithAmendment"; readonly prefix: readonly string[] }
  | { readonly kind: "decline" }
  | { readonly kind: "cancel" };

export type Op =
  /** Starts a turn; while one runs, the input steers it instead. */
  | {
    readonly type: "userInput";
    readonly input: readonly UserInput[];
    /** JSON Schema the final message must follow. */
    readonly outputSchema?: unknown;
  }
  /** Stops the running turn; every open call is accounted for first. */
  | { readonly type: "interrupt" }
  /** Answers the approval request of that id. */
  | {
    readonly type: "approval";
    readonly requestId: string;
    readonly decision: ApprovalDecision;
  };
