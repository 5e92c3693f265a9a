/** Input that cannot be used: one clear message, the right exit code, nothing written. */
import assert from "node:assert/strict";
import {
  makeWorkspace,
  runCodex,
  type Workspace,
} from "@test/support/codex.ts";
import { startMockServer } from "@test/support/mock_responses_server.ts";

interface Row {
  readonly name: string;
  readonly args: readonly string[];
  /** In place of the usual configuration. */
  readonly config?: string;
  readonly files?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly stdin?: Uint8Array;
  /** Standard error; `CWD`, `HOME` and `ROOT` stand for the workspace's directories. */
  readonly stderr: string;
  readonly code: 1 | 2;
}

const USAGE_TIP = "\nFor more information, try '--help'.\n";
const EXEC_USAGE =
  "Usage: codex exec [OPTIONS] [PROMPT]\n       codex exec [OPTIONS] <COMMAND> [ARGS]\n";

const ROWS: readonly Row[] = [
  {
    name: "an unknown flag",
    args: ["--bogus", "hi"],
    stderr:
      `error: unexpected argument '--bogus' found\n\n  tip: to pass '--bogus' as a value, use '-- --bogus'\n\n${EXEC_USAGE}${USAGE_TIP}`,
    code: 2,
  },
  {
    name: "an unknown value of a flag",
    args: ["-s", "bogus", "hi"],
    stderr:
      `error: invalid value 'bogus' for '--sandbox <SANDBOX_MODE>'\n  [possible values: read-only, workspace-write, danger-full-access]\n${USAGE_TIP}`,
    code: 2,
  },
  {
    name: "flags that exclude each other",
    args: ["--full-auto", "--dangerously-bypass-approvals-and-sandbox", "hi"],
    stderr:
      `error: the argument '--full-auto' cannot be used with '--dangerously-bypass-approvals-and-sandbox'\n\n${EXEC_USAGE}${USAGE_TIP}`,
    code: 2,
  },
  {
    name: "an override without an equals sign",
    args: ["-c", "foo", "hi"],
    stderr: "Error parsing -c overrides: Invalid override (missing '='): foo\n",
    code: 1,
  },
  {
    name: "a configuration that is no TOML",
    args: ["hi"],
    config: "model = \n",
    stderr:
      "Error loading config.toml:\nHOME/config.toml:1:9: string values must be quoted, expected literal string\n  |\n1 | model = \n  |         ^\n",
    code: 1,
  },
  {
    name: "a configuration value of the wrong type",
    args: ["-c", "model=5", "hi"],
    stderr:
      "Error loading config.toml: invalid type: integer `5`, expected a string\nin `model`\nfrom the command line\n",
    code: 1,
  },
  {
    name: "an approval policy that exec would override anyway",
    args: ["-c", "approval_policy=bogus", "hi"],
    stderr:
      "Error loading config.toml: unknown variant `bogus`, expected one of `untrusted`, `on-failure`, `on-request`, `granular`, `never`\nin `approval_policy`\nfrom the command line\n",
    code: 1,
  },
  {
    name: "an unknown feature",
    args: ["--enable", "bogus", "hi"],
    stderr: "Error: Unknown feature flag: bogus\n",
    code: 1,
  },
  {
    name: "an unknown provider",
    args: ["-c", "model_provider=nope", "hi"],
    stderr:
      "Error: Model provider `nope` not found\nin `model_provider`\nfrom the command line\n",
    code: 1,
  },
  {
    name: "an unknown profile",
    args: ["-p", "nope", "hi"],
    stderr: "Error: config profile `nope` not found\n",
    code: 1,
  },
  {
    name: "a provider whose key is not in the environment",
    args: ["-c", "model_provider=keyed", "hi"],
    config:
      `[model_providers.keyed]\nname = "keyed"\nbase_url = "http://127.0.0.1:1/v1"\nenv_key = "MOCK_KEY"\nenv_key_instructions = "Ask the wizard."\n`,
    stderr:
      "Error: Missing environment variable: `MOCK_KEY`. Ask the wizard.\n",
    code: 1,
  },
  {
    name: "a schema file that is missing",
    args: ["--output-schema", "nope.json", "hi"],
    stderr:
      "Error: Failed to read output schema file nope.json: No such file or directory (os error 2)\n",
    code: 1,
  },
  {
    name: "a schema file that is no JSON",
    args: ["--output-schema", "bad.json", "hi"],
    files: { "bad.json": "{" },
    stderr: "Error: Output schema file bad.json is not valid JSON: *\n",
    code: 1,
  },
  {
    name: "an image that is missing",
    args: ["hi", "-i", "nope.png"],
    stderr:
      'Error: Cannot attach image "nope.png": No such file or directory (os error 2)\n',
    code: 1,
  },
  {
    name: "an image that is none",
    args: ["hi", "-i", "text.png"],
    files: { "text.png": "not a picture" },
    stderr:
      'Error: Cannot attach image "text.png": it is not a PNG, JPEG, GIF or WebP image\n',
    code: 1,
  },
  {
    name: "a directory outside of a repository",
    args: ["hi"],
    cwd: "..",
    stderr:
      "Not inside a trusted directory and --skip-git-repo-check was not specified.\n",
    code: 1,
  },
  {
    name: "a working directory that is missing",
    args: ["-C", "nope", "hi"],
    stderr: "Error: No such file or directory (os error 2): CWD/nope\n",
    code: 1,
  },
  {
    name: "a prompt that is no text",
    args: ["-"],
    stdin: Uint8Array.of(0xff),
    stderr:
      "Error: Failed to read prompt from stdin: input is not valid UTF-8 (invalid byte at offset 0). Convert it to UTF-8 and retry (e.g., `iconv -f <ENC> -t UTF-8 prompt.txt`).\n",
    code: 1,
  },
  {
    name: "an empty prompt",
    args: ["-"],
    stdin: new Uint8Array(),
    stderr: "Error: No prompt provided via stdin.\n",
    code: 1,
  },
  {
    name: "a thread id that is not there",
    args: ["resume", "00000000-0000-0000-0000-000000000000", "hi"],
    stderr:
      "Error: no rollout found for thread id 00000000-0000-0000-0000-000000000000\n",
    code: 1,
  },
  {
    name: "a local model without saying whose",
    args: ["--oss", "hi"],
    stderr:
      "Error: No default OSS provider configured. Use --local-provider=provider or set oss_provider to one of: lmstudio, ollama in config.toml\n",
    code: 1,
  },
];

