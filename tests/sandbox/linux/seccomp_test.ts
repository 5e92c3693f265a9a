/** Runs the filter on system calls, as the kernel's own BPF machine would. */
import assert from "node:assert/strict";
import {
  encodeProgram,
  type Instruction,
  type NetworkAccess,
  seccompProgram,
} from "@/sandbox/linux/seccomp.ts";
import {
  type Architecture,
  AUDIT_ARCH,
  type SystemCall,
  systemCallNumber,
} from "@/sandbox/linux/syscalls.ts";

const ALLOW = 0x7fff0000;
const KILL = 0x80000000;
const EPERM = 0x00050001;
const ENOSYS = 0x00050026;

function run(
  program: readonly Instruction[],
  arch: number,
  number: number,
  args: readonly (number | bigint)[],
): number {
  const data = new DataView(new ArrayBuffer(64));
  data.setUint32(0, number, true);
  data.setUint32(4, arch, true);
  args.forEach((value, index) =>
    data.setBigUint64(16 + 8 * index, BigInt(value), true)
  );
  let accumulator = 0;
  for (let at = 0; at < program.length; at++) {
    const { code, jt, jf, k } = program[at] ?? assert.fail("ran off the end");
    if (code === 0x20) accumulator = data.getUint32(k, true);
    else if (code === 0x54) accumulator = (accumulator & k) >>> 0;
    else if (code === 0x15) at += accumulator === k ? jt : jf;
    else if (code === 0x35) at += accumulator >= k ? jt : jf;
    else if (code === 0x06) return k;
    else assert.fail(`unknown instruction ${code}`);
  }
  assert.fail("the program does not end");
}

function verdict(
  network: NetworkAccess,
  name: SystemCall,
  args: readonly (number | bigint)[] = [],
  arch: Architecture = "x86_64",
): number {
  const number = systemCallNumber(name, arch);
  assert(number !== undefined, name);
  return run(seccompProgram(arch, network), AUDIT_ARCH[arch], number, args);
}

const HIGH = 1n << 32n;

Deno.test("the filter denies what reaches other processes or the kernel", () => {
  const names = [
    "ptrace",
    "process_vm_readv",
    "pidfd_getfd",
    "mount",
    "move_mount",
    "setns",
    "bpf",
    "keyctl",
    "io_uring_setup",
    "userfaultfd",
    "init_module",
  ] as const;
  for (const arch of ["x86_64", "aarch64"] as const) {
    for (const network of ["none", "full"] as const) {
      for (const name of names) {
        assert.equal(verdict(network, name, [], arch), EPERM, name);
      }
      assert.equal(verdict(network, "clone3", [], arch), ENOSYS);
    }
  }
});

Deno.test("the filter kills alien architectures and refuses x32", () => {
  const program = seccompProgram("x86_64", "full");
  assert.equal(run(program, 0x40000003, 1, []), KILL);
  assert.equal(run(program, AUDIT_ARCH.x86_64, 0x40000000 + 1, []), ENOSYS);
  assert.equal(run(program, AUDIT_ARCH.x86_64, 0, []), ALLOW);
});

Deno.test("the filter allows new processes and threads but no namespaces", () => {
  const THREAD = 0x003d0f00;
  const rows: [SystemCall, number | bigint, number][] = [
    ["clone", 17, ALLOW],
    ["clone", THREAD, ALLOW],
    ["clone", 0x10000000 | 17, EPERM],
    ["clone", 0x00020000, EPERM],
    ["clone", HIGH | 0x40000000n, EPERM],
    ["unshare", 0x400, ALLOW],
    ["unshare", 0x10000000, EPERM],
    ["unshare", 0x80, EPERM],
  ];
  for (const [name, flags, expected] of rows) {
    assert.equal(verdict("full", name, [flags]), expected, `${name} ${flags}`);
  }
});

Deno.test("the filter denies typing into terminals, whatever the high half", () => {
  for (
    const [request, expected] of [
      [0x5401n, ALLOW],
      [0x5412n, EPERM],
      [HIGH | 0x5412n, EPERM],
      [0x541cn, EPERM],
      [0x5413n, ALLOW],
    ] as const
  ) {
    assert.equal(verdict("full", "ioctl", [0, request]), expected);
  }
});

Deno.test("without a network only local streams can be made", () => {
  const rows: [number, number, number][] = [
    [1, 1, ALLOW],
    [1, 5, ALLOW],
    [1, 1 | 0o2000000, ALLOW],
    [1, 2, EPERM],
    [1, 3, EPERM],
    [1, 2 | 0o4000, EPERM],
    [2, 1, EPERM],
    [10, 2, EPERM],
    [16, 3, EPERM],
    [40, 1, EPERM],
  ];
  for (const [domain, type, expected] of rows) {
    for (const name of ["socket", "socketpair"] as const) {
      assert.equal(verdict("none", name, [domain, type]), expected);
    }
  }
});

Deno.test("without a network nothing can be sent to an address", () => {
  assert.equal(verdict("none", "sendto", [3, 4, 5, 0, 0, 0]), ALLOW);
  assert.equal(verdict("none", "sendto", [3, 4, 5, 0, 0x1000, 16]), EPERM);
  assert.equal(verdict("none", "sendto", [3, 4, 5, 0, HIGH, 16]), EPERM);
  for (
    const name of ["connect", "bind", "listen", "accept4", "sendmmsg"] as const
  ) {
    assert.equal(verdict("none", name), EPERM);
    assert.equal(verdict("full", name), ALLOW);
  }
});

Deno.test("with a network only ordinary families can be made", () => {
  const rows: [number, number, number][] = [
    [1, 0, ALLOW],
    [2, 6, ALLOW],
    [10, 0, ALLOW],
    [16, 0, ALLOW],
    [16, 12, EPERM],
    [17, 3, EPERM],
    [38, 0, EPERM],
    [40, 0, EPERM],
    [44, 0, EPERM],
  ];
  for (const [family, protocol, expected] of rows) {
    assert.equal(verdict("full", "socket", [family, 1, protocol]), expected);
  }
});

Deno.test("every jump of the filter stays inside it", () => {
  for (const arch of ["x86_64", "aarch64"] as const) {
    for (const network of ["none", "full"] as const) {
      const program = seccompProgram(arch, network);
      program.forEach(({ jt, jf }, at) => {
        assert(
          jt < 256 && jf < 256 && at + 1 + Math.max(jt, jf) <= program.length,
        );
      });
      assert.equal(encodeProgram(program).length, program.length * 8);
    }
  }
});
