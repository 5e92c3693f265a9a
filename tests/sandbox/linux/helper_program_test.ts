/**
 * The helper program by itself: as it is shipped and built with sanitizers, as this
 * user and, when this is root, as an ordinary one.
 */
import assert from "node:assert/strict";
import { canLimitRoot, namesIn, removeAtEnd } from "../room.ts";
import { denoFiles } from "@/platform/files.ts";
import { encodeOperation as encode } from "@/sandbox/linux/helper_writer.ts";
import { COMPILER_FLAGS, helperSource } from "@/sandbox/linux/helper_source.ts";

interface Variant {
  readonly name: string;
  readonly helper: string;
  readonly uid: number;
}

const ORDINARY_UID = 1000;
const CC = "/usr/bin/cc";
const variants = await buildVariants();

async function buildVariants(): Promise<readonly Variant[]> {
  if (await denoFiles.stat(CC) === undefined) {
    console.log("skipped: helper program: there is no C compiler");
    return [];
  }
  const { arch } = Deno.build;
  const source = await helperSource(arch);
  const directory = await Deno.makeTempDir({ prefix: "codex-helper-" });
  removeAtEnd(directory);
  await Deno.chmod(directory, 0o755);
  for (const [name, text] of source.files) {
    await Deno.writeTextFile(`${directory}/${name}`, text);
  }
  const kinds: [string, readonly string[]][] = [
    ["plain", COMPILER_FLAGS],
    ["sanitized", [
      ...COMPILER_FLAGS.filter((flag) => flag !== "-static" && flag !== "-s"),
      "-g",
      "-fsanitize=address,undefined",
      "-fno-sanitize-recover=all",
    ]],
  ];
  const uid = Deno.uid() ?? 0;
  const uids = uid === 0 ? [0, ORDINARY_UID] : [uid];
  const built: Variant[] = [];
  for (const [kind, flags] of kinds) {
    const helper = `${directory}/${kind}`;
    const result = await new Deno.Command(CC, {
      args: [...flags, "-o", helper, "helper.c"],
      cwd: directory,
    }).output();
    if (!result.success) {
      // Only a missing library may be; a warning in our code is an error.
      const text = new TextDecoder().decode(result.stderr);
      assert.match(text, /cannot find -l/, text);
      console.log(`skipped: ${kind} helper: its libraries are not installed`);
      continue;
    }
    for (const each of uids) {
      built.push({ name: `${kind} helper as uid ${each}`, helper, uid: each });
    }
  }
  return built;
}

interface Ran {
  readonly code: number;
  readonly signal: string | null;
  readonly out: string;
  readonly err: string;
}

class Bench {
  readonly #variant: Variant;
  readonly path: string;

  private constructor(variant: Variant, path: string) {
    this.#variant = variant;
    this.path = path;
  }

  static async open(variant: Variant): Promise<Bench> {
    const path = await Deno.realPath(
      await Deno.makeTempDir({ prefix: "codex-bench-" }),
    );
    await Deno.mkdir(`${path}/ws`);
    for (const each of [path, `${path}/ws`]) {
      await Deno.chown(each, variant.uid, variant.uid);
    }
    return new Bench(variant, path);
  }

  get uid(): number {
    return this.#variant.uid;
  }

  argv(args: readonly string[]): readonly string[] {
    const { helper, uid } = this.#variant;
    if (uid === Deno.uid()) return [helper, ...args];
    return [
      "/usr/bin/setpriv",
      "--reuid",
      `${uid}`,
      "--regid",
      `${uid}`,
      "--clear-groups",
      helper,
      ...args,
    ];
  }

  command(
    argv: readonly string[],
    stdin: "null" | "piped" = "null",
  ): Deno.Command {
    const [program = "", ...args] = argv;
    return new Deno.Command(program, {
      args,
      stdin,
      stdout: "piped",
      stderr: "piped",
      // The namespaces go away before a leak checker could look.
      env: { ASAN_OPTIONS: "detect_leaks=0" },
    });
  }

  async run(...args: string[]): Promise<Ran> {
    const { code, signal, stdout, stderr } = await this.command(
      this.argv(args),
    ).output();
    const decoder = new TextDecoder();
    return {
      code,
      signal,
      out: decoder.decode(stdout),
      err: decoder.decode(stderr),
    };
  }

