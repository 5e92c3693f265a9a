/**
 * A child whose standard input is a terminal that the helper serves: what is typed
 * travels in frames, see "A terminal of its own" in `helper.c`.
 */
import type { ChildProcess, TerminalSize } from "@/platform/platform.ts";

/** Content of one frame; the helper has room for no more. */
const FRAME_CONTENT_MAX = 65536;
const FRAME_INPUT = 0;
const FRAME_SIZE = 1;

/** What a terminal in its usual mode takes for the end of the input. */
const END_OF_INPUT = new Uint8Array([4]);

/** Text to type, as frames: type (1 byte), length (4, little endian), content. */
export function inputFrames(data: Uint8Array): Uint8Array {
  const count = Math.max(1, Math.ceil(data.length / FRAME_CONTENT_MAX));
  const frames = new Uint8Array(data.length + count * 5);
  const view = new DataView(frames.buffer);
  let at = 0;
  for (let index = 0; index < count; index++) {
    const start = index * FRAME_CONTENT_MAX;
    const content = data.subarray(start, start + FRAME_CONTENT_MAX);
    view.setUint8(at, FRAME_INPUT);
    view.setUint32(at + 1, content.length, true);
    frames.set(content, at + 5);
    at += 5 + content.length;
  }
  return frames;
}

/** A new size, as a frame. */
export function sizeFrame({ rows, columns }: TerminalSize): Uint8Array {
  const frame = new Uint8Array(9);
  const view = new DataView(frame.buffer);
  view.setUint8(0, FRAME_SIZE);
  view.setUint32(1, 4, true);
  view.setUint16(5, rows, true);
  view.setUint16(7, columns, true);
  return frame;
}

/** The child as its owner wants it: what is written is typed. */
export function withTerminal(child: ChildProcess): ChildProcess {
  return {
    pid: child.pid,
    stdout: child.stdout,
    stderr: child.stderr,
    exit: child.exit,
    writeStdin: (data) => child.writeStdin(inputFrames(data)),
    async closeStdin() {
      try {
        await child.writeStdin(inputFrames(END_OF_INPUT));
      } finally {
        await child.closeStdin();
      }
    },
    resize: (size) => child.writeStdin(sizeFrame(size)),
    kill: (signal) => child.kill(signal),
  };
}
