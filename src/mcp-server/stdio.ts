/** The MCP server over standard input and output: one client, which ends it. */
import { LineTooLong, readFrames } from "@/jsonrpc/lines.ts";
import type { Platform } from "@/platform/platform.ts";
import { uuidV7 } from "@/protocol/ids.ts";
import type { AgentServices } from "@/protocol/services.ts";
import { Session } from "./session.ts";

/** Serves until the client closes our input or the process is asked to end. */
export async function serveStdio(
  services: AgentServices,
  { terminal, clock, random, signals, log }: Pick<
    Platform,
    "terminal" | "clock" | "random" | "signals" | "log"
  >,
): Promise<void> {
  const session = new Session({
    services,
    write: (frame) => terminal.write(`${frame}\n`),
    log: (text) => log.error("codex::mcp_server", () => text),
    newTurnId: () => uuidV7(clock.now(), random.bytes(10)),
    now: () => clock.now(),
    timeout: (ms) => clock.timeout(ms),
  });
  const ended = Promise.withResolvers<void>();
  const stops = [
    signals.onInterrupt(() => ended.resolve()),
    signals.onTerminate(() => ended.resolve()),
  ];
  try {
    await Promise.race([readAll(session, terminal.readStdin()), ended.promise]);
  } catch (error) {
    if (!(error instanceof LineTooLong)) throw error;
    log.error("codex::mcp_server", () => error.message);
  } finally {
    // In this order: without a listener, a signal ends the process where it stands.
    await session.close();
    stops.forEach((stop) => stop());
  }
}

async function readAll(
  session: Session,
  input: AsyncIterable<Uint8Array>,
): Promise<void> {
  for await (const frame of readFrames(input)) session.receive(frame);
}
