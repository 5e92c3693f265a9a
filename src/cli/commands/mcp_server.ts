/** `codex mcp-server`: the agent as a tool for other agents. */
import { withDotEnv } from "@/config/dot_env.ts";
import { serveStdio } from "@/mcp-server/stdio.ts";
import type { Platform } from "@/platform/platform.ts";
import type { ParsedCommand } from "../parsed.ts";
import { serverServices } from "../server_services.ts";

export async function run(
  parsed: ParsedCommand,
  machine: Platform,
): Promise<number> {
  const platform = await withDotEnv(machine);
  const services = await serverServices({ parsed, platform, source: "mcp" });
  await serveStdio(services, platform);
  return 0;
}
