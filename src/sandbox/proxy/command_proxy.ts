/**
 * The proxy of one command: listens on a Unix socket of its own in the agent's
 * directory for as long as the command runs. Inside the sandbox the helper leads
 * there; see `linux/relay.c`.
 */
import { TaskScope } from "@/async/scope.ts";
import type { Listener } from "@/platform/network.ts";
import { type Clock, FileError, type FileSystem } from "@/platform/platform.ts";
import { CodexError } from "@/protocol/errors.ts";
import { serveConnection, type ServePorts } from "./serve.ts";

/** As many as the relay inside carries; more come only from elsewhere. */
const CONNECTIONS_MAX = 64;

/** A socket that does not answer and is younger may just be being made. */
const DESERTED_MS = 60_000;

/** Length of a Unix socket's address, with the byte that ends it (unix(7)). */
const SOCKET_PATH_MAX = 108;

export interface ProxyPorts extends ServePorts {
  readonly clock: Pick<Clock, "now" | "monotonic" | "timeout">;
  readonly files: FileSystem;
  readonly codexHome: string;
}

export interface CommandProxy {
  readonly socketPath: string;
  /** Ends every connection and removes the socket. */
  close(): Promise<void>;
}

/**
 * Opens a proxy; its owner closes it.
 *
 * @throws CodexError `sandbox_unavailable` when its socket cannot be made
 */
export async function openCommandProxy(
  ports: ProxyPorts,
): Promise<CommandProxy> {
  const directory = `${ports.codexHome}/sandbox-proxy`;
  const socketPath = `${directory}/${crypto.randomUUID().slice(0, 18)}`;
  if (new TextEncoder().encode(socketPath).length >= SOCKET_PATH_MAX) {
    throw unavailable(`"${directory}" is too long a path for a socket`);
  }
  try {
    await ports.files.makeDirectory(directory, 0o700);
    await removeDeserted(ports, directory);
    const listener = ports.network.listenLocal(socketPath);
    const scope = new TaskScope(new AbortController().signal);
    const accepting = accept(listener, scope, ports);
    return {
      socketPath,
      async close() {
        listener.close();
        await accepting;
        await scope[Symbol.asyncDispose]();
        await ports.files.remove(socketPath).catch(() => undefined);
        // Others may have theirs in the directory.
        await ports.files.remove(directory).catch(() => undefined);
      },
    };
  } catch (error) {
    if (error instanceof FileError) throw unavailable(error.message);
    throw error;
  }
}

async function accept(
  listener: Listener,
  scope: TaskScope,
  ports: ServePorts,
): Promise<void> {
  const running = new Set<Promise<void>>();
  for (;;) {
    const connection = await listener.accept();
    if (connection === undefined) return;
    if (running.size >= CONNECTIONS_MAX) {
      connection.close();
      continue;
    }
    const served = scope.spawn((signal) =>
      serveConnection(connection, ports, signal)
    ).finally(() => running.delete(served));
    running.add(served);
  }
}

// A killed agent leaves its sockets; nobody answers on them.
async function removeDeserted(
  { files, network, clock }: ProxyPorts,
  directory: string,
): Promise<void> {
  for (const { name } of await files.readDirectory(directory)) {
    const path = `${directory}/${name}`;
    const info = await files.lstat(path);
    const isOld = (info?.modifiedMs ?? Infinity) < clock.now() - DESERTED_MS;
    if (isOld && !await network.answersLocal(path)) {
      await files.remove(path).catch(() => undefined);
    }
  }
}

function unavailable(reason: string): CodexError {
  return new CodexError(
    "sandbox_unavailable",
    `Cannot open the proxy for network_allow: ${reason}; ` +
      "use a CODEX_HOME where sockets can be made, or take network_allow away",
  );
}
