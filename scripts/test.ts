/**
 * Runs the test suites, each with only the permissions it needs, and ends with one
 * plain line: `N passed, N failed`. The pure folders' tests run without any, which
 * proves that their code touches nothing.
 *
 * Arguments are passed on to `deno test`: a path runs that part alone.
 */

interface Suite {
  readonly name: string;
  readonly paths: readonly string[];
  readonly permissions: readonly string[];
}

const ROOT = new URL("../", import.meta.url).pathname;

/** Folders whose code computes and does nothing else. */
const PURE = [
  "tests/async",
  "tests/text",
  "tests/exec-policy",
  "tests/protocol",
];

/** Folders of `tests/` without tests of their own. */
const NO_TESTS = ["support", "fixtures", "scenarios"];

const MACHINE = [
  "--allow-read",
  "--allow-write",
  "--allow-env",
  "--allow-net",
  "--allow-run",
  "--allow-sys",
  "--allow-ffi",
];

const chosen = Deno.args.filter((argument) => !argument.startsWith("-"));
const flags = Deno.args.filter((argument) => argument.startsWith("-"));
await buildHelper();
const totals = { passed: 0, failed: 0, ignored: 0 };
let isBroken = false;
for (const suite of await suites()) await runSuite(suite);

const skipped = totals.ignored === 0 ? "" : `, ${totals.ignored} skipped`;
console.log(`${totals.passed} passed, ${totals.failed} failed${skipped}`);
if (isBroken || totals.failed > 0 || totals.passed === 0) Deno.exit(1);

/** The tests of the strongest mechanism need it built; without a compiler they say so. */
async function buildHelper(): Promise<void> {
  const { success } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      "--no-prompt",
      ...MACHINE,
      "scripts/build_helper.ts",
    ],
    cwd: ROOT,
    stdin: "null",
  }).spawn().status;
  if (!success) throw new Error("scripts/build_helper.ts failed");
}

async function suites(): Promise<readonly Suite[]> {
  if (chosen.length > 0) {
    return [{ name: "chosen", paths: chosen, permissions: MACHINE }];
  }
  const pure = await existing(PURE);
  const rest: string[] = [];
  for await (const entry of Deno.readDir(`${ROOT}tests`)) {
    const path = `tests/${entry.name}`;
    const isOther = !PURE.includes(path) && !NO_TESTS.includes(entry.name);
    if (entry.isDirectory && isOther) rest.push(path);
  }
  return [
    { name: "pure", paths: pure, permissions: ["--allow-read=tests"] },
    { name: "machine", paths: rest.sort(), permissions: MACHINE },
  ];
}

async function existing(paths: readonly string[]): Promise<readonly string[]> {
  const found: string[] = [];
  for (const path of paths) {
    if (await Deno.stat(ROOT + path).catch(() => undefined)) found.push(path);
  }
  return found;
}

async function runSuite(suite: Suite): Promise<void> {
  if (suite.paths.length === 0) return;
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "test",
      "--quiet",
      "--no-prompt",
      "--parallel",
      "--sanitize-ops",
      "--sanitize-resources",
      ...suite.permissions,
      ...flags,
      ...suite.paths,
    ],
    cwd: ROOT,
    env: { NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const output = await tee(child.stdout);
  const { code } = await child.status;
  const summary = /(\d+) passed.*?\| (\d+) failed(?:.*?\| (\d+) ignored)?/.exec(
    output,
  );
  totals.passed += Number(summary?.[1] ?? 0);
  totals.failed += Number(summary?.[2] ?? 0);
  totals.ignored += Number(summary?.[3] ?? 0);
  // A suite that did not load has failed, whatever it counted.
  isBroken ||= summary === null || (code !== 0 && summary[2] === "0");
}

/** Passes output on as it comes, and keeps it. */
async function tee(stream: ReadableStream<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of stream) {
    const part = decoder.decode(chunk, { stream: true });
    text += part;
    await Deno.stdout.write(new TextEncoder().encode(part));
  }
  return text;
}
