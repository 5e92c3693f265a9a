/** What every mechanism must keep in and out, with real processes. */
import assert from "node:assert/strict";
import {
  availableMechanisms,
  exists,
  namesIn,
  outcomeOf,
  Room,
} from "./room.ts";

const MECHANISMS = await availableMechanisms([
  "helper",
  "bwrap",
  "helper-landlock",
  "landlock",
]);
/** Those that find a process wherever it hides. */
const TREE_KILLING = MECHANISMS.filter((name) => name !== "landlock");
/** Those that can close a name inside a directory they opened. */
const MOUNTING = MECHANISMS.filter((name) => !name.includes("landlock"));

function testEach(
  names: readonly string[],
  sentence: string,
  body: (room: Room) => Promise<void>,
): void {
  for (const name of names) {
    Deno.test(`${name}: ${sentence}`, async () => {
      await using room = await Room.open(name);
      await body(room);
    });
  }
}

testEach(MECHANISMS, "a command may write its workspace", async (room) => {
  const outcome = await room.sh("echo hi > made && cat made");
  assert.deepEqual(outcome, {
    code: 0,
    signal: undefined,
    out: "hi\n",
    err: "",
  });
  assert.equal(await Deno.readTextFile(`${room.workspace}/made`), "hi\n");
});

testEach(
  MECHANISMS,
  "a command cannot write beside its workspace",
  async (room) => {
    const outcome = await room.sh(
      "echo x > $ROOM/new; echo x > $ROOM/home/new; mkdir $ROOM/dir; ln -s /etc/x $ROOM/link; mv made $ROOM/moved; true",
    );
    assert.equal(outcome.code, 0);
    for (const name of ["new", "home/new", "dir", "link", "moved"]) {
      assert.equal(await exists(`${room.path}/${name}`), false, name);
    }
  },
);

testEach(
  MECHANISMS,
  "nothing is writable under a read-only policy",
  async (room) => {
    const outcome = await room.sh(
      "echo x > made; echo x > /dev/null && echo null",
      {
        policy: { type: "read-only", network_access: false },
      },
    );
    assert.equal(outcome.out, "null\n");
    assert.equal(await exists(`${room.workspace}/made`), false);
  },
);

testEach(
  MECHANISMS,
  "links out of the workspace lead to read-only files",
  async (room) => {
    await Deno.writeTextFile(`${room.path}/target`, "old");
    await room.sh(
      "ln -s ../target link; echo new > link; ln ../target hard; echo new > hard",
    );
    assert.equal(await Deno.readTextFile(`${room.path}/target`), "old");
  },
);

testEach(MECHANISMS, "extra writable roots are writable", async (room) => {
  await Deno.mkdir(`${room.path}/extra`);
  const outcome = await room.sh("echo x > $ROOM/extra/made", {
    policy: room.policy({ writable_roots: [`${room.path}/extra`] }),
  });
  assert.equal(outcome.code, 0);
  assert.equal(await exists(`${room.path}/extra/made`), true);
});

testEach(MOUNTING, "existing protected names stay read-only", async (room) => {
  await Deno.mkdir(`${room.workspace}/.git/hooks`, { recursive: true });
  await Deno.mkdir(`${room.workspace}/.codex`);
  await Deno.writeTextFile(`${room.workspace}/.codex/config.toml`, "a = 1");
  const outcome = await room.sh(
    "echo x > .git/hooks/pre-commit; echo x > .codex/config.toml; mv .git g; rm -rf .codex; " +
      "mv .codex c; rmdir .git; cat .codex/config.toml",
  );
  assert.equal(outcome.out, "a = 1");
  assert.deepEqual(await namesIn(room.workspace), [".codex", ".git"]);
  assert.equal(await exists(`${room.workspace}/.git/hooks/pre-commit`), false);
});

testEach(
  MOUNTING,
  "absent protected names cannot be made and leave nothing",
  async (room) => {
    const outcome = await room.sh(
      "for n in .git .codex .agents; do mkdir -p $n/hooks; echo x > $n/config; rmdir $n; mv $n x; echo x > $n; done; echo made > file",
    );
    assert.equal(outcome.code, 0);
    assert.deepEqual(await namesIn(room.workspace), ["file"]);
  },
);

