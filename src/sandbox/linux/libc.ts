/**
 * The few C library calls Deno has no name for: anonymous files that a child inherits,
 * advisory locks, and the Landlock version. Opened once, when a sandbox first needs
 * it; a process without the right to use foreign functions gets `undefined` and the
 * mechanisms that need none.
 */

/** The C library as the kernel's interface; every function returns -1 on failure. */
export interface Libc {
  /**
   * An anonymous file with this content, closed in every child. Sealed against any
   * change when asked; executable where the system allows it.
   *
   * @returns its descriptor, or `undefined` when the system refuses
   */
  anonymousFile(
    content: Uint8Array,
    kind: "sealed" | "empty",
  ): number | undefined;
  /** A second, independent open of a descriptor, at offset 0. */
  reopen(descriptor: number): number | undefined;
  close(descriptor: number): void;
  /** What an anonymous file holds now, at most `bytesMax` bytes. */
  readBack(descriptor: number, bytesMax: number): Uint8Array;
  /** Runs `spawn` while these descriptors are inherited by children. */
  whileInherited<T>(descriptors: readonly number[], spawn: () => T): T;
  /** Kills a process; quiet when it is gone. */
  kill(pid: number): void;
  /** Signals a process group; quiet when it is gone. */
  killGroup(groupId: number, signal: number): void;
  /** The Landlock ABI of the kernel; 0 when there is none. */
  landlockVersion(): number;
  /** The path an open descriptor leads to now; a removed one's ends in ` (deleted)`. */
  pathOf(descriptor: number): string | undefined;
  /** Holds a directory so that nobody removes it as an unused placeholder. */
  holdDirectory(path: string): number | undefined;
  makeDirectory(path: string): "made" | "exists" | "failed";
  /** Marks a directory as a placeholder of ours. */
  markPlaceholder(descriptor: number): void;
  /** Removes a placeholder nobody else holds and nobody filled, then lets it go. */
  releasePlaceholder(path: string, descriptor: number): void;
  /** Lets the library go; nothing may be called after. */
  unload(): void;
}

const SYMBOLS = {
  memfd_create: { parameters: ["buffer", "u32"], result: "i32" },
  fcntl: { parameters: ["i32", "i32", "i32"], result: "i32" },
  open: { parameters: ["buffer", "i32", "i32"], result: "i32" },
  close: { parameters: ["i32"], result: "i32" },
  write: { parameters: ["i32", "buffer", "usize"], result: "isize" },
  pread: { parameters: ["i32", "buffer", "usize", "i64"], result: "isize" },
  kill: { parameters: ["i32", "i32"], result: "i32" },
  readlink: { parameters: ["buffer", "buffer", "usize"], result: "isize" },
  mkdir: { parameters: ["buffer", "u32"], result: "i32" },
  rmdir: { parameters: ["buffer"], result: "i32" },
  access: { parameters: ["buffer", "i32"], result: "i32" },
  flock: { parameters: ["i32", "i32"], result: "i32" },
  fsetxattr: {
    parameters: ["i32", "buffer", "buffer", "usize", "i32"],
    result: "i32",
  },
  fgetxattr: {
    parameters: ["i32", "buffer", "buffer", "usize"],
    result: "isize",
  },
  syscall: {
    parameters: ["i64", "usize", "usize", "usize"],
    result: "i64",
  },
} as const;

const MFD_CLOEXEC = 1;
const MFD_ALLOW_SEALING = 2;
/** Since Linux 6.3; older kernels refuse the flag and need none. */
const MFD_EXEC = 0x10;
const F_SETFD = 2;
const FD_CLOEXEC = 1;
const F_ADD_SEALS = 1033;
/** SEAL, SHRINK, GROW, WRITE. */
const ALL_SEALS = 0xf;
const O_RDONLY_CLOEXEC = 0o2000000;
const O_DIRECTORY_NOFOLLOW = 0o200000 | 0o400000;
/** PATH_MAX of limits.h. */
const PATH_BYTES_MAX = 4096;
const SIGKILL = 9;
const LOCK_SH = 1;
const LOCK_EX_NB = 2 | 4;
const LOCK_UN = 8;
const SYS_CLOSE_RANGE = 436;
const CLOSE_RANGE_CLOEXEC = 4;
const SYS_LANDLOCK_CREATE_RULESET = 444;
const LANDLOCK_CREATE_RULESET_VERSION = 1;

/** The mark every mechanism of this program puts on the placeholders it makes. */
const PLACEHOLDER_MARK = "user.codex.placeholder";

/** Opens the C library, or says why it cannot. */
export function openLibc(): Libc | undefined {
  try {
    // Already loaded under this name, so no search path can put another in its place.
    const library = Deno.dlopen("libc.so.6", SYMBOLS);
    closeStrayDescriptorsOnExec(library.symbols);
    return { ...wrap(library.symbols), unload: () => library.close() };
  } catch {
    // No permission or no glibc: the caller uses mechanisms that need neither.
    return undefined;
  }
}

