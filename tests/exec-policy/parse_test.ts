/** Rule files: what may stand in them, and what is said about the rest. */
import assert from "node:assert/strict";
import { parseRules } from "@/exec-policy/parse.ts";
import type { RuleSet } from "@/exec-policy/rule.ts";

function rulesOf(text: string): RuleSet {
  const parsed = parseRules(text);
  assert.equal(parsed.kind, "ok", JSON.stringify(parsed));
  return parsed.kind === "ok" ? parsed.rules : assert.fail();
}

function problemOf(text: string): string {
  const parsed = parseRules(text);
  if (parsed.kind === "ok") return "ok";
  const { line, column } = parsed.place;
  return `${line}:${column}: ${parsed.message}`;
}

Deno.test("a rule file holds rules, remarks, constants and nothing needs to be named", () => {
  const rules = rulesOf(`# mine
"""A remark
over two lines."""
TOOLS = ["npm", "pnpm"]
RUN = ["run"] + ["test",]   # joined
prefix_rule(
    pattern = [TOOLS, RUN, "un" + 'it'],
    decision = "prompt",
    justification = "slow",
    match = [["npm", "run", "unit", "-v"], "pnpm test unit"],
    not_match = ["npm unit"],
); prefix_rule(["make"], "forbidden", [], [], "no")
pass
prefix_rule(pattern=[r"a\\b", """c
d""", "\\x41\\u00e9\\n\\"\\q\\101"])
host_executable(name="git", paths=["/usr/bin/git", "/usr/bin/git"])
network_rule("a.com", "https_connect", "deny", "x")
network_rule(host="b.com", protocol="http", decision="prompt")
`);
  assert.deepEqual(rules, {
    prefixRules: [
      ...["npm", "pnpm"].map((program) => ({
        program,
        rest: [["run", "test"], ["unit"]],
        decision: "prompt",
        justification: "slow",
      })),
      { program: "make", rest: [], decision: "forbidden", justification: "no" },
      {
        program: "a\\b",
        rest: [["c\nd"], ['Aé\n"\\qA']],
        decision: "allow",
      },
    ],
    networkRules: [
      {
        host: "a.com",
        protocol: "https",
        decision: "forbidden",
        justification: "x",
      },
      { host: "b.com", protocol: "http", decision: "prompt" },
    ],
    hostExecutables: new Map([["git", ["/usr/bin/git"]]]),
  });
});

Deno.test("an empty file, a byte order mark and CRLF line ends are fine", () => {
  assert.equal(problemOf(""), "ok");
  assert.equal(
    rulesOf('\uFEFFprefix_rule(["a"])\r\n# b\r\nprefix_rule(["c"])\r\n')
      .prefixRules.length,
    2,
  );
});

Deno.test("later paths of a program replace earlier ones", () => {
  assert.deepEqual(
    rulesOf(
      'host_executable("git", ["/a/git"])\nhost_executable("git", ["/b/git"])',
    ).hostExecutables.get("git"),
    ["/b/git"],
  );
});

/** Bodies of errors, word for word those of the reference. */
const CALL_ERRORS: readonly (readonly [string, string])[] = [
  ["pattern=[]", "invalid pattern element: pattern cannot be empty"],
  [
    'pattern=["ls",[]]',
    "invalid pattern element: pattern alternatives cannot be empty",
  ],
  [
    'pattern=["ls",[["a"]]]',
    "invalid pattern element: pattern alternative must be a string (got list)",
  ],
  [
    'pattern=["ls", 3]',
    "invalid pattern element: pattern element must be a string or list of strings (got int)",
  ],
  [
    'pattern="ls"',
    'Type of parameter `pattern` doesn\'t match, expected `list`, actual `string (repr: "ls")`',
  ],
  ['pattern=["ls"], decision="bogus"', "invalid decision: bogus"],
  ['pattern=["ls"], decision="Allow"', "invalid decision: Allow"],
  [
    'pattern=["ls"], decision=True',
    "Type of parameter `decision` doesn't match, expected `str`, actual `bool (repr: True)`",
  ],
  [
    'pattern=["ls"], match=None',
    "Type of parameter `match` doesn't match, expected `list`, actual `NoneType (repr: None)`",
  ],
  [
    'pattern=["ls"], justification="  "',
    "invalid rule: justification cannot be empty",
  ],
  [
    'pattern=["ls"], extra=1',
    "Found `extra` extra named parameter(s) for call to prefix_rule",
  ],
  ["", "Missing parameter `pattern` for call to `prefix_rule`"],
  [
    'pattern=["ls"], match=["ls \'"]',
    "invalid example: example string has invalid shell syntax",
  ],
  [
    'pattern=["ls"], match=[""]',
    "invalid example: example cannot be an empty string",
  ],
  [
    'pattern=["ls"], match=[[]]',
    "invalid example: example cannot be an empty list",
  ],
  [
    'pattern=["ls"], match=[3]',
    "invalid example: example must be a string or list of strings (got int)",
  ],
];

for (const [args, message] of CALL_ERRORS) {
  Deno.test(`prefix_rule(${args}) is refused as the reference does`, () => {
    assert.equal(
      problemOf(`# first\nprefix_rule(${args})`),
      `2:1: ${message}`,
    );
  });
}

