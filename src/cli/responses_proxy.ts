/**
 * A proxy that adds a key its callers do not see: one path, one method, one server
 * behind it. Callers are programs of this machine; pages in a browser are not.
 */
import type { Secret } from "@/auth/secret.ts";
import type { Clock, FileSystem, HttpClient } from "@/platform/platform.ts";

const PATH = "/v1/responses";
/** A request with pictures fits; a flood does not. */
const REQUEST_BYTES_MAX = 64 << 20;
/** What of a body is kept in a dump. */
const DUMP_CHARACTERS_MAX = 16 << 20;
const PRIVATE_FILE_MODE = 0o600;
const PRIVATE_DIRECTORY_MODE = 0o700;

/** About the connection and not the message: RFC 9110, section 7.6.1. */
const OWN_HEADERS = [
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  // Made anew for the other side.
  "host",
  "content-length",
  "accept-encoding",
  "content-encoding",
];
const SECRET_HEADERS = ["authorization", "cookie", "set-cookie"];

export interface ProxyPorts {
  readonly http: HttpClient;
  readonly clock: Pick<Clock, "now">;
  readonly files: Pick<FileSystem, "makeDirectory" | "replaceFile">;
  readonly upstream: URL;
  readonly key: Secret;
  /** Where requests and responses are written down; undefined for nowhere. */
  readonly dumpDirectory: string | undefined;
  /** Ends the proxy; undefined when nobody may ask for that. */
  readonly shutDown: (() => void) | undefined;
  log(text: string): void;
}

export class ResponsesProxy {
  readonly #ports: ProxyPorts;
  /** Responses that are still being written down. */
  readonly #dumps = new Set<Promise<void>>();
  #count = 0;

  constructor(ports: ProxyPorts) {
    this.#ports = ports;
  }

  async answer(request: Request): Promise<Response> {
    const { pathname, search } = new URL(request.url);
    // A page could spend the key: a browser always says that a page asks.
    if (request.headers.has("origin")) return empty(403);
    const { shutDown } = this.#ports;
    if (
      shutDown !== undefined && request.method === "GET" &&
      pathname === "/shutdown"
    ) {
      shutDown();
      return empty(200);
    }
    const isKnown = request.method === "POST" && pathname === PATH &&
      search === "";
    if (!isKnown) return empty(403);
    const body = await bodyOf(request);
    return body === undefined ? empty(413) : await this.#forward(request, body);
  }

  async #forward(request: Request, body: string): Promise<Response> {
    const { http, upstream, key } = this.#ports;
    const dump = this.#newDump();
    const headers = passedOn(request.headers);
    await dump("request", {
      method: request.method,
      url: PATH,
      headers: shown(headers),
      body: bodyShown(body),
    });
    let response: Response;
    try {
      response = await http.send({
        method: "POST",
        url: upstream.href,
        headers: { ...headers, authorization: `Bearer ${key.reveal()}` },
        body,
      }, request.signal);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      this.#ports.log(`Cannot forward to ${upstream.host}: ${why}`);
      return new Response(`Cannot forward to ${upstream.host}: ${why}\n`, {
        status: 502,
      });
    }
    const answered = {
      status: response.status,
      headers: passedOn(response.headers),
    };
    if (response.body === null) return new Response(null, answered);
    const [passed, kept] = this.#ports.dumpDirectory === undefined
      ? [response.body, undefined]
      : response.body.tee();
    if (kept !== undefined) {
      const dumping = this.#keep(kept, (text) =>
        dump("response", {
          status: answered.status,
          headers: shown(answered.headers),
          body: bodyShown(text),
        }));
      this.#dumps.add(dumping);
      dumping.finally(() => this.#dumps.delete(dumping));
    }
    return new Response(passed, answered);
  }

  /** Resolves when everything is written down. */
  async close(): Promise<void> {
    await Promise.all(this.#dumps);
  }

  async #keep(
    body: ReadableStream<Uint8Array>,
    write: (text: string) => Promise<void>,
  ): Promise<void> {
    try {
      await write(await boundedText(body));
    } catch (error) {
      // The caller has its response; only the copy is missing.
      this.#ports.log(`Cannot write down a response: ${String(error)}`);
    }
  }

  /** Files of one exchange have one number. */
  #newDump(): (kind: string, content: unknown) => Promise<void> {
    const { dumpDirectory, files, clock } = this.#ports;
    const number = String(++this.#count).padStart(6, "0");
    const name = `${number}-${clock.now()}`;
    return async (kind, content) => {
      if (dumpDirectory === undefined) return;
      await files.makeDirectory(dumpDirectory, PRIVATE_DIRECTORY_MODE);
      await files.replaceFile(
        `${dumpDirectory}/${name}-${kind}.json`,
        `${JSON.stringify(content, null, 2)}\n`,
        PRIVATE_FILE_MODE,
      );
    };
  }
}

function empty(status: number): Response {
  return new Response(null, { status });
}

/** Undefined when it is too large. */
async function bodyOf(request: Request): Promise<string | undefined> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of request.body ?? []) {
    length += chunk.length;
    if (length > REQUEST_BYTES_MAX) return undefined;
    chunks.push(chunk);
  }
  return await new Blob(chunks as BlobPart[]).text();
}

function passedOn(headers: Headers): Record<string, string> {
  const named = headers.get("connection")?.toLowerCase().split(/\s*,\s*/) ?? [];
  return Object.fromEntries(
    [...headers].filter(([name]) =>
      !OWN_HEADERS.includes(name) && !named.includes(name) &&
      name !== "authorization"
    ),
  );
}

function shown(headers: Readonly<Record<string, string>>) {
  return Object.entries(headers).map(([name, value]) => ({
    name,
    value: SECRET_HEADERS.includes(name) ? "[REDACTED]" : value,
  }));
}

function bodyShown(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // A stream of events, or cut: as it is.
    return text;
  }
}

/** Reads to the end and keeps the beginning. */
async function boundedText(
  stream: ReadableStream<Uint8Array>,
): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of stream) {
    if (text.length < DUMP_CHARACTERS_MAX) {
      text += decoder.decode(chunk, { stream: true });
    }
  }
  return text.slice(0, DUMP_CHARACTERS_MAX);
}
