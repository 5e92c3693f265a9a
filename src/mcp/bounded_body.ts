/**
 * A body that ends in an error when one message in it is too long: a document counts as
 * one message, an event stream has one up to each empty line.
 */

const NEWLINE = 0x0a;
const RETURN = 0x0d;

export type BodyKind = "document" | "events";

/** @param onOverflow told once, before the body fails */
export function boundBody(
  body: ReadableStream<Uint8Array>,
  kind: BodyKind,
  max: number,
  onOverflow: () => void,
): ReadableStream<Uint8Array> {
  let size = 0;
  let isLineEmpty = false;
  return body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        size += chunk.length;
        if (kind === "events") {
          const end = lastMessageEnd(chunk, isLineEmpty);
          if (end !== undefined) size = chunk.length - end;
          isLineEmpty = endsInNewline(chunk, isLineEmpty);
        }
        if (size <= max) return controller.enqueue(chunk);
        onOverflow();
        controller.error(
          new Error(
            `it sent a message of more than ${
              Math.round(max / 1024 / 1024)
            } MiB`,
          ),
        );
      },
    }),
  );
}

/** Behind the last empty line of the chunk; `wasEmpty`: the line it begins in so far. */
function lastMessageEnd(
  chunk: Uint8Array,
  wasEmpty: boolean,
): number | undefined {
  let isEmpty = wasEmpty;
  let end: number | undefined;
  for (let at = 0; at < chunk.length; at++) {
    const byte = chunk[at];
    if (byte === NEWLINE) {
      if (isEmpty) end = at + 1;
      isEmpty = true;
    } else if (byte !== RETURN) {
      isEmpty = false;
      // The next line decides; what lies between is skipped quickly.
      const next = chunk.indexOf(NEWLINE, at);
      if (next < 0) break;
      at = next - 1;
    }
  }
  return end;
}

function endsInNewline(chunk: Uint8Array, wasEmpty: boolean): boolean {
  for (let at = chunk.length - 1; at >= 0; at--) {
    if (chunk[at] === NEWLINE) return true;
    if (chunk[at] !== RETURN) return false;
  }
  return wasEmpty;
}
