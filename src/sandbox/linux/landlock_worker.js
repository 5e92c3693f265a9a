/**
 * Runs as the text of a Worker, so it imports nothing. It confines its own thread for
 * good (no_new_privs, no capabilities, Landlock, seccomp) and then starts commands:
 * a child inherits what its thread gave up, and the other threads of this process
 * keep their rights. Sources: landlock(7), seccomp(2), capabilities(7).
 *
 * In:  {type:"confine", writable, abi, filter} once, then
 *      {type:"spawn", id, argv, cwd, env, stdin}, {type:"stdin", id, chunk | null},
 *      {type:"pull", id, stream}, {type:"cancel", id, stream}
 * Out: {type:"confined"} or {type:"refused", reason}, then
 *      {type:"started", id, pid} or {type:"failed", id, kind, reason},
 *      {type:"chunk", id, stream, chunk | null}, {type:"exited", id, code, signal}
 */

const PR_SET_NO_NEW_PRIVS = 38;
const PR_SET_SECCOMP = 22;
const SECCOMP_MODE_FILTER = 2;
const PR_CAPBSET_DROP = 24;
const PR_CAP_AMBIENT = 47;
const PR_CAP_AMBIENT_CLEAR_ALL = 4;
const CAPABILITIES_MAX = 63;
const LINUX_CAPABILITY_VERSION_3 = 0x20080522;

const SYS_LANDLOCK_CREATE_RULESET = 444n;
const SYS_LANDLOCK_ADD_RULE = 445n;
const SYS_LANDLOCK_RESTRICT_SELF = 446n;
const LANDLOCK_RULE_PATH_BENEATH = 1n;
/** Execute, write and read a file, truncate, device ioctl: all a file can be granted. */
const FILE_RIGHTS = 0x1n | 0x2n | 0x4n | (1n << 14n) | (1n << 15n);
/** Abstract sockets and signals of processes outside. */
const SCOPE_ALL = 3n;
const SYS_OPENAT2 = 437n;
const AT_FDCWD = -100;
const O_PATH_CLOEXEC = 0o10000000n | 0o2000000n;
/** No magic links, no symbolic links: a path swapped meanwhile is not followed. */
const RESOLVE_NO_LINKS = 2n | 4n;

// One name per call shape: a buffer passed as such stays alive during the call.
const c = Deno.dlopen("libc.so.6", {
  prctl: {
    parameters: ["i32", "usize", "usize", "usize", "usize"],
    result: "i32",
  },
  prctl_filter: {
    name: "prctl",
    parameters: ["i32", "usize", "buffer", "usize", "usize"],
    result: "i32",
  },
  capset: { parameters: ["buffer", "buffer"], result: "i32" },
  openat2: {
    name: "syscall",
    parameters: ["i64", "i32", "buffer", "buffer", "usize"],
    result: "i64",
  },
  close: { parameters: ["i32"], result: "i32" },
  create_ruleset: {
    name: "syscall",
    parameters: ["i64", "buffer", "usize", "usize"],
    result: "i64",
  },
  add_rule: {
    name: "syscall",
    parameters: ["i64", "i64", "i64", "buffer", "usize"],
    result: "i64",
  },
  restrict_self: {
    name: "syscall",
    parameters: ["i64", "i64", "usize"],
    result: "i64",
  },
}).symbols;

/** The filter's bytes, which the kernel reads through a pointer inside a struct. */
let heldFilter = new Uint8Array(0);

/** Running children by id: the child, its readers, its stdin writer. */
const children = new Map();

self.onmessage = ({ data }) => {
  if (data.type === "confine") confineThread(data);
  else if (data.type === "spawn") spawn(data);
  else if (data.type === "stdin") feed(data);
  else if (data.type === "pull") pull(data);
  else if (data.type === "cancel") cancel(data);
};

function confineThread({ writable, abi, filter }) {
  try {
    must(c.prctl(PR_SET_NO_NEW_PRIVS, 1n, 0n, 0n, 0n), "no_new_privs");
    dropCapabilities();
    restrictPaths(writable, abi);
    loadFilter(filter);
    self.postMessage({ type: "confined" });
  } catch (error) {
    self.postMessage({ type: "refused", reason: String(error.message) });
  }
}

// Uid 0 would keep every capability, and Landlock has no say over most of them.
function dropCapabilities() {
  c.prctl(PR_CAP_AMBIENT, BigInt(PR_CAP_AMBIENT_CLEAR_ALL), 0n, 0n, 0n);
  for (let number = 0; number <= CAPABILITIES_MAX; number++) {
    // Fails without privilege, when there is nothing to drop either.
    c.prctl(PR_CAPBSET_DROP, BigInt(number), 0n, 0n, 0n);
  }
  const header = new Uint32Array([LINUX_CAPABILITY_VERSION_3, 0]);
  must(c.capset(header, new Uint32Array(6)), "capset");
}