  /** Runs a script in the workspace, which it may write. */
  async sh(options: readonly string[], script: string): Promise<Ran> {
    const ws = `${this.path}/ws`;
    return await this.run(
      "--write",
      ws,
      "--read",
      `${ws}/.git`,
      "--chdir",
      ws,
      ...options,
      "--",
      "/bin/sh",
      "-c",
      script,
    );
  }

  async dispose(): Promise<void> {
    await Deno.remove(this.path, { recursive: true });
  }
}

function testHelper(
  sentence: string,
  body: (bench: Bench) => Promise<void>,
): void {
  for (const variant of variants) {
    Deno.test(`${variant.name}: ${sentence}`, async () => {
      const bench = await Bench.open(variant);
      try {
        await body(bench);
      } finally {
        await bench.dispose();
      }
    });
  }
}

testHelper("the probe says what works and runs nothing", async (bench) => {
  const full = await bench.run("--probe");
  assert.equal(full.code, 0, full.err);
  assert.equal(JSON.parse(full.out).namespaces, true);
  const partial = await bench.run("--probe", "--landlock-only");
  assert.equal(JSON.parse(partial.out).namespaces, false);
});

testHelper("wrong options are refused, not skipped", async (bench) => {
  const rows = [
    ["--unknown", "--", "true"],
    ["--write"],
    ["--write", "relative", "--", "true"],
    ["--limit", "nonsense=1", "--", "true"],
    ["--limit", "cpu=x", "--", "true"],
    ["--status-fd", "-1", "--", "true"],
    ["--unconfined", "--", "true"],
    ["--unconfined", "--pty", "--write", "/tmp", "--", "true"],
    ["--unconfined", "--pty", "--landlock-only", "--", "true"],
    ["--edit", "--", "true"],
    ["--edit", "--pty"],
    ["--tmp", "/var", "--landlock-only", "--", "true"],
    ["--processes-max", "9", "--landlock-only", "--", "true"],
    ["--tmp", "/var", "--inside", "--", "true"],
    ["--proxy", "80", "--", "true"],
    ["--proxy", "0:/s", "--", "true"],
    ["--proxy", "80:s", "--", "true"],
    ["--proxy", "80:/s", "--net", "--", "true"],
    ["--proxy", "80:/s", "--landlock-only", "--", "true"],
    ["--unconfined", "--pty", "--proxy", "80:/s", "--", "true"],
    ["--unconfined", "--pty", "--edit"],
    ["--processes", "x", "--", "true"],
    ["--probe", "--", "true"],
    ["--"],
    [],
  ];
  for (const row of rows) {
    const { code, err } = await bench.run(...row);
    assert.equal(code, 125, row.join(" "));
    assert.match(err, /^setup-failed /);
  }
});

testHelper(
  "a root that does not exist or is a link is refused",
  async (bench) => {
    await Deno.symlink("/etc", `${bench.path}/link`);
    for (const name of ["absent", "link"]) {
      const { code, err, out } = await bench.run(
        "--write",
        `${bench.path}/${name}`,
        "--",
        "/bin/echo",
        "ran",
      );
      assert.equal(code, 125);
      assert.equal(out, "");
      assert.match(err, new RegExp(`^setup-failed ${bench.path}/${name}: `));
    }
  },
);

testHelper("a workspace is writable and its .git is not", async (bench) => {
  const ran = await bench.sh(
    [],
    "echo x > made; mkdir .git/hooks; echo x > ../out; ls -A",
  );
  assert.deepEqual({ code: ran.code, out: ran.out }, {
    code: 0,
    out: ".git\nmade\n",
  });
  assert.deepEqual(await namesIn(`${bench.path}/ws`), ["made"]);
});

testHelper(
  "a protected link is covered, its target reachable by itself",
  async (bench) => {
    await Deno.mkdir(`${bench.path}/outside`);
    await Deno.symlink("../outside", `${bench.path}/ws/.git`);
    const ran = await bench.sh(
      [],
      "rm .git; mv .git x; mkdir .git; echo x > .git/a; true",
    );
    assert.equal(ran.code, 0, ran.err);
    assert.equal(await Deno.readLink(`${bench.path}/ws/.git`), "../outside");
  },
);

