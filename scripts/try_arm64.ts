/**
 * Runs the sandbox helper built for arm64 on an arm64 kernel in an emulator: the probe,
 * what it keeps out, limits, the proxy, a terminal and the attacks of
 * `tests/sandbox/attacks.c`, as root and as an ordinary user. Prints what the machine
 * printed, and ends with an error when a line that must be there is missing.
 *
 *   deno run -A scripts/try_arm64.ts KERNEL BUSYBOX
 *
 * Wanted: qemu-system-aarch64, aarch64-linux-gnu-gcc, an arm64 kernel image and a static
 * arm64 busybox (Debian: linux-image-cloud-arm64 and busybox-static of that
 * architecture, unpacked with `dpkg-deb -x`).
 */
const COMPILER = "aarch64-linux-gnu-gcc";
const ROOT = new URL("../", import.meta.url).pathname;
const GUEST = new URL("./arm64_guest.sh", import.meta.url).pathname;

/** The machine takes sixteen seconds to do all of it on a slow computer. */
const RUN_SECONDS_MAX = 600;

/** What each of the two users must have printed. */
const EXPECTED = [
  '{"namespaces":true,"landlock":',
  '{"namespaces":false,"landlock":',
  "write inside: in",
  "write outside: refused",
  "repository: refused",
  "capabilities: 0000000000000000",
  "exit code: 7",
  "daemon: gone",
  "daemon under Landlock: gone",
  "own tmp: t",
  "open files: 64",
  "proxy: PWNED",
  "direct: refused",
  "terminal: /dev/pts/0",
  "ptrace EPERM",
  "mount-remount EPERM",
  "environ-of-parent EACCES",
  "socket-inet EPERM",
];

if (import.meta.main) {
  const [kernel, busybox] = Deno.args;
  if (kernel === undefined || busybox === undefined) {
    throw new Error("Cannot start the machine: give KERNEL and BUSYBOX");
  }
  const room = await Deno.makeTempDir({ prefix: "codex-arm64-" });
  try {
    await Deno.writeFile(`${room}/initrd`, await initramfs(room, busybox));
    check(await boot(kernel, `${room}/initrd`));
  } finally {
    await Deno.remove(room, { recursive: true });
  }
}

async function initramfs(
  room: string,
  busybox: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const build = `${ROOT}scripts/build_helper.ts`;
  await run(Deno.execPath(), "run", "-A", "--quiet", build, "--arch=aarch64");
  const helper = [...Deno.readDirSync(`${ROOT}dist`)]
    .find(({ name }) => name.startsWith("sandbox-helper-aarch64-"));
  if (helper === undefined) throw new Error("Cannot find the arm64 helper");
  const tests = `${ROOT}tests/sandbox`;
  const programs = [
    ["attacks", `${tests}/attacks.c`],
    ["tool", `${tests}/escapes/tool.c`],
  ] as const;
  for (const [name, source] of programs) {
    await run(COMPILER, "-O1", "-static", "-o", `${room}/${name}`, source);
  }
  return archive([
    ["bin/busybox", await Deno.readFile(busybox)],
    ["bin/helper", await Deno.readFile(`${ROOT}dist/${helper.name}`)],
    ["bin/attacks", await Deno.readFile(`${room}/attacks`)],
    ["bin/tool", await Deno.readFile(`${room}/tool`)],
    ["init", await Deno.readFile(GUEST)],
  ]);
}

async function run(program: string, ...args: string[]): Promise<void> {
  const { success } = await new Deno.Command(program, { args, cwd: ROOT })
    .spawn().status;
  if (!success) throw new Error(`Cannot build: ${program} failed`);
}

/** An archive the kernel unpacks (initramfs buffer format, "newc"). */
function archive(
  files: readonly (readonly [string, Uint8Array])[],
): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = [];
  const add = (name: string, mode: number, content: Uint8Array) => {
    const head = [
      ...[parts.length + 1, mode, 0, 0, 1, 0, content.length, 0, 0, 0, 0],
      name.length + 1,
      0,
    ].map((value) => value.toString(16).padStart(8, "0")).join("");
    parts.push(padded(new TextEncoder().encode(`070701${head}${name}\0`)));
    parts.push(padded(content));
  };
  add("bin", 0o40755, new Uint8Array());
  for (const [name, content] of files) add(name, 0o100755, content);
  add("TRAILER!!!", 0, new Uint8Array());
  const whole = new Uint8Array(
    parts.reduce((sum, { length }) => sum + length, 0),
  );
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function padded(bytes: Uint8Array): Uint8Array {
  const result = new Uint8Array(Math.ceil(bytes.length / 4) * 4);
  result.set(bytes);
  return result;
}

async function boot(kernel: string, initrd: string): Promise<string> {
  const { stdout } = await new Deno.Command("timeout", {
    args: [
      String(RUN_SECONDS_MAX),
      "qemu-system-aarch64",
      ...["-machine", "virt", "-cpu", "cortex-a57", "-smp", "2", "-m", "1024"],
      ...["-nic", "none", "-nographic", "-no-reboot"],
      ...["-kernel", kernel, "-initrd", initrd],
      ...["-append", "console=ttyAMA0 quiet panic=-1"],
    ],
    stdin: "null",
  }).output();
  return new TextDecoder().decode(stdout).replaceAll("\r", "");
}

function check(text: string): void {
  console.log(text);
  const [, ...users] = text.split(/^== uid \d+$/m);
  const missing = users.flatMap((shown, index) =>
    EXPECTED.filter((line) => !shown.includes(line))
      .map((line) => `user ${index}: ${line}`)
  );
  if (users.length !== 2 || missing.length > 0) {
    throw new Error(`The machine did not print:\n${missing.join("\n")}`);
  }
  console.log(`All ${EXPECTED.length} lines are there for both users`);
}
