/**
 * The ways out a hostile command tries, as shell scripts. Each has succeeded when one
 * of its targets holds PWNED afterwards, or when anybody printed ESCAPED.
 *
 * They are also run where nothing confines them, to see that they would succeed. So
 * none may change anything but the room: no file found by searching, no setting.
 *
 * In the scripts: $WS is the workspace and working directory, $OUT a directory beside
 * it, $CODEX_HOME the agent's own, $TOOL the program of `tool.c`, $PORT a listening
 * TCP port of the machine; descriptors 9 and 200 are open on $OUT/leak, 8 on $OUT.
 */
export interface Attack {
  readonly name: string;
  /** Run confined. */
  readonly script: string;
  /** Files that must not hold PWNED, below the room. */
  readonly targets?: readonly string[];
  /** Needs the limit on processes. */
  readonly isLimit?: boolean;
  /** Run outside before, in the workspace. */
  readonly before?: string;
  /** Run outside afterwards. */
  readonly after?: string;
  /** More variables of whoever starts the sandbox. */
  readonly env?: (room: string) => Readonly<Record<string, string>>;
}

/** What the tests say about the process limit: above it, far below the machine's. */
const BOMB = 6000;

const HOOK = "mkdir -p .git/hooks; echo PWNED > .git/hooks/pre-commit";
const SETTINGS = "mkdir -p .codex; echo PWNED > .codex/config.toml";

