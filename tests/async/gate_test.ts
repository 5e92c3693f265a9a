import assert from "node:assert/strict";
import { Gate } from "@/async/gate.ts";

const never = new AbortController().signal;

/** Tasks that say when they begin and end when they are told to. */
function tasks() {
  const begun: string[] = [];
  const ends = new Map<string, PromiseWithResolvers<void>>();
  const starts = new Map<string, PromiseWithResolvers<void>>();
  const start = (name: string) => {
    const known = starts.get(name) ?? Promise.withResolvers<void>();
    starts.set(name, known);
    return known;
  };
  return {
    begun,
    make: (name: string) => async () => {
      const end = Promise.withResolvers<void>();
      ends.set(name, end);
      begun.push(name);
      start(name).resolve();
      await end.promise;
      return name;
    },
    async end(name: string) {
      await start(name).promise;
      ends.get(name)?.resolve();
    },
  };
}

Deno.test("Gate lets so many in, the others in their order", async () => {
  const gate = new Gate(2);
  const { begun, make, end } = tasks();
  const running = ["a", "b", "c", "d"]
    .map((name) => gate.run(make(name), never));
  await Promise.resolve();
  assert.deepEqual(begun, ["a", "b"]);
  await end("b");
  assert.equal(await running[1], "b");
  for (const name of ["c", "a", "d"]) await end(name);
  assert.deepEqual(await Promise.all(running), ["a", "b", "c", "d"]);
  assert.deepEqual(begun, ["a", "b", "c", "d"]);
});

Deno.test("Gate goes on after a task that failed, and without one that gave up", async () => {
  const gate = new Gate(1);
  const { begun, make, end } = tasks();
  const failing = gate.run(async () => {
    throw new Error("broken");
  }, never);
  await assert.rejects(failing, /broken/);
  const first = gate.run(make("first"), never);
  const impatient = new AbortController();
  const left = gate.run(make("left"), impatient.signal);
  const last = gate.run(make("last"), never);
  impatient.abort(new Error("no time"));
  await assert.rejects(left, /no time/);
  await end("first");
  await first;
  await end("last");
  assert.equal(await last, "last");
  assert.deepEqual(begun, ["first", "last"]);
});

Deno.test("Gate does not lose a place that is given to one who gives up", async () => {
  const gate = new Gate(1);
  const { make, end } = tasks();
  const first = gate.run(make("first"), never);
  const impatient = new AbortController();
  const left = gate.run(make("left"), impatient.signal);
  await end("first");
  impatient.abort(new Error("no time"));
  await Promise.allSettled([first, left]);
  const last = gate.run(make("last"), never);
  await end("last");
  assert.equal(await last, "last");
});
