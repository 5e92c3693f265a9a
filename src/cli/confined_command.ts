/** What a command of the user's own runs with: its environment, who decides about hosts. */
import type { Config } from "@/config/config.ts";
import { shellEnvironment } from "@/config/shell_environment.ts";
import type { Platform } from "@/platform/platform.ts";
import type { SandboxPolicy } from "@/protocol/policy.ts";
import { hasHostList } from "@/sandbox/policy.ts";
import type { NetworkGate } from "@/sandbox/proxy/serve.ts";

export interface GatePorts extends Pick<Platform, "files" | "log"> {
  readonly config: Config;
  warn(message: string): Promise<void>;
}

/** The list of hosts and the rule files decide as for the agent; nobody is asked. */
export async function networkGate(
  { files, log, config, warn }: GatePorts,
  policy: SandboxPolicy,
): Promise<NetworkGate | undefined> {
  if (policy.type !== "workspace-write" || !hasHostList(policy)) {
    return undefined;
  }
  const [{ createNetworkGate }, { loadRules }] = await Promise.all([
    import("@/core/approvals/network_gate.ts"),
    import("@/core/approvals/rule_files.ts"),
  ]);
  const rules = await loadRules(files, { config, ignoreRules: false });
  return createNetworkGate({
    hosts: policy.network_allow ?? [],
    rules: rules.networkRules,
    itemId: "sandbox",
    log,
    ask: undefined,
    warn,
  });
}

export function environmentOf(
  { env }: Pick<Platform, "env">,
  config: Config,
  policy: SandboxPolicy,
): Readonly<Record<string, string>> {
  const hasNetwork = policy.type === "danger-full-access" ||
    policy.network_access || hasHostList(policy);
  return {
    ...shellEnvironment(config.shellEnvironmentPolicy, env.all()),
    ...(hasNetwork ? {} : { CODEX_SANDBOX_NETWORK_DISABLED: "1" }),
  };
}
