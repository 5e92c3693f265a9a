/**
 * Names of hosts a user lists: `api.github.com`, `*.example.org` (what is below it, not
 * itself), each with an optional port. Addresses are no names: what stands behind one
 * cannot be read from a list.
 */

export interface HostPattern {
  /** Lower case, without a final dot; without the `*.` of a pattern for what is below. */
  readonly name: string;
  readonly isBelow: boolean;
  /** The only port meant; undefined for the usual ones of the protocol. */
  readonly port: number | undefined;
}

export type HostPatternResult =
  | { readonly kind: "ok"; readonly pattern: HostPattern }
  | { readonly kind: "wrong"; readonly problem: string };

const PORT_MAX = 65535;
/** RFC 1035, section 2.3.4. */
const NAME_LENGTH_MAX = 253;
const LABEL = /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/;

/** Reads one entry of a list. */
export function parseHostPattern(text: string): HostPatternResult {
  const [, host = "", portText] = /^(.*?)(?::(\d+))?$/.exec(text) ?? [];
  const isBelow = host.startsWith("*.");
  const name = normalizeHost(isBelow ? host.slice(2) : host);
  const port = portText === undefined ? undefined : Number(portText);
  if (port !== undefined && (port < 1 || port > PORT_MAX)) {
    return wrong(`"${portText}" is not a port`);
  }
  if (host === "*") {
    return wrong("a list of every host is no list; use network_access = true");
  }
  if (isAddress(name)) return wrong("it is an address, and only names count");
  if (!isHostName(name)) {
    return wrong(
      'it is no host name; write it like "api.example.org", "*.example.org" or "example.org:8443"',
    );
  }
  return { kind: "ok", pattern: { name, isBelow, port } };
}

/** True when a pattern means that host; `usualPort` is the one of its protocol. */
export function matchesHost(
  pattern: HostPattern,
  host: string,
  port: number,
  usualPort: number,
): boolean {
  if (port !== (pattern.port ?? usualPort)) return false;
  const name = normalizeHost(host);
  return pattern.isBelow
    ? name.endsWith(`.${pattern.name}`)
    : name === pattern.name;
}

/** As names are compared: case and a final dot mean nothing (RFC 4343, RFC 1034). */
export function normalizeHost(host: string): string {
  return host.toLowerCase().replace(/\.$/, "");
}

/** True for a name the DNS could hold. */
export function isHostName(host: string): boolean {
  const name = normalizeHost(host);
  return name.length <= NAME_LENGTH_MAX &&
    name.split(".").every((label) => LABEL.test(label));
}

/**
 * True for what programs take for an address instead of a name: with a colon or in
 * brackets, or ending in a number, which may be short, octal or hexadecimal (WHATWG
 * URL, "ends in a number").
 */
export function isAddress(host: string): boolean {
  if (/[:[\]%]/.test(host)) return true;
  const last = normalizeHost(host).split(".").at(-1) ?? "";
  return /^(\d+|0x[0-9a-f]*)$/.test(last);
}

function wrong(problem: string): HostPatternResult {
  return { kind: "wrong", problem };
}
