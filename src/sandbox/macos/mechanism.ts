/**
 * Confines commands on macOS through Seatbelt. The profile language is not documented
 * and may change with a release, so it is tried out first: a write that must fail has
 * to fail, and one that must succeed has to succeed, or the mechanism is not used.
 */
import type { FileSystem, ProcessSpawner } from "@/platform/platform.ts";
import type { Attempt, Mechanism } from "../mechanism.ts";
import type { Confinement } from "../policy.ts";
import type { SandboxedCommand } from "../sandbox.ts";
import { SANDBOX_EXEC, seatbeltArgv, seatbeltProfile } from "./seatbelt.ts";

export interface SeatbeltDeps {
  readonly files: FileSystem;
  readonly processes: ProcessSpawner;
}

const GAPS = [
  "a process that leaves its process group survives the end of its command",
  "this mechanism was written without a Mac to run it on; it tests itself before use",
];

/** Tries Seatbelt out on this machine. */
export async function trySeatbelt(deps: SeatbeltDeps): Promise<Attempt> {
  if (!(await deps.files.stat(SANDBOX_EXEC))?.isFile) {
    return unusable(`${SANDBOX_EXEC} is not there`);
  }
  const room = await deps.files.makeTempDirectory("codex-seatbelt-");
  const directory = await deps.files.realPath(room) ?? room;
  try {
    if (await canWrite(deps, directory, [])) {
      return unusable("Seatbelt let a write through that its profile forbids");
    }
    const roots = [{ path: directory, protected: [] }];
    if (!await canWrite(deps, directory, roots)) {
      return unusable("Seatbelt refused a write that its profile allows");
    }
    return { kind: "ready", mechanism: createMechanism(deps) };
  } finally {
    await deps.files.remove(`${directory}/probe`).catch(() => undefined);
    await deps.files.remove(directory);
  }
}

function createMechanism({ processes }: SeatbeltDeps): Mechanism {
  return {
    extras: [],
    status: {
      kind: "seatbelt",
      description: "Seatbelt, tried out at the start of this session",
      gaps: GAPS,
    },
    spawn: (command, confinement) =>
      Promise.resolve(processes.spawn({
        argv: seatbeltArgv(seatbeltProfile(confinement), commandArgv(command)),
        cwd: command.cwd,
        env: { ...command.env, CODEX_SANDBOX: "seatbelt" },
        stdin: command.stdin === "null" ? "null" : "pipe",
        newGroup: true,
      })),
    close() {},
  };
}

function commandArgv(command: SandboxedCommand): readonly string[] {
  const isMerged = command.mergeOutput || command.stdin === "terminal";
  return isMerged
    ? ["/bin/sh", "-c", 'exec "$@" 2>&1', "sh", ...command.argv]
    : command.argv;
}

/** True when a confined command could write into a directory. */
async function canWrite(
  { processes }: SeatbeltDeps,
  directory: string,
  writableRoots: Confinement["writableRoots"],
): Promise<boolean> {
  const profile = seatbeltProfile({
    writableRoots,
    hidden: [],
    network: "none",
  });
  const script = 'echo probe 2>/dev/null >"$1/probe"';
  const child = processes.spawn({
    argv: seatbeltArgv(profile, ["/bin/sh", "-c", script, "sh", directory]),
    cwd: "/",
    env: { PATH: "/usr/bin:/bin" },
    stdin: "null",
    newGroup: true,
  });
  const [{ code }] = await Promise.all([
    child.exit,
    child.stdout.cancel(),
    child.stderr.cancel(),
  ]);
  return code === 0;
}

function unusable(reason: string): Attempt {
  return { kind: "unusable", reason };
}
