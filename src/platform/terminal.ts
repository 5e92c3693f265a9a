/** The three standard streams. Writes are complete or throw; nothing is buffered. */
import { BrokenPipe, type Terminal } from "./platform.ts";

const encoder = new TextEncoder();
/** The size of a Linux pipe: one read empties it. */
const READ_BYTES = 65_536;

export const denoTerminal: Terminal = {
  get stdinIsTty() {
    return Deno.stdin.isTerminal();
  },
  get stdoutIsTty() {
    return Deno.stdout.isTerminal();
  },
  get stderrIsTty() {
    return Deno.stderr.isTerminal();
  },
  writeOut: (data) => writeAll(Deno.stdout, data),
  writeErr: (data) => writeAll(Deno.stderr, data),
  async write(data) {
    const bytes = typeof data === "string" ? encoder.encode(data) : data;
    let offset = 0;
    try {
      while (offset < bytes.length) {
        offset += await Deno.stdout.write(bytes.subarray(offset));
      }
    } catch (error) {
      throw brokenPipeOf(error);
    }
  },
  async *readStdin() {
    while (true) {
      const buffer = new Uint8Array(READ_BYTES);
      const count = await Deno.stdin.read(buffer);
      if (count === null) return;
      yield buffer.subarray(0, count);
    }
  },
};

function writeAll(
  stream: { writeSync(data: Uint8Array): number },
  content: string | Uint8Array,
): void {
  const data = typeof content === "string" ? encoder.encode(content) : content;
  let offset = 0;
  try {
    while (offset < data.length) {
      offset += stream.writeSync(data.subarray(offset));
    }
  } catch (error) {
    throw brokenPipeOf(error);
  }
}

function brokenPipeOf(error: unknown): unknown {
  return error instanceof Deno.errors.BrokenPipe
    ? new BrokenPipe("Broken pipe")
    : error;
}
