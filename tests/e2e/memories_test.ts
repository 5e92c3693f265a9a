/** Notes of earlier sessions: who reads them, who writes them, and when nobody does. */
import assert from "node:assert/strict";
import {
  type CodexRun,
  makeWorkspace,
  mockProvider,
  runCodex,
  type Workspace,
} from "@test/support/codex.ts";
import {
  message,
  type MockServer,
  type MockStep,
  response,
  startMockServer,
  status,
  webSearch,
} from "@test/support/mock_responses_server.ts";

interface Run extends CodexRun {
  readonly workspace: Workspace;
  readonly server: MockServer;
}

async function withMemories(
  config: string,
  steps: readonly MockStep[],
  use: (run: Run) => Promise<void> | void,
  options: {
    readonly args?: readonly string[];
    /** Below `memories/`. */
    readonly files?: Readonly<Record<string, string>>;
  } = {},
): Promise<void> {
  await using server = startMockServer(steps);
  await using workspace = await makeWorkspace();
  await Deno.writeTextFile(
    `${workspace.home}/config.toml`,
    `${mockProvider(server.url)}\n${config}`,
  );
  for (const [name, text] of Object.entries(options.files ?? {})) {
    const path = `${workspace.home}/memories/${name}`;
    await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
    await Deno.writeTextFile(path, text);
  }
  const args = ["exec", ...options.args ?? [], "hi"];
  await use({ ...await runCodex({ workspace, args }), workspace, server });
}

const ON = "[features]\nmemories = true\n";
const WRITES = `${ON}[memories]\ngenerate_memories = true\n`;
const NOTES = {
  "notes/2026-01-01T00-00-00-a.md": "older",
  "notes/2026-02-01T00-00-00-b.md": "newer",
  "notes/not a note.txt": "other",
};

function section({ server }: Run): string | undefined {
  const parts: readonly { text: string }[] = server.requests[0]?.body.input[0]
    .content;
  return parts.map(({ text }) => text)
    .find((text) => text.startsWith("<memories>"));
}

async function notesOf({ workspace }: Run): Promise<readonly string[]> {
  try {
    const names = Deno.readDir(`${workspace.home}/memories/notes`);
    return (await Array.fromAsync(names)).map(({ name }) => name);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

Deno.test("notes are told newest first, and only when memories are on", async () => {
  const steps = [response(message("ok"))];
  await withMemories(ON, steps, (run) => {
    const words = section(run)?.split("\n\n").slice(2);
    assert.deepEqual(words, ["newer", "older", "</memories>"]);
  }, { files: NOTES });
  await withMemories(ON, steps, (run) => {
    assert.equal(section(run), undefined);
  });
  for (const config of ["", `${ON}[memories]\nuse_memories = false\n`]) {
    await withMemories(config, steps, (run) => {
      assert.equal(section(run), undefined);
    }, { files: NOTES });
  }
});

Deno.test("notes have a budget: the newest fit, a summary comes first", async () => {
  const files = {
    "memory_summary.md": "summary",
    "notes/1.md": "x".repeat(10_000),
    "notes/2.md": "y".repeat(10_000),
  };
  await withMemories(ON, [response(message("ok"))], (run) => {
    const words = section(run)?.split("\n\n").slice(2, -1);
    assert.deepEqual(words, ["summary", "y".repeat(10_000)]);
  }, { files });
});

Deno.test("a session leaves a note when that is asked for, for the owner's eyes only", async () => {
  const key = `sk-${"a1".repeat(12)}`;
  const steps = [
    response(message("done")),
    response(message(`- prefers tabs\n- the key is ${key}`)),
  ];
  await withMemories(WRITES, steps, async (run) => {
    assert.deepEqual([run.code, run.stdout], [0, "done\n"]);
    const [name, ...others] = await notesOf(run);
    assert.deepEqual(others, []);
    const path = `${run.workspace.home}/memories/notes/${name}`;
    const text = await Deno.readTextFile(path);
    assert.match(
      text,
      /^## \d{4}-\d\d-\d\d, in \/.*\n\n- prefers tabs\n- the key is \[redacted\]\n$/,
    );
    assert.equal(((await Deno.stat(path)).mode ?? 0) & 0o777, 0o600);
    const [first, last] = run.server.requests.map(({ body }) => body);
    assert.deepEqual(last.tools, []);
    assert.deepEqual(last.input.slice(0, first.input.length), first.input);
    assert.match(last.input.at(-1).content[0].text, /^The session is over\./);
  });
});

Deno.test("nothing is written unless asked for, nor of a session that leaves nothing worth it", async () => {
  const note = response(message("- a note"));
  const done = response(message("done"));
  const cases: readonly (readonly [
    string,
    readonly MockStep[],
    readonly string[],
    number,
  ])[] = [
    [ON, [done, note], [], 1],
    ["[memories]\ngenerate_memories = true\n", [done, note], [], 1],
    [WRITES, [done, note], ["--ephemeral"], 1],
    [WRITES, [done, response(message("NOTHING"))], [], 2],
    [WRITES, [status(400, { message: "bad" }), note], [], 1],
    [
      WRITES,
      [
        response(
          webSearch({ type: "search", query: "x" }, "ws"),
          message("done"),
        ),
        note,
      ],
      [],
      1,
    ],
  ];
  for (const [config, steps, args, requests] of cases) {
    await withMemories(config, steps, async (run) => {
      assert.deepEqual(
        [await notesOf(run), run.server.requests.length],
        [[], requests],
        config + args.join(" "),
      );
    }, { args });
  }
});

Deno.test("notes that cannot be had or written are one line in the log, and the run succeeds", async () => {
  const done = response(message("done"));
  await withMemories(
    WRITES,
    [done, status(400, { message: "no" })],
    async (run) => {
      assert.deepEqual([run.code, run.stdout, await notesOf(run)], [
        0,
        "done\n",
        [],
      ]);
      assert.match(run.stderr, /no notes were kept of this session: /);
    },
  );
  await using server = startMockServer([done, response(message("- a note"))]);
  await using workspace = await makeWorkspace();
  await Deno.writeTextFile(
    `${workspace.home}/config.toml`,
    `${mockProvider(server.url)}\n${WRITES}`,
  );
  await Deno.symlink(workspace.cwd, `${workspace.home}/memories`);
  const run = await runCodex({ workspace, args: ["exec", "hi"] });
  assert.equal(run.code, 0);
  assert.match(run.stderr, /memories" is a link/);
  assert.deepEqual(
    [...Deno.readDirSync(workspace.cwd)].map(({ name }) => name),
    [".git"],
  );
});
