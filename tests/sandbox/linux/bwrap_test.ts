import assert from "node:assert/strict";
import { bwrapArgv, bwrapEnvironment } from "@/sandbox/linux/bwrap.ts";

const CONFINEMENT = {
  writableRoots: [{ path: "/ws", protected: ["/ws/.git"] }],
  hidden: ["/home/u/.codex/auth.json"],
  network: "none",
} as const;

Deno.test("bwrapArgv() is the whole command line, strict entries last", () => {
  const argv = bwrapArgv({
    program: "/usr/bin/bwrap",
    confinement: CONFINEMENT,
    argv: ["make", "all"],
    cwd: "/ws/sub",
    env: { PATH: "/bin", LD_PRELOAD: "/x.so" },
    mergeOutput: true,
    seccompFd: 9,
    statusFd: 10,
  });
  assert.equal(
    argv.join(" "),
    "/usr/bin/bwrap --new-session --die-with-parent --unshare-user --unshare-pid " +
      "--unshare-ipc --unshare-uts --unshare-cgroup-try --as-pid-1 --unshare-net --cap-drop ALL " +
      "--ro-bind / / --dev /dev --proc /proc " +
      "--ro-bind-try /proc/sys /proc/sys " +
      "--ro-bind-try /proc/sysrq-trigger /proc/sysrq-trigger " +
      "--ro-bind-try /proc/irq /proc/irq --ro-bind-try /proc/bus /proc/bus " +
      "--ro-bind-try /proc/fs /proc/fs --ro-bind-try /proc/acpi /proc/acpi " +
      "--ro-bind-try /proc/scsi /proc/scsi --ro-bind-try /proc/mtrr /proc/mtrr " +
      "--ro-bind-try /proc/driver /proc/driver " +
      "--bind /ws /ws --ro-bind /ws/.git /ws/.git " +
      "--ro-bind /dev/null /home/u/.codex/auth.json " +
      "--chdir /ws/sub --setenv LD_PRELOAD /x.so --seccomp 9 --json-status-fd 10 " +
      '-- /bin/sh -c exec 2>/dev/null; ulimit -p 4096 || ulimit -u 4096; "$@" 2>&1; exit $? sh make all',
  );
});

Deno.test("bwrapArgv() shows a proxy and a directory as /tmp, below the writable roots", () => {
  const argv = bwrapArgv({
    program: "/usr/bin/bwrap",
    confinement: {
      ...CONFINEMENT,
      network: "proxied",
      proxySocket: "/s",
      tmp: "/home/u/.codex/tmp/1",
    },
    argv: ["true"],
    cwd: "/",
    env: {},
    mergeOutput: false,
    seccompFd: undefined,
    statusFd: undefined,
  });
  assert.match(
    argv.join(" "),
    / --unshare-net .* --ro-bind \/s \/dev\/proxy --bind \/home\/u\/.codex\/tmp\/1 \/tmp --bind \/ws \/ws /,
  );
});

Deno.test("bwrapArgv() shares the network only when the plan has one", () => {
  const argv = bwrapArgv({
    program: "/usr/bin/bwrap",
    confinement: { ...CONFINEMENT, network: "full" },
    argv: ["true"],
    cwd: "/",
    env: {},
    mergeOutput: false,
    seccompFd: undefined,
    statusFd: undefined,
  });
  assert(!argv.includes("--unshare-net"));
  assert.deepEqual(argv.slice(-8), [
    "--chdir",
    "/",
    "--",
    "/bin/sh",
    "-c",
    'exec 3>&2 2>/dev/null; ulimit -p 4096 || ulimit -u 4096; "$@" 2>&3 3>&-; exit $?',
    "sh",
    "true",
  ]);
});

Deno.test("bwrapEnvironment() keeps from bwrap what loads code into it", () => {
  const env = {
    PATH: "/bin",
    LD_PRELOAD: "/x.so",
    LD_AUDIT: "/y.so",
    GLIBC_TUNABLES: "a=b",
    LDFLAGS: "-s",
  };
  assert.deepEqual(bwrapEnvironment(env), { PATH: "/bin", LDFLAGS: "-s" });
});
