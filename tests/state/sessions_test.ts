/** Finding a stored thread: by id, by name, the newest that fits. */
import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { createPlatform } from "@/platform/deno.ts";
import { denoFiles } from "@/platform/files.ts";
import { DATABASE_FILE } from "@/state/database.ts";
import { openKnownSessions } from "@/state/known_sessions.ts";
import {
  findByName,
  findLatest,
  findSession,
  rolloutPath,
} from "@/state/sessions.ts";
import { openThreadLists } from "@/state/thread_lists.ts";

const [A, B, C] = ["a", "b", "c"].map((digit) =>
  `01a20461-c44a-7f81-be73-f34280a2ded${digit}`
) as [string, string, string];

interface Stored {
  readonly id: string;
  readonly provider: string;
  readonly cwd: string;
  /** Where its last turn ran, when it moved. */
  readonly lastCwd?: string;
  readonly modified: number;
}

async function withHome(
  stored: readonly Stored[],
  use: (home: string) => Promise<void>,
): Promise<void> {
  const home = await Deno.makeTempDir();
  try {
    for (const { id, provider, cwd, lastCwd, modified } of stored) {
      const path = rolloutPath(home, id, Date.UTC(2026, 0, 2));
      await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), {
        recursive: true,
      });
      const lines = [
        {
          type: "session_meta",
          payload: { id, cwd, model_provider: provider },
        },
        { type: "event_msg", payload: { text: '"turn_context"', cwd: "/no" } },
        ...(lastCwd === undefined
          ? []
          : [{ type: "turn_context", payload: { cwd: lastCwd } }]),
      ];
      await Deno.writeTextFile(
        path,
        lines.map((line) => `${JSON.stringify(line)}\n`).join(""),
      );
      await Deno.utime(path, modified, modified);
    }
    await use(home);
  } finally {
    await Deno.remove(home, { recursive: true });
  }
}

const STORED: readonly Stored[] = [
  { id: A, provider: "mock", cwd: "/one", modified: 300 },
  { id: B, provider: "mock", cwd: "/one", lastCwd: "/two", modified: 200 },
  { id: C, provider: "other", cwd: "/one", modified: 400 },
];

Deno.test("a rollout's path holds the day and the second it began", () => {
  assert.match(
    rolloutPath("/home", A, Date.UTC(2026, 0, 2, 3, 4, 5)),
    /^\/home\/sessions\/\d{4}\/\d\d\/\d\d\/rollout-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d-01a20461-c44a-7f81-be73-f34280a2deda\.jsonl$/,
  );
});

Deno.test("a thread is found by its id, in any case of letters", () =>
  withHome(STORED, async (home) => {
    const found = await findSession(denoFiles, home, A.toUpperCase());
    assert.equal(found?.id, A);
    const unknown = A.replace("01a2", "ffff");
    assert.equal(await findSession(denoFiles, home, unknown), undefined);
  }));

Deno.test("the newest thread is the last written one of the provider, in its last directory", () =>
  withHome(STORED, async (home) => {
    const find = async (provider: string, cwd?: string) =>
      (await findLatest(
        { files: denoFiles, codexHome: home },
        cwd === undefined ? { provider } : { provider, cwd },
      ))?.id;
    assert.deepEqual(
      [
        await find("mock"),
        await find("mock", "/one"),
        await find("mock", "/two"),
        await find("mock", "/three"),
        await find("other"),
        await find("nobody"),
      ],
      [A, A, B, undefined, C, undefined],
    );
  }));

Deno.test("a name is that of the thread named so last; damaged lines name nothing", () =>
  withHome(STORED, async (home) => {
    const lines = [
      { id: A, thread_name: "shared" },
      { id: B, thread_name: "shared" },
      { id: A, thread_name: "renamed" },
      { id: C, thread_name: "foreign" },
      { id: "gone", thread_name: "gone" },
    ];
    await Deno.writeTextFile(
      `${home}/session_index.jsonl`,
      `{half\n${lines.map((line) => JSON.stringify(line)).join("\n")}\n{"id`,
    );
    const find = async (name: string, cwd?: string) =>
      (await findByName(
        { files: denoFiles, codexHome: home },
        name,
        cwd === undefined ? { provider: "mock" } : { provider: "mock", cwd },
      ))?.id;
    assert.deepEqual(
      [
        await find("shared"),
        await find("renamed"),
        await find("renamed", "/two"),
        await find("foreign"),
        await find("gone"),
        await find("never"),
      ],
      [B, A, undefined, undefined, undefined, undefined],
    );
  }));

Deno.test("without a sessions directory nothing is found", () =>
  withHome([], async (home) => {
    assert.deepEqual(
      [
        await findSession(denoFiles, home, A),
        await findLatest({ files: denoFiles, codexHome: home }, {
          provider: "mock",
        }),
        await findByName({ files: denoFiles, codexHome: home }, "x", {
          provider: "mock",
        }),
      ],
      [undefined, undefined, undefined],
    );
  }));

Deno.test("an index is believed of files as it read them, and of no others", () =>
  withHome(STORED, async (home) => {
    const ports = {
      ...createPlatform(),
      codexHome: home,
      sqliteHome: home,
    };
    const find = async () => {
      const known = await openKnownSessions(ports, home);
      try {
        const places = { files: denoFiles, codexHome: home, known };
        return (await findLatest(places, { provider: "mock", cwd: "/two" }))
          ?.id;
      } finally {
        known?.close();
      }
    };
    // There is none, and none is made.
    assert.equal(await find(), B);
    assert.equal(
      [...Deno.readDirSync(home)].some(({ name }) => name.includes("sqlite")),
      false,
    );
    const lists = await openThreadLists(ports);
    await lists.list({
      isArchived: false,
      sortKey: "created",
      direction: "ascending",
      limit: 1,
      isFresh: true,
    }, new AbortController().signal);
    lists.close();
    const path = `${home}/${DATABASE_FILE}`;
    const database = new DatabaseSync(path);
    database.exec(`UPDATE threads SET cwd = '/two' WHERE id = '${A}'`);
    database.close();
    assert.equal(await find(), A);
    // The file was written to since, so it is read.
    await Deno.utime(rolloutPath(home, A, Date.UTC(2026, 0, 2)), 500, 500);
    assert.equal(await find(), B);
    await Deno.writeTextFile(path, "no database");
    assert.equal(await find(), B);
  }));
