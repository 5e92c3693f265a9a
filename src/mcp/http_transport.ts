/**
 * A server behind an address: the SDK's streamable HTTP transport over our own client,
 * so that proxies, certificates and denied addresses hold for it, too.
 */
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import type { McpTransport } from "@/config/config.ts";
import type { Environment, HttpClient } from "@/platform/platform.ts";
import { McpStartError } from "./server.ts";

type HttpServer = Extract<McpTransport, { kind: "http" }>;

/** @throws McpStartError when the address or a variable cannot be used */
export function createHttpTransport(
  name: string,
  server: HttpServer,
  ports: { readonly http: HttpClient; readonly env: Environment },
): StreamableHTTPClientTransport {
  if (!URL.canParse(server.url)) {
    throw new McpStartError(`"${server.url}" is no address`);
  }
  return new StreamableHTTPClientTransport(new URL(server.url), {
    requestInit: { headers: serverHeaders(name, server, ports.env) },
    fetch: (url, init) => send(ports.http, String(url), init ?? {}),
  });
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

async function send(
  http: HttpClient,
  url: string,
  init: RequestInit,
): Promise<Response> {
  const { method = "GET", body } = init;
  if (method !== "GET" && method !== "POST" && method !== "DELETE") {
    throw new Error(`Unexpected method ${method}`);
  }
  return await http.send(
    {
      method,
      url,
      headers: Object.fromEntries(new Headers(init.headers)),
      ...(typeof body === "string" ? { body } : {}),
    },
    init.signal ?? new AbortController().signal,
  );
}
