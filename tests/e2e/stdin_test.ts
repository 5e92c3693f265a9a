/** Where exec's prompt comes from: the argument, standard input, or both. */
import assert from "node:assert/strict";
import {
  CODEX,
  collect,
  makeWorkspace,
  runCodex,
  spawnCodex,
} from "@test/support/codex.ts";
import {
  message,
  response,
  startMockServer,
} from "@test/support/mock_responses_server.ts";

const READING_PROMPT = "Reading prompt from stdin...\n";
const READING_MORE = "Reading additional input from stdin...\n";
const NOTHING = "No prompt provided via stdin.";
const NOT_UTF8 =
  "Failed to read prompt from stdin: input is not valid UTF-8 (invalid byte at offset 4). Convert it to UTF-8 and retry (e.g., `iconv -f <ENC> -t UTF-8 prompt.txt`).";
const UTF32 =
  "Failed to read prompt from stdin: input appears to be UTF-32LE. Convert it to UTF-8 and retry.";

interface Row {
  readonly stdin: string;
  readonly bytes: string | Uint8Array;
  /** The prompt for each way to ask, or the complaint. */
  readonly without: Expected;
  readonly dash: Expected;
  readonly beside: Expected;
}

type Expected = { readonly prompt: string } | { readonly error: string };

const ROWS: readonly Row[] = [
  {
    stdin: "of two lines",
    bytes: "line A\nline B\n",
    without: { prompt: "line A\nline B\n" },
    dash: { prompt: "line A\nline B\n" },
    beside: { prompt: "P\n\n<stdin>\nline A\nline B\n</stdin>" },
  },
  {
    stdin: "without a last line feed",
    bytes: "x",
    without: { prompt: "x" },
    dash: { prompt: "x" },
    beside: { prompt: "P\n\n<stdin>\nx\n</stdin>" },
  },
  {
    stdin: "that is empty",
    bytes: "",
    without: { error: NOTHING },
    dash: { error: NOTHING },
    beside: { prompt: "P" },
  },
  {
    stdin: "of blanks",
    bytes: " \n\t\n",
    without: { error: NOTHING },
    dash: { error: NOTHING },
    beside: { prompt: "P" },
  },
  {
    stdin: "with a byte order mark",
    bytes: "\uFEFFhello bom\n",
    without: { prompt: "hello bom\n" },
    dash: { prompt: "hello bom\n" },
    beside: { prompt: "P\n\n<stdin>\nhello bom\n</stdin>" },
  },
  {
    stdin: "in UTF-16",
    bytes: utf16("\uFEFFhällo"),
    without: { prompt: "hällo" },
    dash: { prompt: "hällo" },
    beside: { prompt: "P\n\n<stdin>\nhällo\n</stdin>" },
  },
  {
    stdin: "in UTF-32",
    bytes: Uint8Array.of(0xff, 0xfe, 0, 0, 0x41, 0, 0, 0),
    without: { error: UTF32 },
    dash: { error: UTF32 },
    beside: { error: UTF32 },
  },
  {
    stdin: "that is no text",
    bytes: Uint8Array.of(0x61, 0x62, 0x63, 0x64, 0xff, 0x65),
    without: { error: NOT_UTF8 },
    dash: { error: NOT_UTF8 },
    beside: { error: NOT_UTF8 },
  },
];

for (const row of ROWS) {
  Deno.test(`exec takes its prompt from standard input ${row.stdin}`, async () => {
    await using server = startMockServer(
      Array.from({ length: 3 }, () => response(message("ok"))),
    );
    await using workspace = await makeWorkspace(server);
    const ask = async (args: readonly string[]) => {
      const before = server.requests.length;
      const run = await runCodex({
        workspace,
        args: ["exec", "--json", ...args],
        stdin: row.bytes,
      });
      const prompt = server.requests[before]?.body.input.at(-1).content[0].text;
      return { code: run.code, stderr: run.stderr, prompt };
    };
    // One after the other: the requests are told apart by their order.
    const found = [await ask([]), await ask(["-"]), await ask(["P"])];
    assert.deepEqual(found, [
      expected(row.without, READING_PROMPT),
      expected(row.dash, ""),
      expected(row.beside, READING_MORE),
    ]);
  });
}