testHelper(
  "hidden files and directories cannot be read or opened up",
  async (bench) => {
    await Deno.writeTextFile(`${bench.path}/secret`, "secret");
    await Deno.mkdir(`${bench.path}/ws/private`);
    await Deno.writeTextFile(`${bench.path}/ws/private/key`, "secret");
    const ran = await bench.sh(
      ["--hide", `${bench.path}/secret`, "--hide", `${bench.path}/ws/private`],
      "cat ../secret private/key; chmod 777 ../secret private; ls private; cat ../secret; mv private p; cat p/key; true",
    );
    assert.deepEqual({ code: ran.code, out: ran.out }, { code: 0, out: "" });
  },
);

testHelper(
  "a /tmp of its own keeps what it holds, and the workspace inside it is there",
  async (bench) => {
    const tmp = `${bench.path}/tmp`;
    await Deno.mkdir(tmp);
    await Deno.chown(tmp, bench.uid, bench.uid);
    const first = await bench.sh(
      ["--tmp", tmp],
      "echo x > made; pwd; echo y > /tmp/own; ls /tmp | wc -l",
    );
    assert.deepEqual({ code: first.code, out: first.out, err: first.err }, {
      code: 0,
      out: `${bench.path}/ws\n2\n`,
      err: "",
    });
    assert.equal(await Deno.readTextFile(`${bench.path}/ws/made`), "x\n");
    assert.equal(await denoFiles.lstat("/tmp/own"), undefined);
    const second = await bench.sh(
      ["--tmp", tmp],
      `cat /tmp/own; echo z > ${tmp}/own; cat /tmp/own`,
    );
    assert.equal(second.out, "y\ny\n");
    const none = await bench.sh(["--tmp", `${bench.path}/absent`], "echo ran");
    assert.deepEqual([none.code, none.out], [125, ""]);
  },
);

testHelper("a limit on processes that must hold does", async (bench) => {
  const script = "ulimit -u 2>/dev/null || ulimit -p";
  const ran = await bench.sh(["--processes-max", "350"], script);
  if (bench.uid === 0 && !canLimitRoot()) {
    assert.match(ran.err, /setup-failed the limit on processes/);
    return;
  }
  assert.equal(ran.out, "350\n", ran.err);
  const low = await bench.sh(["--processes-max", "100"], script);
  assert.equal(low.code, bench.uid === 0 ? 125 : 0);
});

testHelper(
  "connections to the proxy's port lead to its socket, however many and however long",
  async (bench) => {
    // Deeper than the address of a socket can be.
    const deep = `${bench.path}/${"d".repeat(100)}`;
    await Deno.mkdir(deep);
    await Deno.chown(deep, bench.uid, bench.uid);
    const short = `${bench.path}/s`;
    using listener = Deno.listen({ transport: "unix", path: short });
    await Deno.chown(short, bench.uid, bench.uid);
    await Deno.rename(short, `${deep}/socket`);
    const serving = (async () => {
      for await (const connection of listener) {
        // Says back what it hears, to the end.
        connection.readable.pipeTo(connection.writable).catch(() => {});
      }
    })();
    const ran = await bench.run(
      "--write",
      `${bench.path}/ws`,
      "--proxy",
      `13128:${deep}/socket`,
      "--",
      "/bin/bash",
      "-c",
      `for n in $(seq 70); do (exec 3<>/dev/tcp/127.0.0.1/13128; echo said $n >&3; ` +
        `read -r line <&3; echo "$line") & done; wait; ` +
        `(exec 3<>/dev/tcp/127.0.0.1/13129) 2>/dev/null || echo closed`,
    );
    listener.close();
    await serving;
    const lines = ran.out.trim().split("\n").sort();
    assert.deepEqual(
      lines,
      ["closed", ...Array.from({ length: 70 }, (_, n) => `said ${n + 1}`)]
        .sort(),
      ran.err,
    );
  },
);

testHelper("a proxy that is not there ends the helper", async (bench) => {
  const ran = await bench.run("--proxy", "13128:/no/such", "--", "/bin/true");
  assert.equal(ran.code, 125);
  assert.match(ran.err, /setup-failed proxy/);
});

testHelper("limits bind the command", async (bench) => {
  const ran = await bench.sh(
    ["--limit", "nofile=64", "--limit", "fsize=0", "--limit", "core=0"],
    "ulimit -n; ulimit -c; echo x > file",
  );
  assert.match(ran.out, /^64\n0\n/);
  assert.notEqual(ran.code, 0);
});

testHelper("a program that is not there ends as in a shell", async (bench) => {
  assert.equal((await bench.run("--", "/no/such/program")).code, 127);
  assert.equal((await bench.run("--", "/etc/passwd")).code, 126);
});

