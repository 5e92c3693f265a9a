import assert from "node:assert/strict";
import * as fc from "fast-check";
import { CODEX } from "@/cli/commands_table.ts";
import { parseCommandLine, type ParseOutcome } from "@/cli/parse.ts";
import {
  flagValue,
  flagValues,
  hasFlag,
  positional,
  positionals,
} from "@/cli/parsed.ts";
import errorTexts from "./usage_errors.txt" with { type: "text" };

function parse(line: string): ParseOutcome {
  return parseCommandLine(CODEX, line === "" ? [] : line.split(" "));
}

/** The value of a line that is right. */
function parsed(line: string) {
  const outcome = parse(line);
  assert.equal(outcome.kind, "command", line);
  if (outcome.kind !== "command") throw new Error("unreachable");
  return outcome.parsed;
}

for (const block of errorTexts.split(/^(?=\$ codex )/m)) {
  const [command = "", ...lines] = block.split("\n");
  Deno.test(`parseCommandLine() refuses: ${command.slice(2)}`, () => {
    assert.deepEqual(parse(command.slice("$ codex ".length)), {
      kind: "usage",
      text: lines.join("\n"),
    });
  });
}

Deno.test("parseCommandLine() reads a whole exec line", () => {
  assert.deepEqual(
    parsed("exec --json -mgpt -s read-only -c a=b --config=c=d -- do-it"),
    {
      command: ["exec"],
      flags: {
        json: true,
        model: "gpt",
        sandbox: "read-only",
        config: ["a=b", "c=d"],
      },
      positionals: { PROMPT: "do-it" },
    },
  );
});

Deno.test("parseCommandLine() answers no arguments with the program itself", () => {
  assert.deepEqual(parsed(""), { command: [], flags: {}, positionals: {} });
});

Deno.test("parseCommandLine() takes aliases for the names they stand for", () => {
  assert.deepEqual(
    [
      parsed("e hi").command,
      parsed("a task").command,
      parsed("sandbox landlock ls").command,
      hasFlag(
        parsed("exec --yolo hi"),
        "dangerously-bypass-approvals-and-sandbox",
      ),
      hasFlag(parsed("exec --experimental-json hi"), "json"),
    ],
    [["exec"], ["apply"], ["sandbox", "linux"], true, true],
  );
});

Deno.test("parseCommandLine() adds up configuration from before and behind commands", () => {
  const line = "-c a=1 exec -c b=2 resume -c c=3 --last";
  assert.deepEqual(flagValues(parsed(line), "config"), ["a=1", "b=2", "c=3"]);
});

Deno.test("parseCommandLine() lets flags of the program count for its commands", () => {
  const outer = parsed("-m outer -C dir exec hi");
  assert.deepEqual(
    [flagValue(outer, "model"), flagValue(outer, "cd")],
    ["outer", "dir"],
  );
  assert.equal(
    flagValue(parsed("-m outer exec -m inner hi"), "model"),
    "inner",
  );
});

Deno.test("parseCommandLine() replaces the outer sandbox choice as a whole", () => {
  assert.deepEqual(
    parsed("--yolo exec -s read-only hi").flags,
    { sandbox: "read-only" },
  );
  assert.deepEqual(
    parsed("-s read-only exec --full-auto hi").flags,
    { "full-auto": true },
  );
});

Deno.test("parseCommandLine() takes global flags of exec behind its subcommands", () => {
  const line = parsed("exec resume --last --json -m x --ephemeral -o f go");
  assert.deepEqual(
    [Object.keys(line.flags), positional(line, "SESSION_ID")],
    [
      ["model", "ephemeral", "json", "output-last-message", "last"],
      "go",
    ],
  );
});

Deno.test("parseCommandLine() gives images every word up to the next flag", () => {
  const swallowed = parsed("exec -i a.png,b.png c.png -m x prompt");
  assert.deepEqual(
    [flagValues(swallowed, "image"), positional(swallowed, "PROMPT")],
    [["a.png", "b.png", "c.png"], "prompt"],
  );
  const attached = parsed("exec --image=a.png prompt");
  assert.equal(positional(attached, "PROMPT"), "prompt");
  const separated = parsed("exec -i a.png -- prompt");
  assert.equal(positional(separated, "PROMPT"), "prompt");
});

Deno.test("parseCommandLine() leaves a command's own arguments alone", () => {
  assert.deepEqual(
    positionals(parsed("sandbox linux ls --full-auto -- -la"), "COMMAND"),
    ["ls", "--full-auto", "--", "-la"],
  );
  assert.deepEqual(
    positionals(parsed("sandbox linux -- sh -c x"), "COMMAND"),
    ["sh", "-c", "x"],
  );
});

Deno.test("parseCommandLine() takes `-` as a word", () => {
  assert.equal(positional(parsed("exec -"), "PROMPT"), "-");
});

Deno.test("parseCommandLine() prints versions under their names", () => {
  assert.deepEqual(
    ["--version", "-V", "-m x -V", "exec --version", "cloud -V"].map(parse),
    [
      { kind: "text", text: "codex-cli 0.124.0\n" },
      { kind: "text", text: "codex-cli 0.124.0\n" },
      { kind: "text", text: "codex-cli 0.124.0\n" },
      { kind: "text", text: "codex-cli-exec 0.124.0\n" },
      { kind: "text", text: "codex-cli-cloud 0.124.0\n" },
    ],
  );
});

Deno.test("parseCommandLine() gives help the same in every way of asking", () => {
  const texts = ["exec resume -h", "exec resume --help", "help exec resume"]
    .concat("exec help resume", "e help resume").map(parse);
  for (const outcome of texts) assert.deepEqual(outcome, texts[0]);
  assert.equal(texts[0]?.kind, "text");
});

Deno.test("parseCommandLine() shows the help of a command that needs a subcommand", () => {
  const help = parse("features --help");
  assert.deepEqual(parse("features"), { ...help, kind: "usage" });
});

/** Words that matter to the parser, and some that do not. */
const WORDS = fc.oneof(
  fc.constantFrom(
    ..."exec e resume review features list enable mcp add help sandbox linux"
      .split(
        " ",
      ),
    ..."-- - -c a=b --json --json=x -m -mx --model= -i a,b --yolo -h -V".split(
      " ",
    ),
    ..."--full-auto --last -s read-only --color always --bogus -zq \u00e9"
      .split(
        " ",
      ),
    "",
    "__proto__",
    "--constructor",
  ),
  fc.string(),
);

Deno.test("parseCommandLine() never throws and never returns nothing", () => {
  fc.assert(fc.property(fc.array(WORDS, { maxLength: 8 }), (args) => {
    const outcome = parseCommandLine(CODEX, args);
    if (outcome.kind !== "command") {
      assert.ok(outcome.text.endsWith("\n"));
    } else {
      assert.equal(
        outcome.parsed.command.at(-1) ?? "codex",
        outcome.command.name,
      );
    }
  }));
});

Deno.test("parseCommandLine() keeps every prompt behind `--` as it is", () => {
  fc.assert(fc.property(fc.string(), (prompt) => {
    const outcome = parseCommandLine(CODEX, ["exec", "--", prompt]);
    assert.deepEqual(
      outcome.kind === "command" && outcome.parsed.positionals,
      { PROMPT: prompt },
    );
  }));
});
