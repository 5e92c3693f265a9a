/**
 * What a hostile command gets out of each mechanism, attempt by attempt. The table is
 * the promise of `docs/security.md`; a change of a cell is a decision.
 */
import assert from "node:assert/strict";
import { availableMechanisms, removeAtEnd, Room } from "./room.ts";

const MECHANISMS = await availableMechanisms([
  "helper",
  "bwrap",
  "helper-landlock",
  "landlock",
]);

const SOURCE = new URL("./attacks.c", import.meta.url).pathname;

/** The same under every mechanism: the filter decides. */
const BY_FILTER = {
  "socket-inet": "EPERM",
  "socket-inet6": "EPERM",
  "socket-netlink": "EPERM",
  "socket-packet": "EPERM",
  "socket-alg": "EPERM",
  "socket-vsock": "EPERM",
  "socket-unix-stream": "ok",
  "socket-unix-datagram": "EPERM",
  "socket-unix-raw": "EPERM",
  "unix-connect": "EPERM",
  "unix-bind": "EPERM",
  "socketpair": "ok",
  "socketpair-send": "ok",
  "socketpair-shutdown": "ok",
  "socketpair-datagram": "EPERM",
  "process_vm_readv": "EPERM",
  "ptrace": "EPERM",
  "kcmp": "EPERM",
  "pidfd_getfd": "EPERM",
  "io_uring": "EPERM",
  "bpf": "EPERM",
  "keyctl": "EPERM",
  "add_key": "EPERM",
  "userfaultfd": "EPERM",
  "perf": "EPERM",
  "unshare-user": "EPERM",
  "unshare-user-net": "EPERM",
  "clone3": "ENOSYS",
  "mount-remount": "EPERM",
  "mount-tmpfs": "EPERM",
  "umount": "EPERM",
  "open_tree": "EPERM",
  "chroot": "EPERM",
  "setns": "EPERM",
  "tiocsti": "EPERM",
  "open_by_handle": "EPERM",
  "int80": Deno.build.arch === "x86_64" ? "killed" : undefined,
};

/** Its file mode keeps ordinary users out; only uid 0 meets the read-only mount. */
const CORE_PATTERN = Deno.uid() === 0 ? "EROFS" : "EACCES";

/** What differs: mounts stop less than Landlock, Landlock has no namespaces. */
const BY_MECHANISM: Readonly<Record<string, Record<string, string>>> = {
  "helper": {
    "fifo-of-host": "EACCES",
    "shm-of-host": "ENOENT",
    "core_pattern": CORE_PATTERN,
    "environ-of-parent": "EACCES",
    "memory-of-parent": "EACCES",
  },
  "bwrap": {
    "fifo-of-host": "ok",
    "shm-of-host": "ENOENT",
    "core_pattern": CORE_PATTERN,
    "environ-of-parent": "ok",
    "memory-of-parent": "ok",
  },
  "helper-landlock": {
    "fifo-of-host": "EACCES",
    "shm-of-host": "ok",
    "core_pattern": "EACCES",
    "environ-of-parent": "EACCES",
    "memory-of-parent": "EACCES",
  },
};

const compiler = await compileAttacks();

async function compileAttacks(): Promise<string | undefined> {
  const directory = await Deno.makeTempDir({ prefix: "codex-attacks-" });
  removeAtEnd(directory);
  const path = `${directory}/attacks`;
  const args = ["-O1", "-Wall", "-Wextra", "-Werror", "-o", path, SOURCE];
  const hasCompiler = await Deno.stat("/usr/bin/cc").then(
    () => true,
    () => false,
  );
  if (hasCompiler) {
    const built = await new Deno.Command("/usr/bin/cc", { args }).output();
    assert.equal(new TextDecoder().decode(built.stderr), "");
    return path;
  }
  console.log("skipped: attacks: no C compiler to build them with");
  return undefined;
}

for (const name of compiler === undefined ? [] : MECHANISMS) {
  Deno.test(`${name}: every attempt to get out ends as the table says`, async () => {
    await using room = await Room.open(name);
    const attacks = `${room.path}/attacks`;
    const fifo = `${room.path}/fifo`;
    const key = String(1 + Math.floor(Math.random() * 1e9));
    await Deno.copyFile(compiler ?? "", attacks);
    const segment = await outside(attacks, "--make", key);
    await outside("/usr/bin/mkfifo", fifo);
    // Somebody reads it, else opening it for writing fails by itself.
    using _reader = await Deno.open(fifo, { read: true, write: true });
    try {
      const { out, code } = await room.run([attacks, fifo, key]);
      assert.equal(code, 0);
      const results = Object.fromEntries(
        out.trim().split("\n").map((line) => line.split(" ")),
      );
      const expected = {
        ...BY_FILTER,
        ...BY_MECHANISM[name.replace(/^landlock$/, "helper-landlock")],
      };
      assert.deepEqual({ ...expected, ...results }, expected);
      assert.deepEqual(
        Object.keys(results).sort(),
        Object.keys(expected).sort(),
      );
    } finally {
      await outside("/usr/bin/ipcrm", "-m", segment.trim());
    }
  });
}

async function outside(program: string, ...args: string[]): Promise<string> {
  const { stdout, success } = await new Deno.Command(program, { args })
    .output();
  assert(success, program);
  return new TextDecoder().decode(stdout);
}
