/**
 * One connection to the proxy, from its first byte to its end: read the head, ask
 * whether that host may be reached, look its addresses up once, connect to one that
 * was looked at, carry bytes. Every wait has an end.
 */
import type { Connection, Network } from "@/platform/network.ts";
import type { Clock } from "@/platform/platform.ts";
import { isAddress } from "@/text/host_pattern.ts";
import { isPublicAddress } from "./addresses.ts";
import { bytesOf, carry, CHUNK_BYTES } from "./carry.ts";
import {
  HEAD_BYTES_MAX,
  type NetworkTarget,
  parseRequestHead,
  type RequestHead,
} from "./request_head.ts";

/** Whether a host may be reached, and why not, in words for the user. */
export type NetworkDecision =
  | { readonly kind: "allow" }
  | { readonly kind: "refuse"; readonly reason: string };

/** Who decides about the network of one command. */
export interface NetworkGate {
  /** The decision about a name; addresses are never asked about. */
  decide(target: NetworkTarget, signal: AbortSignal): Promise<NetworkDecision>;
  /** Told every decision, whoever made it. */
  report(target: NetworkTarget, decision: NetworkDecision): Promise<void>;
}

export interface ServePorts {
  readonly network: Network;
  readonly clock: Pick<Clock, "monotonic" | "timeout">;
  readonly gate: NetworkGate;
  readonly limits?: Partial<ProxyLimits>;
}

export interface ProxyLimits {
  /** A program sends its head at once; whoever does not holds a place. */
  readonly headMs: number;
  /** Longer than a slow handshake, shorter than anybody's patience. */
  readonly connectMs: number;
  /** A connection nothing moved on for so long is dead, or a way to fill the table. */
  readonly idleMs: number;
}

const LIMITS: ProxyLimits = {
  headMs: 10_000,
  connectMs: 20_000,
  idleMs: 300_000,
};

/** A program reads a refusal at once. */
const LINGER_MS = 2_000;

/** Serves a connection to its end. Closes it; never rejects. */
export async function serveConnection(
  client: Connection,
  ports: ServePorts,
  signal: AbortSignal,
): Promise<void> {
  const onAbort = () => client.close();
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    if (!signal.aborted) await serve(client, ports, signal);
  } catch {
    // Either side went away, or the command ended: nobody is left to tell.
  } finally {
    signal.removeEventListener("abort", onAbort);
    client.close();
  }
}

async function serve(
  client: Connection,
  ports: ServePorts,
  signal: AbortSignal,
): Promise<void> {
  const { head, rest } = await readHead(client, ports);
  if (head === undefined) return;
  if (head.kind === "bad") {
    return await answer(
      client,
      ports,
      head.status,
      `the request is refused: ${head.reason}`,
    );
  }
  const { target } = head;
  const decision = await decide(target, ports.gate, signal);
  if (decision.kind === "refuse") {
    return await refuse(client, ports, target, decision);
  }
  const found = await findAddresses(target, ports, signal);
  if (found.kind === "refuse") {
    return await refuse(client, ports, target, found);
  }
  if (found.kind === "unknown") {
    return await answer(client, ports, 502, `${target.host} has no address`);
  }
  const server = await connectFirst(
    found.addresses,
    target.port,
    ports,
    signal,
  );
  if (server === undefined) {
    return await answer(client, ports, 502, `${target.host} cannot be reached`);
  }
  await ports.gate.report(target, { kind: "allow" });
  const { clock, limits } = ports;
  const idleMs = limits?.idleMs ?? LIMITS.idleMs;
  await carry({ client, server, head, rest }, { clock, idleMs }, signal);
}

/** The head and what came after it; no head when the connection ended before one. */
async function readHead(
  client: Connection,
  { clock, limits }: ServePorts,
): Promise<{ readonly head?: RequestHead; readonly rest: Uint8Array }> {
  const deadline = clock.timeout(limits?.headMs ?? LIMITS.headMs);
  const close = () => client.close();
  deadline.addEventListener("abort", close, { once: true });
  try {
    const bytes = new Uint8Array(HEAD_BYTES_MAX);
    let used = 0;
    while (used < bytes.length) {
      const count = await client.read(bytes.subarray(used));
      if (count === null) return { rest: bytes.subarray(0, 0) };
      const from = Math.max(0, used - 3);
      used += count;
      const end = endOfHead(bytes.subarray(0, used), from);
      if (end === undefined) continue;
      return {
        head: parseRequestHead(latin1(bytes.subarray(0, end))),
        rest: bytes.slice(end + 4, used),
      };
    }
    const reason = `its head is longer than ${HEAD_BYTES_MAX} bytes`;
    const head = { kind: "bad", status: 400, reason } as const;
    return { head, rest: bytes.subarray(0, 0) };
  } finally {
    deadline.removeEventListener("abort", close);
  }
}

