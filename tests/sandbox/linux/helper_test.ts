import assert from "node:assert/strict";
import {
  editArgv,
  helperArgv,
  insideArgv,
  probeArgv,
  unconfinedTerminalArgv,
} from "@/sandbox/linux/helper.ts";

const REQUEST = {
  program: "/proc/self/fd/7",
  mode: "full",
  confinement: {
    writableRoots: [{ path: "/ws", protected: ["/ws/.git"] }],
    hidden: ["/home/u/.codex/auth.json"],
    network: "none",
  },
  argv: ["make", "all"],
  cwd: "/ws/sub",
  mergeOutput: true,
  hasTerminal: false,
  statusFd: 9,
} as const;

Deno.test("helperArgv() is the whole command line, strict entries last", () => {
  assert.equal(
    helperArgv(REQUEST).join(" "),
    "/proc/self/fd/7 --status-fd 9 --write /ws --read /ws/.git " +
      "--hide /home/u/.codex/auth.json --processes 4096 --chdir /ws/sub --merge-output -- make all",
  );
});

Deno.test("helperArgv() names the mode and the network", () => {
  const argv = helperArgv({
    ...REQUEST,
    mode: "landlock-only",
    confinement: { writableRoots: [], hidden: [], network: "full" },
    mergeOutput: false,
  });
  assert.equal(
    argv.join(" "),
    "/proc/self/fd/7 --landlock-only --status-fd 9 --net --processes 4096 --chdir /ws/sub -- make all",
  );
});

Deno.test("helperArgv() leads to the proxy of listed hosts, and without one nowhere", () => {
  const proxied = { ...REQUEST.confinement, network: "proxied" } as const;
  const argv = helperArgv({
    ...REQUEST,
    confinement: { ...proxied, proxySocket: "/home/u/.codex/proxy/s" },
  });
  assert.match(argv.join(" "), / --proxy 13128:\/home\/u\/.codex\/proxy\/s /);
  assert.deepEqual(
    helperArgv({ ...REQUEST, confinement: proxied }),
    helperArgv(REQUEST),
  );
});

Deno.test("helperArgv() carries limits in the kernel's units, and a /tmp", () => {
  const argv = helperArgv({
    ...REQUEST,
    confinement: {
      ...REQUEST.confinement,
      tmp: "/home/u/.codex/tmp/1",
      limits: {
        processes: 350,
        open_files: 64,
        file_size_mb: 2,
        memory_mb: 3,
        cpu_seconds: 4,
      },
    },
  });
  assert.match(
    argv.join(" "),
    / --tmp \/home\/u\/.codex\/tmp\/1 --processes-max 350 --limit nofile=64 --limit fsize=2097152 --limit data=3145728 --limit cpu=4 --chdir /,
  );
});

Deno.test("editArgv() confines like a command and names none", () => {
  assert.equal(
    editArgv(REQUEST).join(" "),
    "/proc/self/fd/7 --status-fd 9 --write /ws --read /ws/.git " +
      "--hide /home/u/.codex/auth.json --edit",
  );
});

Deno.test("insideArgv() opens what may be written and leaves the mounts to others", () => {
  const argv = insideArgv({
    ...REQUEST,
    confinement: {
      ...REQUEST.confinement,
      network: "proxied",
      proxySocket: "/s",
      tmp: "/home/u/.codex/tmp/1",
      limits: { open_files: 64 },
    },
  });
  assert.equal(
    argv.join(" "),
    "/proc/self/fd/7 --inside --status-fd 9 --proxy 13128:/s --write /ws --write /tmp " +
      "--processes 4096 --limit nofile=64 -- make all",
  );
});

Deno.test("probeArgv() runs no command", () => {
  assert.deepEqual(probeArgv("/h", "no-userns", 9), [
    "/h",
    "--no-userns",
    "--status-fd",
    "9",
    "--probe",
  ]);
});

Deno.test("unconfinedTerminalArgv() asks for a terminal and nothing else", () => {
  assert.deepEqual(
    unconfinedTerminalArgv("/h", 9, { argv: ["python3", "-i"] }),
    [
      "/h",
      "--unconfined",
      "--pty",
      "--status-fd",
      "9",
      "--",
      "python3",
      "-i",
    ],
  );
});

Deno.test("helperArgv() and its unconfined sister say how large the terminal is", () => {
  const terminalSize = { rows: 7, columns: 33 };
  const argv = helperArgv({ ...REQUEST, hasTerminal: true, terminalSize });
  assert.match(argv.join(" "), / --pty --pty-size 7,33 -- make all$/);
  assert.equal(
    unconfinedTerminalArgv("/h", 9, { argv: ["top"], terminalSize }).join(" "),
    "/h --unconfined --pty --pty-size 7,33 --status-fd 9 -- top",
  );
});
