/**
 * The system call filter every mechanism loads, as a classic BPF program (seccomp(2),
 * linux/filter.h). Pure: TypeScript builds it once; bwrap and the Landlock worker get
 * its bytes, and the helper has it compiled in from a generated header.
 *
 * It is a deny list: what a build or a test suite needs stays allowed, and what
 * reaches other processes, the network, mounts or rarely audited kernel code is
 * refused with EPERM. An alien architecture kills the process, because its numbers
 * would mean other calls.
 */
import {
  type Architecture,
  AUDIT_ARCH,
  type SystemCall,
  systemCallNumber,
} from "./syscalls.ts";

/** One instruction: operation, jump if true, jump if false, constant. */
export interface Instruction {
  readonly code: number;
  readonly jt: number;
  readonly jf: number;
  readonly k: number;
}

/** `proxied`: TCP inside a network namespace in which nothing is but our proxy. */
export const NETWORK_ACCESSES = ["none", "proxied", "full"] as const;
export type NetworkAccess = typeof NETWORK_ACCESSES[number];

const LOAD_WORD = 0x20;
const AND = 0x54;
const JUMP_IF_EQUAL = 0x15;
const JUMP_IF_AT_LEAST = 0x35;
const RETURN = 0x06;

const ALLOW = 0x7fff0000;
const KILL_PROCESS = 0x80000000;
const ERRNO = 0x00050000;
const EPERM = ERRNO | 1;
const ENOSYS = ERRNO | 38;

const OFFSET_NUMBER = 0;
const OFFSET_ARCH = 4;

const AF_UNIX = 1;
const AF_INET = 2;
const AF_INET6 = 10;
const AF_NETLINK = 16;
const NETLINK_ROUTE = 0;
const SOCK_STREAM = 1;
const SOCK_SEQPACKET = 5;
const SOCK_TYPE_MASK = 0xf;

/** CLONE_NEWTIME, NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET. */
const CLONE_NEW_MASK = 0x7e020080;

/** x32 calls carry this bit and would slip past every comparison below. */
const X32_BIT = 0x40000000;

const TIOCSTI = 0x5412;
const TIOCLINUX = 0x541c;

/** Refused whatever the arguments, with or without a network. */
const DENIED: readonly SystemCall[] = [
  // Other processes.
  "ptrace",
  "process_vm_readv",
  "process_vm_writev",
  "process_madvise",
  "pidfd_getfd",
  "kcmp",
  // Mounts and namespaces.
  "mount",
  "umount2",
  "pivot_root",
  "chroot",
  "open_tree",
  "open_tree_attr",
  "move_mount",
  "fsopen",
  "fsconfig",
  "fsmount",
  "fspick",
  "mount_setattr",
  "setns",
  "open_by_handle_at",
  "fanotify_init",
  // Kernel code that has been a way out before.
  "bpf",
  "perf_event_open",
  "userfaultfd",
  "io_uring_setup",
  "io_uring_enter",
  "io_uring_register",
  "keyctl",
  "add_key",
  "request_key",
  // The machine itself.
  "init_module",
  "finit_module",
  "delete_module",
  "kexec_load",
  "kexec_file_load",
  "reboot",
  "swapon",
  "swapoff",
  "settimeofday",
  "clock_settime",
  "clock_adjtime",
  "adjtimex",
  "quotactl",
  "quotactl_fd",
  "acct",
  "sethostname",
  "setdomainname",
  "syslog",
  "vhangup",
  "uselib",
  "iopl",
  "ioperm",
  "lookup_dcookie",
];

/** Also refused when there is no network; they could reach sockets of the host. */
const DENIED_OFFLINE: readonly SystemCall[] = [
  "connect",
  "bind",
  "listen",
  "accept",
  "accept4",
  "sendmmsg",
  "recvmmsg",
];

/** The filter for one architecture. */
export function seccompProgram(
  arch: Architecture,
  network: NetworkAccess,
): readonly Instruction[] {
  const denied = network === "none" ? [...DENIED, ...DENIED_OFFLINE] : DENIED;
  return [
    load(OFFSET_ARCH),
    ...unlessEqual(AUDIT_ARCH[arch], [give(KILL_PROCESS)]),
    load(OFFSET_NUMBER),
    ...(arch === "x86_64" ? [jumpAtLeast(X32_BIT, 0, 1), give(ENOSYS)] : []),
    ...denied.flatMap((name) => onCall(arch, name, [give(EPERM)])),
    // Its flags are behind a pointer; libc falls back to clone, which is checked.
    ...onCall(arch, "clone3", [give(ENOSYS)]),
    ...onCall(arch, "clone", denyNamespaces()),
    ...onCall(arch, "unshare", denyNamespaces()),
    ...onCall(arch, "ioctl", denyTerminalInput()),
    ...socketRules(arch, network),
    give(ALLOW),
  ];
}