/** Where CR LF CR LF begins. */
function endOfHead(bytes: Uint8Array, from: number): number | undefined {
  for (let at = from; at + 3 < bytes.length; at++) {
    if (
      bytes[at] === 13 && bytes[at + 1] === 10 && bytes[at + 2] === 13 &&
      bytes[at + 3] === 10
    ) return at;
  }
  return undefined;
}

/** One character for each byte, so that nothing is lost or joined on the way. */
function latin1(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}

async function decide(
  target: NetworkTarget,
  gate: NetworkGate,
  signal: AbortSignal,
): Promise<NetworkDecision> {
  if (isAddress(target.host)) {
    return {
      kind: "refuse",
      reason: "hosts are reached by name, never by address",
    };
  }
  return await gate.decide(target, signal);
}

type Found =
  | { readonly kind: "found"; readonly addresses: readonly string[] }
  | { readonly kind: "unknown" }
  | Extract<NetworkDecision, { kind: "refuse" }>;

// Looked up once: asked a second time, a hostile name server would answer otherwise.
async function findAddresses(
  { host }: NetworkTarget,
  { network, clock, limits }: ServePorts,
  signal: AbortSignal,
): Promise<Found> {
  const deadline = clock.timeout(limits?.connectMs ?? LIMITS.connectMs);
  const addresses = await network.resolve(
    host,
    AbortSignal.any([signal, deadline]),
  ).catch(() => []);
  signal.throwIfAborted();
  if (addresses.length === 0) return { kind: "unknown" };
  const inner = addresses.find((address) => !isPublicAddress(address));
  if (inner === undefined) return { kind: "found", addresses };
  return {
    kind: "refuse",
    reason: `its address ${inner} is not on the public Internet`,
  };
}

async function connectFirst(
  addresses: readonly string[],
  port: number,
  { network, clock, limits }: ServePorts,
  signal: AbortSignal,
): Promise<Connection | undefined> {
  const deadline = clock.timeout(limits?.connectMs ?? LIMITS.connectMs);
  const until = AbortSignal.any([signal, deadline]);
  for (const address of addresses) {
    const server = await network.connect(address, port, until)
      .catch(() => undefined);
    if (server !== undefined) return server;
    signal.throwIfAborted();
  }
  return undefined;
}

async function refuse(
  client: Connection,
  ports: ServePorts,
  target: NetworkTarget,
  decision: Extract<NetworkDecision, { kind: "refuse" }>,
): Promise<void> {
  await ports.gate.report(target, decision);
  await answer(
    client,
    ports,
    403,
    `the sandbox does not let commands reach ${target.host}:${target.port}: ${decision.reason}`,
  );
}

const PHRASES = {
  400: "Bad Request",
  403: "Forbidden",
  411: "Length Required",
  502: "Bad Gateway",
} as const;

async function answer(
  client: Connection,
  { clock }: ServePorts,
  status: keyof typeof PHRASES,
  text: string,
): Promise<void> {
  const body = new TextEncoder().encode(`${text}\n`);
  const head = [
    `HTTP/1.1 ${status} ${PHRASES[status]}`,
    "Content-Type: text/plain; charset=utf-8",
    `Content-Length: ${body.length}`,
    "Connection: close",
    "",
    "",
  ].join("\r\n");
  await client.write(bytesOf(head));
  await client.write(body);
  await client.closeWrite();
  await discard(client, clock);
}

/** A program still sending its request would lose the answer to a closed connection. */
async function discard(
  client: Connection,
  clock: ServePorts["clock"],
): Promise<void> {
  const deadline = clock.timeout(LINGER_MS);
  const close = () => client.close();
  deadline.addEventListener("abort", close, { once: true });
  const chunk = new Uint8Array(CHUNK_BYTES);
  try {
    while (await client.read(chunk) !== null) continue;
  } finally {
    deadline.removeEventListener("abort", close);
  }
}
