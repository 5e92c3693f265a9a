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
  /**
   * Holds a directory so that nobody removes it as an unused placeholder; `undefined`
   * when it is not there, or being removed, or locked by somebody else.
   */
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
  prctl: {
    parameters: ["i32", "usize", "usize", "usize", "usize"],
    result: "i32",
  },
  readlink: { parameters: ["buffer", "buffer", "usize"], result: "isize" },
  mkdir: { parameters: ["buffer", "u32"], result: "i32" },
  rmdir: { parameters: ["buffer"], result: "i32" },
  access: { parameters: ["buffer", "i32"], result: "i32" },
  flock: { parameters: ["i32", "i32"], result: "i32" },
  statx: {
    parameters: ["i32", "buffer", "i32", "u32", "buffer"],
    result: "i32",
  },
  fchmod: { parameters: ["i32", "u32"], result: "i32" },
  syscall: {
    parameters: ["i64", "usize", "usize", "usize"],
    result: "i64",
  },
} as const;

const MFD_CLOEXEC = 1;
const MFD_ALLOW_SEALING = 2;
/** Since Linux 6.3; older kernels refuse the flag and need none. */
const MFD_EXEC = 0x10;
const F_GETFD = 1;
const PR_SET_DUMPABLE = 4;
const F_SETFD = 2;
const FD_CLOEXEC = 1;
const F_ADD_SEALS = 1033;
/** SEAL, SHRINK, GROW, WRITE. */
const ALL_SEALS = 0xf;
const O_RDONLY_CLOEXEC = 0o2000000;
/** O_DIRECTORY and O_NOFOLLOW; arm has numbers of its own for them. */
const O_DIRECTORY_NOFOLLOW = Deno.build.arch === "aarch64"
  ? 0o040000 | 0o100000
  : 0o200000 | 0o400000;
const STATX_SIZE = 256;
const STATX_BASIC = 0x7ff;
const AT_FDCWD = -100;
const AT_EMPTY_PATH = 0x1000;
const AT_NO_FOLLOW = 0x100;
const SIGKILL = 9;
const LOCK_SH_NB = 1 | 4;
const LOCK_EX_NB = 2 | 4;
const LOCK_UN = 8;
/** Nobody hands more descriptors than this to a program by accident. */
const DESCRIPTORS_MAX = 4096;
const ANONYMOUS_NAME = "codex-sandbox";
const SYS_LANDLOCK_CREATE_RULESET = 444;
const LANDLOCK_CREATE_RULESET_VERSION = 1;

/**
 * The mark every mechanism of this program puts on the placeholders it makes: the
 * sticky bit, which means nothing on an empty directory only its owner may write.
 */
const PLACEHOLDER_MODE = 0o1755;

/** Opens the C library, or says why it cannot. */
export function openLibc(): Libc | undefined {
  try {
    // Already loaded under this name, so no search path can put another in its place.
    const library = Deno.dlopen("libc.so.6", SYMBOLS);
    closeStrayDescriptorsOnExec(library.symbols);
    hideFromOthers(library.symbols);
    return { ...wrap(library.symbols), unload: () => library.close() };
  } catch {
    // No permission or no glibc: the caller uses mechanisms that need neither.
    return undefined;
  }
}

// Other processes of the same user can then neither read this one's memory and
// environment, where the keys are, nor attach to it (prctl(2), PR_SET_DUMPABLE).
function hideFromOthers(c: Symbols): void {
  c.prctl(PR_SET_DUMPABLE, 0n, 0n, 0n, 0n);
}

// Whatever this process inherited from its own parent is no business of a command.
// Deno marks its own descriptors already; this marks the rest, except those another
// thread of this process is just passing to a child.
function closeStrayDescriptorsOnExec(c: Symbols): void {
  for (let descriptor = 3; descriptor < DESCRIPTORS_MAX; descriptor++) {
    const isInherited = c.fcntl(descriptor, F_GETFD, 0) === 0;
    if (isInherited && !isAnonymousFile(c, descriptor)) {
      c.fcntl(descriptor, F_SETFD, FD_CLOEXEC);
    }
  }
}

function isAnonymousFile(c: Symbols, descriptor: number): boolean {
  const target = new Uint8Array(64);
  const link = text(`/proc/self/fd/${descriptor}`);
  const length = Number(c.readlink(link, target, BigInt(target.length)));
  return new TextDecoder().decode(target.subarray(0, Math.max(0, length)))
    .startsWith(`/memfd:${ANONYMOUS_NAME}`);
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
    holdDirectory: (path) => holdDirectory(c, path),
    makeDirectory(path) {
      if (c.mkdir(text(path), 0o755) === 0) return "made";
      return c.access(text(path), 0) === 0 ? "exists" : "failed";
    },
    markPlaceholder(descriptor) {
      c.fchmod(descriptor, PLACEHOLDER_MODE);
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
  const name = text(ANONYMOUS_NAME);
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

function holdDirectory(c: Symbols, path: string): number | undefined {
  const descriptor = valid(
    c.open(text(path), O_RDONLY_CLOEXEC | O_DIRECTORY_NOFOLLOW, 0),
  );
  if (descriptor === undefined) return undefined;
  // Never waiting: a hostile command may lock it too, and this is the main thread.
  const isLocked = c.flock(descriptor, LOCK_SH_NB) === 0;
  // Removed before the lock was ours: the lock then holds nothing.
  const held = identityOf(c, descriptor);
  const there = identityOf(c, path);
  if (isLocked && held !== undefined && held.key === there?.key) {
    return descriptor;
  }
  c.close(descriptor);
  return undefined;
}

/** Permission bits and identity of a descriptor or a path, links not followed. */
function identityOf(
  c: Symbols,
  file: number | string,
): { readonly mode: number; readonly key: string } | undefined {
  const buffer = new Uint8Array(STATX_SIZE);
  const result = typeof file === "number"
    ? c.statx(file, text(""), AT_EMPTY_PATH, STATX_BASIC, buffer)
    : c.statx(AT_FDCWD, text(file), AT_NO_FOLLOW, STATX_BASIC, buffer);
  if (result !== 0) return undefined;
  // Offsets of struct statx, the same on every architecture.
  const view = new DataView(buffer.buffer);
  const inode = view.getBigUint64(32, true);
  const device = view.getBigUint64(136, true);
  return { mode: view.getUint16(28, true) & 0o7777, key: `${device}:${inode}` };
}

function releasePlaceholder(
  c: Symbols,
  path: string,
  descriptor: number,
): void {
  const isOurs = identityOf(c, descriptor)?.mode === PLACEHOLDER_MODE;
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