testEach(
  MOUNTING,
  "the repository a .git file names stays read-only",
  async (room) => {
    const { workspace } = room;
    await Deno.mkdir(`${workspace}/meta/repo/worktrees/w`, { recursive: true });
    await Deno.writeTextFile(
      `${workspace}/.git`,
      "gitdir: meta/repo/worktrees/w\n",
    );
    await Deno.writeTextFile(
      `${workspace}/meta/repo/worktrees/w/commondir`,
      "../..\n",
    );
    await room.sh(
      "mkdir meta/repo/hooks; echo x > meta/repo/config; mv meta other; mv meta/repo other; " +
        "echo x > meta/repo/worktrees/w/HEAD; rm .git; echo x > meta/fine",
    );
    assert.deepEqual(
      (await Array.fromAsync(Deno.readDir(`${workspace}/meta/repo`))).map((
        { name },
      ) => name),
      ["worktrees"],
    );
    assert.equal(
      await exists(`${workspace}/meta/repo/worktrees/w/HEAD`),
      false,
    );
    assert.equal(await exists(`${workspace}/meta/fine`), true);
  },
);

testEach(
  MECHANISMS,
  "a protected name that links into the workspace is refused",
  async (room) => {
    await Deno.mkdir(`${room.workspace}/real`);
    await Deno.symlink("real", `${room.workspace}/.agents`);
    await assert.rejects(room.sh("true"), {
      name: "CodexError",
      code: "sandbox_unavailable",
      message: /\.agents": it is a link to .*real", which commands may write/,
    });
  },
);

testEach(
  MECHANISMS,
  "a root that was swapped for a link is refused",
  async (room) => {
    const root = `${room.workspace}/inner`;
    await Deno.mkdir(root);
    const policy = room.policy({ writable_roots: [root] });
    await room.sh("rmdir inner || mv inner old; ln -s $ROOM/home inner", {
      policy,
    });
    await Deno.remove(root).catch(() => {});
    await Deno.remove(root, { recursive: true }).catch(() => {});
    await Deno.symlink(`${room.path}/home`, root);
    await assert.rejects(room.sh("echo x > $ROOM/home/x", { policy }), {
      code: "sandbox_unavailable",
      message: /now leads to/,
    });
  },
);

const CONNECT = (port: number) =>
  `/bin/bash -c 'exec 3<>/dev/tcp/127.0.0.1/${port} && echo reached'`;

testEach(
  MECHANISMS,
  "there is no network, not even the host's loopback",
  async (room) => {
    using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const outcome = await room.sh(CONNECT(listener.addr.port));
    assert.notEqual(outcome.code, 0);
    assert.equal(outcome.out, "");
  },
);

testEach(
  MECHANISMS,
  "a policy with network reaches the host's loopback",
  async (room) => {
    using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const accepted = listener.accept();
    const outcome = await room.sh(CONNECT(listener.addr.port), {
      policy: room.policy({ network_access: true }),
    });
    assert.equal(outcome.out, "reached\n");
    (await accepted).close();
  },
);

testEach(MECHANISMS, "exit codes pass through", async (room) => {
  for (const code of [0, 1, 7, 124, 125, 126, 127, 255]) {
    assert.equal((await room.sh(`exit ${code}`)).code, code);
  }
});

testEach(
  MECHANISMS,
  "death by a signal reads as 128 and the signal",
  async (room) => {
    assert.equal((await room.sh("kill -TERM $$")).code, 143);
    assert.equal((await room.sh("kill -KILL $$")).code, 137);
  },
);

testEach(
  MECHANISMS,
  "standard input and both outputs reach the command",
  async (room) => {
    const child = await room.start(["/bin/sh", "-c", "cat; echo err >&2"], {
      stdin: "pipe",
    });
    const ended = outcomeOf(child);
    await child.writeStdin(new TextEncoder().encode("in"));
    await child.closeStdin();
    assert.deepEqual(await ended, {
      code: 0,
      signal: undefined,
      out: "in",
      err: "err\n",
    });
  },
);

testEach(
  MECHANISMS,
  "merged output keeps the order it was written in",
  async (room) => {
    const outcome = await room.sh(
      "for i in 1 2 3; do echo o$i; echo e$i >&2; done",
      { mergeOutput: true },
    );
    assert.equal(outcome.out, "o1\ne1\no2\ne2\no3\ne3\n");
    assert.equal(outcome.err, "");
  },
);

