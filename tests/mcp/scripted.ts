/** Connections to the scripted server, and what is left of them. */
import type { McpServerConfig } from "@/config/config.ts";
import { connectServer } from "@/mcp/connect.ts";
import type { AskUser, McpServer } from "@/mcp/server.ts";
import { createPlatform } from "@/platform/deno.ts";
import { NEVER } from "@test/support/fake_clock.ts";

const SCRIPT = new URL("../support/mcp_server.ts", import.meta.url).pathname;

/** The words that start the scripted server. */
export function serverArgv(...words: readonly string[]): readonly string[] {
  return [
    Deno.execPath(),
    "run",
    "--quiet",
    "--no-prompt",
    "--no-config",
    "--no-lock",
    "--allow-env",
    "--allow-read",
    "--allow-write",
    SCRIPT,
    ...words,
  ];
}

/** A configuration that starts it, with these changes. */
export function serverConfig(
  words: readonly string[],
  changes: Partial<McpServerConfig> = {},
): McpServerConfig {
  const [command = "", ...args] = serverArgv(...words);
  return {
    transport: {
      kind: "stdio",
      command,
      args,
      env: { DENO_NO_UPDATE_CHECK: "1" },
      envVars: ["DENO_DIR"],
      cwd: undefined,
    },
    isEnabled: true,
    isRequired: false,
    startupTimeoutMs: undefined,
    toolTimeoutMs: undefined,
    enabledTools: undefined,
    disabledTools: undefined,
    approvalMode: "auto",
    toolApprovalModes: {},
    isParallel: false,
    ...changes,
  };
}

/** Nobody is there to be asked. */
export const declineAll: AskUser = async () => ({ action: "decline" });

/** Connects, uses the server, ends it. */
export async function withServer(
  config: McpServerConfig,
  use: (server: McpServer) => Promise<void>,
  ask = declineAll,
  codexHome = "/nonexistent",
  name = "scripted",
): Promise<void> {
  const request = { name, config, cwd: "/", codexHome, ask };
  const server = await connectServer(createPlatform(), request, NEVER);
  try {
    await use(server);
  } finally {
    await server.close();
  }
}