for (const row of ROWS) {
  Deno.test(`exec refuses ${row.name}, and writes nothing`, () => check(row));
}

async function check(row: Row): Promise<void> {
  await using server = startMockServer([]);
  await using workspace = await makeWorkspace(server);
  if (row.config !== undefined) {
    await Deno.writeTextFile(`${workspace.home}/config.toml`, row.config);
  }
  for (const [name, text] of Object.entries(row.files ?? {})) {
    await Deno.writeTextFile(`${workspace.cwd}/${name}`, text);
  }
  const before = await snapshot(workspace.root);
  const run = await runCodex({
    workspace,
    args: ["exec", ...row.args],
    ...(row.stdin === undefined ? {} : { stdin: row.stdin }),
    ...(row.cwd === undefined ? {} : { cwd: `${workspace.cwd}/${row.cwd}` }),
  });

  assert.deepEqual(
    {
      code: run.code,
      stdout: run.stdout,
      stderr: shown(run.stderr, workspace, row),
    },
    { code: row.code, stdout: "", stderr: row.stderr },
  );
  assert.equal(server.requests.length, 0);
  assert.deepEqual(await snapshot(workspace.root), before);
}

/** Standard error without what differs from run to run, as the row writes it. */
function shown(stderr: string, workspace: Workspace, row: Row): string {
  const text = stderr
    .replace("Reading additional input from stdin...\n", "")
    .replaceAll(workspace.home, "HOME").replaceAll(workspace.cwd, "CWD");
  const [start, end] = row.stderr.split("*");
  return end !== undefined && text.startsWith(start ?? "") && text.endsWith(end)
    ? row.stderr
    : text;
}

/** Every path below a directory, with the text of files. */
async function snapshot(
  directory: string,
): Promise<Readonly<Record<string, string>>> {
  const found: Record<string, string> = {};
  for await (const entry of Deno.readDir(directory)) {
    const path = `${directory}/${entry.name}`;
    if (entry.isDirectory) {
      Object.assign(found, { [path]: "directory" }, await snapshot(path));
    } else found[path] = await Deno.readTextFile(path);
  }
  return found;
}