testEach(MECHANISMS, "a megabyte of output arrives whole", async (room) => {
  const outcome = await room.sh("head -c 1000000 /dev/zero | tr '\\0' x");
  assert.equal(outcome.out, "x".repeat(1_000_000));
});

testEach(
  MECHANISMS,
  "a program that does not exist is a file error",
  async (room) => {
    await assert.rejects(room.run(["no-such-program"]), {
      name: "FileError",
      kind: "not_found",
    });
    await assert.rejects(room.run(["/etc/passwd"]), {
      name: "FileError",
      kind: "permission",
    });
  },
);

testEach(
  MECHANISMS,
  "a directory that does not exist is a file error",
  async (room) => {
    await assert.rejects(room.sh("true", { cwd: `${room.path}/absent` }), {
      name: "FileError",
    });
  },
);

testEach(
  MECHANISMS,
  "the environment is exactly the one given",
  async (room) => {
    const outcome = await room.run(["/usr/bin/env"], {
      env: { A: "1", LD_LIBRARY_PATH: "/nowhere" },
    });
    const names = outcome.out.trim().split("\n").sort()
      .filter((line) => !line.startsWith("PWD="));
    assert.deepEqual(names, ["A=1", "LD_LIBRARY_PATH=/nowhere"]);
  },
);

testEach(
  MECHANISMS,
  "no descriptor but the standard three is inherited",
  async (room) => {
    // Tests run in threads of one process, and one may be passing a descriptor to a
    // child of its own at this moment; the program has only one such thread.
    const seen = new Set<string>();
    for (let attempt = 0; attempt < 3; attempt++) {
      seen.add((await room.sh("ls /proc/self/fd")).out);
    }
    // The fourth is the directory being listed.
    assert(seen.has("0\n1\n2\n3\n"), [...seen].join());
  },
);

testEach(
  MECHANISMS,
  "no capability and no way to gain one is left",
  async (room) => {
    const { out } = await room.sh(
      "grep -E '^(Cap[^B]|NoNewPrivs|Seccomp:)' /proc/self/status",
    );
    assert.deepEqual(out.replaceAll(/[ \t]+/g, " ").trim().split("\n"), [
      "CapInh: 0000000000000000",
      "CapPrm: 0000000000000000",
      "CapEff: 0000000000000000",
      "CapAmb: 0000000000000000",
      "NoNewPrivs: 1",
      "Seccomp: 2",
    ]);
  },
);

testEach(MOUNTING, "the capability bounding set is empty", async (room) => {
  const { out } = await room.sh("grep CapBnd /proc/self/status");
  assert.equal(out, "CapBnd:\t0000000000000000\n");
});

testEach(
  MECHANISMS,
  "killing a command kills its background children",
  async (room) => {
    const child = await room.start([
      "/bin/sh",
      "-c",
      "trap '' TERM; sleep 300 & sleep 300 & echo ready; wait",
    ]);
    const reader = child.stdout.getReader();
    await reader.read();
    child.kill("SIGKILL");
    await child.exit;
    // The pipe ends only when nobody holds it any more.
    assert.equal((await reader.read()).done, true);
    await child.stderr.cancel();
  },
);

testEach(
  TREE_KILLING,
  "killing a command kills the daemons it started",
  async (room) => {
    const child = await room.start([
      "/bin/sh",
      "-c",
      "setsid sh -c 'trap \"\" TERM INT HUP; sleep 300' & setsid -f sleep 300; echo ready; wait",
    ]);
    const reader = child.stdout.getReader();
    await reader.read();
    child.kill("SIGKILL");
    await child.exit;
    assert.equal((await reader.read()).done, true);
    await child.stderr.cancel();
  },
);

testEach(
  TREE_KILLING,
  "daemons end with the command that started them",
  async (room) => {
    const outcome = await room.sh("setsid -f sleep 300; echo done");
    assert.equal(outcome.out, "done\n");
  },
);

testEach(
  MOUNTING,
  "many commands at once keep each other's protection",
  async (room) => {
    await Promise.all(Array.from({ length: 12 }, async (_, index) => {
      const outcome = await room.sh(
        `sleep 0.0${
          index % 5
        }; mkdir -p .codex/x .git/x; echo x > .codex/config.toml`,
      );
      assert.notEqual(outcome.code, 0);
    }));
    assert.deepEqual(await namesIn(room.workspace), []);
  },
);

