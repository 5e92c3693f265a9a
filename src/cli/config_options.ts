/** From a parsed command line to what loading the configuration needs. */
import type { LoadOptions } from "@/config/load.ts";
import type { DedicatedFlags } from "@/config/resolve.ts";
import { APPROVAL_MODES, SANDBOX_MODES } from "@/protocol/policy.ts";
import type { SandboxMode } from "@/protocol/policy.ts";
import {
  flagValue,
  flagValues,
  hasFlag,
  type ParsedCommand,
} from "./parsed.ts";

/** The load options every command that takes the agent's flags has in common. */
export function configOptions(
  parsed: ParsedCommand,
  platform: LoadOptions["platform"],
): LoadOptions {
  return {
    platform,
    cwd: flagValue(parsed, "cd"),
    session: {
      overrides: flagValues(parsed, "config"),
      enable: flagValues(parsed, "enable"),
      disable: flagValues(parsed, "disable"),
    },
    profile: flagValue(parsed, "profile"),
    ignoreUserConfig: hasFlag(parsed, "ignore-user-config"),
    flags: dedicatedFlags(parsed),
  };
}

function dedicatedFlags(parsed: ParsedCommand): DedicatedFlags {
  const approval = flagValue(parsed, "ask-for-approval");
  return {
    model: flagValue(parsed, "model"),
    sandboxMode: sandboxModeOf(parsed),
    approvalPolicy: APPROVAL_MODES.find((mode) => mode === approval),
    oss: hasFlag(parsed, "oss"),
    localProvider: flagValue(parsed, "local-provider"),
    addDirectories: flagValues(parsed, "add-dir"),
  };
}

/** The sandbox mode the flags ask for; undefined leaves it to the configuration. */
export function sandboxModeOf(parsed: ParsedCommand): SandboxMode | undefined {
  if (hasFlag(parsed, "dangerously-bypass-approvals-and-sandbox")) {
    return "danger-full-access";
  }
  if (hasFlag(parsed, "full-auto")) return "workspace-write";
  const mode = flagValue(parsed, "sandbox");
  return SANDBOX_MODES.find((candidate) => candidate === mode);
}
