/** The user's browser: shown an address, and listened to when it comes back. */
import { AsyncQueue } from "@/async/queue.ts";
import { abortable } from "@/async/scope.ts";
import {
  AddressInUse,
  type Browsing,
  type Environment,
  type LoopbackListener,
  type LoopbackRequest,
} from "./platform.ts";

/** Requests that wait; a browser sends one, and perhaps one for an icon. */
const REQUESTS_MAX = 16;

export function createBrowsing(env: Environment): Browsing {
  return { listen, open: (url) => open(url, env) };
}

function listen(port: number | undefined): LoopbackListener {
  const queue = new AsyncQueue<LoopbackRequest>(REQUESTS_MAX);
  const requests = queue[Symbol.asyncIterator]();
  const open = new Set<(response: Response) => void>();
  const server = serve(
    port ?? 0,
    async (request) => {
      // Anything on this machine may knock; only so much of it is kept waiting.
      if (open.size >= REQUESTS_MAX) {
        return textResponse(503, "Too many requests");
      }
      const { promise, resolve } = Promise.withResolvers<Response>();
      open.add(resolve);
      await queue.push({
        url: new URL(request.url),
        respond: (status, text) => resolve(textResponse(status, text)),
      });
      return await promise.finally(() => open.delete(resolve));
    },
  );
  return {
    port: server.addr.port,
    next: (signal) => nextOf(requests, signal),
    async [Symbol.asyncDispose]() {
      queue.close();
      for (const resolve of open) resolve(textResponse(503, "Too late"));
      await server.shutdown();
    },
  };
}

function serve(
  port: number,
  handler: (request: Request) => Promise<Response>,
): Deno.HttpServer<Deno.NetAddr> {
  try {
    return Deno.serve(
      { hostname: "127.0.0.1", port, onListen() {} },
      handler,
    );
  } catch (error) {
    if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    throw new AddressInUse(error.message, { cause: error });
  }
}

async function nextOf(
  requests: AsyncIterator<LoopbackRequest, void>,
  signal: AbortSignal,
): Promise<LoopbackRequest> {
  const { value } = await abortable(requests.next(), signal);
  if (value === undefined) throw new Error("The listener was closed");
  return value;
}

function textResponse(status: number, text: string): Response {
  return new Response(text, {
    status,
    headers: {
      "content-type": "text/plain; charset=UTF-8",
      // The address holds a code, which no other page must learn.
      "referrer-policy": "no-referrer",
      "cache-control": "no-store",
      connection: "close",
    },
  });
}

/** The program that shows an address; it gets it as one word, so no shell reads it. */
function open(url: URL, env: Environment): boolean {
  const argv = openerOf(Deno.build.os, env);
  const [program, ...args] = argv ?? [];
  if (program === undefined) return false;
  try {
    const child = new Deno.Command(program, {
      args: [...args, url.href],
      stdin: "null",
      stdout: "null",
      stderr: "null",
      detached: true,
    }).spawn();
    // It may run for as long as the browser does, which is not ours to wait for.
    child.unref();
    return true;
  } catch {
    // No such program: the user opens the address by hand.
    return false;
  }
}

/** Undefined where there is no screen to show it on. */
export function openerOf(
  os: string,
  env: Pick<Environment, "get">,
): readonly string[] | undefined {
  if (os === "darwin") return ["open"];
  if (os === "windows") return ["rundll32", "url.dll,FileProtocolHandler"];
  const hasScreen = ["DISPLAY", "WAYLAND_DISPLAY", "BROWSER"].some((name) =>
    (env.get(name) ?? "") !== ""
  );
  return hasScreen ? ["xdg-open"] : undefined;
}
