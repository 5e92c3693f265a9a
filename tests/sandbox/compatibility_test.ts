/**
 * Ordinary work under the default workspace-write policy: what developers run all day
 * works, and what cannot work says so in words. A tool that is not installed is
 * skipped, visibly.
 */
import assert from "node:assert/strict";
import { findProgram } from "@/sandbox/program.ts";
import { denoFiles } from "@/platform/files.ts";
import { availableMechanisms, Room, type WorkspaceWrite } from "./room.ts";

const PATH = "/usr/local/bin:/usr/bin:/bin";
const MECHANISMS = await availableMechanisms(["helper", "bwrap"]);

interface Row {
  readonly name: string;
  readonly needs: readonly string[];
  readonly script: string;
  /** The whole standard output, or what the error must say. */
  readonly out: string | RegExp;
  /** Run outside before, in the workspace. */
  readonly before?: string;
  /** About having no network at all. */
  readonly isOffline?: boolean;
}

const REPOSITORY = "git init -q . && git config user.email a@b && " +
  "git config user.name n && echo a > a && git add a && git commit -qm one";

const ROWS: readonly Row[] = [
  {
    name: "git reads a repository",
    needs: ["git"],
    before: REPOSITORY,
    script:
      "echo b >> a; git status --short; git log --format=%s; git diff --stat | tail -1",
    out: " M a\none\n 1 file changed, 1 insertion(+)\n",
  },
  {
    name: "git add is refused in words",
    needs: ["git"],
    before: REPOSITORY,
    script: "echo b >> a; git add a 2>&1",
    out: /\.git\/index\.lock': Read-only file system/,
  },
  {
    name: "git commit is refused in words",
    needs: ["git"],
    before: REPOSITORY,
    script: "git commit --allow-empty -m two 2>&1",
    out: /Read-only file system/,
  },
  {
    name: "git works in a repository below",
    needs: ["git"],
    script: `mkdir sub && cd sub && ${REPOSITORY} && git log --format=%s`,
    out: "one\n",
  },
  {
    name: "node starts programs and waits for them",
    needs: ["node"],
    script:
      `node -e 'const {execSync, spawnSync} = require("child_process"); ` +
      `process.stdout.write(execSync("echo hi")); ` +
      `console.log(spawnSync("sh", ["-c", "exit 3"]).status)'`,
    out: "hi\n3\n",
  },
  {
    name: "node's streams, workers and files",
    needs: ["node"],
    script: `node -e 'const fs = require("fs"); fs.writeFileSync("f", "x"); ` +
      `const {Worker} = require("worker_threads"); ` +
      `new Worker("require(\\"worker_threads\\").parentPort.postMessage(1)", ` +
      `{eval: true}).on("message", (m) => console.log(m, fs.readFileSync("f", "utf8")))'`,
    out: "1 x\n",
  },
  {
    name: "a server on the loopback interface is refused in words",
    needs: ["node"],
    isOffline: true,
    script: `node -e 'require("http").createServer().listen(0, "127.0.0.1")` +
      `.on("error", (e) => console.log(e.code))'`,
    out: "EPERM\n",
  },
  {
    name: "python with subprocesses and a temporary file",
    needs: ["python3"],
    script: `python3 -c 'import subprocess, tempfile; ` +
      `print(subprocess.check_output(["echo", "hi"]).decode().strip(), ` +
      `tempfile.NamedTemporaryFile().write(b"x"))'`,
    out: "hi 1\n",
  },
  {
    name: "python's process pools",
    needs: ["python3"],
    script: `printf 'from concurrent.futures import ProcessPoolExecutor\\n` +
      `if __name__ == "__main__":\\n print(sum(ProcessPoolExecutor(2).map(abs, [-1, 2])))\\n' > p.py; python3 p.py`,
    out: "3\n",
  },
  {
    name: "make in parallel",
    needs: ["make"],
    script:
      "printf 'all: a b\\na b:\\n\\techo $@ > $@\\n' > Makefile; make -sj4 && cat a b",
    out: "a\nb\n",
  },
  {
    name: "the C compiler",
    needs: ["cc"],
    script:
      `printf '#include <stdio.h>\\nint main(void) { puts("hi"); }' > a.c; cc -o a a.c && ./a`,
    out: "hi\n",
  },
  {
    name:
      "a build as cargo makes it: a lock, a jobserver, hard links, two targets",
    needs: ["cc", "flock", "mkfifo"],
    script:
      "mkdir -p target/deps src; mkfifo jobs; exec 3<>jobs; printf ++ >&3; " +
      "for n in a b; do printf 'int main(void) { return 0; }' > src/$n.c; done; " +
      "flock target/.lock sh -c 'for n in a b; do (head -c 1 <&3 >/dev/null; " +
      "cc -o target/deps/$n src/$n.c; printf + >&3) & done; wait; " +
      "for n in a b; do ln target/deps/$n target/$n; touch -r src/$n.c target/.$n; done'; " +
      "target/a && target/b && stat -c %h target/a",
    out: "2\n",
  },
  {
    name: "pipes, background jobs and named pipes",
    needs: ["mkfifo"],
    script:
      "mkfifo p; (sleep 0.1; echo one > p) & cat p; wait; seq 5 | sort -r | head -1; " +
      "sleep 0.1 & kill $! && wait $! ; echo $?",
    out: "one\n5\n143\n",
  },
  {
    name: "bash with process substitution and job control",
    needs: ["bash"],
    script:
      `bash -c 'set -m; diff <(echo a) <(echo b); sleep 0.1 & fg >/dev/null; echo $?'`,
    out: "1c1\n< a\n---\n> b\n0\n",
  },
  {
    name: "keys from the random device",
    needs: ["ssh-keygen"],
    script:
      "ssh-keygen -q -t ed25519 -N '' -f key && head -c 8 /dev/random | wc -c && ls key.pub",
    out: "8\nkey.pub\n",
  },
  {
    name: "archives with modes and links",
    needs: ["tar", "gzip"],
    script:
      "mkdir d; echo x > d/f; chmod 750 d/f; ln -s f d/l; tar czf a.tgz d; rm -r d; " +
      "tar xzf a.tgz; stat -c %a d/f; readlink d/l",
    out: "750\nf\n",
  },
  {
    name: "temporary files and directories",
    needs: ["mktemp"],
    script:
      "f=$(mktemp) && d=$(mktemp -d) && echo x > $f && rm -r $f $d && echo done",
    out: "done\n",
  },
  {
    name: "a database with its locks",
    needs: ["sqlite3"],
    script:
      "sqlite3 a.db 'pragma journal_mode=wal; create table t(x); insert into t values(7); select x from t'",
    out: "wal\n7\n",
  },
  {
    name: "shared memory",
    needs: ["python3"],
    script: `python3 -c 'from multiprocessing import shared_memory as s; ` +
      `m = s.SharedMemory(create=True, size=9); print(m.size >= 9); m.close(); m.unlink()' 2>/dev/null`,
    out: "True\n",
  },
  {
    name: "the user's name and the machine's files",
    needs: ["id"],
    script: 'test "$(id -un)" && test -r /etc/passwd && echo ok',
    out: "ok\n",
  },
];