function expected(outcome: Expected, notice: string) {
  return "prompt" in outcome
    ? { code: 0, stderr: notice, prompt: outcome.prompt }
    : {
      code: 1,
      stderr: `${notice}Error: ${outcome.error}\n`,
      prompt: undefined,
    };
}

function utf16(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length * 2);
  const view = new DataView(bytes.buffer);
  for (let index = 0; index < text.length; index++) {
    view.setUint16(index * 2, text.charCodeAt(index), true);
  }
  return bytes;
}

const WAIT = ["-c", "exec.stdin_wait_ms=200"];

Deno.test("exec with a prompt goes on without a pipe that nobody writes to, and says so", async () => {
  await using server = startMockServer([response(message("ok"))]);
  await using workspace = await makeWorkspace(server);
  const child = spawnCodex({
    workspace,
    args: ["exec", ...WAIT, "--json", "P"],
  });
  // Standard input stays open until the program has ended.
  const run = await collect(child);
  await child.stdin.close().catch(() => undefined);
  assert.equal(run.code, 0, run.stderr);
  assert.equal(
    run.stderr,
    READING_MORE +
      "No input on stdin after 0.2 s; going on without it (--stdin wait waits, --stdin ignore does not look)\n",
  );
  assert.equal(server.requests[0]?.body.input.at(-1).content[0].text, "P");
});

Deno.test("exec --stdin ignore does not look at standard input", async () => {
  await using server = startMockServer([response(message("ok"))]);
  await using workspace = await makeWorkspace(server);
  const child = spawnCodex({
    workspace,
    args: ["exec", "--stdin", "ignore", "--json", "P"],
  });
  const run = await collect(child);
  await child.stdin.close().catch(() => undefined);
  assert.deepEqual([run.code, run.stderr], [0, ""]);
  assert.equal(server.requests[0]?.body.input.at(-1).content[0].text, "P");
});

Deno.test("exec --stdin wait waits for the end of standard input", async () => {
  await using server = startMockServer([response(message("ok"))]);
  await using workspace = await makeWorkspace(server);
  const child = spawnCodex({
    workspace,
    args: [
      "exec",
      "-c",
      "exec.stdin_wait_ms=1",
      "--stdin",
      "wait",
      "--json",
      "P",
    ],
  });
  const stderr = child.stderr.pipeThrough(new TextDecoderStream()).getReader();
  // Its notice says that it reads; a wait of 1 ms would be over by the time we write.
  const notice = (await stderr.read()).value;
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode("late\n"));
  await writer.close();
  const [stdout, rest, status] = await Promise.all([
    new Response(child.stdout).text(),
    stderr.read(),
    child.status,
  ]);
  assert.equal(status.code, 0, stdout);
  assert.deepEqual([notice, rest.value], [READING_MORE, undefined]);
  assert.equal(
    server.requests[0]?.body.input.at(-1).content[0].text,
    "P\n\n<stdin>\nlate\n</stdin>",
  );
});

Deno.test({
  name: "exec waits as long as a process of its own pipeline may still write",
  ignore: Deno.build.os !== "linux",
  async fn() {
    await using server = startMockServer([response(message("ok"))]);
    await using workspace = await makeWorkspace(server);
    const run = await runCodex({
      workspace,
      program: "/bin/bash",
      args: [
        "-c",
        '(sleep 1; echo late) | "$0" exec -c exec.stdin_wait_ms=200 P',
        CODEX,
      ],
    });
    assert.equal(run.code, 0, run.stderr);
    assert.equal(
      server.requests[0]?.body.input.at(-1).content[0].text,
      "P\n\n<stdin>\nlate\n</stdin>",
    );
  },
});

Deno.test("exec resume with a prompt does not read standard input", async () => {
  await using server = startMockServer([
    response(message("one")),
    response(message("two")),
  ]);
  await using workspace = await makeWorkspace(server);
  await runCodex({ workspace, args: ["exec", "first"] });
  const run = await runCodex({
    workspace,
    args: ["exec", "resume", "--last", "--json", "second"],
    stdin: "not looked at\n",
  });
  assert.deepEqual([run.code, run.stderr], [0, ""]);
  assert.equal(server.requests[1]?.body.input.at(-1).content[0].text, "second");
});
