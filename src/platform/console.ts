/** The terminal a person sits at. Reading has no timeout: one read waits at a time. */
import { fileErrorOf } from "./files.ts";
import type { Console } from "./platform.ts";

/** Far more than a hand types, and a pasted page at once. */
const READ_BYTES = 65_536;

export const denoConsole: Console = {
  size: () => Deno.consoleSize(),
  setRaw(mode) {
    Deno.stdin.setRaw(mode === "raw");
  },
  async read() {
    const buffer = new Uint8Array(READ_BYTES);
    try {
      const count = await Deno.stdin.read(buffer);
      return count === null ? undefined : buffer.subarray(0, count);
    } catch {
      // EIO: the terminal was closed under us.
      return undefined;
    }
  },
  onResize: (handler) =>
    Deno.build.os === "windows" ? () => {} : onSignal("SIGWINCH", handler),
  onHangUp: (handler) =>
    Deno.build.os === "windows" ? () => {} : onSignal("SIGHUP", handler),
  onFatalError(handler) {
    const names = ["error", "unhandledrejection"] as const;
    names.forEach((name) => addEventListener(name, handler));
    return () => names.forEach((name) => removeEventListener(name, handler));
  },
  suspend() {
    if (Deno.build.os === "windows") return Promise.resolve();
    return new Promise((resolve) => {
      const stop = onSignal("SIGCONT", () => {
        stop();
        resolve();
      });
      Deno.kill(Deno.pid, "SIGSTOP");
    });
  },
  async runForeground([program, ...args], cwd, env) {
    if (program === undefined) throw new Error("A program has to be named");
    const child = startForeground(program, args, cwd, env);
    const { code, signal } = await child.status;
    return signal === null ? { code } : { code, signal };
  },
};

function startForeground(
  program: string,
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>>,
): Deno.ChildProcess {
  try {
    return new Deno.Command(program, {
      args: [...args],
      cwd,
      env: { ...env },
      clearEnv: true,
      stdin: "inherit",
      stdout: "inherit",
      stderr: "inherit",
    }).spawn();
  } catch (error) {
    throw fileErrorOf(program, error);
  }
}

function onSignal(signal: Deno.Signal, handler: () => void): () => void {
  Deno.addSignalListener(signal, handler);
  return () => Deno.removeSignalListener(signal, handler);
}
