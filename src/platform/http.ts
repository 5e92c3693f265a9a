/**
 * HTTP, through `fetch`. The client is made on first use; one client keeps its
 * connections, so a turn of many requests pays for one handshake.
 */
import { type Environment, type HttpClient, HttpError } from "./platform.ts";

/**
 * An HTTP client that trusts, beside the system's roots, the PEM bundle named by
 * `CODEX_CA_CERTIFICATE`, else `SSL_CERT_FILE`.
 */
export function createHttp(env: Environment): HttpClient {
  let client: Deno.HttpClient | undefined | null = null;
  return {
    async send(request, signal) {
      // Reading a bundle costs milliseconds that plain HTTP has no use for.
      if (client === null && request.url.startsWith("https:")) {
        client = await trustedClient(env);
      }
      const init: RequestInit & { client?: Deno.HttpClient } = {
        method: request.method,
        headers: request.headers,
        signal,
        redirect: "manual",
      };
      if (request.body !== undefined) init.body = request.body;
      if (client) init.client = client;
      try {
        return await fetch(request.url, init);
      } catch (error) {
        if (signal.aborted) throw signal.reason;
        throw new HttpError(
          error instanceof Error ? error.message : String(error),
          {
            cause: error,
          },
        );
      }
    },
  };
}

async function trustedClient(
  env: Environment,
): Promise<Deno.HttpClient | undefined> {
  const path = env.get("CODEX_CA_CERTIFICATE") ?? env.get("SSL_CERT_FILE");
  if (path === undefined || path === "") return undefined;
  try {
    return Deno.createHttpClient({ caCerts: [await Deno.readTextFile(path)] });
  } catch (error) {
    throw new HttpError(
      `Cannot read certificates from "${path}": ${
        error instanceof Error ? error.message : error
      }`,
      { cause: error },
    );
  }
}
