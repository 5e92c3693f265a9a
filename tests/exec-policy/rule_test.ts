import assert from "node:assert/strict";
import { parseRules } from "@/exec-policy/parse.ts";
import {
  allowingRule,
  type Argv,
  matchRules,
  mergeRules,
  NO_RULES,
  type RuleSet,
  strictest,
} from "@/exec-policy/rule.ts";

function rulesOf(text: string): RuleSet {
  const parsed = parseRules(text);
  return parsed.kind === "ok" ? parsed.rules : assert.fail(parsed.message);
}

Deno.test("the strictest decision wins", () => {
  assert.deepEqual(
    [
      strictest(["allow", "forbidden", "prompt"]),
      strictest(["prompt", "allow"]),
      strictest(["allow"]),
      strictest([]),
    ],
    ["forbidden", "prompt", "allow", undefined],
  );
});

Deno.test("every rule that matches is told, with the words it matched", () => {
  const rules = rulesOf(`
prefix_rule(["git", ["status", "diff"]], justification="read only")
prefix_rule(["git"], "prompt")
prefix_rule(["git", "diff", "--stat"], "forbidden")
`);
  assert.deepEqual(matchRules(rules, ["git", "diff", "x"], "exact"), [
    {
      matchedPrefix: ["git", "diff"],
      decision: "allow",
      justification: "read only",
    },
    { matchedPrefix: ["git"], decision: "prompt" },
  ]);
  assert.deepEqual(matchRules(rules, [], "any"), []);
  assert.deepEqual(matchRules(rules, ["/"], "any"), []);
});

Deno.test("a path is matched by its name as far as it is asked for", () => {
  const rules = rulesOf(`
host_executable("git", ["/opt/git"])
prefix_rule(["git"])
prefix_rule(["hub"])
prefix_rule(["/bin/own"])
prefix_rule(["own"], "forbidden")
`);
  const found = (resolution: "exact" | "listed" | "any", program: string) =>
    matchRules(rules, [program], resolution).map(({ decision }) => decision);
  const programs = [
    "git",
    "/opt/git",
    "/usr/bin/git",
    "./git",
    "/x/hub",
    "./hub",
    "/bin/own",
    "/bin/../bin/own",
  ];
  assert.deepEqual(
    (["exact", "listed", "any"] as const).map((resolution) =>
      programs.map((program) => found(resolution, program).join())
    ),
    [
      ["allow", "", "", "", "", "", "allow", ""],
      ["allow", "allow", "", "", "allow", "", "allow", "forbidden"],
      [
        "allow",
        "allow",
        "allow",
        "allow",
        "allow",
        "allow",
        "allow",
        "forbidden",
      ],
    ],
  );
  assert.deepEqual(matchRules(rules, ["/opt/git", "x"], "listed"), [{
    matchedPrefix: ["git"],
    decision: "allow",
    resolvedProgram: "/opt/git",
  }]);
});

Deno.test("a program is believed by its name only where nobody could have put it", () => {
  const rules = rulesOf(`
host_executable("git", ["/opt/git"])
prefix_rule(["git"])
prefix_rule(["hub"])
`);
  const isAllowed = (...argv: Argv) => allowingRule(rules, argv) !== undefined;
  assert.deepEqual(
    [
      isAllowed("git"),
      isAllowed("/opt/git"),
      isAllowed("/usr/bin/git"),
      isAllowed("hub"),
      isAllowed("/usr/bin/hub"),
      isAllowed("/project/hub"),
      isAllowed("./hub"),
      isAllowed("/usr/bin/sub/hub"),
    ],
    [true, true, false, true, true, false, false, false],
  );
});

Deno.test("sets are merged in order; paths of the later set replace", () => {
  const low = rulesOf('prefix_rule(["a"])\nhost_executable("x", ["/a/x"])');
  const high = rulesOf('prefix_rule(["b"])\nhost_executable("x", ["/b/x"])');
  const merged = mergeRules(mergeRules(NO_RULES, low), high);
  assert.deepEqual(merged.prefixRules.map(({ program }) => program), [
    "a",
    "b",
  ]);
  assert.deepEqual(merged.hostExecutables.get("x"), ["/b/x"]);
});