// Whatever this process inherited from its own parent is no business of a command.
// Deno marks its own descriptors already; this marks the rest.
function closeStrayDescriptorsOnExec(c: Symbols): void {
  c.syscall(
    BigInt(SYS_CLOSE_RANGE),
    3n,
    0xffffffffn,
    BigInt(CLOSE_RANGE_CLOEXEC),
  );
}

type Symbols = Deno.StaticForeignLibraryInterface<typeof SYMBOLS>;

function wrap(c: Symbols): Omit<Libc, "unload"> {
  return {
    anonymousFile: (content, kind) => anonymousFile(c, content, kind),
    reopen: (descriptor) =>
      valid(c.open(text(`/proc/self/fd/${descriptor}`), O_RDONLY_CLOEXEC, 0)),
    close: (descriptor) => void c.close(descriptor),
    readBack(descriptor, bytesMax) {
      const buffer = new Uint8Array(bytesMax);
      const count = Number(c.pread(descriptor, buffer, BigInt(bytesMax), 0n));
      return buffer.subarray(0, Math.max(0, count));
    },
    whileInherited(descriptors, spawn) {
      // Spawning is synchronous, so no other child of this thread can start between.
      for (const descriptor of descriptors) c.fcntl(descriptor, F_SETFD, 0);
      try {
        return spawn();
      } finally {
        for (const descriptor of descriptors) {
          c.fcntl(descriptor, F_SETFD, FD_CLOEXEC);
        }
      }
    },
    pathOf(descriptor) {
      // Deno keeps /proc/self from programs without every permission.
      const buffer = new Uint8Array(PATH_BYTES_MAX);
      const link = text(`/proc/self/fd/${descriptor}`);
      const length = Number(c.readlink(link, buffer, BigInt(buffer.length)));
      return length <= 0
        ? undefined
        : new TextDecoder().decode(buffer.subarray(0, length));
    },
    kill: (pid) => void c.kill(pid, SIGKILL),
    killGroup: (groupId, signal) => void c.kill(-groupId, signal),
    landlockVersion: () =>
      Math.max(
        0,
        Number(
          c.syscall(
            BigInt(SYS_LANDLOCK_CREATE_RULESET),
            0n,
            0n,
            BigInt(LANDLOCK_CREATE_RULESET_VERSION),
          ),
        ),
      ),
    holdDirectory(path) {
      const descriptor = valid(
        c.open(text(path), O_RDONLY_CLOEXEC | O_DIRECTORY_NOFOLLOW, 0),
      );
      if (descriptor !== undefined) c.flock(descriptor, LOCK_SH);
      return descriptor;
    },
    makeDirectory(path) {
      if (c.mkdir(text(path), 0o755) === 0) return "made";
      return c.access(text(path), 0) === 0 ? "exists" : "failed";
    },
    markPlaceholder(descriptor) {
      c.fsetxattr(descriptor, text(PLACEHOLDER_MARK), text("1"), 1n, 0);
    },
    releasePlaceholder: (path, descriptor) =>
      releasePlaceholder(c, path, descriptor),
  };
}

function anonymousFile(
  c: Symbols,
  content: Uint8Array,
  kind: "sealed" | "empty",
): number | undefined {
  const name = text("codex-sandbox");
  const flags = kind === "sealed"
    ? MFD_CLOEXEC | MFD_ALLOW_SEALING
    : MFD_CLOEXEC;
  const descriptor = valid(c.memfd_create(name, flags | MFD_EXEC)) ??
    valid(c.memfd_create(name, flags));
  if (descriptor === undefined || kind === "empty") return descriptor;
  if (
    writeAll(c, descriptor, content) &&
    c.fcntl(descriptor, F_ADD_SEALS, ALL_SEALS) === 0
  ) return descriptor;
  c.close(descriptor);
  return undefined;
}

function writeAll(
  c: Symbols,
  descriptor: number,
  content: Uint8Array,
): boolean {
  let rest = new Uint8Array(content);
  while (rest.length > 0) {
    const count = Number(c.write(descriptor, rest, BigInt(rest.length)));
    if (count <= 0) return false;
    rest = rest.subarray(count);
  }
  return true;
}

function releasePlaceholder(
  c: Symbols,
  path: string,
  descriptor: number,
): void {
  const isOurs =
    c.fgetxattr(descriptor, text(PLACEHOLDER_MARK), new Uint8Array(4), 4n) > 0n;
  // Removing it under a running command would take that command's protection away.
  if (isOurs && c.flock(descriptor, LOCK_EX_NB) === 0) c.rmdir(text(path));
  c.flock(descriptor, LOCK_UN);
  c.close(descriptor);
}

function valid(descriptor: number): number | undefined {
  return descriptor < 0 ? undefined : descriptor;
}

const encoder = new TextEncoder();

function text(value: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(`${value}\0`);
}
