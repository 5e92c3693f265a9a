/**
 * The fallback that needs no program at all: a Worker whose thread has given up its
 * rights starts the commands (see `landlock_worker.js`). One Worker per distinct set
 * of rights, because a thread can never get them back.
 *
 * Landlock cannot close a name inside a directory it opened, so `.git`, `.codex` and
 * `.agents` stay writable in a writable root. The strict variant opens only the
 * existing entries beside them, and then nothing new can be made at the top of a root.
 */
import { isWithin } from "@/platform/paths.ts";
import {
  type ChildProcess,
  type ExitStatus,
  FileError,
  type FileSystem,
} from "@/platform/platform.ts";
import { CodexError } from "@/protocol/errors.ts";
import { mergedArgv } from "./bwrap.ts";
import workerText from "./landlock_worker.js" with { type: "text" };
import type { Libc } from "./libc.ts";
import type { Attempt, Mechanism } from "../mechanism.ts";
import type { Confinement } from "../policy.ts";
import type { SandboxedCommand } from "../sandbox.ts";
import { encodeProgram, seccompProgram } from "./seccomp.ts";
import type { Architecture } from "./syscalls.ts";

/** Devices every program may write; without them `> /dev/null` would fail. */
const WRITABLE_DEVICES = [
  "/dev/null",
  "/dev/zero",
  "/dev/full",
  "/dev/random",
  "/dev/urandom",
  "/dev/tty",
  "/dev/ptmx",
  "/dev/pts",
];

/** Each is a thread and some ten megabytes; a session has few distinct policies. */
const WORKERS_MAX = 8;

const SIGNAL_NUMBERS = { SIGINT: 2, SIGKILL: 9, SIGTERM: 15 } as const;

export interface LandlockDeps {
  readonly libc: Libc;
  readonly files: FileSystem;
  readonly arch: Architecture;
  /** Keeps protected names closed at the price of new top-level entries. */
  readonly isStrict: boolean;
  /** Why nothing stronger was chosen. */
  readonly because: string;
}

/** One path the worker opens for writing. */
export interface Grant {
  readonly path: string;
  readonly isDirectory: boolean;
}

/** Landlock, if this kernel has it. */
export function tryLandlock(deps: LandlockDeps): Attempt {
  const version = deps.libc.landlockVersion();
  return version === 0
    ? { kind: "unusable", reason: "the kernel has no Landlock" }
    : { kind: "ready", mechanism: landlockMechanism(deps, version) };
}

function landlockMechanism(deps: LandlockDeps, version: number): Mechanism {
  const { libc } = deps;
  const workers = new Map<string, Promise<ConfinedWorker>>();
  return {
    extras: [],
    status: {
      kind: "landlock",
      description: `Landlock and seccomp only, because ${deps.because}`,
      gaps: [
        ...(deps.isStrict ? GAPS : HELPER_LANDLOCK_GAPS),
        DAEMON_GAP,
      ],
    },
    async spawn(command, confinement) {
      const writable = await grants(deps.files, confinement, deps.isStrict);
      const key = JSON.stringify([writable, confinement.network]);
      const known = workers.get(key);
      if (known !== undefined) return await (await known).spawn(command, libc);
      endOneIdle(workers);
      const started = ConfinedWorker.start({
        writable,
        abi: version,
        filter: encodeProgram(seccompProgram(deps.arch, confinement.network)),
      });
      workers.set(key, started);
      started.catch(() => workers.delete(key));
      return await (await started).spawn(command, libc);
    },
    close() {
      for (const worker of workers.values()) {
        worker.then((ready) => ready.terminate()).catch(() => {});
      }
      workers.clear();
    },
  };
}

// Rights that differ a little with every new file, in the strict variant, must not
// leave a thread each behind.
function endOneIdle(workers: Map<string, Promise<ConfinedWorker>>): void {
  if (workers.size < WORKERS_MAX) return;
  for (const [key, worker] of workers) {
    worker.then((ready) => {
      if (!ready.isIdle || workers.size < WORKERS_MAX) return;
      workers.delete(key);
      ready.terminate();
    }).catch(() => {});
  }
}

const NAMES_GAP =
  ".git, .codex and .agents inside writable directories, and the " +
  "agent's own files if they lie in one, can be changed by commands";

const GAPS: readonly string[] = [
  "files hidden from commands can be read",
  "commands see the processes of the user and share /dev/shm and System V memory",
];

const DAEMON_GAP = "a process that leaves its process group survives a kill";

/** What Landlock alone cannot do, for the user to know, when the helper applies it. */
export const HELPER_LANDLOCK_GAPS: readonly string[] = [NAMES_GAP, ...GAPS];

