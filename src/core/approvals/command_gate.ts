/**
 * The network gate of a command of the agent's: the thread's rules, its log, and the
 * user where they may be asked.
 */
import type { Argv } from "@/exec-policy/rule.ts";
import type { ThreadEvent } from "@/protocol/events.ts";
import type { ApprovalPolicy, SandboxPolicy } from "@/protocol/policy.ts";
import type { NetworkGate } from "@/sandbox/proxy/serve.ts";
import { quoteCommand } from "@/text/shell_quote.ts";
import type { ThreadSettings } from "../settings.ts";
import type { CommandRules } from "./command_rules.ts";
import type { GuardPorts } from "./guarded_exec.ts";
import { createNetworkGate } from "./network_gate.ts";

/** The parts of `GuardPorts` a gate needs. */
export interface CommandGatePorts extends Pick<GuardPorts, "broker" | "log"> {
  readonly rules: Pick<CommandRules, "networkRules">;
  readonly settings: Pick<ThreadSettings, "approvalPolicy">;
  emit(event: ThreadEvent): Promise<void>;
}

export interface GatedCommand {
  readonly itemId: string;
  readonly argv: Argv;
  readonly policy: SandboxPolicy;
}

/** The gate of one command under a policy with a list of hosts. */
export function commandGate(
  { broker, rules, log, settings, emit }: CommandGatePorts,
  { itemId, argv, policy }: GatedCommand,
): NetworkGate {
  return createNetworkGate({
    hosts: policy.type === "workspace-write" ? policy.network_allow ?? [] : [],
    rules: rules.networkRules,
    itemId,
    log,
    warn: (message) => emit({ type: "warning", message }),
    ask: mayAskAboutRules(settings.approvalPolicy)
      ? async ({ host, port, protocol }, reason, signal) => {
        const command = quoteCommand(argv);
        const kind = "network";
        const subject = { kind, host, port, protocol, command } as const;
        const answer = await broker.ask(
          { itemId, subject, reason, hooked: undefined },
          signal,
        );
        return answer.kind === "accept" || answer.kind === "acceptForSession";
      }
      : undefined,
  });
}

function mayAskAboutRules(approval: ApprovalPolicy): boolean {
  return typeof approval === "string"
    ? approval !== "never"
    : approval.granular.rules;
}
