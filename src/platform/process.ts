/** Child processes, through Deno. The environment is exactly the one given. */
import { fileErrorOf } from "./files.ts";
import type {
  ChildProcess,
  ExitStatus,
  ProcessSpawner,
  SpawnRequest,
} from "./platform.ts";

export const denoProcesses: ProcessSpawner = {
  spawn(request) {
    const [program = "", ...args] = request.argv;
    try {
      const child = new Deno.Command(program, commandOptions(request, args))
        .spawn();
      return wrapChild(child, request);
    } catch (error) {
      throw fileErrorOf(program, error);
    }
  },
};

function commandOptions(
  request: SpawnRequest,
  args: string[],
): Deno.CommandOptions {
  return {
    args,
    cwd: request.cwd,
    env: { ...request.env },
    clearEnv: true,
    stdin: request.stdin === "pipe" ? "piped" : "null",
    stdout: "piped",
    stderr: "piped",
    detached: request.newGroup,
  };
}

function wrapChild(
  child: Deno.ChildProcess,
  request: SpawnRequest,
): ChildProcess {
  const writer = request.stdin === "pipe" ? child.stdin.getWriter() : undefined;
  let hasExited = false;
  const exit = child.status.then((status): ExitStatus => {
    hasExited = true;
    return status.signal === null
      ? { code: status.code }
      : { code: status.code, signal: status.signal };
  });
  return {
    pid: child.pid,
    stdout: child.stdout,
    stderr: child.stderr,
    exit,
    async writeStdin(data) {
      if (writer === undefined) {
        throw new Error("This child has no standard input");
      }
      await writer.write(data);
    },
    async closeStdin() {
      await writer?.close();
    },
    kill(signal) {
      // A group outlives its leader: background children are still in it.
      if (request.newGroup) return signalQuietly(-child.pid, signal);
      if (!hasExited) signalQuietly(child.pid, signal);
    },
  };
}

function signalQuietly(pid: number, signal: Deno.Signal): void {
  try {
    Deno.kill(pid, signal);
  } catch (error) {
    // Already gone, which is what was wanted.
    if (
      error instanceof Deno.errors.NotFound ||
      /os error 3\)/.test(String(error))
    ) return;
    if (error instanceof TypeError) return;
    throw error;
  }
}
