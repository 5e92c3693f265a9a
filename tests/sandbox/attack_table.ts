/** How every attempt of `attacks.c` ends, under each mechanism and as each user. */

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

/** What differs: mounts stop less than Landlock, Landlock has no namespaces. */
const BY_MECHANISM: Readonly<Record<string, Record<string, string>>> = {
  "helper": {
    "fifo-of-host": "EACCES",
    "shm-of-host": "ENOENT",
    "environ-of-parent": "EACCES",
    "memory-of-parent": "EACCES",
  },
  "bwrap": {
    "fifo-of-host": "ok",
    "shm-of-host": "ENOENT",
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

/** The table for a mechanism, as a user. */
export function expectedAttacks(
  mechanism: string,
  uid: number,
): Record<string, string | undefined> {
  const kind = mechanism.replace(/^landlock$/, "helper-landlock");
  return {
    ...BY_FILTER,
    // Its file mode keeps ordinary users out; only uid 0 meets the read-only mount.
    "core_pattern": uid === 0 ? "EROFS" : "EACCES",
    ...BY_MECHANISM[kind],
  };
}
