/**
 * The head of a request to the proxy: which host it wants and what is passed on. Pure,
 * and strict where two readers could understand different things: such a request is
 * refused, never repaired.
 *
 * Source: RFC 9112 (HTTP/1.1), RFC 9110 section 9.3.6 (CONNECT).
 */
import { isHostName, normalizeHost } from "@/text/host_pattern.ts";

/** As long as common servers allow; a longer one is not worth waiting for. */
export const HEAD_BYTES_MAX = 16 * 1024;

export type ProxyProtocol = "http" | "https";

/** What a program wants to reach. */
export interface NetworkTarget {
  /** As written, in lower case and without a final dot; perhaps an address. */
  readonly host: string;
  readonly port: number;
  readonly protocol: ProxyProtocol;
}

export type RequestHead =
  | { readonly kind: "tunnel"; readonly target: NetworkTarget }
  | {
    readonly kind: "request";
    readonly target: NetworkTarget;
    /** The head for the server itself. */
    readonly text: string;
    readonly bodyBytes: number;
  }
  | {
    readonly kind: "bad";
    readonly status: 400 | 411;
    readonly reason: string;
  };

/** Fields between us and the program, not for the server (RFC 9110, section 7.6.1). */
const HOP_FIELDS = [
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "upgrade",
];

const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

interface Field {
  readonly name: string;
  readonly line: string;
  readonly value: string;
}

/** Reads a head without the empty line that ends it; one character for each byte. */
export function parseRequestHead(text: string): RequestHead {
  const [first = "", ...lines] = text.split("\r\n");
  const request = /^([^ ]+) ([\x21-\x7e]+) HTTP\/1\.[01]$/.exec(first);
  if (request === null || !TOKEN.test(request[1] ?? "")) {
    return bad("its first line is no HTTP/1.1 request");
  }
  const fields: Field[] = [];
  for (const line of lines) {
    const field = parseField(line);
    if (field === undefined) return bad("a header line cannot be read");
    fields.push(field);
  }
  const [, method = "", wanted = ""] = request;
  return method === "CONNECT"
    ? tunnel(wanted, fields)
    : plainRequest(method, wanted, fields);
}

// No folded lines, no blank before the colon, no control characters, no bare line feed.
function parseField(line: string): Field | undefined {
  const colon = line.indexOf(":");
  const name = line.slice(0, colon);
  if (colon < 1 || !TOKEN.test(name)) return undefined;
  // deno-lint-ignore no-control-regex -- they are what is looked for
  if (/[\x00-\x08\x0a-\x1f\x7f]/.test(line)) return undefined;
  const value = line.slice(colon + 1).trim();
  return { name: name.toLowerCase(), line, value };
}

function tunnel(wanted: string, fields: readonly Field[]): RequestHead {
  const target = parseAuthority(wanted, "https", undefined);
  if (target === undefined) return bad("CONNECT needs HOST:PORT");
  // HTTP/1.0 has no Host header; the first line alone says where a tunnel leads.
  const isUnsaid = valuesOf(fields, "host").length === 0;
  if (!isUnsaid && !agreesWithHost(target, fields)) return bad(HOST_PROBLEM);
  if (valuesOf(fields, "content-length").some((value) => value !== "0")) {
    return bad("CONNECT has no body");
  }
  if (valuesOf(fields, "transfer-encoding").length > 0) {
    return bad("CONNECT has no body");
  }
  return { kind: "tunnel", target };
}

const HOST_PROBLEM = "its Host header is missing, double or of another host";

function plainRequest(
  method: string,
  wanted: string,
  fields: readonly Field[],
): RequestHead {
  const match = /^http:\/\/([^/?#@]+)([/?].*)?$/i.exec(wanted);
  const target = parseAuthority(match?.[1] ?? "", "http", 80);
  if (target === undefined) {
    return bad("only http://HOST/ and CONNECT HOST:PORT are passed on");
  }
  if (!agreesWithHost(target, fields)) return bad(HOST_PROBLEM);
  // Its frames would have to be read to know where it ends.
  if (valuesOf(fields, "transfer-encoding").length > 0) {
    return bad("a body needs a Content-Length", 411);
  }
  const lengths = valuesOf(fields, "content-length");
  if (
    lengths.length > 1 || !lengths.every((value) => /^\d{1,15}$/.test(value))
  ) {
    return bad("its Content-Length is double or no number");
  }
  const path = match?.[2] ?? "/";
  const kept = fields.filter(({ name }) => !isHopField(name, fields));
  const text = [
    `${method} ${path.startsWith("/") ? path : `/${path}`} HTTP/1.1`,
    ...kept.map(({ line }) => line),
    // One request for each connection: the next one could name another host.
    "Connection: close",
    "",
    "",
  ].join("\r\n");
  return { kind: "request", target, text, bodyBytes: Number(lengths[0] ?? 0) };
}

// `Connection` may name more; it must not take away what was checked.
function isHopField(name: string, fields: readonly Field[]): boolean {
  if (name === "host" || name === "content-length") return false;
  if (HOP_FIELDS.includes(name)) return true;
  return valuesOf(fields, "connection").some((value) =>
    value.toLowerCase().split(",").some((word) => word.trim() === name)
  );
}

function agreesWithHost(
  target: NetworkTarget,
  fields: readonly Field[],
): boolean {
  const hosts = valuesOf(fields, "host");
  if (hosts.length !== 1) return false;
  const usualPort = target.protocol === "https" ? 443 : 80;
  const named = parseAuthority(hosts[0] ?? "", target.protocol, usualPort);
  // Programs leave the port out of a tunnel's Host header, or do not.
  return named?.host === target.host &&
    (named.port === target.port || named.port === usualPort);
}

/** `HOST:PORT`; an address in brackets or not is taken too, to be refused by name. */
function parseAuthority(
  text: string,
  protocol: ProxyProtocol,
  usualPort: number | undefined,
): NetworkTarget | undefined {
  const match = /^(\[[0-9a-f:.%]+\]|[^:[\]]+)(?::(\d{1,5}))?$/i.exec(text);
  const host = normalizeHost(match?.[1] ?? "");
  const port = match?.[2] === undefined ? usualPort : Number(match[2]);
  if (!host.startsWith("[") && !isHostName(host)) return undefined;
  if (port === undefined || port < 1 || port > 65535) return undefined;
  return { host, port, protocol };
}

function valuesOf(fields: readonly Field[], name: string): readonly string[] {
  return fields.filter((field) => field.name === name)
    .map(({ value }) => value);
}

function bad(reason: string, status: 400 | 411 = 400): RequestHead {
  return { kind: "bad", status, reason };
}
