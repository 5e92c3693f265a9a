/** The one implementation of the platform: this process, through Deno. */
import { invokedName } from "./argv0.ts";
import { createBrowsing } from "./browsing.ts";
import { denoConsole } from "./console.ts";
import { denoFiles } from "./files.ts";
import { createHttp } from "./http.ts";
import { resizeImage } from "./images.ts";
import { createLog } from "./log.ts";
import type { Clock, Environment, HostInfo, Platform } from "./platform.ts";
import { denoProcesses } from "./process.ts";
import { denoTerminal } from "./terminal.ts";

/** The machine this process runs on. */
export function createPlatform(): Platform {
  return {
    files: denoFiles,
    processes: denoProcesses,
    http: createHttp(environment),
    clock: denoClock,
    random: { bytes: (count) => crypto.getRandomValues(new Uint8Array(count)) },
    env: environment,
    terminal: denoTerminal,
    console: denoConsole,
    images: { resize: resizeImage },
    databases: {
      open: async (path) => (await import("./sqlite.ts")).openDatabase(path),
    },
    signals: {
      onInterrupt: (handler) => onSignal("SIGINT", handler),
      onTerminate: (handler) => onSignal("SIGTERM", handler),
    },
    browsing: createBrowsing(environment),
    log: createLog(
      environment.get("RUST_LOG"),
      denoClock.now,
      denoTerminal.writeErr,
    ),
    host: hostInfo(),
    exit: (code) => Deno.exit(code),
  };
}

const environment: Environment = {
  get: (name) => Deno.env.get(name),
  all: () => Deno.env.toObject(),
};

export const denoClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      const timer = setTimeout(() => {
        signal.removeEventListener("abort", onAbort);
        resolve();
      }, ms);
      function onAbort() {
        clearTimeout(timer);
        reject(signal.reason);
      }
      signal.addEventListener("abort", onAbort, { once: true });
    }),
  timeout: (ms) => AbortSignal.timeout(ms),
};

function onSignal(signal: Deno.Signal, handler: () => void): () => void {
  Deno.addSignalListener(signal, handler);
  return () => Deno.removeSignalListener(signal, handler);
}

function isRunning(pid: number): boolean {
  try {
    // Changes nothing for a process that is not stopped.
    Deno.kill(pid, "SIGCONT");
    return true;
  } catch (error) {
    return error instanceof Deno.errors.NotCapable;
  }
}

function hostInfo(): HostInfo {
  const os = Deno.build.os;
  return {
    os: os === "darwin" || os === "windows" ? os : "linux",
    arch: Deno.build.arch,
    pid: Deno.pid,
    uid: Deno.uid() ?? 0,
    isRunning,
    get cwd() {
      return Deno.cwd();
    },
    homeDirectory: Deno.env.get(os === "windows" ? "USERPROFILE" : "HOME"),
    get executable() {
      return Deno.execPath();
    },
    invokedName,
  };
}
