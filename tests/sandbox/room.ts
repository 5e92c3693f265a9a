/**
 * A room for one test: a temporary directory with a workspace in it, and a sandbox of
 * one mechanism. Runs shell scripts confined and gives back whole outcomes.
 */
import { createPlatform } from "@/platform/deno.ts";
import type { Network } from "@/platform/network.ts";
import type { ChildProcess } from "@/platform/platform.ts";
import type { SandboxPolicy } from "@/protocol/policy.ts";
import { createSandbox, type OwnedSandbox } from "@/sandbox/create.ts";
import type { SandboxedCommand } from "@/sandbox/sandbox.ts";

const platform = createPlatform();
const signal = new AbortController().signal;

export interface Outcome {
  readonly code: number;
  readonly signal: string | undefined;
  readonly out: string;
  readonly err: string;
}

export class Room implements AsyncDisposable {
  /** The room itself; outside every writable root. */
  readonly path: string;
  /** The only writable root, unless the policy names more. */
  readonly workspace: string;
  readonly sandbox: OwnedSandbox;
  /** The mechanism that was asked for. */
  readonly name: string | undefined;

  private constructor(
    path: string,
    mechanism: string | undefined,
    network: Network | undefined,
  ) {
    this.path = path;
    this.workspace = `${path}/workspace`;
    this.name = mechanism;
    this.sandbox = createSandbox({
      files: platform.files,
      processes: platform.processes,
      host: platform.host,
      clock: platform.clock,
      codexHome: `${path}/home`,
      tmpdir: undefined,
      mechanism,
      ...(network === undefined ? {} : { network }),
    });
  }

  /** @param network what the proxy of listed hosts reaches; else the machine's */
  static async open(mechanism?: string, network?: Network): Promise<Room> {
    const path = await Deno.realPath(
      await Deno.makeTempDir({ prefix: "codex-room-" }),
    );
    const room = new Room(path, mechanism, network);
    await Deno.mkdir(room.workspace);
    await Deno.mkdir(`${path}/home`);
    return room;
  }

  /** Writes only the workspace; neither /tmp nor $TMPDIR. */
  policy(options: Partial<WorkspaceWrite> = {}): SandboxPolicy {
    return {
      type: "workspace-write",
      writable_roots: [],
      network_access: false,
      exclude_slash_tmp: true,
      exclude_tmpdir_env_var: true,
      ...options,
    };
  }

  async start(
    argv: readonly string[],
    options: Partial<SandboxedCommand> = {},
  ): Promise<ChildProcess> {
    return await this.sandbox.spawn({
      argv,
      cwd: this.workspace,
      env: { PATH: "/usr/local/bin:/usr/bin:/bin", HOME: this.path },
      policy: this.policy(),
      policyCwd: this.workspace,
      stdin: "null",
      mergeOutput: false,
      ...options,
    }, signal);
  }

  async run(
    argv: readonly string[],
    options: Partial<SandboxedCommand> = {},
  ): Promise<Outcome> {
    return await outcomeOf(await this.start(argv, options));
  }

  /** Runs a script of sh; `$ROOM` is the room. */
  async sh(
    script: string,
    options: Partial<SandboxedCommand> = {},
  ): Promise<Outcome> {
    return await this.run(
      ["/bin/sh", "-c", `ROOM='${this.path}'; ${script}`],
      options,
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.sandbox.close();
    await Deno.remove(this.path, { recursive: true });
  }
}

export type WorkspaceWrite = Extract<
  SandboxPolicy,
  { type: "workspace-write" }
>;

export async function outcomeOf(child: ChildProcess): Promise<Outcome> {
  const [out, err, status] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exit,
  ]);
  return { code: status.code, signal: status.signal, out, err };
}

/** True when something is at that path, even a link to nowhere. */
export async function exists(path: string): Promise<boolean> {
  return await platform.files.lstat(path) !== undefined;
}

/** A placeholder is removed a moment after its command ended; this is a long moment. */
const SETTLE_MS = 1000;
/** How the helper marks the ones it made. */
const PLACEHOLDER_MODE = 0o1755;

/** The names in a directory, sorted, once placeholders had the time to go. */
export async function namesIn(directory: string): Promise<readonly string[]> {
  const end = performance.now() + SETTLE_MS;
  for (;;) {
    const entries = await Array.fromAsync(Deno.readDir(directory));
    const names = entries.map(({ name }) => name).sort();
    const infos = await Promise.all(
      names.map((name) => platform.files.lstat(`${directory}/${name}`)),
    );
    const isSettled = infos.every((info) =>
      info !== undefined && (info.mode & 0o7777) !== PLACEHOLDER_MODE
    );
    if (isSettled || performance.now() > end) return names;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** The mechanisms this machine has; prints why one is skipped. */
export async function availableMechanisms(
  names: readonly string[],
): Promise<readonly string[]> {
  const available: string[] = [];
  for (const name of names) {
    await using room = await Room.open(name);
    const status = await room.sandbox.status(signal);
    if (status.kind !== "unavailable") available.push(name);
    else console.log(`skipped: ${name}: ${status.description}`);
  }
  return available;
}

/** Kernels before cannot limit the processes of uid 0. */
export function canLimitRoot(): boolean {
  const [major = 0, minor = 0] = Deno.osRelease().split(".").map(Number);
  return major > 6 || (major === 6 && minor >= 14);
}

/** Removes a directory that all tests of a file share, after the last of them. */
export function removeAtEnd(directory: string): void {
  globalThis.addEventListener("unload", () => {
    Deno.removeSync(directory, { recursive: true });
  });
}