testHelper("a script without a first line is run by sh", async (bench) => {
  await Deno.writeTextFile(`${bench.path}/script`, 'echo "ran $1"\n', {
    mode: 0o755,
  });
  assert.equal(
    (await bench.run("--", `${bench.path}/script`, "it")).out,
    "ran it\n",
  );
});

testHelper("the end of the command is the end of the helper", async (bench) => {
  assert.equal((await bench.sh([], "exit 125")).code, 125);
  assert.equal((await bench.sh([], "kill -KILL $$")).signal, "SIGKILL");
  assert.equal((await bench.sh([], "kill -SEGV $$")).signal, "SIGSEGV");
  assert.equal(
    (await bench.sh(["--landlock-only"], "kill -TERM $$")).signal,
    "SIGTERM",
  );
});

testHelper("signals to the helper end everything below it", async (bench) => {
  for (const options of [[], ["--landlock-only"]]) {
    for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) {
      const child = bench.command(bench.argv([
        ...options,
        "--",
        "/bin/sh",
        "-c",
        "trap '' TERM INT HUP; setsid -f sleep 300; sleep 300 & echo ready; wait",
      ])).spawn();
      const reader = child.stdout.getReader();
      await reader.read();
      child.kill(signal);
      assert.equal((await child.status).signal, signal);
      assert.equal((await reader.read()).done, true);
      await child.stderr.cancel();
    }
  }
});

testHelper(
  "asked to end at any moment of its start, it leaves no placeholder",
  async (bench) => {
    const ws = `${bench.path}/ws`;
    for (let round = 0; round < 80; round++) {
      const names = [".git", ".codex", ".agents"];
      const child = bench.command(bench.argv([
        ...["--write", ws],
        ...names.flatMap((name) => ["--read", `${ws}/${name}`]),
        ...["--", "/bin/sleep", "300"],
      ])).spawn();
      // Anywhere between the start of the program and that of the command.
      const until = performance.now() + Math.random() * 5;
      while (performance.now() < until) continue;
      child.kill("SIGTERM");
      await Promise.all([
        child.status,
        child.stdout.cancel(),
        child.stderr.cancel(),
      ]);
      assert.deepEqual(await namesIn(ws), [], `round ${round}`);
    }
  },
);

testHelper(
  "a daemon that forks without pause ends with its command",
  async (bench) => {
    const source = new URL("../escapes/tool.c", import.meta.url).pathname;
    const tool = `${bench.path}/tool`;
    await new Deno.Command(CC, { args: ["-o", tool, source] }).output();
    for (const options of [[], ["--landlock-only"]]) {
      const ran = await bench.sh(options, `${tool} chain late & sleep 0.1`);
      // Whoever lives on holds the pipes, and is waited for here until it has written.
      assert.equal(ran.code, 0, ran.err);
      assert.equal(await denoFiles.lstat(`${bench.path}/ws/late`), undefined);
    }
  },
);

testHelper("the death of whoever started it ends everything", async (bench) => {
  for (const options of [[], ["--landlock-only"]]) {
    const helper = bench.argv([
      ...options,
      "--",
      "/bin/sh",
      "-c",
      "trap '' TERM; setsid -f sleep 300; echo ready; sleep 300",
    ]);
    // A shell in between is the parent that dies.
    const parent = bench.command(
      ["/bin/sh", "-c", '"$@" & wait', "sh", ...helper],
    ).spawn();
    const reader = parent.stdout.getReader();
    await reader.read();
    parent.kill("SIGKILL");
    await parent.status;
    assert.equal((await reader.read()).done, true);
    await parent.stderr.cancel();
  }
});

/** A frame of the terminal protocol, see `helper.c`. */
function frame(type: number, content: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(5 + content.length);
  bytes[0] = type;
  new DataView(bytes.buffer).setUint32(1, content.length, true);
  bytes.set(content, 5);
  return bytes;
}

const typed = (text: string) => frame(0, new TextEncoder().encode(text));
const resized = (rows: number, columns: number) =>
  frame(1, new Uint8Array(new Uint16Array([rows, columns]).buffer));

