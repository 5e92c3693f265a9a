/**
 * Carries the bytes of one connection between a program and the server it may reach: a
 * tunnel both ways, or exactly one request and its answer.
 */
import { Watchdog } from "@/async/watchdog.ts";
import type { Connection } from "@/platform/network.ts";
import type { Clock } from "@/platform/platform.ts";
import type { RequestHead } from "./request_head.ts";

/** As much as is carried at a time. */
export const CHUNK_BYTES = 16 * 1024;

const ESTABLISHED = "HTTP/1.1 200 Connection established\r\n\r\n";

export interface Carried {
  readonly client: Connection;
  readonly server: Connection;
  readonly head: Exclude<RequestHead, { kind: "bad" }>;
  /** What the program sent after its head. */
  readonly rest: Uint8Array;
}

/** Carries bytes until both sides are done, one breaks off, or nothing moves. */
export async function carry(
  { client, server, head, rest }: Carried,
  { clock, idleMs }: {
    readonly clock: Pick<Clock, "monotonic" | "timeout">;
    readonly idleMs: number;
  },
  signal: AbortSignal,
): Promise<void> {
  using idle = new Watchdog(clock, idleMs, () => new Error("Nothing moved"));
  const close = () => {
    client.close();
    server.close();
  };
  const until = AbortSignal.any([signal, idle.signal]);
  until.addEventListener("abort", close, { once: true });
  try {
    until.throwIfAborted();
    const touch = () => idle.touch();
    const up = head.kind === "tunnel"
      ? openTunnel(client, server, rest, touch)
      : sendRequest(client, server, { head, rest }, touch);
    // One direction that breaks ends the other; one that ends does not.
    await Promise.all(
      [up, pump(server, client, touch)].map((way) =>
        way.catch((error: unknown) => {
          close();
          throw error;
        })
      ),
    );
  } finally {
    until.removeEventListener("abort", close);
    close();
  }
}

async function openTunnel(
  client: Connection,
  server: Connection,
  rest: Uint8Array,
  touch: () => void,
): Promise<void> {
  await client.write(bytesOf(ESTABLISHED));
  await server.write(rest);
  await pump(client, server, touch);
}

/** Exactly one request: what follows it is nobody's. */
async function sendRequest(
  client: Connection,
  server: Connection,
  { head, rest }: {
    readonly head: Extract<RequestHead, { kind: "request" }>;
    readonly rest: Uint8Array;
  },
  touch: () => void,
): Promise<void> {
  await server.write(bytesOf(head.text));
  const first = rest.subarray(0, head.bodyBytes);
  await server.write(first);
  let missing = head.bodyBytes - first.length;
  const chunk = new Uint8Array(CHUNK_BYTES);
  while (missing > 0) {
    const room = chunk.subarray(0, Math.min(chunk.length, missing));
    const count = await client.read(room);
    if (count === null) throw new Error("The body ended early");
    touch();
    await server.write(room.subarray(0, count));
    missing -= count;
  }
}

async function pump(
  from: Connection,
  to: Connection,
  touch: () => void,
): Promise<void> {
  const chunk = new Uint8Array(CHUNK_BYTES);
  for (;;) {
    const count = await from.read(chunk);
    if (count === null) return await to.closeWrite();
    touch();
    await to.write(chunk.subarray(0, count));
  }
}

/** The bytes of a text that has one character for each. */
export function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
