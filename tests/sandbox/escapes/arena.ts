/**
 * Where the attacks of `list.ts` are tried: a fresh room for each, as a given user,
 * against any program that promises to confine a command.
 */
import { createPlatform } from "@/platform/deno.ts";
import { helperArgv } from "@/sandbox/linux/helper.ts";
import {
  type ConfiningPolicy,
  planConfinement,
  requestedRoots,
} from "@/sandbox/policy.ts";
import { RootSurveyor } from "@/sandbox/survey.ts";
import type { Attack } from "./list.ts";

const CC = "/usr/bin/cc";
/** Not below /tmp, which a workspace-write policy opens. */
const PLACE = "/var/tmp";
const PATH = "/usr/local/bin:/usr/bin:/bin";
/** What an attack that succeeds would mount or unmount is gone with it. */
const OWN_MOUNTS = ["/usr/bin/unshare", "--mount", "--propagation", "private"];
const { files } = createPlatform();

/** What confines: gives the argv that runs a shell script in the workspace. */
export type Confiner = (
  script: string,
  room: string,
) => Promise<readonly string[] | "refused">;

export type Verdict = "kept in" | "ESCAPED" | "refused";

/** The programs the attacks use; `undefined` without a C compiler. */
export async function buildTools(
  directory: string,
): Promise<string | undefined> {
  const rows = [
    ["tool", "tool.c"],
    ["attacks", "../attacks.c"],
    ["preload.so", "preload.c", "-shared", "-fPIC"],
  ];
  const hasCompiler = await Deno.stat(CC).then(() => true, () => false);
  if (!hasCompiler) return undefined;
  for (const [name, source = "", ...flags] of rows) {
    const path = new URL(source, import.meta.url).pathname;
    const built = await new Deno.Command(CC, {
      args: [
        "-O1",
        "-Wall",
        "-Wextra",
        ...flags,
        "-o",
        `${directory}/${name}`,
        path,
      ],
    }).output();
    if (!built.success) return undefined;
  }
  return directory;
}

/** Tries one attack as that user. */
export async function tryAttack(
  attack: Attack,
  { confine, uid, tools, isControl = false }: {
    readonly confine: Confiner;
    readonly uid: number;
    readonly tools: string;
    /** Nothing confines: mounts at least are then its own. */
    readonly isControl?: boolean;
  },
): Promise<Verdict> {
  const room = await Deno.realPath(
    await Deno.makeTempDir({ dir: PLACE, prefix: "codex-escape-" }),
  );
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  try {
    await furnish(room, tools, uid);
    const variables = `WS='${room}/ws'; OUT='${room}/out'; ` +
      `CODEX_HOME='${room}/home'; TOOL='${room}/tool'; PORT='${port}'; `;
    const outside = (script = ":", cwd = room) =>
      run(asUser(uid, ["/bin/sh", "-c", variables + script]), cwd);
    await outside(attack.before, `${room}/ws`);
    const argv = await confine(variables + attack.script, room);
    if (argv === "refused") return "refused";
    const env = { PATH, HOME: room, ...attack.env?.(room) };
    const seen = await run(
      [
        ...isControl && Deno.uid() === 0 ? OWN_MOUNTS : [],
        ...asUser(uid, [
          "/bin/sh",
          "-c",
          `exec 8<'${room}/out'; exec 9>>'${room}/out/leak'; exec 200>>'${room}/out/leak' || :; exec "$@"`,
          "sh",
          "/usr/bin/env",
          `CODEX_HOME=${room}/home`,
          ...Object.entries(env).map(([name, value]) => `${name}=${value}`),
          ...argv,
        ], "/bin/bash"),
      ],
      `${room}/ws`,
    );
    const after = await outside(attack.after);
    const reached = await Promise.all(
      (attack.targets ?? []).map((target) => holds(`${room}/${target}`)),
    );
    return reached.includes(true) || `${seen}${after}`.includes("ESCAPED")
      ? "ESCAPED"
      : "kept in";
  } finally {
    await Deno.remove(room, { recursive: true });
  }
}

async function furnish(room: string, tools: string, uid: number) {
  for (const name of ["tool", "preload.so"]) {
    await Deno.copyFile(`${tools}/${name}`, `${room}/${name}`);
  }
  for (const name of ["ws", "out", "home"]) await Deno.mkdir(`${room}/${name}`);
  await Deno.writeTextFile(`${room}/out/victim`, "old");
  await Deno.writeTextFile(`${room}/out/leak`, "");
  await Deno.writeTextFile(`${room}/home/config.toml`, "");
  await Deno.writeTextFile(`${room}/home/auth.json`, '{"key":"SECRET"}');
  await Deno.chmod(room, 0o755);
  if (uid === Deno.uid()) return;
  const names = ["", "/ws", "/out", "/home", "/out/victim", "/out/leak"];
  for (const name of [...names, "/home/config.toml", "/home/auth.json"]) {
    await Deno.chown(room + name, uid, uid);
  }
}

// A descriptor of three digits is beyond some shells.
function asUser(
  uid: number,
  argv: readonly string[],
  shell = "/bin/sh",
): readonly string[] {
  const words = [shell, ...argv.slice(1)];
  return uid === Deno.uid() ? words : [
    "/usr/bin/setpriv",
    "--reuid",
    `${uid}`,
    "--regid",
    `${uid}`,
    "--clear-groups",
    ...words,
  ];
}

async function run(argv: readonly string[], cwd: string): Promise<string> {
  const [program = "", ...args] = argv;
  const { stdout } = await new Deno.Command(program, {
    args,
    cwd,
    env: { PATH },
    clearEnv: true,
    stdin: "null",
    stderr: "null",
  }).output();
  return new TextDecoder().decode(stdout);
}

async function holds(path: string): Promise<boolean> {
  const text = await Deno.readTextFile(path).catch(() => "");
  return text.includes("PWNED");
}

/** This program's own confinement under the default workspace-write policy. */
export function helperConfiner(
  helper: string,
  change: Partial<ConfiningPolicy> = {},
): Confiner {
  const policy = {
    type: "workspace-write",
    writable_roots: [],
    network_access: false,
    exclude_slash_tmp: false,
    exclude_tmpdir_env_var: false,
    ...change,
  } as ConfiningPolicy;
  return async (script, room) => {
    const home = `${room}/home`;
    const surveyor = new RootSurveyor(files, home);
    const requested = requestedRoots(policy, `${room}/ws`, undefined);
    try {
      const roots = await surveyor.survey(requested);
      const confinement = planConfinement(policy, roots, [`${home}/auth.json`]);
      return helperArgv({
        program: helper,
        mode: "full",
        confinement,
        argv: ["/bin/sh", "-c", script],
        cwd: `${room}/ws`,
        mergeOutput: false,
        hasTerminal: false,
        statusFd: 2,
      });
    } catch (error) {
      // A policy that cannot be enforced here: nothing runs.
      if (error instanceof Error && error.name === "CodexError") {
        return "refused";
      }
      throw error;
    }
  };
}