/** The paths to open for writing, in a stable order. */
export async function grants(
  files: FileSystem,
  confinement: Confinement,
  isStrict: boolean,
): Promise<readonly Grant[]> {
  const closed = isStrict
    ? confinement.writableRoots.flatMap((root) => root.protected)
    : [];
  const roots = await Promise.all(
    confinement.writableRoots.map((root) =>
      openAround(files, root.path, true, closed)
    ),
  );
  const devices = WRITABLE_DEVICES.map((path) => ({
    path,
    isDirectory: path === "/dev/pts",
  }));
  return [...devices, ...roots.flat()];
}

// A directory is opened whole unless something closed lies below it; then only its
// children are, and the directory itself takes no new entries.
async function openAround(
  files: FileSystem,
  path: string,
  isDirectory: boolean,
  closed: readonly string[],
): Promise<readonly Grant[]> {
  if (closed.includes(path)) return [];
  if (!isDirectory || !closed.some((name) => isWithin(name, path))) {
    return [{ path, isDirectory }];
  }
  const entries = await files.readDirectory(path);
  const children = await Promise.all(
    entries.filter((entry) => !entry.isSymlink)
      .map((entry) =>
        openAround(files, `${path}/${entry.name}`, entry.isDirectory, closed)
      ),
  );
  return children.flat().sort((left, right) => left.path < right.path ? -1 : 1);
}

interface ConfineRequest {
  readonly writable: readonly Grant[];
  readonly abi: number;
  readonly filter: Uint8Array;
}

type StreamName = "stdout" | "stderr";

/** What the worker says; see the head of `landlock_worker.js`. */
type WorkerMessage =
  | { readonly type: "confined" }
  | { readonly type: "refused"; readonly reason: string }
  | { readonly type: "started"; readonly id: number; readonly pid: number }
  | {
    readonly type: "failed";
    readonly id: number;
    readonly kind: FileError["kind"];
    readonly reason: string;
  }
  | {
    readonly type: "chunk";
    readonly id: number;
    readonly stream: StreamName;
    readonly chunk: Uint8Array<ArrayBuffer> | null;
  }
  | { readonly type: "fed"; readonly id: number; readonly reason?: string }
  | {
    readonly type: "exited";
    readonly id: number;
    readonly code: number;
    readonly signal: string | null;
  };

/** A thread without rights, and the children it started. */
class ConfinedWorker {
  readonly #worker: Worker;
  readonly #children = new Map<number, RemoteChild>();
  #lastId = 0;

  private constructor(worker: Worker) {
    this.#worker = worker;
  }

