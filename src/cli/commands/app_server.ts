/** `codex app-server`: the agent for editors and other programs. */
import { serveStdio } from "@/app-server/stdio.ts";
import { withDotEnv } from "@/config/dot_env.ts";
import type { Platform } from "@/platform/platform.ts";
import { CodexError } from "@/protocol/errors.ts";
import { flagValue, type ParsedCommand } from "../parsed.ts";
import { serverServices } from "../server_services.ts";

export async function run(
  parsed: ParsedCommand,
  machine: Platform,
): Promise<number> {
  const listen = flagValue(parsed, "listen") ?? "stdio://";
  if (listen === "off") {
    throw new CodexError(
      "invalid_input",
      "no transport configured; use --listen or enable remote control",
    );
  }
  if (listen !== "stdio://") {
    throw new CodexError(
      "unsupported",
      `Cannot listen on ${listen}: WebSocket is not available in this version yet; use stdio://`,
    );
  }
  const platform = await withDotEnv(machine);
  const services = await serverServices({ parsed, platform, source: "vscode" });
  try {
    await serveStdio(services, platform);
  } finally {
    await services.stored.close();
  }
  return 0;
}
