/** The index of threads: in step with the files, whatever happened to either. */
import assert from "node:assert/strict";
import { createPlatform } from "@/platform/deno.ts";
import { CodexError } from "@/protocol/errors.ts";
import type { ThreadQuery, ThreadStore } from "@/protocol/stored_threads.ts";
import { DATABASE_FILE } from "@/state/database.ts";
import { createThreadStore } from "@/state/thread_store.ts";
import { placeRollout } from "@test/support/rollouts.ts";

const ALL: ThreadQuery = {
  isArchived: false,
  sortKey: "created",
  direction: "descending",
  limit: 100,
  isFresh: true,
};

const idOf = (digit: string) => `01a20461-c44a-7f81-be73-f34280a2ded${digit}`;
const [A, B, C] = ["a", "b", "c"].map(idOf) as [string, string, string];

interface Given {
  readonly id: string;
  readonly text: string;
  readonly source?: unknown;
  readonly provider?: string;
  readonly cwd?: string;
  /** Seconds after the first. */
  readonly at?: number;
}

function linesOf(
  { id, text, source = "cli", provider = "mock", cwd = "/w", at = 0 }: Given,
): string {
  const timestamp = new Date(Date.UTC(2026, 0, 2) + at * 1000).toISOString();
  return [
    {
      type: "session_meta",
      payload: {
        id,
        timestamp,
        cwd,
        source,
        cli_version: "0.124.0",
        model_provider: provider,
      },
    },
    { type: "event_msg", payload: { type: "user_message", message: text } },
    {
      type: "event_msg",
      payload: {
        type: "token_count",
        info: { total_token_usage: { total_tokens: 720 } },
      },
    },
  ].map((line) => `${JSON.stringify(line)}\n`).join("");
}

interface Place {
  readonly home: string;
  readonly database: string;
  place(thread: Given): Promise<string>;
  /** A store of its own, as another process has one. */
  open(): ThreadStore;
}

async function withHome(use: (place: Place) => Promise<void>): Promise<void> {
  const home = await Deno.makeTempDir();
  const opened: ThreadStore[] = [];
  try {
    await use({
      home,
      database: `${home}/${DATABASE_FILE}`,
      place: (thread) => placeRollout({ home }, thread.id, linesOf(thread)),
      open() {
        const store = createThreadStore({
          ...createPlatform(),
          codexHome: home,
          sqliteHome: home,
        });
        opened.push(store);
        return store;
      },
    });
  } finally {
    for (const store of opened) await store.close();
    await Deno.remove(home, { recursive: true });
  }
}

async function textsOf(
  store: ThreadStore,
  query: Partial<ThreadQuery> = {},
): Promise<readonly string[]> {
  const signal = new AbortController().signal;
  const { threads } = await store.list({ ...ALL, ...query }, signal);
  return threads.map(({ name, preview }) => name ?? preview);
}

const failsWith = (code: string, text: RegExp) => (error: unknown) =>
  error instanceof CodexError && error.code === code &&
  text.test(error.message);

Deno.test("an index is made of the files, and follows what happens to them", () =>
  withHome(async ({ place, open, home }) => {
    const store = open();
    assert.deepEqual(await textsOf(store), []);
    const path = await place({ id: A, text: "first" });
    await place({ id: B, text: "second", at: 1 });
    assert.deepEqual(await textsOf(store), ["second", "first"]);
    const other = open();
    assert.deepEqual(await textsOf(other), ["second", "first"]);

    await Deno.writeTextFile(path, linesOf({ id: A, text: "changed" }));
    await place({ id: C, text: "third", at: 2 });
    assert.deepEqual(await textsOf(store), ["third", "second", "changed"]);
    await store.rename(B, "named");
    assert.deepEqual(await textsOf(other), ["third", "named", "changed"]);
    await store.archive(B);
    assert.deepEqual(await textsOf(other), ["third", "changed"]);
    assert.deepEqual(await textsOf(other, { isArchived: true }), ["named"]);
    await Deno.remove(path);
    assert.deepEqual(await textsOf(store), ["third"]);

    await Deno.remove(`${home}/sessions`, { recursive: true });
    // Who wants what was known last gets that.
    assert.deepEqual(await textsOf(store, { isFresh: false }), ["third"]);
    assert.deepEqual(await textsOf(store), []);
  }));

Deno.test("a row tells all a list shows", () =>
  withHome(async ({ place, open }) => {
    const path = await place({ id: A, text: "first", source: { custom: "x" } });
    const signal = new AbortController().signal;
    const { threads: [thread] } = await open().list(ALL, signal);
    const found = await open().find(A);
    assert.deepEqual(thread, found);
    assert.equal(thread?.path, path);
    assert.deepEqual(thread?.source, { custom: "x" });
  }));

Deno.test("a file that is no thread hides no other, and half lines do no harm", () =>
  withHome(async ({ place, open, home }) => {
    await place({ id: A, text: "first" });
    await placeRollout({ home }, B, "no thread at all\n");
    const odd = {
      id: idOf("d"),
      cwd: "/w",
      timestamp: 7,
      source: { subagent: { thread_spawn: "?" } },
      cli_version: {},
      model_provider: [],
      git: { branch: {}, commit_hash: "abc" },
      forked_from_id: 1,
    };
    await placeRollout(
      { home },
      odd.id,
      linesOf({ id: odd.id, text: "odd" }).replace(
        /^.*\n/,
        `${JSON.stringify({ type: "session_meta", payload: odd })}\n`,
      ),
    );
    await placeRollout(
      { home },
      C,
      linesOf({ id: C, text: "cut", at: 1 })
        .slice(0, -9),
    );
    const store = open();
    // The odd one is as old as its file.
    assert.deepEqual(await textsOf(store), ["odd", "cut", "first"]);
    assert.deepEqual(await textsOf(store), ["odd", "cut", "first"]);
  }));

