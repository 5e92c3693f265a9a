/**
 * A server behind an address: the SDK's streamable HTTP transport over our own client,
 * so that proxies, certificates and denied addresses hold for it, too.
 */
import {
  type AuthProvider,
  StreamableHTTPClientTransport,
} from "@modelcontextprotocol/client";
import type { McpTransport } from "@/config/config.ts";
import type { Environment, HttpClient } from "@/platform/platform.ts";
import { boundBody } from "./bounded_body.ts";
import { MESSAGE_BYTES_MAX } from "./bounded_result.ts";
import { McpStartError } from "./server.ts";

export type HttpServer = Extract<McpTransport, { kind: "http" }>;

/** @throws McpStartError when the address or a variable cannot be used */
export function createHttpTransport(
  name: string,
  server: HttpServer,
  ports: {
    readonly http: HttpClient;
    readonly env: Environment;
    /** The user's login, for a server that is not sent a token of its own. */
    readonly login: AuthProvider | undefined;
  },
): StreamableHTTPClientTransport {
  if (!URL.canParse(server.url)) {
    throw new McpStartError(`"${server.url}" is no address`);
  }
  const headers = serverHeaders(name, server, ports.env);
  for (const [header, value] of Object.entries(headers)) {
    requireSendable(header, value);
  }
  const transport = new StreamableHTTPClientTransport(new URL(server.url), {
    requestInit: { headers },
    // As over stdio, a message without end costs the server its connection.
    fetch: fetchBounded(ports.http, () => {
      transport.close().catch((error) => transport.onerror?.(error));
    }),
    ...(hasOwnAuthorization(server) || ports.login === undefined
      ? {}
      : { authProvider: ports.login }),
  });
  return transport;
}

/** @throws McpStartError naming the header, never what it holds */
function requireSendable(header: string, value: string): void {
  try {
    new Headers([[header, value]]);
  } catch {
    throw new McpStartError(
      `the header ${
        JSON.stringify(header)
      } cannot be sent: its name or its value is none HTTP allows`,
    );
  }
}

/** Whether requests carry a token or the like by configuration, so no login counts. */
export function hasOwnAuthorization(server: HttpServer): boolean {
  return server.bearerTokenEnvVar !== undefined ||
    [server.headers, server.envHeaders].some((headers) =>
      Object.keys(headers ?? {}).some((name) =>
        name.toLowerCase() === "authorization"
      )
    );
}

/** What every request carries: fixed headers, headers from variables, the token. */
export function serverHeaders(
  name: string,
  server: HttpServer,
  env: Environment,
): Record<string, string> {
  const fromVariables = Object.entries(server.envHeaders ?? {}).flatMap(
    ([header, variable]) => {
      const value = env.get(variable)?.trim() ?? "";
      return value === "" ? [] : [[header, value] as const];
    },
  );
  return {
    ...server.headers,
    ...Object.fromEntries(fromVariables),
    ...bearerHeader(name, server, env),
  };
}

function bearerHeader(
  name: string,
  { bearerTokenEnvVar: variable }: HttpServer,
  env: Environment,
): Record<string, string> {
  if (variable === undefined) return {};
  const token = env.get(variable) ?? "";
  if (token === "") {
    throw new McpStartError(
      `Environment variable ${variable} for MCP server '${name}' is not set`,
    );
  }
  return { authorization: `Bearer ${token}` };
}

type Fetch = (url: string | URL, init?: RequestInit) => Promise<Response>;

/** `fetch` for the SDK, through our client. */
function fetchBounded(http: HttpClient, onOverflow: () => void): Fetch {
  const never = new AbortController().signal;
  return async (url, init = {}) => {
    const response = await send(
      http,
      String(url),
      init,
      init.signal ?? never,
    );
    const { body, status, statusText, headers } = response;
    if (body === null) return response;
    const kind = headers.get("content-type")?.startsWith("text/event-stream")
      ? "events"
      : "document";
    const bounded = boundBody(body, kind, MESSAGE_BYTES_MAX, onOverflow);
    return new Response(bounded, { status, statusText, headers });
  };
}

/** Bytes of a document about logins; honest ones have a few thousand. */
const DOCUMENT_BYTES_MAX = 1024 * 1024;

/**
 * `fetch` for small documents, which are read to their end here: nothing is left open,
 * and nothing takes longer than `limit` or more memory than it may.
 */
export function fetchDocument(
  http: HttpClient,
  limit: () => AbortSignal,
): Fetch {
  return async (url, init = {}) => {
    const signals = init.signal ? [init.signal, limit()] : [limit()];
    const response = await send(
      http,
      String(url),
      init,
      AbortSignal.any(signals),
    );
    const { status, statusText, headers } = response;
    const body = await readBounded(response);
    // Statuses without a body take none.
    const content = body === "" ? null : body;
    return new Response(content, { status, statusText, headers });
  };
}

async function readBounded({ body, url }: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  let size = 0;
  for await (const chunk of body ?? []) {
    size += chunk.length;
    if (size > DOCUMENT_BYTES_MAX) {
      throw new Error(
        `${new URL(url).origin} sent more than 1 MiB for a small document`,
      );
    }
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

async function send(
  http: HttpClient,
  url: string,
  init: RequestInit,
  signal: AbortSignal,
): Promise<Response> {
  const { method = "GET", body } = init;
  if (method !== "GET" && method !== "POST" && method !== "DELETE") {
    throw new Error(`Unexpected method ${method}`);
  }
  const text = body instanceof URLSearchParams ? String(body) : body;
  return await http.send({
    method,
    url,
    headers: Object.fromEntries(new Headers(init.headers)),
    ...(typeof text === "string" ? { body: text } : {}),
  }, signal);
}