function restrictPaths(writable, abi) {
  const rights = writeRights(abi);
  const attributes = new BigUint64Array([
    rights,
    0n,
    abi >= 6 ? SCOPE_ALL : 0n,
  ]);
  const size = abi >= 6 ? 24n : abi >= 4 ? 16n : 8n;
  const ruleset = must(
    c.create_ruleset(SYS_LANDLOCK_CREATE_RULESET, attributes, size, 0n),
    "landlock_create_ruleset",
  );
  for (const { path, isDirectory } of writable) {
    const descriptor = openPath(path);
    if (descriptor < 0) continue; // not there: nothing to grant
    addRule(ruleset, descriptor, isDirectory ? rights : rights & FILE_RIGHTS);
    c.close(descriptor);
  }
  must(
    c.restrict_self(SYS_LANDLOCK_RESTRICT_SELF, ruleset, 0n),
    "landlock_restrict_self",
  );
  c.close(Number(ruleset));
}

function openPath(path) {
  const how = new BigUint64Array([O_PATH_CLOEXEC, 0n, RESOLVE_NO_LINKS]);
  return Number(c.openat2(SYS_OPENAT2, AT_FDCWD, encode(path), how, 24n));
}

function addRule(ruleset, descriptor, rights) {
  const rule = new DataView(new ArrayBuffer(12));
  rule.setBigUint64(0, rights, true);
  rule.setInt32(8, descriptor, true);
  must(
    c.add_rule(
      SYS_LANDLOCK_ADD_RULE,
      ruleset,
      LANDLOCK_RULE_PATH_BENEATH,
      new Uint8Array(rule.buffer),
      0n,
    ),
    "landlock_add_rule",
  );
}

/** Every right that changes something, as far as this kernel knows it. */
function writeRights(abi) {
  let rights = 0x1ff2n;
  if (abi >= 2) rights |= 1n << 13n;
  if (abi >= 3) rights |= 1n << 14n;
  if (abi >= 5) rights |= 1n << 15n;
  return rights;
}

function loadFilter(filter) {
  heldFilter = filter;
  const program = new DataView(new ArrayBuffer(16));
  program.setUint16(0, heldFilter.length / 8, true);
  const pointer = Deno.UnsafePointer.value(Deno.UnsafePointer.of(heldFilter));
  program.setBigUint64(8, BigInt(pointer), true);
  must(
    c.prctl_filter(
      PR_SET_SECCOMP,
      BigInt(SECCOMP_MODE_FILTER),
      new Uint8Array(program.buffer),
      0n,
      0n,
    ),
    "seccomp",
  );
}

function spawn({ id, argv, cwd, env, stdin }) {
  try {
    const [program, ...args] = argv;
    const child = new Deno.Command(program, {
      args,
      cwd,
      env,
      clearEnv: true,
      stdin: stdin === "pipe" ? "piped" : "null",
      stdout: "piped",
      stderr: "piped",
      detached: true,
    }).spawn();
    children.set(id, {
      child,
      readers: {
        stdout: child.stdout.getReader(),
        stderr: child.stderr.getReader(),
      },
      hasExited: false,
      writer: stdin === "pipe" ? child.stdin.getWriter() : undefined,
    });
    self.postMessage({ type: "started", id, pid: child.pid });
    reportExit(id, child);
  } catch (error) {
    const kind = error instanceof Deno.errors.NotFound
      ? "not_found"
      : error instanceof Deno.errors.PermissionDenied
      ? "permission"
      : "other";
    self.postMessage({
      type: "failed",
      id,
      kind,
      reason: String(error.message),
    });
  }
}

async function reportExit(id, child) {
  const { code, signal } = await child.status;
  const entry = children.get(id);
  if (entry !== undefined) entry.hasExited = true;
  forgetIfDone(id);
  self.postMessage({ type: "exited", id, code, signal });
}

async function feed({ id, chunk }) {
  const writer = children.get(id)?.writer;
  try {
    if (chunk === null) await writer?.close();
    else await writer?.write(chunk);
    self.postMessage({ type: "fed", id });
  } catch (error) {
    self.postMessage({ type: "fed", id, reason: String(error.message) });
  }
}

async function pull({ id, stream }) {
  const entry = children.get(id);
  const reader = entry?.readers[stream];
  let chunk = null;
  try {
    const { value } = await reader?.read() ?? {};
    if (value !== undefined) chunk = value.slice();
  } catch {
    // A broken pipe is the end of the output.
  }
  if (chunk === null && entry !== undefined) {
    delete entry.readers[stream];
    forgetIfDone(id);
  }
  self.postMessage(
    { type: "chunk", id, stream, chunk },
    chunk === null ? [] : [chunk.buffer],
  );
}

function cancel({ id, stream }) {
  const entry = children.get(id);
  entry?.readers[stream]?.cancel().catch(() => {});
  if (entry !== undefined) delete entry.readers[stream];
  forgetIfDone(id);
}

function forgetIfDone(id) {
  const entry = children.get(id);
  if (!entry?.hasExited || Object.keys(entry.readers).length > 0) return;
  children.delete(id);
}

function encode(path) {
  return new TextEncoder().encode(`${path}\0`);
}

function must(result, what) {
  if (result < 0) throw new Error(`${what} failed`);
  return result;
}
