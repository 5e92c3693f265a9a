/**
 * System call numbers, from the kernel's own tables (arch/x86/entry/syscalls and
 * include/uapi/asm-generic/unistd.h). A call an architecture never had is `undefined`.
 */

export type Architecture = "x86_64" | "aarch64";

/** The architecture of that name, if its numbers are known here. */
export function architectureOf(name: string): Architecture | undefined {
  return name === "x86_64" || name === "aarch64" ? name : undefined;
}

/** AUDIT_ARCH_* of linux/audit.h. */
export const AUDIT_ARCH: Readonly<Record<Architecture, number>> = {
  x86_64: 0xc000003e,
  aarch64: 0xc00000b7,
};

const X86_64_ONLY = undefined;

/** Name → [x86_64, aarch64]. */
const NUMBERS = {
  ioctl: [16, 29],
  socket: [41, 198],
  connect: [42, 203],
  accept: [43, 202],
  sendto: [44, 206],
  bind: [49, 200],
  listen: [50, 201],
  socketpair: [53, 199],
  clone: [56, 220],
  ptrace: [101, 117],
  syslog: [103, 116],
  uselib: [134, X86_64_ONLY],
  vhangup: [153, 58],
  pivot_root: [155, 41],
  adjtimex: [159, 171],
  chroot: [161, 51],
  acct: [163, 89],
  settimeofday: [164, 170],
  mount: [165, 40],
  umount2: [166, 39],
  swapon: [167, 224],
  swapoff: [168, 225],
  reboot: [169, 142],
  sethostname: [170, 161],
  setdomainname: [171, 162],
  iopl: [172, X86_64_ONLY],
  ioperm: [173, X86_64_ONLY],
  init_module: [175, 105],
  delete_module: [176, 106],
  quotactl: [179, 60],
  lookup_dcookie: [212, 18],
  clock_settime: [227, 112],
  kexec_load: [246, 104],
  add_key: [248, 217],
  request_key: [249, 218],
  keyctl: [250, 219],
  unshare: [272, 97],
  accept4: [288, 242],
  perf_event_open: [298, 241],
  recvmmsg: [299, 243],
  fanotify_init: [300, 262],
  open_by_handle_at: [304, 265],
  clock_adjtime: [305, 266],
  sendmmsg: [307, 269],
  setns: [308, 268],
  process_vm_readv: [310, 270],
  process_vm_writev: [311, 271],
  kcmp: [312, 272],
  finit_module: [313, 273],
  kexec_file_load: [320, 294],
  bpf: [321, 280],
  userfaultfd: [323, 282],
  io_uring_setup: [425, 425],
  io_uring_enter: [426, 426],
  io_uring_register: [427, 427],
  open_tree: [428, 428],
  move_mount: [429, 429],
  fsopen: [430, 430],
  fsconfig: [431, 431],
  fsmount: [432, 432],
  fspick: [433, 433],
  clone3: [435, 435],
  pidfd_getfd: [438, 438],
  process_madvise: [440, 440],
  mount_setattr: [442, 442],
  quotactl_fd: [443, 443],
  landlock_create_ruleset: [444, 444],
  landlock_add_rule: [445, 445],
  landlock_restrict_self: [446, 446],
  open_tree_attr: [467, 467],
} as const satisfies Record<string, readonly [number, number | undefined]>;

export type SystemCall = keyof typeof NUMBERS;

/** The number of a call, or `undefined` where the architecture has none. */
export function systemCallNumber(
  name: SystemCall,
  arch: Architecture,
): number | undefined {
  return NUMBERS[name][arch === "x86_64" ? 0 : 1];
}
