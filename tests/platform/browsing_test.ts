import assert from "node:assert/strict";
import { createBrowsing, openerOf } from "@/platform/browsing.ts";
import { NEVER } from "@test/support/fake_clock.ts";

const env = (variables: Readonly<Record<string, string>>) => ({
  get: (name: string) => variables[name],
  all: () => variables,
});

Deno.test("an address is opened by each system's own program, and not where there is no screen", () => {
  assert.deepEqual(openerOf("darwin", env({})), ["open"]);
  assert.deepEqual(openerOf("windows", env({})), [
    "rundll32",
    "url.dll,FileProtocolHandler",
  ]);
  assert.deepEqual(openerOf("linux", env({ DISPLAY: ":0" })), ["xdg-open"]);
  assert.equal(openerOf("linux", env({ DISPLAY: "" })), undefined);
  assert.equal(
    createBrowsing(env({})).open(new URL("http://127.0.0.1:9")),
    Deno.build.os !== "linux",
  );
});

Deno.test("requests wait to be answered, each gets its answer, and the port is closed after", async () => {
  const browsing = createBrowsing(env({}));
  let port = 0;
  {
    await using listener = browsing.listen(undefined);
    port = listener.port;
    const first = fetch(`http://127.0.0.1:${port}/a?x=1`);
    const request = await listener.next(NEVER);
    assert.equal(request.url.pathname + request.url.search, "/a?x=1");
    request.respond(201, "one");
    const response = await first;
    assert.deepEqual([response.status, await response.text()], [201, "one"]);
    assert.equal(response.headers.get("referrer-policy"), "no-referrer");
    assert.throws(() => browsing.listen(port), /in use/);
    await assert.rejects(
      listener.next(AbortSignal.abort(new Error("enough"))),
      { message: "enough" },
    );
  }
  await assert.rejects(fetch(`http://127.0.0.1:${port}/`));
});

Deno.test("requests nobody answers end with the listener, and too many are turned away", async () => {
  const listener = createBrowsing(env({})).listen(undefined);
  const url = `http://127.0.0.1:${listener.port}/`;
  const turnedAway = Promise.withResolvers<void>();
  let answered = 0;
  const texts = Promise.all(
    Array.from({ length: 40 }, async () => {
      const response = await fetch(url);
      const text = await response.text();
      // 16 wait, the others are answered at once.
      if (++answered === 24) turnedAway.resolve();
      return `${response.status} ${text}`;
    }),
  );
  await turnedAway.promise;
  await listener[Symbol.asyncDispose]();
  const counts = Map.groupBy(await texts, (text) => text);
  assert.deepEqual(
    new Map([...counts].map(([text, all]) => [text, all.length])),
    new Map([["503 Too many requests", 24], ["503 Too late", 16]]),
  );
});
