/**
 * Measures the program beside others in one interleaved run, since a machine's load
 * drifts: medians and ratios mean something, single times do not.
 *
 * `CODEX_REFERENCE` names the executable to compare with, `CODEX_BIN` another build of
 * ours than the launcher. Arguments choose scenarios by name; `--runs N` how often.
 */
import {
  call,
  completed,
  created,
  message,
  type MockServer,
  type MockStep,
  response,
  startMockServer,
} from "@test/support/mock_responses_server.ts";

const ROOT = decodeURIComponent(new URL("../", import.meta.url).pathname);
// Absolute, because every program is run in a directory of its own.
const OURS = Deno.realPathSync(
  Deno.env.get("CODEX_BIN") ?? `${ROOT}scripts/codex`,
);
const REFERENCE = Deno.env.get("CODEX_REFERENCE");

interface Program {
  readonly name: string;
  readonly path: string;
  /** What `--version` is measured against: the same runtime doing nothing. */
  readonly isOurs: boolean;
}

interface Scenario {
  readonly name: string;
  readonly args: readonly string[];
  /** The model's answers for one run; none for runs without a model. */
  readonly script: readonly MockStep[];
}

const FIFTY = Array.from(
  { length: 50 },
  (_, index) =>
    response(
      call("exec_command", { cmd: "true", login: false }, `call_${index}`),
    ),
);
/** About 2 MB of text in small pieces, as a stress of the stream. */
const DELTAS = 25_000;

const SCENARIOS: readonly Scenario[] = [
  { name: "version", args: ["--version"], script: [] },
  { name: "turn", args: ["exec", "hi"], script: [response(message("Hello."))] },
  {
    name: "command",
    args: ["exec", "--full-auto", "hi"],
    script: [
      response(
        call("exec_command", { cmd: "echo hi", login: false }, "call_1"),
      ),
      response(message("Done.")),
    ],
  },
  {
    name: "commands-50",
    args: ["exec", "--full-auto", "hi"],
    script: [...FIFTY, response(message("Done."))],
  },
  { name: "deltas", args: ["exec", "hi"], script: [deltaStream()] },
];

async function main(): Promise<void> {
  const scratch = await Deno.realPath(
    await Deno.makeTempDir({
      dir: Deno.env.get("HOME") ?? "/tmp",
      prefix: ".codex-bench-",
    }),
  );
  try {
    const runs = Number(optionValue("--runs") ?? 15);
    const names = Deno.args.filter((argument) =>
      !argument.startsWith("-") && isNaN(+argument)
    );
    for (const scenario of SCENARIOS) {
      if (names.length > 0 && !names.includes(scenario.name)) continue;
      await measureScenario(scenario, runs, scratch);
    }
  } finally {
    await Deno.remove(scratch, { recursive: true });
  }
}

async function measureScenario(
  scenario: Scenario,
  runs: number,
  scratch: string,
) {
  const programs = await programsFor(scenario, scratch);
  const times = new Map<string, { wall: number[]; first: number[] }>(
    programs.map(({ name }) => [name, { wall: [], first: [] }]),
  );
  await using server = startMockServer([]);
  for (let run = -1; run < runs; run++) {
    for (const program of programs) {
      const { wallMs, firstRequestMs } = await runOnce(
        program,
        scenario,
        server,
        scratch,
      );
      // The first round warms the caches of all alike.
      if (run < 0) continue;
      times.get(program.name)?.wall.push(wallMs);
      if (firstRequestMs !== undefined) {
        times.get(program.name)?.first.push(firstRequestMs);
      }
    }
  }
  report(scenario, programs, times, runs);
}