  static async start(request: ConfineRequest): Promise<ConfinedWorker> {
    const url = `data:text/javascript,${encodeURIComponent(workerText)}`;
    const worker = new Worker(url, { type: "module" });
    const self = new ConfinedWorker(worker);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    worker.onerror = (event) => {
      event.preventDefault();
      const error = unavailable(event.message);
      reject(error);
      for (const child of self.#children.values()) child.fail(error);
    };
    worker.onmessage = ({ data }: MessageEvent<WorkerMessage>) => {
      if (data.type === "confined") resolve();
      else if (data.type === "refused") reject(unavailable(data.reason));
      else self.#children.get(data.id)?.receive(data);
    };
    worker.postMessage({ type: "confine", ...request });
    try {
      await promise;
    } catch (error) {
      worker.terminate();
      throw error;
    }
    return self;
  }

  get isIdle(): boolean {
    return this.#children.size === 0;
  }

  async spawn(command: SandboxedCommand, libc: Libc): Promise<ChildProcess> {
    const id = ++this.#lastId;
    const isMerged = command.mergeOutput || command.stdin === "terminal";
    const child = new RemoteChild(id, this.#worker, libc);
    this.#children.set(id, child);
    this.#worker.postMessage({
      type: "spawn",
      id,
      argv: isMerged ? mergedArgv(command.argv) : command.argv,
      cwd: command.cwd,
      env: command.env,
      stdin: command.stdin === "null" ? "null" : "pipe",
    });
    child.ended.finally(() => this.#children.delete(id));
    await child.started(command.argv[0] ?? "");
    return child;
  }

  terminate(): void {
    for (const child of this.#children.values()) child.kill("SIGKILL");
    this.#worker.terminate();
  }
}

/** A child of the worker, seen from here: every message is answered by one. */
class RemoteChild implements ChildProcess {
  pid = 0;
  readonly stdout: ReadableStream<Uint8Array>;
  readonly stderr: ReadableStream<Uint8Array>;
  readonly exit: Promise<ExitStatus>;
  /** Resolves when the process and both its outputs have ended. */
  readonly ended: Promise<unknown>;
  readonly #id: number;
  readonly #worker: Worker;
  readonly #libc: Libc;
  readonly #start = Promise.withResolvers<void>();
  readonly #exit = Promise.withResolvers<ExitStatus>();
  readonly #pulls = new Map<StreamName, (chunk: Uint8Array | null) => void>();
  readonly #fed: PromiseWithResolvers<void>[] = [];
  readonly #done = {
    stdout: Promise.withResolvers<void>(),
    stderr: Promise.withResolvers<void>(),
  };
  #failure: FileError | undefined;
  #hasEnded = false;

  constructor(id: number, worker: Worker, libc: Libc) {
    this.#id = id;
    this.#worker = worker;
    this.#libc = libc;
    this.exit = this.#exit.promise;
    this.stdout = this.#output("stdout");
    this.stderr = this.#output("stderr");
    this.ended = Promise.allSettled([
      this.exit,
      this.#done.stdout.promise,
      this.#done.stderr.promise,
    ]);
    this.ended.then(() => this.#stopFeeding());
  }

  async started(program: string): Promise<void> {
    await this.#start.promise;
    const failure = this.#failure;
    if (failure === undefined) return;
    throw new FileError(failure.kind, program, failure.osText);
  }

  receive(message: Extract<WorkerMessage, { id: number }>): void {
    switch (message.type) {
      case "started":
        this.pid = message.pid;
        return this.#start.resolve();
      case "failed":
        this.#failure = new FileError(message.kind, "", message.reason);
        this.#finish();
        return this.#start.resolve();
      case "chunk":
        this.#pulls.get(message.stream)?.(message.chunk);
        return;
      case "fed":
        return settleFed(this.#fed.shift(), message.reason);
      case "exited":
        return this.#exit.resolve(
          message.signal === null
            ? { code: message.code }
            : { code: message.code, signal: message.signal },
        );
    }
  }

  fail(error: Error): void {
    this.#exit.reject(error);
    this.#start.reject(error);
    for (const pull of this.#pulls.values()) pull(null);
  }

  writeStdin(data: Uint8Array): Promise<void> {
    return this.#feed(data);
  }

  closeStdin(): Promise<void> {
    return this.#feed(null);
  }

  kill(signal: keyof typeof SIGNAL_NUMBERS): void {
    if (this.pid > 1) this.#libc.killGroup(this.pid, SIGNAL_NUMBERS[signal]);
  }

  #finish(): void {
    this.#exit.resolve({ code: 127 });
    this.#done.stdout.resolve();
    this.#done.stderr.resolve();
  }

  // Nobody passes on the worker's answers to a child that ended.
  #stopFeeding(): void {
    this.#hasEnded = true;
    for (const fed of this.#fed.splice(0)) settleFed(fed, BROKEN_PIPE);
  }

  #feed(chunk: Uint8Array | null): Promise<void> {
    const fed = Promise.withResolvers<void>();
    if (this.#hasEnded) {
      settleFed(fed, BROKEN_PIPE);
      return fed.promise;
    }
    this.#fed.push(fed);
    this.#worker.postMessage({ type: "stdin", id: this.#id, chunk });
    return fed.promise;
  }

  #output(stream: StreamName): ReadableStream<Uint8Array> {
    return new ReadableStream<Uint8Array>({
      pull: async (controller) => {
        const chunk = await this.#ask(stream);
        if (chunk !== null) return controller.enqueue(chunk);
        this.#done[stream].resolve();
        controller.close();
      },
      cancel: () => {
        this.#done[stream].resolve();
        this.#worker.postMessage({ type: "cancel", id: this.#id, stream });
      },
    }, { highWaterMark: 0 });
  }

  #ask(stream: StreamName): Promise<Uint8Array | null> {
    const { promise, resolve } = Promise.withResolvers<Uint8Array | null>();
    this.#pulls.set(stream, resolve);
    this.#worker.postMessage({ type: "pull", id: this.#id, stream });
    return promise;
  }
}

const BROKEN_PIPE = "Broken pipe (os error 32)";

function settleFed(
  fed: PromiseWithResolvers<void> | undefined,
  reason: string | undefined,
): void {
  if (reason === undefined) fed?.resolve();
  else fed?.reject(new FileError("other", "standard input", reason));
}

function unavailable(reason: string): CodexError {
  return new CodexError(
    "sandbox_unavailable",
    `Cannot confine the command with Landlock: ${reason}`,
  );
}
