/**
 * What confining a command costs: `true` bare, in our sandbox, in bubblewrap, and, when
 * `CODEX_REFERENCE` names the reference's binary, in the reference's. Every round runs
 * each of them a few times with `hyperfine -N`, so that what else the machine does
 * meets all alike; then the agent's own way, `createSandbox`, beside a bare spawn.
 *
 *   CODEX_REFERENCE=/path/to/codex deno run -A scripts/bench_sandbox.ts [ROUNDS]
 */
import { createPlatform } from "@/platform/deno.ts";
import { createSandbox } from "@/sandbox/create.ts";
import { bwrapArgv } from "@/sandbox/linux/bwrap.ts";
import { helperArgv } from "@/sandbox/linux/helper.ts";
import { buildHelper, cacheDirectory } from "@/sandbox/linux/helper_build.ts";
import {
  type ConfiningPolicy,
  planConfinement,
  requestedRoots,
} from "@/sandbox/policy.ts";
import { RootSurveyor } from "@/sandbox/survey.ts";
import { quoteCommand } from "@/text/shell_quote.ts";

const RUNS = 10;
const SETTLE_MS = 100;
const PROGRAM = "/usr/bin/true";
const POLICY: ConfiningPolicy = {
  type: "workspace-write",
  writable_roots: [],
  network_access: false,
  exclude_slash_tmp: false,
  exclude_tmpdir_env_var: false,
};

const rounds = Number(Deno.args[0] ?? 10);
const platform = createPlatform();
const room = await Deno.realPath(
  await Deno.makeTempDir({ dir: "/var/tmp", prefix: "codex-bench-" }),
);
try {
  await Deno.mkdir(`${room}/ws`);
  await Deno.mkdir(`${room}/home`);
  const rows = await contestants();
  const times = await byHyperfine(rows);
  Object.assign(times, await inProcess());
  report(times);
} finally {
  await Deno.remove(room, { recursive: true });
}

async function contestants(): Promise<Record<string, readonly string[]>> {
  const cwd = `${room}/ws`;
  // Where the agent looks for one as well.
  const place = cacheDirectory(`${room}/home`);
  await platform.files.makeDirectory(place, 0o700);
  const built = await buildHelper(platform, Deno.build.arch, place);
  if (built.kind !== "built") throw new Error(built.reason);
  const surveyor = new RootSurveyor(platform.files, `${room}/home`);
  const roots = await surveyor.survey(requestedRoots(POLICY, cwd, undefined));
  const confinement = planConfinement(POLICY, roots);
  const common = { confinement, argv: [PROGRAM], cwd, mergeOutput: false };
  const rows: Record<string, readonly string[]> = {
    "bare": [PROGRAM],
    "ours": helperArgv({
      ...common,
      program: built.path,
      mode: "full",
      hasTerminal: false,
      statusFd: 2,
    }),
    // As the reference calls it, without what it would have to leave behind.
    "bubblewrap": bwrapArgv({
      ...common,
      program: "/usr/bin/bwrap",
      confinement: {
        ...confinement,
        writableRoots: [{ path: cwd, protected: [] }],
      },
      env: {},
      seccompFd: undefined,
      statusFd: undefined,
    }),
  };
  const reference = Deno.env.get("CODEX_REFERENCE");
  if (reference === undefined) return rows;
  // The reference tells by this name which of its programs it is.
  await Deno.symlink(reference, `${room}/codex-linux-sandbox`);
  return {
    ...rows,
    "reference, its inner helper": [
      `${room}/codex-linux-sandbox`,
      ...["--sandbox-policy-cwd", cwd, "--command-cwd", cwd],
      "--sandbox-policy",
      JSON.stringify(POLICY),
      "--file-system-sandbox-policy",
      JSON.stringify({
        kind: "restricted",
        entries: [
          special("root", "read"),
          special("current_working_directory", "write"),
          special("slash_tmp", "write"),
          special("tmpdir", "write"),
        ],
      }),
      ...["--network-sandbox-policy", '"restricted"', "--", PROGRAM],
    ],
    "reference, sandbox linux": [
      reference,
      ...["sandbox", "linux", "--full-auto", "--", PROGRAM],
    ],
  };
}