testHelper("a terminal of its own has a size, input and ^C", async (bench) => {
  for (const options of [["--pty"], ["--pty", "--landlock-only"]]) {
    const child = bench.command(
      bench.argv([
        ...options,
        "--",
        "/bin/sh",
        "-c",
        "tty >/dev/tty && read line && echo got $line && stty size && trap 'echo int; exit 7' INT && echo wait && while :; do sleep 0.05; done",
      ]),
      "piped",
    ).spawn();
    const writer = child.stdin.getWriter();
    const reader = child.stdout.pipeThrough(new TextDecoderStream())
      .getReader();
    let shown = "";
    const until = async (text: string) => {
      while (!shown.includes(text)) {
        const { value, done } = await reader.read();
        assert(!done, shown);
        shown += value;
      }
    };
    await until("/dev/pts/");
    await writer.write(resized(33, 101));
    await writer.write(typed("hello\n"));
    await until("33 101");
    await until("wait");
    await writer.write(typed("\x03"));
    await until("int");
    assert.equal((await child.status).code, 7);
    assert.match(shown, /got hello\r\n33 101\r\n/);
    await writer.close().catch(() => {});
    await reader.cancel();
    await child.stderr.cancel();
  }
});

testHelper("a terminal passes much output on", async (bench) => {
  const { stdout, code } = await bench.command(
    bench.argv([
      "--pty",
      "--",
      "/bin/sh",
      "-c",
      "stty -opost; head -c 3000000 /dev/zero | tr '\\0' x",
    ]),
  ).output();
  assert.equal(code, 0);
  assert.equal(stdout.length, 3_000_000);
});

function encodeOperation(operation: Parameters<typeof encode>[0]): Uint8Array {
  const frame = encode(operation);
  assert(frame !== undefined);
  return frame;
}

/** The same work as a plan of edits, for each kind of confinement. */
testHelper("edits are done one by one and answered", async (bench) => {
  const ws = `${bench.path}/ws`;
  const content = new TextEncoder().encode("text");
  const operations = [
    { what: "makeDirectory", path: `${ws}/a/b` },
    { what: "write", path: `${ws}/a/b/f`, content, mode: 0o640 },
    { what: "write", path: `${ws}/a/b/f`, content: new Uint8Array(200_000) },
    { what: "write", path: `${ws}/no/f`, content: new Uint8Array(200_000) },
    { what: "remove", path: `${ws}/a/b/f` },
    { what: "remove", path: `${ws}/a/b/f` },
    { what: "write", path: `${bench.path}/out`, content },
    { what: "write", path: `${ws}/`, content },
  ] as const;
  for (const options of [[], ["--landlock-only"]]) {
    const child = bench.command(
      bench.argv([...options, "--write", ws, "--edit"]),
      "piped",
    ).spawn();
    const writer = child.stdin.getWriter();
    for (const operation of operations) {
      await writer.write(encodeOperation(operation));
    }
    await writer.close();
    const { code, stdout } = await child.output();
    const numbers = new TextDecoder().decode(stdout).trim().split("\n")
      .map((line) => Number(line.split(" ")[0]));
    assert.deepEqual(numbers.slice(0, 6), [0, 0, 0, 2, 0, 2]);
    assert([13, 30].includes(numbers[6] ?? 0), `${numbers[6]}`);
    assert.notEqual(numbers[7], 0);
    assert.equal(numbers.length, 8);
    assert.equal(code, 0);
    await Deno.remove(`${ws}/a`, { recursive: true });
  }
});

testHelper("edits that make no sense end the helper", async (bench) => {
  const whole = encodeOperation({ what: "remove", path: "/tmp/x" });
  const long = whole.slice();
  new DataView(long.buffer).setUint32(5, 5000, true);
  const relative = whole.slice();
  relative[13] = 120;
  for (const frames of [whole.slice(0, 15), long, relative]) {
    const child = bench.command(bench.argv(["--edit"]), "piped").spawn();
    const writer = child.stdin.getWriter();
    await writer.write(frames);
    await writer.close();
    const { code, stdout } = await child.output();
    assert.deepEqual([code, stdout.length], [1, 0]);
  }
});

testHelper("processes are limited, and not by the command", async (bench) => {
  if (bench.uid === 0 && !canLimitRoot()) return console.log("skipped: kernel");
  const ran = await bench.sh(
    ["--processes", "400"],
    "echo 9999 2>/dev/null >/proc/sys/kernel/pid_max; " +
      "for i in $(seq 500); do sleep 5 & done 2>/dev/null; " +
      "jobs -p 2>/dev/null | wc -l; kill $(jobs -p)",
  );
  assert(Number(ran.out.trim() || 0) < 400, ran.out);
});
