/**
 * What a command or a patch needs before it may happen: nothing, a question, or it is
 * refused. Pure tables; the broker asks, the guard acts.
 */
import type { RuleMatch } from "@/exec-policy/rule.ts";
import type { Verdict } from "@/exec-policy/verdict.ts";
import type { ApprovalPolicy, SandboxPolicy } from "@/protocol/policy.ts";

export type Requirement =
  | {
    readonly kind: "run";
    readonly isSandboxed: boolean;
    /** When the sandbox makes it fail, ask about running it without. */
    readonly mayRetry: boolean;
  }
  /** After an approval it runs without the sandbox. */
  | { readonly kind: "ask"; readonly reason: string | undefined }
  | { readonly kind: "refuse"; readonly text: string };

export interface CommandFacts {
  readonly approval: ApprovalPolicy;
  readonly sandbox: SandboxPolicy;
  readonly wantsEscalation: boolean;
  readonly justification: string | undefined;
  /** The command as it is shown. */
  readonly command: string;
  readonly verdict: Verdict;
}

/** True when the answer depends on what the rules and lists say. */
export function needsVerdict(
  facts: Omit<CommandFacts, "verdict" | "command" | "justification">,
  mayBeDangerous: boolean,
): boolean {
  if (facts.approval === "untrusted" || facts.wantsEscalation) return true;
  return mayBeDangerous && !isLeftAlone(facts);
}

/** What a command needs. */
export function commandRequirement(facts: CommandFacts): Requirement {
  const { approval, verdict, wantsEscalation } = facts;
  if (wantsEscalation && approval !== "on-request") {
    return refuse(escalationText(approval));
  }
  if (verdict.ruling === "forbidden") {
    return refuse(forbiddenText(facts.command, verdict.rule));
  }
  if (verdict.ruling === "prompt") return ruleQuestion(facts);
  if (verdict.isAllowed) return run({ isSandboxed: false, mayRetry: false });
  if (verdict.isDangerous && !isLeftAlone(facts)) return dangerQuestion(facts);
  if (verdict.isHarmless) return runConfined(facts);
  if (approval === "untrusted") return ask(facts.justification);
  if (wantsEscalation && isConfining(facts.sandbox)) {
    return ask(facts.justification);
  }
  return runConfined(facts);
}

/** Nobody is asked and nothing is confined: the user said to just run things. */
function isLeftAlone(
  { approval, sandbox }: Pick<CommandFacts, "approval" | "sandbox">,
): boolean {
  return approval === "never" && !isConfining(sandbox);
}

function runConfined({ approval, sandbox }: CommandFacts): Requirement {
  const isSandboxed = isConfining(sandbox);
  return run({ isSandboxed, mayRetry: isSandboxed && mayRetry(approval) });
}

function isConfining(sandbox: SandboxPolicy): boolean {
  return sandbox.type !== "danger-full-access";
}

/** Under these policies a question follows a failure instead of coming first. */
function mayRetry(approval: ApprovalPolicy): boolean {
  return typeof approval === "string"
    ? approval === "on-failure"
    : approval.granular.sandbox_approval;
}

function ruleQuestion(
  { approval, command, verdict }: CommandFacts,
): Requirement {
  if (approval === "never") {
    return refuse(
      "approval required by policy, but AskForApproval is set to Never",
    );
  }
  if (typeof approval !== "string" && !approval.granular.rules) {
    return refuse(
      "approval required by policy rule, but AskForApproval::Granular.rules is false",
    );
  }
  const why = verdict.rule?.justification;
  return ask(
    why === undefined
      ? `\`${command}\` requires approval by policy`
      : `\`${command}\` requires approval: ${why}`,
  );
}

function dangerQuestion(
  { approval, command, justification }: CommandFacts,
): Requirement {
  if (approval === "never") {
    return refuse(`\`${command}\` rejected: blocked by policy`);
  }
  if (!mayAskForSandbox(approval)) {
    return refuse(
      "approval required by policy, but AskForApproval::Granular.sandbox_approval is false",
    );
  }
  return ask(justification);
}

function forbiddenText(command: string, rule: RuleMatch | undefined): string {
  const why = rule?.justification ??
    `policy forbids commands starting with \`${
      rule?.matchedPrefix.join(" ")
    }\``;
  return `\`${command}\` rejected: ${why}`;
}

function escalationText(approval: ApprovalPolicy): string {
  const name = policyName(approval);
  return `approval policy is ${name}; reject command — you cannot ask for ` +
    `escalated permissions if the approval policy is ${name}`;
}

/** What a patch needs; `isInsideRoots` says that every file it touches may be written. */
export function patchRequirement(
  approval: ApprovalPolicy,
  sandbox: SandboxPolicy,
  isInsideRoots: boolean,
): Requirement {
  if (approval === "untrusted") return ask(undefined);
  if (sandbox.type === "danger-full-access") {
    return run({ isSandboxed: false, mayRetry: false });
  }
  if (sandbox.type === "workspace-write" && isInsideRoots) {
    return run({ isSandboxed: true, mayRetry: false });
  }
  if (approval !== "never" && mayAskForSandbox(approval)) return ask(undefined);
  const place = sandbox.type === "read-only"
    ? "writing is blocked by read-only sandbox"
    : "writing outside of the project";
  return refuse(
    `patch rejected: ${place}; rejected by user approval settings`,
  );
}

function mayAskForSandbox(approval: ApprovalPolicy): boolean {
  return typeof approval === "string" || approval.granular.sandbox_approval;
}

/** The policy's name as the reference's messages have it. */
function policyName(approval: ApprovalPolicy): string {
  if (typeof approval !== "string") {
    const { granular } = approval;
    return "Granular(GranularApprovalConfig { " + [
      `sandbox_approval: ${granular.sandbox_approval}`,
      `rules: ${granular.rules}`,
      `skill_approval: ${granular.skill_approval}`,
      `request_permissions: ${granular.request_permissions}`,
      `mcp_elicitations: ${granular.mcp_elicitations}`,
    ].join(", ") + " })";
  }
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

function run(
  how: { readonly isSandboxed: boolean; readonly mayRetry: boolean },
): Requirement {
  return { kind: "run", ...how };
}

function ask(reason: string | undefined): Requirement {
  return { kind: "ask", reason };
}

function refuse(text: string): Requirement {
  return { kind: "refuse", text };
}