async function programsFor(
  scenario: Scenario,
  scratch: string,
): Promise<readonly Program[]> {
  const ours = { name: "ours", path: OURS, isOurs: true };
  const reference = REFERENCE === undefined
    ? []
    : [{ name: "reference", path: REFERENCE, isOurs: false }];
  if (scenario.name !== "version") return [ours, ...reference];
  const empty = `${scratch}/empty.sh`;
  await Deno.writeTextFile(`${scratch}/empty.js`, "");
  await Deno.writeTextFile(
    empty,
    `#!/bin/sh\nexec "${Deno.execPath()}" run --quiet --no-config --no-lock "${scratch}/empty.js"\n`,
  );
  await Deno.chmod(empty, 0o755);
  return [
    { name: "empty Deno program", path: empty, isOurs: false },
    ours,
    ...reference,
  ];
}

async function runOnce(
  program: Program,
  scenario: Scenario,
  server: MockServer,
  scratch: string,
): Promise<
  { readonly wallMs: number; readonly firstRequestMs: number | undefined }
> {
  const home = `${scratch}/${scenario.name}/${
    program.name.replaceAll(" ", "-")
  }`;
  const work = `${scratch}/${scenario.name}/work`;
  await prepare(home, work, server);
  server.script(...scenario.script);
  const before = server.requests.length;
  const started = performance.now();
  const { success } = await new Deno.Command(program.path, {
    args: [...scenario.args],
    cwd: work,
    env: { CODEX_HOME: home, DENO: Deno.execPath() },
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn().status;
  const wallMs = performance.now() - started;
  if (!success) {
    throw new Error(`${program.name} failed in scenario "${scenario.name}"`);
  }
  const first = server.requests[before];
  return {
    wallMs,
    firstRequestMs: first === undefined ? undefined : first.atMs - started,
  };
}

async function prepare(
  home: string,
  work: string,
  server: MockServer,
): Promise<void> {
  if (await Deno.stat(home).catch(() => undefined)) return;
  await Deno.mkdir(home, { recursive: true });
  await Deno.mkdir(`${work}/.git/objects`, { recursive: true });
  await Deno.mkdir(`${work}/.git/refs`, { recursive: true });
  await Deno.writeTextFile(`${work}/.git/HEAD`, "ref: refs/heads/main\n");
  await Deno.writeTextFile(
    `${home}/config.toml`,
    [
      'model = "gpt-5.4"',
      'model_provider = "mock"',
      "[model_providers.mock]",
      'name = "mock"',
      `base_url = "${server.url}"`,
      'experimental_bearer_token = "x"',
      "",
    ].join("\n"),
  );
}

function report(
  scenario: Scenario,
  programs: readonly Program[],
  times: ReadonlyMap<
    string,
    { readonly wall: number[]; readonly first: number[] }
  >,
  runs: number,
): void {
  console.log(`\n${scenario.name} (${runs} interleaved runs, ms)`);
  const base = median(times.get(programs[0]?.name ?? "")?.wall ?? []);
  for (const { name } of programs) {
    const { wall = [], first = [] } = times.get(name) ?? {};
    const toFirst = first.length === 0
      ? ""
      : `  to first request ${format(median(first))}`;
    console.log(
      `  ${name.padEnd(20)} median ${format(median(wall))}  min ${
        format(Math.min(...wall))
      }` +
        `  ${(median(wall) / base).toFixed(2)}x${toFirst}`,
    );
  }
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

function format(ms: number): string {
  return ms.toFixed(1).padStart(7);
}

function deltaStream(): MockStep {
  const id = "msg_1";
  const delta = "some words of a long answer ".repeat(3);
  const [added] = message("", undefined, id);
  const last = message(delta.repeat(DELTAS), undefined, id).at(-1);
  return {
    kind: "stream",
    events: [
      created(),
      ...(added === undefined ? [] : [added]),
      ...Array.from({ length: DELTAS }, () => ({
        type: "response.output_text.delta",
        item_id: id,
        delta,
      })),
      ...(last === undefined ? [] : [last]),
      completed(),
    ],
  };
}

function optionValue(name: string): string | undefined {
  const index = Deno.args.indexOf(name);
  return index < 0 ? undefined : Deno.args[index + 1];
}

if (import.meta.main) await main();