/** The program as the kernel reads it: an array of `struct sock_filter`. */
export function encodeProgram(
  program: readonly Instruction[],
): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(program.length * 8);
  const view = new DataView(bytes.buffer);
  program.forEach(({ code, jt, jf, k }, index) => {
    view.setUint16(index * 8, code, true);
    view.setUint8(index * 8 + 2, jt);
    view.setUint8(index * 8 + 3, jf);
    view.setUint32(index * 8 + 4, k >>> 0, true);
  });
  return bytes;
}

function denyNamespaces(): Instruction[] {
  return [
    load(argumentLow(0)),
    { code: AND, jt: 0, jf: 0, k: CLONE_NEW_MASK },
    ...unlessEqual(0, [give(EPERM)]),
    give(ALLOW),
  ];
}

// The kernel reads the request as 32 bits, so only the low half may be compared: a
// high half set on purpose must not hide the request.
function denyTerminalInput(): Instruction[] {
  return [
    load(argumentLow(1)),
    ...ifEqual(TIOCSTI, [give(EPERM)]),
    ...ifEqual(TIOCLINUX, [give(EPERM)]),
    give(ALLOW),
  ];
}

function socketRules(
  arch: Architecture,
  network: NetworkAccess,
): Instruction[] {
  switch (network) {
    case "none":
      return offlineSockets(arch);
    case "proxied":
      return proxiedSockets(arch);
    case "full":
      return onlineSockets(arch);
  }
}

// Streams between the command's own processes work; anything that could carry a
// message to a socket of the host does not. A datagram can be addressed by sendmsg,
// whose address a filter cannot see, so datagram sockets are not made at all.
function offlineSockets(arch: Architecture): Instruction[] {
  const withoutAddress = [
    load(argumentLow(4)),
    ...unlessEqual(0, [give(EPERM)]),
    load(argumentHigh(4)),
    ...unlessEqual(0, [give(EPERM)]),
    give(ALLOW),
  ];
  return [
    ...onCall(arch, "socket", streamsOnly()),
    ...onCall(arch, "socketpair", streamsOnly()),
    ...onCall(arch, "sendto", withoutAddress),
  ];
}

function streamsOnly(): Instruction[] {
  return [
    load(argumentLow(0)),
    ...unlessEqual(AF_UNIX, [give(EPERM)]),
    load(argumentLow(1)),
    { code: AND, jt: 0, jf: 0, k: SOCK_TYPE_MASK },
    ...ifEqual(SOCK_STREAM, [give(ALLOW)]),
    ...ifEqual(SOCK_SEQPACKET, [give(ALLOW)]),
    give(EPERM),
  ];
}

// Addresses may be connected to, so sockets that could reach the host through its file
// system are not made: what leads out is the proxy's port alone.
function proxiedSockets(arch: Architecture): Instruction[] {
  return [
    ...onCall(arch, "socket", [load(argumentLow(0)), ...internetOnly()]),
    ...onCall(arch, "socketpair", streamsOnly()),
  ];
}

function onlineSockets(arch: Architecture): Instruction[] {
  return onCall(arch, "socket", [
    load(argumentLow(0)),
    ...ifEqual(AF_UNIX, [give(ALLOW)]),
    ...internetOnly(),
  ]);
}

/** With the family loaded: the Internet's, and what lists network interfaces. */
function internetOnly(): Instruction[] {
  return [
    ...ifEqual(AF_INET, [give(ALLOW)]),
    ...ifEqual(AF_INET6, [give(ALLOW)]),
    ...unlessEqual(AF_NETLINK, [give(EPERM)]),
    load(argumentLow(2)),
    ...unlessEqual(NETLINK_ROUTE, [give(EPERM)]),
    give(ALLOW),
  ];
}

function onCall(
  arch: Architecture,
  name: SystemCall,
  body: Instruction[],
): Instruction[] {
  const number = systemCallNumber(name, arch);
  return number === undefined ? [] : ifEqual(number, body);
}

function ifEqual(value: number, body: Instruction[]): Instruction[] {
  return [
    { code: JUMP_IF_EQUAL, jt: 0, jf: body.length, k: value },
    ...body,
  ];
}

function unlessEqual(value: number, body: Instruction[]): Instruction[] {
  return [
    { code: JUMP_IF_EQUAL, jt: body.length, jf: 0, k: value },
    ...body,
  ];
}

function jumpAtLeast(value: number, jt: number, jf: number): Instruction {
  return { code: JUMP_IF_AT_LEAST, jt, jf, k: value };
}

function load(offset: number): Instruction {
  return { code: LOAD_WORD, jt: 0, jf: 0, k: offset };
}

function give(value: number): Instruction {
  return { code: RETURN, jt: 0, jf: 0, k: value };
}

/** Where `struct seccomp_data` keeps the low half of an argument (little endian). */
function argumentLow(index: number): number {
  return 16 + 8 * index;
}

function argumentHigh(index: number): number {
  return 20 + 8 * index;
}
