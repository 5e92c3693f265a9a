/**
 * Edits by the helper: one confined process for all operations of a plan, asked
 * through frames and answered by lines; see "Edits" in `helper.c`.
 */
import { type ChildProcess, FileError } from "@/platform/platform.ts";
import type { ConfinedWriter } from "../writer.ts";

const OPERATION = { makeDirectory: 0, write: 1, remove: 2 } as const;
const HEAD_BYTES = 13;
const MODE_AS_IT_IS = 0xffffffff;

/** PATH_MAX of Linux, with the byte that ends a string. */
const PATH_BYTES_MAX = 4096;

/** What kind of failure an errno of Linux is; any other is "other". */
const KINDS: Readonly<Record<number, FileError["kind"]>> = {
  1: "permission", // EPERM
  2: "not_found", // ENOENT
  13: "permission", // EACCES
  17: "exists", // EEXIST
  20: "not_found", // ENOTDIR
  28: "no_space", // ENOSPC
  30: "permission", // EROFS
  122: "no_space", // EDQUOT
};

interface Operation {
  readonly what: keyof typeof OPERATION;
  readonly path: string;
  readonly content?: Uint8Array;
  readonly mode?: number | undefined;
}

/** A writer whose operations the helper performs; it does one at a time. */
export function helperWriter(child: ChildProcess): ConfinedWriter {
  const answers = linesOf(child.stdout);
  // Read, or the helper could wait for ever to write there.
  const problem = new Response(child.stderr).text();
  let last: Promise<unknown> = Promise.resolve();
  const perform = (operation: Operation): Promise<void> => {
    const result = last.then(() => ask(child, answers, operation));
    last = result.catch(() => {});
    return result;
  };
  return {
    makeDirectory: (path) => perform({ what: "makeDirectory", path }),
    write: (path, content, mode) =>
      perform({ what: "write", path, content, mode }),
    remove: (path) => perform({ what: "remove", path }),
    async close() {
      await last;
      await child.closeStdin().catch(() => {});
      while (!(await answers.next()).done) continue;
      await Promise.all([problem, child.exit.catch(() => {})]);
    },
  };
}

async function ask(
  child: ChildProcess,
  answers: AsyncGenerator<string>,
  operation: Operation,
): Promise<void> {
  const { path } = operation;
  const frame = encodeOperation(operation);
  if (frame === undefined) {
    throw new FileError("other", path, "File name too long (os error 36)");
  }
  // A helper that ended is noticed by its missing answer.
  await child.writeStdin(frame).catch(() => {});
  const { value, done } = await answers.next();
  if (done) return await throwEnded(child, path);
  if (value === "0") return;
  const [, number = "", text = ""] = /^(\d+) (.*)$/.exec(value) ?? [];
  const kind = KINDS[Number(number)] ?? "other";
  throw new FileError(kind, path, `${text} (os error ${number})`);
}

/** Throws why the helper ended: it could not be set up, or something killed it. */
async function throwEnded(child: ChildProcess, path: string): Promise<never> {
  await child.exit;
  throw new FileError("other", path, "the sandbox helper ended");
}

/** The bytes the helper reads; `undefined` for a path longer than there can be. */
export function encodeOperation(
  { what, path, content = new Uint8Array(), mode }: Operation,
): Uint8Array | undefined {
  const name = new TextEncoder().encode(path);
  if (name.length >= PATH_BYTES_MAX || name.includes(0)) return undefined;
  const frame = new Uint8Array(HEAD_BYTES + name.length + content.length);
  const view = new DataView(frame.buffer);
  view.setUint8(0, OPERATION[what]);
  view.setUint32(1, mode ?? MODE_AS_IT_IS, true);
  view.setUint32(5, name.length, true);
  view.setUint32(9, content.length, true);
  frame.set(name, HEAD_BYTES);
  frame.set(content, HEAD_BYTES + name.length);
  return frame;
}

async function* linesOf(
  stream: ReadableStream<Uint8Array>,
): AsyncGenerator<string> {
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
}
