/**
 * Which hosts a confined command may reach: what the list of the policy and the rule
 * files say, strictest first. Each refusal is told to the user once for each host and
 * command. Loaded only where a policy has such a list.
 */
import {
  type Decision,
  type NetworkRule,
  strictest,
} from "@/exec-policy/rule.ts";
import type { Log } from "@/platform/log.ts";
import type { NetworkTarget } from "@/sandbox/proxy/request_head.ts";
import type { NetworkDecision, NetworkGate } from "@/sandbox/proxy/serve.ts";
import {
  matchesHost,
  normalizeHost,
  parseHostPattern,
} from "@/text/host_pattern.ts";

/** What a command without a list of its own ports may use. */
const USUAL_PORTS = { http: 80, https: 443 } as const;

export interface NetworkGatePorts {
  /** `network_allow` of the policy. */
  readonly hosts: readonly string[];
  readonly rules: readonly NetworkRule[];
  /** Names the command in the log. */
  readonly itemId: string;
  readonly log: Log;
  /** Asks the user about a host; undefined where nobody may be asked. */
  readonly ask:
    | ((
      target: NetworkTarget,
      reason: string | undefined,
      signal: AbortSignal,
    ) => Promise<boolean>)
    | undefined;
  warn(message: string): Promise<void>;
}

/** The gate of one command. */
export function createNetworkGate(ports: NetworkGatePorts): NetworkGate {
  const answers = new Map<string, Promise<NetworkDecision>>();
  const told = new Set<string>();
  return {
    async decide(target, signal) {
      const ruling = rulingOn(ports, target);
      if (ruling.decision !== "prompt") return decisionOf(ruling);
      // A page of twenty requests to one host is one question.
      const key = `${target.protocol} ${target.host}:${target.port}`;
      const answer = answers.get(key) ??
        askAbout(ports, target, ruling.reason, signal);
      answers.set(key, answer);
      return await answer;
    },
    async report(target, decision) {
      const name = `${target.host}:${target.port}`;
      const why = decision.kind === "refuse" ? `: ${decision.reason}` : "";
      ports.log.info(
        "codex::network",
        () =>
          `${ports.itemId} ${decision.kind} ${target.protocol} ${name}${why}`,
      );
      if (decision.kind === "allow" || told.has(target.host)) return;
      told.add(target.host);
      await ports.warn(
        `The sandbox refused a command the host ${name}: ${decision.reason}`,
      );
    },
  };
}

interface Ruling {
  readonly decision: Decision;
  readonly reason: string | undefined;
}

/** What rules and list say together: forbidden, then prompt, then allow, else no. */
function rulingOn(ports: NetworkGatePorts, target: NetworkTarget): Ruling {
  const matching = ports.rules.filter((rule) => ruleMeans(rule, target));
  const strongest = strictest(matching.map(({ decision }) => decision));
  const rule = matching.find(({ decision }) => decision === strongest);
  if (rule !== undefined && rule.decision !== "allow") {
    const { decision, justification } = rule;
    return { decision, reason: justification };
  }
  const usualPort = USUAL_PORTS[target.protocol];
  const isAllowed = rule !== undefined && target.port === usualPort;
  const isListed = ports.hosts.some((text) => {
    const result = parseHostPattern(text);
    return result.kind === "ok" &&
      matchesHost(result.pattern, target.host, target.port, usualPort);
  });
  return isAllowed || isListed
    ? { decision: "allow", reason: undefined }
    : { decision: "forbidden", reason: "network_allow does not list it" };
}

function ruleMeans(rule: NetworkRule, target: NetworkTarget): boolean {
  return normalizeHost(rule.host) === normalizeHost(target.host) &&
    rule.protocol === target.protocol;
}

function decisionOf({ decision, reason }: Ruling): NetworkDecision {
  return decision === "allow"
    ? { kind: "allow" }
    : { kind: "refuse", reason: reason ?? "a rule forbids it" };
}

async function askAbout(
  { ask }: NetworkGatePorts,
  target: NetworkTarget,
  reason: string | undefined,
  signal: AbortSignal,
): Promise<NetworkDecision> {
  if (ask === undefined) {
    return {
      kind: "refuse",
      reason: "a rule wants the user asked, and nobody may be asked",
    };
  }
  return await ask(target, reason, signal)
    ? { kind: "allow" }
    : { kind: "refuse", reason: "the user refused it" };
}
