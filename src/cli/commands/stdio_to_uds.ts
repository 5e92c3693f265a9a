/**
 * `codex stdio-to-uds PATH`: carries bytes between our standard streams and a Unix
 * socket, for programs that can only start a process. It ends with the socket.
 */
import type { Connection } from "@/platform/network.ts";
import { BrokenPipe, FileError, type Platform } from "@/platform/platform.ts";
import { CodexError } from "@/protocol/errors.ts";
import { type ParsedCommand, positional } from "../parsed.ts";

/** What is read from the socket at a time: as much as a pipe takes. */
const READ_BYTES = 65_536;

export async function run(
  parsed: ParsedCommand,
  { terminal }: Platform,
): Promise<number> {
  const path = positional(parsed, "SOCKET_PATH") ?? "";
  const connection = await connect(path);
  // Nobody waits for more input once the other side has said its last.
  const sending = send(connection, terminal);
  sending.catch(() => undefined);
  try {
    const buffer = new Uint8Array(READ_BYTES);
    while (true) {
      const count = await connection.read(buffer);
      if (count === null) return 0;
      await terminal.write(buffer.subarray(0, count));
    }
  } catch (error) {
    // Who reads us has gone: there is nothing left to carry.
    if (error instanceof BrokenPipe) return 0;
    throw new CodexError(
      "stream_disconnected",
      `Cannot go on with socket ${path}: ${reasonOf(error)}`,
      { cause: error },
    );
  } finally {
    connection.close();
  }
}

async function connect(path: string): Promise<Connection> {
  const { denoNetwork } = await import("@/platform/network.ts");
  try {
    return await denoNetwork.connectLocal(path);
  } catch (error) {
    throw new CodexError(
      "invalid_input",
      `failed to connect to socket at ${path}: ${reasonOf(error)}`,
      { cause: error },
    );
  }
}

/** Our input to its end, which the other side is told of. */
async function send(
  connection: Connection,
  terminal: Platform["terminal"],
): Promise<void> {
  for await (const bytes of terminal.readStdin()) await connection.write(bytes);
  await connection.closeWrite();
}

function reasonOf(error: unknown): string {
  if (error instanceof FileError) return error.osText;
  return error instanceof Error ? error.message : String(error);
}
