/**
 * `codex responses-api-proxy`: model requests of programs that must not have the key.
 * The key comes on standard input and is in no file, argument or environment.
 */
import { Secret } from "@/auth/secret.ts";
import { withDotEnv } from "@/config/dot_env.ts";
import {
  listenLocalHttp,
  type LocalHttpServer,
} from "@/platform/http_server.ts";
import { resolvePath } from "@/platform/paths.ts";
import type { Platform } from "@/platform/platform.ts";
import { CodexError } from "@/protocol/errors.ts";
import { flagValue, hasFlag, type ParsedCommand } from "../parsed.ts";
import { ResponsesProxy } from "../responses_proxy.ts";

const UPSTREAM = "https://api.openai.com/v1/responses";
/** How long what is being answered may take when the proxy is to end. */
const GOODBYE_MS = 500;
/** Longer than any key. */
const KEY_BYTES_MAX = 4_096;

export async function run(
  parsed: ParsedCommand,
  machine: Platform,
): Promise<number> {
  const platform = await withDotEnv(machine);
  const upstream = upstreamOf(flagValue(parsed, "upstream-url") ?? UPSTREAM);
  const port = portOf(flagValue(parsed, "port") ?? "0");
  const key = await readKey(platform);
  const ended = Promise.withResolvers<void>();
  const { cwd } = platform.host;
  const dumps = flagValue(parsed, "dump-dir");
  const proxy = new ResponsesProxy({
    ...platform,
    upstream,
    key,
    dumpDirectory: dumps === undefined ? undefined : resolvePath(cwd, dumps),
    shutDown: hasFlag(parsed, "http-shutdown")
      ? () => ended.resolve()
      : undefined,
    log: (text) => platform.log.error("codex::responses_proxy", () => text),
  });
  const server = listen(port, (request) => proxy.answer(request));
  const stops = [
    platform.signals.onInterrupt(() => ended.resolve()),
    platform.signals.onTerminate(() => ended.resolve()),
  ];
  try {
    const info = flagValue(parsed, "server-info");
    if (info !== undefined) {
      await platform.files.replaceFile(
        resolvePath(cwd, info),
        `${JSON.stringify({ port: server.port, pid: platform.host.pid })}\n`,
      );
    }
    platform.terminal.writeErr(
      `responses-api-proxy listening on 127.0.0.1:${server.port}\n`,
    );
    await ended.promise;
    return 0;
  } finally {
    await server.close(platform.clock.timeout(GOODBYE_MS));
    await proxy.close();
    stops.forEach((stop) => stop());
  }
}

function upstreamOf(given: string): URL {
  const url = URL.canParse(given) ? new URL(given) : undefined;
  if (url?.protocol === "https:" || url?.protocol === "http:") return url;
  throw new CodexError(
    "invalid_input",
    `Cannot use --upstream-url \`${given}\`: it is no absolute http or https address`,
  );
}

function portOf(given: string): number {
  const port = /^\d{1,5}$/.test(given) ? Number(given) : -1;
  if (port >= 0 && port <= 65_535) return port;
  throw new CodexError(
    "invalid_input",
    `Cannot use --port \`${given}\`: a port is a number from 0 to 65535`,
  );
}

async function readKey({ terminal }: Platform): Promise<Secret> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const bytes of terminal.readStdin()) {
    text += decoder.decode(bytes, { stream: true });
    if (text.length > KEY_BYTES_MAX) break;
  }
  const key = text.trim();
  if (key === "") {
    throw new CodexError(
      "missing_credentials",
      "API key must be provided via stdin (e.g. printenv OPENAI_API_KEY | codex responses-api-proxy)",
    );
  }
  if (key.length > KEY_BYTES_MAX || !/^[A-Za-z0-9_-]+$/.test(key)) {
    throw new CodexError(
      "missing_credentials",
      "API key may only contain ASCII letters, numbers, '-' or '_'",
    );
  }
  return new Secret(key);
}

function listen(
  port: number,
  answer: (request: Request) => Promise<Response>,
): LocalHttpServer {
  try {
    return listenLocalHttp(port, answer);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new CodexError(
      "invalid_input",
      `Cannot listen on 127.0.0.1 port ${port}: ${why}; choose another port, or 0 for any free one`,
      { cause: error },
    );
  }
}
