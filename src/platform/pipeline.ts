/**
 * Who else holds the pipe we read. Deno keeps `/proc` from programs without every
 * permission, so a shell looks for us.
 */
import script from "./pipeline_writer.sh" with { type: "text" };
import type { HostInfo, ProcessSpawner } from "./platform.ts";

/** True when a process of our own pipeline can still write to our standard input. */
export async function hasPipelineWriter(
  processes: ProcessSpawner,
  host: HostInfo,
): Promise<boolean> {
  if (host.os !== "linux") return false;
  const child = processes.spawn({
    argv: ["/bin/sh", "-c", script, "sh", String(host.pid)],
    cwd: "/",
    env: { PATH: "/usr/local/bin:/usr/bin:/bin" },
    stdin: "null",
    // A group of its own, or it would find itself.
    newGroup: true,
  });
  const [{ code }] = await Promise.all([
    child.exit,
    child.stdout.cancel(),
    child.stderr.cancel(),
  ]);
  return code === 0;
}