export const ATTACKS: readonly Attack[] = [
  {
    name: "write beside the workspace",
    script: "echo PWNED > $OUT/f",
    targets: ["out/f"],
  },
  {
    name: "write through a link",
    script: "ln -s $OUT l; echo PWNED > l/f",
    targets: ["out/f"],
  },
  {
    name: "write through a hard link",
    script: "ln $OUT/victim h && echo PWNED > h",
    targets: ["out/victim"],
  },
  { name: "rename the workspace", script: "mv $WS $WS.2 && echo ESCAPED" },
  {
    name: "git hook",
    before: "mkdir -p .git/hooks",
    script: HOOK,
    targets: ["ws/.git/hooks/pre-commit"],
  },
  {
    name: "git hook, no repository yet",
    script: HOOK,
    targets: ["ws/.git/hooks/pre-commit"],
  },
  {
    name: "git hook after renaming the repository",
    before: "mkdir -p .git/hooks",
    script: `mv .git g; rm -rf .git; ${HOOK}`,
    targets: ["ws/.git/hooks/pre-commit"],
  },
  {
    name: "git hook where the repository is a link",
    before: "mkdir -p real/hooks; ln -s real .git",
    script: "echo PWNED > real/hooks/pre-commit",
    targets: ["ws/.git/hooks/pre-commit"],
  },
  {
    name: "git hook of a repository that is swapped while the command runs",
    before: "mkdir -p .git/hooks; mkdir -p g/hooks",
    script: "timeout 0.3 $TOOL swap .git g >/dev/null; " +
      "for i in 1 2 3; do echo PWNED > .git/hooks/pre-commit; done",
    targets: ["ws/.git/hooks/pre-commit"],
  },
  {
    name: "git settings through a hard link",
    before: "mkdir .git; echo '[core]' > .git/config",
    script: "ln .git/config c && echo PWNED >> c",
    targets: ["ws/.git/config"],
  },
  {
    name: "git settings, renamed from beside",
    before: "mkdir .git; echo '[core]' > .git/config",
    script: "echo PWNED > c; mv -f c .git/config",
    targets: ["ws/.git/config"],
  },
  {
    name: "git settings",
    before: "mkdir .git; echo '[core]' > .git/config",
    script: "echo 'fsmonitor = PWNED' >> .git/config",
    targets: ["ws/.git/config"],
  },
  {
    name: "git hook of a repository elsewhere in the workspace",
    before: "mkdir -p meta/repo; echo 'gitdir: meta/repo' > .git",
    script: "mkdir meta/repo/hooks; echo PWNED > meta/repo/hooks/x; " +
      "mv meta m; mkdir -p meta/repo/hooks; echo PWNED > meta/repo/hooks/x",
    targets: ["ws/meta/repo/hooks/x"],
  },
  {
    name: "project settings",
    before: "mkdir .codex; echo > .codex/config.toml",
    script: `mv .codex c; ${SETTINGS}`,
    targets: ["ws/.codex/config.toml"],
  },
  {
    name: "project settings, none yet",
    script: SETTINGS,
    targets: ["ws/.codex/config.toml"],
  },
  {
    name: "project settings through a link",
    before: "mkdir real; ln -s real .codex",
    script: "echo PWNED > real/config.toml",
    targets: ["ws/.codex/config.toml"],
  },
  {
    name: "skills, none yet",
    script: "mkdir -p .agents/skills; echo PWNED > .agents/skills/x",
    targets: ["ws/.agents/skills/x"],
  },
  {
    name: "the agent's settings",
    script: "echo PWNED >> $CODEX_HOME/config.toml",
    targets: ["home/config.toml"],
  },
  {
    name: "the agent's rules, skills, hooks and instructions",
    script: "cd $CODEX_HOME; mkdir -p rules skills/x; " +
      "for f in rules/default.rules skills/x/SKILL.md hooks.json AGENTS.md .env; " +
      "do echo PWNED > $f; done",
    targets: [
      "home/rules/default.rules",
      "home/skills/x/SKILL.md",
      "home/hooks.json",
      "home/AGENTS.md",
      "home/.env",
    ],
  },
  {
    name: "the agent's settings, the directory renamed",
    script: "mv $CODEX_HOME $CODEX_HOME.2; mkdir $CODEX_HOME; " +
      "echo PWNED > $CODEX_HOME/config.toml",
    targets: ["home/config.toml"],
  },
  {
    name: "the agent's memory",
    script:
      "mkdir -p $CODEX_HOME/memories; echo PWNED > $CODEX_HOME/memories/x",
    targets: ["home/memories/x"],
  },
  {
    name: "read the credentials",
    script: "grep -q SECRET $CODEX_HOME/auth.json && echo ESCAPED",
  },
  {
    name: "daemon that outlives the command",
    script: 'setsid sh -c \'trap "" TERM INT HUP; sleep 0.6; ' +
      "echo PWNED > late' >/dev/null 2>&1 </dev/null & sleep 0.1",
    after: "sleep 1",
    targets: ["ws/late"],
  },
  {
    name: "daemon that is another process at every moment",
    script: "$TOOL chain late >/dev/null 2>&1 </dev/null & sleep 0.1",
    after: "sleep 1.5",
    targets: ["ws/late"],
  },
  {
    name: "inherited descriptors",
    script: "echo PWNED >&9; echo PWNED > /proc/self/fd/200",
    targets: ["out/leak"],
  },
  {
    name: "an inherited descriptor of a directory",
    script:
      "echo PWNED > /proc/self/fd/8/f; cd /proc/self/fd/8 && echo PWNED > f",
    targets: ["out/f"],
  },
  {
    name: "shared memory of the machine",
    script: "echo PWNED > /dev/shm/codex-escape-$PORT",
    after: "rm /dev/shm/codex-escape-$PORT && echo ESCAPED",
  },
  {
    name: "the environment of a process outside",
    before: "KEY=PWNED sleep 30 >/dev/null 2>&1 & echo $! > $OUT/pid",
    script: "tr '\\0' '\\n' < /proc/$(cat $OUT/pid)/environ | " +
      "grep -q KEY=PWNED && echo ESCAPED",
    after: "kill $(cat $OUT/pid)",
  },
  {
    name: "the memory of the sandbox's first process",
    // Only opened: nothing is written there.
    script: "bash -c 'exec 3<>/proc/1/mem && echo ESCAPED'",
  },
  {
    name: "interrupts of the machine",
    script:
      "for f in /proc/irq/*/smp_affinity /proc/irq/default_smp_affinity; do " +
      'v=$(cat $f) && echo "$v" > $f && echo ESCAPED; done',
  },
  {
    name: "root directories of processes",
    script: "for p in /proc/[0-9]* /proc/self /proc/thread-self; do " +
      "echo PWNED > $p/root$OUT/f; echo PWNED > $p/cwd/../out/f; done",
    targets: ["out/f"],
  },
  {
    name: "descriptors of processes",
    script: "for f in /proc/[0-9]*/fd/[1-9]*; do " +
      "[ $f -ef $OUT/leak ] && echo PWNED > $f; done",
    targets: ["out/leak"],
  },
  {
    name: "kernel settings",
    script: "for f in core_pattern panic; do v=$(cat /proc/sys/kernel/$f); " +
      'echo "$v" > /proc/sys/kernel/$f && echo ESCAPED; done',
  },
  {
    name: "system request key",
    // Only opened: what one would write there ends the machine.
    script: ": >> /proc/sysrq-trigger && echo ESCAPED",
  },
  {
    name: "mount the disk writable",
    script: "mount -o remount,rw,bind / ; echo PWNED > $OUT/f",
    targets: ["out/f"],
  },
  {
    name: "mount in namespaces of its own",
    script: "unshare -Urm sh -c 'mount -o remount,rw,bind / ; " +
      "echo PWNED > '$OUT/f",
    targets: ["out/f"],
  },
  {
    name: "namespaces of the first process",
    script: "nsenter -t 1 -m sh -c 'echo PWNED > '$OUT/f",
    targets: ["out/f"],
  },
  {
    name: "take the cover off a protected name",
    script: `umount -l $WS/.codex; ${SETTINGS}`,
    targets: ["ws/.codex/config.toml"],
  },
  {
    name: "the disk as a device",
    script: "d=$(awk '$5==\"/\"{print $3; exit}' /proc/self/mountinfo); " +
      "mknod disk b ${d%:*} ${d#*:} && head -c1 disk >/dev/null && echo ESCAPED",
  },
  {
    name: "kill a process outside",
    before: "sleep 30 >/dev/null 2>&1 & echo $! > $OUT/pid",
    script: "kill -KILL $(cat $OUT/pid)",
    after: "sleep 0.1; p=$(cat $OUT/pid); " +
      "grep -q '^State:.[SR]' /proc/$p/status || echo ESCAPED; kill $p",
  },
  {
    name: "named pipe outside",
    before: "mkfifo $OUT/fifo; " +
      "timeout 2 cat $OUT/fifo > $OUT/got 2>/dev/null & sleep 0.1",
    script: "timeout 1 sh -c 'echo PWNED > '$OUT/fifo",
    after: "sleep 0.2",
    targets: ["out/got"],
  },
  {
    name: "TCP to the machine",
    script: "bash -c 'exec 3<>/dev/tcp/127.0.0.1/'$PORT && echo ESCAPED",
  },
  ...(["receive datagram", "accept stream"] as const).flatMap((pair) => {
    const [wait = "", send = ""] = pair.split(" ");
    return ["$OUT/socket", "@codex-$PORT"].map((address) => ({
      name: `${send} to a socket ${address[0] === "@" ? "by name" : "file"}`,
      before:
        `timeout 2 $TOOL ${wait} ${address} $OUT/got >/dev/null 2>&1 & sleep 0.1`,
      script: `$TOOL ${send} ${address}`,
      after: "sleep 0.1",
      targets: ["out/got"],
    }));
  }),
  {
    name: "code loaded before the sandbox is set up",
    script: "true",
    env: (room: string) => ({
      LD_PRELOAD: `${room}/preload.so`,
      PRELOAD_TARGET: `${room}/out/f`,
    }),
    targets: ["out/f"],
  },
  {
    name: "a sandbox program of its own on PATH",
    before: "mkdir -p /tmp/codex-planted; " +
      "printf '#!/bin/sh\\necho PWNED > %s\\n' \"$OUT/f\" > /tmp/codex-planted/bwrap; " +
      "chmod 755 /tmp/codex-planted/bwrap",
    script: "true",
    after: "rm -r /tmp/codex-planted",
    env: () => ({ PATH: "/tmp/codex-planted:/usr/local/bin:/usr/bin:/bin" }),
    targets: ["out/f"],
  },
  {
    name: "more processes than any build needs",
    script: `$TOOL bomb ${BOMB}`,
    isLimit: true,
  },
];
