/**
 * The machine, as the rest of the program sees it. Only `deno.ts` beside this file
 * implements these interfaces; tests replace one at a time with a small class.
 */

import type { Log } from "./log.ts";

export interface FileInfo {
  readonly isFile: boolean;
  readonly isDirectory: boolean;
  readonly isSymlink: boolean;
  readonly size: number;
  readonly modifiedMs: number;
  readonly mode: number;
  readonly inode: number;
}

export interface DirectoryEntry {
  readonly name: string;
  readonly isFile: boolean;
  readonly isDirectory: boolean;
  readonly isSymlink: boolean;
}

/** A file open for appending. Every `write` is complete when it resolves. */
export interface AppendFile {
  write(text: string): Promise<void>;
  close(): void;
}

export interface FileSystem {
  /** @throws FileError */
  readFile(path: string): Promise<Uint8Array>;
  /** UTF-8, lossy. @throws FileError */
  readText(path: string): Promise<string>;
  /** Like `readText`, but a file that does not exist is `undefined`. @throws FileError */
  readTextIfExists(path: string): Promise<string | undefined>;
  /** A part of a file: at most `length` bytes from `offset`. @throws FileError */
  readRange(path: string, offset: number, length: number): Promise<Uint8Array>;
  /** Follows links; `undefined` when nothing is there. */
  stat(path: string): Promise<FileInfo | undefined>;
  /** Does not follow links; `undefined` when nothing is there. */
  lstat(path: string): Promise<FileInfo | undefined>;
  /** Entries in no order; an absent directory is empty. @throws FileError */
  readDirectory(path: string): Promise<readonly DirectoryEntry[]>;
  /** Makes the directory and its parents. @throws FileError */
  makeDirectory(path: string, mode?: number): Promise<void>;
  /**
   * Replaces or makes a file: written beside it and renamed, so a reader or a crash
   * sees the old content or the new. The old file's mode is kept. @throws FileError
   */
  replaceFile(
    path: string,
    content: string | Uint8Array,
    mode?: number,
  ): Promise<void>;
  /** Opens for appending, making the file with `mode` if absent. @throws FileError */
  openAppend(path: string, mode: number): Promise<AppendFile>;
  /** Removes a file or an empty directory. @throws FileError */
  remove(path: string): Promise<void>;
  /** @throws FileError */
  rename(from: string, to: string): Promise<void>;
  /** The absolute path without links; `undefined` when nothing is there. */
  realPath(path: string): Promise<string | undefined>;
  /** A new private directory under the system's temporary directory. */
  makeTempDirectory(prefix: string): Promise<string>;
}

/** A failed file operation, with the operating system's own words. */
export class FileError extends Error {
  override readonly name = "FileError";
  readonly kind: "not_found" | "permission" | "exists" | "no_space" | "other";
  readonly path: string;
  /** For example `No such file or directory (os error 2)`. */
  readonly osText: string;

  constructor(
    kind: FileError["kind"],
    path: string,
    osText: string,
    options?: ErrorOptions,
  ) {
    super(`${osText}: ${path}`, options);
    this.kind = kind;
    this.path = path;
    this.osText = osText;
  }
}

export interface SpawnRequest {
  readonly argv: readonly string[];
  readonly cwd: string;
  /** The whole environment of the child; nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
  readonly stdin: "null" | "pipe";
  /** Put the child at the head of its own process group, so the group can be killed. */
  readonly newGroup: boolean;
}

export interface ExitStatus {
  /** The exit code; 128 + n when killed by signal n. */
  readonly code: number;
  readonly signal?: string;
}

/** In characters, from 1 to 65535. */
export interface TerminalSize {
  readonly rows: number;
  readonly columns: number;
}

/** A child process. The owner reads both outputs to their end. */
export interface ChildProcess {
  readonly pid: number;
  readonly stdout: ReadableStream<Uint8Array>;
  readonly stderr: ReadableStream<Uint8Array>;
  readonly exit: Promise<ExitStatus>;
  /** Writes to the child's standard input; only when it was asked for. */
  writeStdin(data: Uint8Array): Promise<void>;
  closeStdin(): Promise<void>;
  /** Gives its terminal another size; only of a child that has one of its own. */
  resize?(size: TerminalSize): Promise<void>;
  /** Kills the child's process group when it has one, else the child. */
  kill(signal: "SIGTERM" | "SIGKILL" | "SIGINT"): void;
}

export interface ProcessSpawner {
  /** @throws FileError when the program or the directory cannot be used */
  spawn(request: SpawnRequest): ChildProcess;
}

export interface HttpRequest {
  readonly method: "GET" | "POST" | "DELETE";
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface HttpClient {
  /** @throws HttpError when no response came at all */
  send(request: HttpRequest, signal: AbortSignal): Promise<Response>;
}

/** No response came: refused, unreachable, cut before the headers. */
export class HttpError extends Error {
  override readonly name = "HttpError";
}

export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /** Milliseconds from an arbitrary start, never going back. */
  monotonic(): number;
  /** Resolves after the time, or rejects with the signal's reason. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  /** Aborts after the time. Does not keep the process alive. */
  timeout(ms: number): AbortSignal;
}

export interface Random {
  bytes(count: number): Uint8Array;
}

export interface Environment {
  get(name: string): string | undefined;
  all(): Readonly<Record<string, string>>;
}

