/** The app-server over standard input and output: one connection, ended by its client. */
import { LineTooLong, readFrames } from "@/jsonrpc/lines.ts";
import type { AgentServices } from "@/protocol/services.ts";
import { createServer, endAsked, type ServerPlatform } from "./server.ts";
import type { Session } from "./session.ts";

/** Serves until the client closes our input or the process is asked to end. */
export async function serveStdio(
  services: AgentServices,
  platform: ServerPlatform,
): Promise<void> {
  const { terminal } = platform;
  const server = createServer(services, platform);
  const session = server.connect((frame) => terminal.write(`${frame}\n`));
  const end = endAsked(platform);
  try {
    await Promise.race([readAll(session, terminal.readStdin()), end.asked]);
  } catch (error) {
    if (!(error instanceof LineTooLong)) throw error;
    server.log(error.message);
  } finally {
    await server.disconnect(session);
    await server.close();
    // Last: without a listener, a signal ends the process where it stands.
    end.stop();
  }
}

async function readAll(
  session: Session,
  input: AsyncIterable<Uint8Array>,
): Promise<void> {
  for await (const frame of readFrames(input)) session.receive(frame);
}
