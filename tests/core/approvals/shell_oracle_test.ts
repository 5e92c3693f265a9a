/**
 * What is taken for plain commands is exactly what bash runs: random scripts, made of
 * what quoting and syntax are made of, are run by a bash in which every command only
 * tells its words.
 */
import assert from "node:assert/strict";
import { readCommand } from "@/exec-policy/reading.ts";

const PIECES = [
  "xa",
  "xb",
  " ",
  " ",
  "  ",
  "\t",
  "\n",
  "'x c'",
  '"x d"',
  'x"e"',
  "''",
  '""',
  ";",
  "&&",
  "|",
  "||",
  "-n ",
  "a=b",
  "\\",
  "#",
  " # q",
  "=",
  "%",
  "~",
  "{",
  "}",
  "{a,b}",
  "*",
  "?",
  "[",
  "$x",
  "$(xa)",
  "`xb`",
  "(",
  ")",
  "&",
  ">/dev/null",
  "<<<",
  "!",
  "é",
  "\u00a0",
  "\r",
  "if",
  "then",
  "time",
  "\\\n",
  "$'x'",
];

const SCRIPTS = 4_000;

/** Prints the words of every command nobody knows, one command a line. */
const TELLER =
  `command_not_found_handle() { printf 'RUN' >&9; printf ' <%s>' "$@" >&9; printf '\\0' >&9; }\n`;

const hasBash = await Deno.stat("/bin/bash").then(() => true, () => false);

Deno.test({
  name: "every plain script runs the commands it was taken for",
  ignore: !hasBash,
  async fn() {
    const plain = randomScripts(SCRIPTS).flatMap((script) => {
      const { segments } = readCommand(["bash", "-c", script], "/bin/bash");
      return segments === undefined ? [] : [{ script, segments }];
    });
    assert.ok(plain.length > 50, "too few plain scripts to say anything");
    const directory = await Deno.makeTempDir();
    try {
      for (const { script, segments } of plain) {
        const told = await tell(script, `${directory}/log`);
        const expected = segments.map(({ argv }) =>
          `RUN${argv.map((word) => ` <${word}>`).join("")}`
        );
        // Either side of `||` may be skipped; pipes run in any order.
        for (const line of told) {
          assert.ok(
            expected.includes(line),
            `${JSON.stringify(script)}: ${line}`,
          );
        }
        if (script.includes("||")) continue;
        assert.deepEqual(told.toSorted(), expected.toSorted(), script);
      }
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  },
});

async function tell(
  script: string,
  log: string,
): Promise<readonly string[]> {
  await new Deno.Command("/bin/bash", {
    args: ["-c", 'exec 9>"$0"; exec /bin/bash -c "$1"', log, TELLER + script],
    clearEnv: true,
    env: { PATH: "/nonexistent", LC_ALL: "C.UTF-8" },
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).output();
  return (await Deno.readTextFile(log)).split("\0").filter((line) =>
    line !== ""
  );
}

/** The same scripts every time. */
function randomScripts(count: number): readonly string[] {
  let state = 20_261_122;
  const next = (max: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor(state / 2 ** 32 * max);
  };
  return Array.from({ length: count }, () =>
    Array.from(
      { length: 2 + next(6) },
      () => PIECES[next(next(2) === 0 ? 17 : PIECES.length)],
    ).join(""));
}