export interface Terminal {
  readonly stdinIsTty: boolean;
  readonly stdoutIsTty: boolean;
  readonly stderrIsTty: boolean;
  /** Writes everything or throws; a closed pipe throws `BrokenPipe`. */
  writeOut(data: string | Uint8Array): void;
  writeErr(data: string | Uint8Array): void;
  /**
   * Writes everything to standard output without holding up what else happens; a
   * reader that does not read makes this wait. A closed pipe rejects with `BrokenPipe`.
   */
  write(data: string | Uint8Array): Promise<void>;
  /** Standard input until its end. */
  readStdin(): AsyncIterable<Uint8Array>;
}

export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

/**
 * The terminal a person sits at, when a program takes the whole of it. Only used when
 * both standard input and output are one.
 */
export interface Console {
  size(): TerminalSize;
  /** Raw: every key comes at once and as it is, and none makes a signal. */
  setRaw(mode: "raw" | "cooked"): void;
  /** The next bytes typed; undefined when the terminal is gone. */
  read(): Promise<Uint8Array | undefined>;
  /** Calls `handler` after the size changed; gives back how to stop that. */
  onResize(handler: () => void): () => void;
  /** Calls `handler` when the terminal goes away. */
  onHangUp(handler: () => void): () => void;
  /** Calls `handler` before an error nobody caught ends the process. */
  onFatalError(handler: () => void): () => void;
  /** Stops this process as a shell's job; resolves once it was told to go on. */
  suspend(): Promise<void>;
  /**
   * Runs a program that has the terminal to itself. The environment is the whole of
   * the child's. @throws FileError when it cannot be started
   */
  runForeground(
    argv: readonly string[],
    cwd: string,
    env: Readonly<Record<string, string>>,
  ): Promise<ExitStatus>;
}

/** The reader of our standard output went away; the program ends quietly. */
export class BrokenPipe extends Error {
  override readonly name = "BrokenPipe";
}

export interface HostInfo {
  readonly os: "linux" | "darwin" | "windows";
  readonly arch: string;
  readonly pid: number;
  readonly uid: number;
  /** True while a process of the user's has that id. */
  isRunning(pid: number): boolean;
  /** The process's working directory, absolute. */
  readonly cwd: string;
  readonly homeDirectory: string | undefined;
  /** The path of the running executable. */
  readonly executable: string;
  /** The name or path the process was started by; undefined where nobody tells. */
  invokedName(): string | undefined;
}

export interface Images {
  /** A PNG of that size; undefined when this runtime cannot make one. */
  resize(
    bytes: Uint8Array,
    width: number,
    height: number,
  ): Promise<Uint8Array | undefined>;
}

/** A request of a browser on this machine; it is answered once. */
export interface LoopbackRequest {
  readonly url: URL;
  respond(status: number, text: string): void;
}

/** A server only this machine can reach, for a browser that comes back. */
export interface LoopbackListener extends AsyncDisposable {
  readonly port: number;
  /** The next request; requests wait for it a while. */
  next(signal: AbortSignal): Promise<LoopbackRequest>;
}

/** Somebody else listens on that port. */
export class AddressInUse extends Error {
  override readonly name = "AddressInUse";
}

export interface Browsing {
  /**
   * Listens on 127.0.0.1, on that port or any free one.
   *
   * @throws AddressInUse, or Error with the reason
   */
  listen(port: number | undefined): LoopbackListener;
  /** Shows an address in the user's browser; false when there is none. */
  open(url: URL): boolean;
}

export interface Signals {
  /** Calls `handler` for each of the user's interrupts; gives back how to stop that. */
  onInterrupt(handler: () => void): () => void;
  /** Calls `handler` when the process is asked to end. */
  onTerminate(handler: () => void): () => void;
}

export type SqlValue = string | number | null;
export type SqlRow = Readonly<Record<string, SqlValue>>;

/** An open SQLite database. Every call is synchronous: keep statements small. */
export interface Database {
  /** Several statements. @throws DatabaseError */
  script(sql: string): void;
  /** One statement without rows. @throws DatabaseError */
  run(sql: string, values?: readonly SqlValue[]): void;
  /** @throws DatabaseError */
  all(sql: string, values?: readonly SqlValue[]): readonly SqlRow[];
  /** All of it or nothing; no other process writes meanwhile. @throws DatabaseError */
  transaction<T>(act: () => T): T;
  close(): void;
}

/** A database that cannot be used, with SQLite's own words. */
export class DatabaseError extends Error {
  override readonly name = "DatabaseError";
  readonly path: string;
  /** For example `file is not a database`. */
  readonly reason: string;

  constructor(path: string, reason: string, options?: ErrorOptions) {
    super(`${reason}: ${path}`, options);
    this.path = path;
    this.reason = reason;
  }

  /** Another program holds it; it will let go. SQLite gives no code here, only words. */
  get isBusy(): boolean {
    return this.reason.includes("database is locked");
  }
}

export interface Databases {
  /** Opens a database, making an empty one if absent. @throws DatabaseError */
  open(path: string): Promise<Database>;
}

export interface Platform {
  readonly images: Images;
  readonly databases: Databases;
  readonly files: FileSystem;
  readonly processes: ProcessSpawner;
  readonly http: HttpClient;
  readonly clock: Clock;
  readonly random: Random;
  readonly env: Environment;
  readonly terminal: Terminal;
  readonly console: Console;
  readonly signals: Signals;
  readonly browsing: Browsing;
  readonly log: Log;
  readonly host: HostInfo;
  /** Ends the process at once. */
  exit(code: number): never;
}
