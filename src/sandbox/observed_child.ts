/** A child process whose exit is looked at before its owner sees it. */
import type { ChildProcess, ExitStatus } from "@/platform/platform.ts";

/**
 * The same child, but `exit` resolves to what `onExit` makes of it or rejects with
 * what `onExit` throws. `onExit` runs exactly once, also when nobody reads `exit`.
 */
export function observeExit(
  child: ChildProcess,
  onExit: (status: ExitStatus) => ExitStatus,
): ChildProcess {
  const exit = child.exit.then(onExit);
  // The owner may kill and never ask; a setup failure is then nobody's news.
  exit.catch(() => {});
  return {
    pid: child.pid,
    stdout: child.stdout,
    stderr: child.stderr,
    exit,
    writeStdin: (data) => child.writeStdin(data),
    closeStdin: () => child.closeStdin(),
    ...(child.resize === undefined ? {} : { resize: child.resize }),
    kill: (signal) => child.kill(signal),
  };
}
