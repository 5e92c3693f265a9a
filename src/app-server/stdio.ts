/** The app-server over standard input and output: one connection, ended by its client. */
import { LineTooLong, readFrames } from "@/jsonrpc/lines.ts";
import type { AgentServices } from "@/protocol/services.ts";
import { createServer, endAsked, type ServerPlatform } from "./server.ts";
import type { Session } from "./session.ts";

/** Frames taken before everything else gets its turn; together they cost a millisecond. */
const FRAMES_AT_ONCE = 16;

/** Serves until the client closes our input or the process is asked to end. */
export async function serveStdio(
  services: AgentServices,
  platform: ServerPlatform,
): Promise<void> {
  const { terminal } = platform;
  const server = createServer(services, platform);
  const session = server.connect({
    transport: "stdio",
    write: (frame) => terminal.write(`${frame}\n`),
  });
  const end = endAsked(platform);
  const ended = new AbortController();
  try {
    const reading = readAll(session, platform, ended.signal);
    await Promise.race([reading, end.asked]);
  } catch (error) {
    if (!(error instanceof LineTooLong)) throw error;
    server.log(error.message);
  } finally {
    ended.abort(new Error("The server ends"));
    await server.disconnect(session);
    await server.close();
    // Last: without a listener, a signal ends the process where it stands.
    end.stop();
  }
}

async function readAll(
  session: Session,
  { terminal, clock }: ServerPlatform,
  signal: AbortSignal,
): Promise<void> {
  let count = 0;
  for await (const frame of readFrames(terminal.readStdin())) {
    session.receive(frame);
    await session.room();
    // A client that sends a thousand requests at once keeps this loop busy, and what
    // models and commands say meanwhile would wait for all of them.
    if (++count % FRAMES_AT_ONCE === 0) await clock.sleep(0, signal);
  }
}
