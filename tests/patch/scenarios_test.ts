/**
 * Runs every directory of tests/scenarios/patch as one `apply_patch` command on real
 * files. See the README there for what the files of a scenario mean.
 */
import assert from "node:assert/strict";
import { createPlatform } from "@/platform/deno.ts";
import { runApplyPatchCommand } from "@/patch/command.ts";
import { copyTree, readTree, temporaryDirectory } from "@test/support/trees.ts";

const SCENARIOS = new URL("../scenarios/patch/", import.meta.url).pathname;

for (const entry of [...Deno.readDirSync(SCENARIOS)].sort(byName)) {
  if (!entry.isDirectory) continue;
  Deno.test(`apply_patch ${entry.name.replaceAll("_", " ")}`, async () => {
    await runScenario(`${SCENARIOS}${entry.name}`);
  });
}

async function runScenario(scenario: string): Promise<void> {
  await using outside = await temporaryDirectory();
  const cwd = `${outside.path}/work`;
  await Deno.mkdir(cwd);
  await copyTree(`${scenario}/input`, cwd);
  const result = await runApplyPatchCommand({
    args: await readArguments(scenario, outside.path),
    stdin: () => Deno.readFile(`${scenario}/stdin.txt`),
    cwd,
    files: createPlatform().files,
  });
  const hidden = (text: string) =>
    text.replaceAll(cwd, "{cwd}").replaceAll(outside.path, "{outside}");
  assert.deepEqual({
    exit: `${result.exitCode}\n`,
    stdout: hidden(result.stdout),
    stderr: hidden(result.stderr),
    files: await readTree(cwd),
    outside: await readTree(outside.path, "work"),
  }, {
    exit: await Deno.readTextFile(`${scenario}/exit.txt`),
    stdout: await Deno.readTextFile(`${scenario}/stdout.txt`),
    stderr: await Deno.readTextFile(`${scenario}/stderr.txt`),
    files: await readTree(`${scenario}/expected`),
    outside: await readTree(`${scenario}/expected_outside`),
  });
}

async function readArguments(
  scenario: string,
  outside: string,
): Promise<readonly string[]> {
  const files = new Set(
    [...Deno.readDirSync(scenario)].map(({ name }) => name),
  );
  if (files.has("arguments.json")) {
    return JSON.parse(await Deno.readTextFile(`${scenario}/arguments.json`));
  }
  if (!files.has("patch.txt")) return [];
  const bytes = await Deno.readFile(`${scenario}/patch.txt`);
  // A patch may start with a byte order mark, which must stay.
  const patch = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
  return [patch.replaceAll("{outside}", outside)];
}

function byName(left: Deno.DirEntry, right: Deno.DirEntry): number {
  return left.name < right.name ? -1 : 1;
}