/** The default policy, and one with everything a user may add to it. */
const POLICIES = {
  "": {},
  " with a private /tmp, limits and a list of hosts": {
    private_tmp: true,
    network_allow: ["api.example.org"],
    limits: {
      open_files: 1024,
      file_size_mb: 100,
      memory_mb: 2048,
      cpu_seconds: 60,
    },
  },
} as const;

for (const name of MECHANISMS) {
  for (const row of ROWS) {
    const missing = await firstMissing(row.needs);
    if (missing !== undefined) {
      console.log(`skipped: ${row.name}: ${missing} is not installed`);
      continue;
    }
    for (const [kind, more] of Object.entries(POLICIES)) {
      if (row.isOffline && "network_allow" in more) continue;
      Deno.test(`${name}${kind}: ${row.name}`, async () => {
        await using room = await Room.open(name);
        const policy = room.policy({
          exclude_slash_tmp: false,
          ...more as Partial<WorkspaceWrite>,
        });
        if (row.before !== undefined) await outside(room.workspace, row.before);
        const { out, err } = await room.sh(row.script, { policy });
        if (typeof row.out === "string") assert.equal(out, row.out, err);
        else assert.match(out, row.out);
      });
    }
  }
}

async function firstMissing(
  names: readonly string[],
): Promise<string | undefined> {
  for (const name of names) {
    const question = { name, cwd: "/", path: PATH };
    const found = await findProgram(denoFiles, question).catch(() => undefined);
    if (found === undefined) return name;
  }
  return undefined;
}

async function outside(cwd: string, script: string): Promise<void> {
  const { success, stderr } = await new Deno.Command("/bin/sh", {
    args: ["-c", script],
    cwd,
    env: { PATH, HOME: cwd },
    clearEnv: true,
  }).output();
  assert(success, new TextDecoder().decode(stderr));
}