function special(kind: string, access: string) {
  return { path: { type: "special", value: { kind } }, access };
}

/** What hyperfine exports about one command. */
interface Result {
  readonly times: readonly number[];
  readonly exit_codes: readonly number[];
}

async function byHyperfine(
  rows: Record<string, readonly string[]>,
): Promise<Record<string, number[]>> {
  const times: Record<string, number[]> = {};
  for (let round = 0; round < rounds; round++) {
    for (const [name, argv] of Object.entries(rows)) {
      // Placeholders of the one before are on their way out.
      await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
      const result = `${room}/result.json`;
      const { success, stderr } = await new Deno.Command("hyperfine", {
        args: [
          ...["-N", "--warmup", "2", "--runs", String(RUNS)],
          // The reference's fails when somebody else's sandbox changes /tmp meanwhile.
          ...(name.startsWith("reference") ? ["--ignore-failure"] : []),
          ...["--export-json", result, quoteCommand(argv)],
        ],
        cwd: `${room}/ws`,
        env: { CODEX_HOME: `${room}/home` },
      }).output();
      if (!success) {
        throw new Error(`${name}: ${new TextDecoder().decode(stderr)}`);
      }
      const { results } = JSON.parse(await Deno.readTextFile(result));
      const { times: seconds, exit_codes: codes } = results[0] as Result;
      const failed = codes.filter((code) => code !== 0).length;
      if (failed > 0) console.log(`${name}: ${failed} of ${RUNS} runs failed`);
      (times[name] ??= []).push(...seconds.map((time) => time * 1000));
    }
  }
  return times;
}

/** The agent's own way, without the start of a program of its own. */
async function inProcess(): Promise<Record<string, number[]>> {
  const sandbox = createSandbox({
    ...platform,
    codexHome: `${room}/home`,
    tmpdir: undefined,
    mechanism: undefined,
  });
  const cwd = `${room}/ws`;
  const command = {
    argv: [PROGRAM],
    cwd,
    env: {},
    policyCwd: cwd,
    stdin: "null",
    mergeOutput: false,
  } as const;
  const signal = new AbortController().signal;
  const times: Record<string, number[]> = {};
  const policies = {
    "spawned by the agent, bare": { type: "danger-full-access" as const },
    "spawned by the agent, confined": POLICY,
  };
  for (let run = 0; run < rounds * RUNS + 5; run++) {
    for (const [name, policy] of Object.entries(policies)) {
      const begun = performance.now();
      const child = await sandbox.spawn(
        { ...command, policy },
        signal,
      );
      await Promise.all([
        new Response(child.stdout).bytes(),
        new Response(child.stderr).bytes(),
        child.exit,
      ]);
      // The first ones choose a mechanism and load code.
      if (run >= 5) (times[name] ??= []).push(performance.now() - begun);
    }
  }
  const { description } = await sandbox.status(signal);
  console.log(`The agent confines by: ${description}`);
  await sandbox.close();
  return times;
}

function report(times: Record<string, number[]>): void {
  console.log(`load ${Deno.loadavg()[0]?.toFixed(2)}, ${rounds} rounds`);
  for (const [name, all] of Object.entries(times)) {
    const sorted = all.toSorted((left, right) => left - right);
    const at = (share: number) =>
      (sorted[Math.floor((sorted.length - 1) * share)] ?? NaN).toFixed(2);
    console.log(
      `${name.padEnd(34)} median ${at(0.5).padStart(7)}  least ${
        at(0).padStart(7)
      }  nine tenths below ${at(0.9).padStart(7)} ms`,
    );
  }
}
