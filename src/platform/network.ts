/**
 * Sockets and names, for the proxy of sandboxed commands. Loaded only when a policy
 * has a list of hosts; nothing else in the program opens a socket of its own.
 */
import { abortable } from "@/async/scope.ts";
import { fileErrorOf } from "./files.ts";

/** A stream of bytes both ways. Operations reject when the other side is gone. */
export interface Connection {
  /** How many bytes were read; `null` at the end. */
  read(into: Uint8Array): Promise<number | null>;
  /** Writes everything. */
  write(bytes: Uint8Array): Promise<void>;
  /** Says that nothing more will be written. */
  closeWrite(): Promise<void>;
  /** Ends both directions; quiet when they ended already. */
  close(): void;
}

export interface Listener {
  /** The next connection; `undefined` when the listener was closed. */
  accept(): Promise<Connection | undefined>;
  close(): void;
}

export interface Network {
  /** Listens on a Unix socket only this user may connect to. @throws FileError */
  listenLocal(path: string): Listener;
  /** Connects to a Unix socket. @throws FileError */
  connectLocal(path: string): Promise<Connection>;
  /** True when somebody listens on that Unix socket. */
  answersLocal(path: string): Promise<boolean>;
  /** Connects to an address, never to a name. */
  connect(
    address: string,
    port: number,
    signal: AbortSignal,
  ): Promise<Connection>;
  /** Every address of a name, as other programs of this machine would learn it. */
  resolve(name: string, signal: AbortSignal): Promise<readonly string[]>;
}

export const denoNetwork: Network = {
  listenLocal(path) {
    try {
      const listener = Deno.listen({ transport: "unix", path });
      Deno.chmodSync(path, 0o600);
      return wrapListener(listener);
    } catch (error) {
      throw fileErrorOf(path, error);
    }
  },
  async connectLocal(path) {
    try {
      return wrapConnection(await Deno.connect({ transport: "unix", path }));
    } catch (error) {
      throw fileErrorOf(path, error);
    }
  },
  async answersLocal(path) {
    try {
      (await Deno.connect({ transport: "unix", path })).close();
      return true;
    } catch {
      // Whatever the reason: nobody can be reached there.
      return false;
    }
  },
  async connect(hostname, port, signal) {
    const connecting = Deno.connect({ hostname, port, signal });
    return wrapConnection(await connecting);
  },
  async resolve(name, signal) {
    const { lookup } = await import("node:dns/promises");
    const found = await abortable(lookup(name, { all: true }), signal);
    return found.map(({ address }) => address);
  },
};

function wrapListener(listener: Deno.UnixListener): Listener {
  let isClosed = false;
  return {
    async accept() {
      while (!isClosed) {
        try {
          return wrapConnection(await listener.accept());
        } catch (error) {
          // One that was given up before it was accepted is not the last.
          if (isClosed || error instanceof Deno.errors.BadResource) break;
        }
      }
      return undefined;
    },
    close() {
      if (isClosed) return;
      isClosed = true;
      listener.close();
    },
  };
}

function wrapConnection(connection: Deno.Conn): Connection {
  let isClosed = false;
  return {
    read: (into) => connection.read(into),
    async write(bytes) {
      for (let rest = bytes; rest.length > 0;) {
        rest = rest.subarray(await connection.write(rest));
      }
    },
    closeWrite: () => connection.closeWrite(),
    close() {
      if (isClosed) return;
      isClosed = true;
      connection.close();
    },
  };
}
