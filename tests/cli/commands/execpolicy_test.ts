/** `codex execpolicy check`: the JSON the reference prints, byte for byte. */
import assert from "node:assert/strict";
import {
  makeWorkspace,
  spawnCodex,
  type Workspace,
} from "@test/support/codex.ts";

const RULES = `
prefix_rule(
    pattern = ["git", ["status", "diff"]],
    justification = "read only",
    match = [["git", "status"], "git diff --stat"],
    not_match = ["git log"],
)
prefix_rule(pattern=["git"], decision="prompt")
host_executable(name="git", paths=["/usr/bin/git"])
`;

const BOTH =
  '{"matchedRules":[{"prefixRuleMatch":{"matchedPrefix":["git","diff"],"decision":"allow","resolvedProgram":"/usr/bin/git","justification":"read only"}},{"prefixRuleMatch":{"matchedPrefix":["git"],"decision":"prompt","resolvedProgram":"/usr/bin/git"}}],"decision":"prompt"}\n';
const NONE = '{"matchedRules":[]}\n';

/** Arguments after `--rules`, output, exit code. */
const CASES: readonly (readonly [readonly string[], string])[] = [
  [
    ["git", "push"],
    '{"matchedRules":[{"prefixRuleMatch":{"matchedPrefix":["git"],"decision":"prompt"}}],"decision":"prompt"}\n',
  ],
  [["ls"], NONE],
  [["/usr/bin/git", "diff"], NONE],
  [["--resolve-host-executables", "/usr/bin/git", "diff"], BOTH],
  [["--resolve-host-executables", "/usr/bin/../bin/git", "diff"], BOTH],
  [["--resolve-host-executables", "/opt/git", "diff"], NONE],
  [["--pretty", "ls"], '{\n  "matchedRules": []\n}\n'],
  [
    ["--pretty", "git", "x"],
    `{
  "matchedRules": [
    {
      "prefixRuleMatch": {
        "matchedPrefix": [
          "git"
        ],
        "decision": "prompt"
      }
    }
  ],
  "decision": "prompt"
}
`,
  ],
];

async function check(
  { workspace, args }: {
    readonly workspace: Workspace;
    readonly args: readonly string[];
  },
): Promise<
  { readonly code: number; readonly stdout: string; readonly stderr: string }
> {
  const child = spawnCodex({
    workspace,
    args: ["execpolicy", "check", ...args],
  });
  await child.stdin.close();
  const [stdout, stderr, { code }] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.status,
  ]);
  return { code, stdout, stderr };
}

Deno.test("check prints what matched and what it comes to", async () => {
  await using workspace = await makeWorkspace();
  await Deno.writeTextFile(`${workspace.cwd}/t.rules`, RULES);
  const runs = await Promise.all(CASES.map(async ([args]) => {
    const { code, stdout } = await check({
      workspace,
      args: ["--rules", "t.rules", ...args],
    });
    return [stdout, code];
  }));
  assert.deepEqual(runs, CASES.map(([, stdout]) => [stdout, 0]));
});

Deno.test("several files are one set, and forbidding is no failure", async () => {
  await using workspace = await makeWorkspace();
  await Deno.writeTextFile(`${workspace.cwd}/a.rules`, 'prefix_rule(["a"])');
  await Deno.writeTextFile(
    `${workspace.cwd}/b.rules`,
    'prefix_rule(["a"], "forbidden")',
  );
  const run = await check({
    workspace,
    args: ["-r", "a.rules", "-r", "b.rules", "--", "a"],
  });
  assert.equal(run.code, 0);
  assert.equal(JSON.parse(run.stdout).decision, "forbidden");
});

Deno.test("a file that cannot be used is named, with the place in it", async () => {
  await using workspace = await makeWorkspace();
  await Deno.writeTextFile(
    `${workspace.cwd}/bad.rules`,
    '\nprefix_rule(["a"], "bogus")',
  );
  const failure = async (file: string) => {
    const args = ["--rules", file, "a"];
    const { code, stderr } = await check({ workspace, args });
    return [code, stderr];
  };
  assert.deepEqual([await failure("bad.rules"), await failure("no.rules")], [
    [
      1,
      "Error: failed to parse policy at bad.rules\n\nCaused by:\n    bad.rules:2:1: invalid decision: bogus\n",
    ],
    [
      1,
      "Error: failed to read policy at no.rules\n\nCaused by:\n    No such file or directory (os error 2)\n",
    ],
  ]);
});
