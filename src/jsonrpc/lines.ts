/** Newline-delimited frames: bytes in, whole lines out, each no longer than a limit. */

/** A picture in base64 fits; a flood without a line feed does not fill the memory. */
const LINE_BYTES_MAX = 64 << 20;

/** A line that is longer than any message. */
export class LineTooLong extends Error {
  override readonly name = "LineTooLong";
}

/**
 * The lines of a stream, without their ends; empty ones are left out.
 *
 * @throws LineTooLong when a line does not end
 */
export async function* readFrames(
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<string, void> {
  const decoder = new TextDecoder();
  let parts: string[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    const lines = decoder.decode(chunk, { stream: true }).split("\n");
    for (const [index, text] of lines.entries()) {
      parts.push(text);
      length += text.length;
      if (length > LINE_BYTES_MAX) {
        throw new LineTooLong(
          `A line is longer than ${LINE_BYTES_MAX} characters`,
        );
      }
      if (index === lines.length - 1) continue;
      const line = parts.join("").trim();
      parts = [];
      length = 0;
      if (line !== "") yield line;
    }
  }
  const rest = parts.join("").trim();
  if (rest !== "") yield rest;
}