testEach(MOUNTING, "the agent's credentials cannot be read", async (room) => {
  await Deno.writeTextFile(`${room.path}/home/auth.json`, "secret");
  const outcome = await room.sh("cat $ROOM/home/auth.json");
  assert.equal(outcome.out, "");
});

testEach(
  MOUNTING,
  "the agent's own directory is closed inside a writable root",
  async (room) => {
    await Deno.mkdir(`${room.path}/home/deep`);
    await room.sh("echo x > $ROOM/home/config.toml; mv $ROOM/home $ROOM/h", {
      policy: room.policy({ writable_roots: [room.path] }),
    });
    assert.equal(await exists(`${room.path}/home/config.toml`), false);
  },
);

testEach(
  MOUNTING,
  "a killed command leaves no placeholder and got nothing past one",
  async (room) => {
    const child = await room.start([
      "/bin/sh",
      "-c",
      "echo ready; while :; do mkdir -p .codex .git; echo x > .codex/config.toml; done 2>/dev/null",
    ]);
    const reader = child.stdout.getReader();
    await reader.read();
    child.kill("SIGKILL");
    assert.equal((await child.exit).code, 137);
    await reader.cancel();
    await child.stderr.cancel();
    assert.deepEqual(await namesIn(room.workspace), []);
  },
);

testEach(
  MOUNTING,
  "a workspace in /dev/shm works like any other",
  async (room) => {
    // Deno wants every permission to look there.
    const isOpen = await Deno.realPath("/dev/shm").then(
      () => true,
      () => false,
    );
    if (!isOpen) return console.log("skipped: needs --allow-all");
    const shm = (await outside("mktemp", "-d", "-p", "/dev/shm")).trim();
    try {
      const outcome = await room.sh("echo hi > made; mkdir .git/x; pwd", {
        cwd: shm,
        policyCwd: shm,
      });
      assert.equal(outcome.out, `${shm}\n`);
      assert.equal(await outside("ls", "-A", shm), "made\n");
    } finally {
      await outside("rm", "-r", shm);
    }
  },
);

testEach(
  MOUNTING,
  "a command cannot lock its placeholder against the next one",
  async (room) => {
    const outcome = await room.sh("flock -n -x .codex true || echo refused");
    assert.equal(outcome.out, "refused\n");
  },
);

const TERMINAL = MECHANISMS.filter((name) => name.startsWith("helper"));

testEach(TERMINAL, "a command can have a terminal of its own", async (room) => {
  const child = await room.start(
    ["/bin/sh", "-c", "test -t 0 && test -t 2 && read x && echo got $x && cat"],
    { stdin: "terminal" },
  );
  const ended = outcomeOf(child);
  await child.writeStdin(new TextEncoder().encode("hi\n"));
  await child.closeStdin();
  assert.deepEqual(await ended, {
    code: 0,
    signal: undefined,
    out: "hi\r\ngot hi\r\n",
    err: "",
  });
});

testEach(
  TERMINAL,
  "killing a terminal's command kills all of it",
  async (room) => {
    const child = await room.start(
      [
        "/bin/sh",
        "-c",
        "trap '' HUP; setsid -f sleep 300; sleep 300 & echo ready; wait",
      ],
      { stdin: "terminal" },
    );
    const reader = child.stdout.getReader();
    await reader.read();
    child.kill("SIGKILL");
    assert.deepEqual(await child.exit, { code: 137, signal: "SIGKILL" });
    assert.equal((await reader.read()).done, true);
    await child.closeStdin().catch(() => {});
    await child.stderr.cancel();
  },
);

testEach(
  MECHANISMS.filter((name) => !TERMINAL.includes(name)),
  "without a terminal to give, input and merged output are pipes",
  async (room) => {
    const child = await room.start(
      ["/bin/sh", "-c", "read x; echo got $x; echo err >&2"],
      { stdin: "terminal" },
    );
    const ended = outcomeOf(child);
    await child.writeStdin(new TextEncoder().encode("hi\n"));
    await child.closeStdin();
    assert.deepEqual(await ended, {
      code: 0,
      signal: undefined,
      out: "got hi\nerr\n",
      err: "",
    });
  },
);

async function outside(program: string, ...args: string[]): Promise<string> {
  const { stdout } = await new Deno.Command(program, { args }).output();
  return new TextDecoder().decode(stdout);
}