const OTHER_ERRORS: readonly (readonly [string, string])[] = [
  [
    'host_executable(name="git", paths=["git"])',
    "invalid rule: host_executable paths must be absolute (got git)",
  ],
  [
    'host_executable(name="/a/git", paths=["/a/git"])',
    "invalid rule: host_executable name must be a bare executable name (got /a/git)",
  ],
  [
    'host_executable(name="git", paths=["/a/hub"])',
    "invalid rule: host_executable path `/a/hub` must have basename `git`",
  ],
  [
    'host_executable(name="", paths=["/a"])',
    "invalid rule: host_executable name cannot be empty",
  ],
  [
    'network_rule(host="*.a.com", protocol="https", decision="allow")',
    "invalid rule: network_rule host must be a specific host; wildcards are not allowed",
  ],
  [
    'network_rule(host="", protocol="https", decision="allow")',
    "invalid rule: network_rule host cannot be empty",
  ],
  [
    'network_rule(host="a b", protocol="https", decision="allow")',
    "invalid rule: network_rule host cannot contain whitespace",
  ],
  [
    'network_rule(host="https://a.com", protocol="https", decision="allow")',
    "invalid rule: network_rule host must be a hostname or IP literal (without scheme or path)",
  ],
  [
    'network_rule(host="a.com", protocol="ftp", decision="allow")',
    "invalid rule: network_rule protocol must be one of http, https, socks5_tcp, socks5_udp (got ftp)",
  ],
  [
    'network_rule(host="a.com", protocol="http")',
    "Missing parameter `decision` for call to `network_rule`",
  ],
];

for (const [call, message] of OTHER_ERRORS) {
  Deno.test(`${call} is refused as the reference does`, () => {
    assert.equal(problemOf(call), `1:1: ${message}`);
  });
}

Deno.test("examples are checked against their own call's rules, by program name too", () => {
  assert.equal(
    problemOf('prefix_rule(["a"])\nprefix_rule(["b"], match=["b x", "a x"])'),
    '2:1: expected every example to match at least one rule. rules: `b`; unmatched examples: ["a x"]',
  );
  assert.equal(
    problemOf('prefix_rule(["a"], not_match=["a b", "c"])'),
    "1:1: expected example to not match rule `a`: a b",
  );
  assert.equal(problemOf('prefix_rule(["a"], match=["/usr/bin/a x"])'), "ok");
  assert.equal(
    problemOf(
      'prefix_rule(["a"], match=["/usr/bin/a x"])\nhost_executable("a", ["/b/a"])',
    ).slice(0, 4),
    "1:1:",
  );
});

const SUPPORTED =
  "a rule file holds calls of prefix_rule, host_executable and network_rule, and constants";

for (
  const [text, problem] of [
    ["def f():\n  pass", `1:1: unexpected \`def\`: ${SUPPORTED}`],
    ['for x in ["a"]:\n  pass', `1:1: unexpected \`for\`: ${SUPPORTED}`],
    ['\nload("a.star", "b")', `2:1: unknown function \`load\`: ${SUPPORTED}`],
    ['  prefix_rule(["a"])', `1:3: unexpected indentation: ${SUPPORTED}`],
    [
      "prefix_rule(x)",
      "1:13: unknown name `x`: only strings, lists, True, False and constants of this file can be values",
    ],
    ['prefix_rule(["a"]', '1:18: unexpected end of line, expected "," or ")"'],
    [
      'prefix_rule(["a"]))',
      "1:19: unexpected `)`, expected the end of the line",
    ],
    [
      'prefix_rule(["a" "b"])',
      '1:18: unexpected string "b", expected "," or "]"',
    ],
    ['x = {"a": 1}', "1:5: unexpected `{`, expected a value"],
    ['x = "a', "1:5: this string has no closing quote"],
    ['x = """a\n', "1:5: this string has no closing quote"],
    ['x = "a" + ["b"]', "1:9: cannot add list to string"],
    ["x = 1.5", "1:5: unexpected `1.5`, expected a value"],
    ["prefix_rule[0]", `1:1: unexpected \`prefix_rule\`: ${SUPPORTED}`],
    ["?", '1:1: unexpected character "?"'],
    [
      'prefix_rule(pattern=["a"], ["b"])',
      "1:28: a named argument must have a name",
    ],
    [
      'prefix_rule(pattern=["a"], pattern=["b"])',
      "1:28: repeated argument `pattern`",
    ],
    [
      'prefix_rule(["a"], pattern=["b"])',
      "1:1: Argument `pattern` occurs more than once",
    ],
    [`x = ${"[".repeat(40)}`, "1:21: these lists are nested too deeply"],
    ['x = "\\U00110000"', "1:16: \\U00110000 is not a character"],
  ] as const
) {
  Deno.test(`${JSON.stringify(text.slice(0, 40))} is an error with its place`, () => {
    assert.equal(problemOf(text), problem);
  });
}

Deno.test("lines are counted through strings, continuations and brackets", () => {
  assert.equal(
    problemOf('x = """a\n\n"""\ny = [\n"a",\n"b\\\nc"]\nz = "a" \\\n + "b"\n?'),
    '10:1: unexpected character "?"',
  );
});