Deno.test("threads are filtered by what a client names", () =>
  withHome(async ({ place, open }) => {
    const spawned = {
      subagent: {
        thread_spawn: { parent_thread_id: A, depth: 1, agent_nickname: "n" },
      },
    };
    const given: readonly Given[] = [
      { id: idOf("0"), text: "Alpha 100%", at: 0 },
      { id: idOf("1"), text: "beta", source: "exec", at: 1 },
      { id: idOf("2"), text: "gamma", source: "mcp", at: 2 },
      { id: idOf("3"), text: "delta", source: spawned, at: 3 },
      { id: idOf("4"), text: "eps", source: { subagent: "review" }, at: 4 },
      { id: idOf("5"), text: "zeta", source: { subagent: "compact" }, at: 5 },
      {
        id: idOf("6"),
        text: "eta",
        source: { subagent: { other: "x" } },
        at: 6,
      },
      { id: idOf("7"), text: "theta", source: 5, at: 7 },
      { id: idOf("8"), text: "iota", provider: "other", cwd: "/x", at: 8 },
      { id: idOf("9"), text: "", at: 9 },
    ];
    for (const thread of given) await place(thread);
    const store = open();
    const cases: readonly [Partial<ThreadQuery>, readonly string[]][] = [
      [{ sourceKinds: ["exec"] }, ["beta"]],
      [{ sourceKinds: ["appServer"] }, ["gamma"]],
      [{ sourceKinds: ["subAgentThreadSpawn"] }, ["delta"]],
      [{ sourceKinds: ["subAgentReview"] }, ["eps"]],
      [{ sourceKinds: ["subAgentCompact"] }, ["zeta"]],
      [{ sourceKinds: ["subAgentOther"] }, ["eta"]],
      [{ sourceKinds: ["subAgent"] }, ["eta", "zeta", "eps", "delta"]],
      [{ sourceKinds: ["unknown"] }, ["theta"]],
      [{ providers: ["other", "none"] }, ["iota"]],
      [{ cwds: ["/x", "/y"] }, ["iota"]],
      [{ cwds: [] }, []],
      [{ searchTerm: "ALPHA" }, ["Alpha 100%"]],
      [{ searchTerm: "0%" }, ["Alpha 100%"]],
      [{ searchTerm: "%a" }, []],
      [{ searchTerm: "' OR 1=1 --" }, []],
      [{ direction: "ascending", limit: 2 }, ["Alpha 100%", "beta"]],
    ];
    for (const [query, expected] of cases) {
      assert.deepEqual(
        await textsOf(store, query),
        expected,
        JSON.stringify(query),
      );
    }
  }));

Deno.test("pages neither repeat nor leave out threads of the same moment", () =>
  withHome(async ({ place, open }) => {
    for (const digit of "0123456789") {
      await place({ id: idOf(digit), text: digit });
    }
    const store = open();
    const signal = new AbortController().signal;
    for (const direction of ["ascending", "descending"] as const) {
      const seen: string[] = [];
      let from: ThreadQuery["from"];
      while (true) {
        const page = await store.list({
          ...ALL,
          direction,
          limit: 3,
          ...(from === undefined ? {} : { from }),
        }, signal);
        seen.push(...page.threads.map(({ preview }) => preview));
        const last = page.threads.at(-1);
        if (!page.isMore || last === undefined) break;
        from = { atMs: last.createdAtMs, id: last.id, isIncluded: false };
      }
      const sorted = [..."0123456789"];
      assert.deepEqual(
        seen,
        direction === "ascending" ? sorted : sorted.reverse(),
      );
    }
  }));

Deno.test("only its owner may read the database", {
  ignore: Deno.build.os === "windows",
}, () =>
  withHome(async ({ place, open, database }) => {
    await place({ id: A, text: "first" });
    await textsOf(open());
    for (const file of [database, `${database}-wal`, `${database}-shm`]) {
      assert.equal(((await Deno.stat(file)).mode ?? 0) & 0o777, 0o600, file);
    }
  }));

Deno.test("a newer schema and a broken file are refused with a way out", () =>
  withHome(async ({ place, open, database }) => {
    await place({ id: A, text: "first" });
    await textsOf(open());
    const platform = createPlatform();
    const raw = await platform.databases.open(database);
    raw.script("PRAGMA user_version = 99");
    raw.close();
    await assert.rejects(
      textsOf(open()),
      failsWith("storage", /its schema 99 is newer .* sqlite_home$/),
    );
    for (const suffix of ["", "-wal", "-shm"]) {
      await Deno.remove(database + suffix).catch(() => undefined);
    }
    await Deno.writeTextFile(database, "this is no database".repeat(1000));
    const store = open();
    await assert.rejects(
      textsOf(store),
      failsWith("storage", /file is not a database; .* delete the file/),
    );
    // Done as told, the same program goes on.
    await Deno.remove(database);
    assert.deepEqual(await textsOf(store), ["first"]);
  }));

Deno.test("a list that is given up stops reading files", () =>
  withHome(async ({ place, open }) => {
    await place({ id: A, text: "first" });
    const reason = new Error("given up");
    await assert.rejects(
      open().list(ALL, AbortSignal.abort(reason)),
      (error) => error === reason,
    );
  }));
