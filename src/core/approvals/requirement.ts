/**
 * What a command or a patch needs before it may happen: nothing, a question, or it is
 * refused. Pure tables; the broker asks, the guard acts.
 */
import type { ApprovalPolicy, SandboxPolicy } from "@/protocol/policy.ts";

export type Requirement =
  | { readonly kind: "run"; readonly isSandboxed: boolean }
  /** After an approval it runs without the sandbox. */
  | { readonly kind: "ask"; readonly reason: string }
  | { readonly kind: "refuse"; readonly text: string };

export interface CommandFacts {
  readonly approval: ApprovalPolicy;
  readonly sandbox: SandboxPolicy;
  readonly wantsEscalation: boolean;
  readonly justification: string | undefined;
}

/** What a command needs. */
export function commandRequirement(facts: CommandFacts): Requirement {
  if (facts.wantsEscalation) return escalation(facts);
  if (facts.approval === "untrusted") {
    return { kind: "ask", reason: "the approval policy is untrusted" };
  }
  return {
    kind: "run",
    isSandboxed: facts.sandbox.type !== "danger-full-access",
  };
}

function escalation(facts: CommandFacts): Requirement {
  if (facts.approval !== "on-request") {
    const name = policyName(facts.approval);
    return {
      kind: "refuse",
      text:
        `approval policy is ${name}; reject command — you cannot ask for escalated permissions if the approval policy is ${name}`,
    };
  }
  if (facts.sandbox.type === "danger-full-access") {
    return { kind: "run", isSandboxed: false };
  }
  return {
    kind: "ask",
    reason: facts.justification ??
      "the command asks to run outside the sandbox",
  };
}

/** What a patch needs; `isInsideRoots` says that every file it touches may be written. */
export function patchRequirement(
  approval: ApprovalPolicy,
  sandbox: SandboxPolicy,
  isInsideRoots: boolean,
): Requirement {
  if (approval === "untrusted") {
    return { kind: "ask", reason: "the approval policy is untrusted" };
  }
  if (sandbox.type === "danger-full-access") {
    return { kind: "run", isSandboxed: false };
  }
  if (sandbox.type === "workspace-write" && isInsideRoots) {
    return { kind: "run", isSandboxed: true };
  }
  const place = sandbox.type === "read-only"
    ? "writing is blocked by read-only sandbox"
    : "writing outside of the project";
  if (approval === "never" || !mayAskForSandbox(approval)) {
    return {
      kind: "refuse",
      text: `patch rejected: ${place}; rejected by user approval settings`,
    };
  }
  return { kind: "ask", reason: place };
}

function mayAskForSandbox(approval: ApprovalPolicy): boolean {
  return typeof approval === "string" || approval.granular.sandbox_approval;
}

function policyName(approval: ApprovalPolicy): string {
  if (typeof approval !== "string") return "Granular";
  switch (approval) {
    case "never":
      return "Never";
    case "untrusted":
      return "UnlessTrusted";
    case "on-failure":
      return "OnFailure";
    case "on-request":
      return "OnRequest";
  }
}
