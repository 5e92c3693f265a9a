/** Help screens as users see them, and rules every one of them keeps. */
import assert from "node:assert/strict";
import { CODEX } from "@/cli/commands_table.ts";
import { helpText } from "@/cli/help.ts";
import { type CommandChain, commandOf, flagsOf } from "@/cli/spec.ts";

function chains(chain: CommandChain): readonly CommandChain[] {
  const inner = (commandOf(chain).commands ?? [])
    .flatMap((command) => chains([...chain, command]));
  return [chain, ...inner];
}

const ALL = chains([CODEX]);

Deno.test("every help screen fits a hundred columns", () => {
  for (const chain of ALL) {
    for (const line of helpText(chain).split("\n")) {
      assert.ok(line.length <= 100, line);
    }
  }
});

Deno.test("no command has two flags of one name", () => {
  for (const chain of ALL) {
    const names = flagsOf(chain).flatMap((flag) => [
      `--${flag.name}`,
      ...(flag.aliases ?? []).map((alias) => `--${alias}`),
      ...(flag.short === undefined ? [] : [`-${flag.short}`]),
    ]);
    assert.deepEqual(names, [...new Set(names)]);
  }
});

Deno.test("flags that exclude or need others name existing ones", () => {
  for (const chain of ALL) {
    const flags = flagsOf(chain);
    const names = [
      ...flags.map(({ name }) => name),
      ...(commandOf(chain).positionals ?? []).map(({ name }) => name),
    ];
    for (const { conflicts = [], requires } of flags) {
      for (const name of [...conflicts, ...(requires ? [requires] : [])]) {
        assert.ok(names.includes(name), name);
      }
    }
  }
});

Deno.test("the help of `codex features` is this", () => {
  assert.equal(
    helpText([
      CODEX,
      CODEX.commands?.find(({ name }) => name === "features") ?? CODEX,
    ]),
    FEATURES_HELP,
  );
});

Deno.test("the help of `codex exec resume` is this", () => {
  const exec = CODEX.commands?.find(({ name }) => name === "exec") ?? CODEX;
  const resume = exec.commands?.find(({ name }) => name === "resume") ?? CODEX;
  assert.equal(helpText([CODEX, exec, resume]), RESUME_HELP);
});

const FEATURES_HELP = `List features and turn them on or off

Usage: codex features [OPTIONS] <COMMAND>

Commands:
  list     List the features, their stage and whether they are on
  enable   Turn a feature on in config.toml
  disable  Turn a feature off in config.toml
  help     Print the help of this or a subcommand

Options:
  -c, --config <key=value>  Set a configuration key for this run, for example \`-c model=o3\` or \`-c
                            tui.animations=false\`. The value is TOML, or plain text when it is not
                            valid TOML
      --enable <FEATURE>    Turn a feature on, like \`-c features.<name>=true\`
      --disable <FEATURE>   Turn a feature off, like \`-c features.<name>=false\`
  -h, --help                Print this help
`;

const RESUME_HELP = `Continue an earlier session

Usage: codex exec resume [OPTIONS] [SESSION_ID] [PROMPT]

Arguments:
  [SESSION_ID]  The session's id or name; without it, use --last
  [PROMPT]      What to do next; \`-\` reads it from standard input

Options:
  -c, --config <key=value>               Set a configuration key for this run, for example \`-c
                                         model=o3\` or \`-c tui.animations=false\`. The value is TOML,
                                         or plain text when it is not valid TOML
      --enable <FEATURE>                 Turn a feature on, like \`-c features.<name>=true\`
      --disable <FEATURE>                Turn a feature off, like \`-c features.<name>=false\`
  -m, --model <MODEL>                    The model to use
      --full-auto                        Let commands write in the workspace without asking, inside
                                         the sandbox
      --dangerously-bypass-approvals-and-sandbox
                                         Run everything without asking and without a sandbox. Only
                                         for machines that are themselves a sandbox
      --remote <ADDR>                    Connect to the app server at ws://HOST:PORT or
                                         wss://HOST:PORT
      --remote-auth-token-env <ENV_VAR>  The environment variable holding the app server's bearer
                                         token
      --skip-git-repo-check              Run outside a Git repository too
      --ephemeral                        Keep no session file
      --ignore-user-config               Leave out the user's config.toml; the login still counts
      --ignore-rules                     Leave out the user's and the project's \`.rules\` files
      --stdin <MODE>                     Whether to read standard input beside the prompt: when
                                         something is piped in, always to its end, or never
                                         [default: auto] [possible values: auto, wait, ignore]
      --json                             Print events on standard output, one JSON object per line
  -o, --output-last-message <FILE>       Write the last message of the agent to this file
      --last                             Continue the newest session
      --all                              Look at sessions of all directories
  -i, --image <FILE>                     An image to attach to the prompt; several with commas
  -h, --help                             Print this help
`;
