import assert from "node:assert/strict";
import { abortable, TaskScope } from "@/async/scope.ts";

/** Resolves or rejects only by its signal. */
function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) return reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason));
  });
}

Deno.test("leaving a scope aborts its tasks and waits for them", async () => {
  const log: string[] = [];
  {
    await using scope = new TaskScope(new AbortController().signal);
    scope.spawn((signal) =>
      untilAborted(signal).catch(async () => {
        await Promise.resolve();
        log.push("task ended");
      })
    );
    log.push("leaving");
  }
  log.push("left");
  assert.deepEqual(log, ["leaving", "task ended", "left"]);
});

Deno.test("the first failure aborts the siblings with its error", async () => {
  const broken = new Error("broken");
  let reason: unknown;
  {
    await using scope = new TaskScope(new AbortController().signal);
    scope.spawn((signal) =>
      untilAborted(signal).catch((error) => void (reason = error))
    );
    await assert.rejects(
      scope.spawn(async () => {
        throw broken;
      }),
      broken,
    );
  }
  assert.equal(reason, broken);
});

Deno.test("a scope aborts with its parent, also one that was aborted before", async () => {
  const parent = new AbortController();
  await using scope = new TaskScope(parent.signal);
  const stop = new Error("stop");
  parent.abort(stop);
  await using late = new TaskScope(parent.signal);
  assert.deepEqual([scope.signal.reason, late.signal.reason], [stop, stop]);
});

Deno.test("abortable() settles like its promise or with the signal's reason, whichever is first", async () => {
  const controller = new AbortController();
  const { signal } = controller;
  assert.equal(await abortable(Promise.resolve(1), signal), 1);
  const failure = new Error("failed");
  await assert.rejects(abortable(Promise.reject(failure), signal), failure);
  const stop = new Error("stop");
  const waiting = abortable(new Promise(() => {}), signal);
  controller.abort(stop);
  await assert.rejects(waiting, stop);
  await assert.rejects(abortable(Promise.reject(failure), signal), stop);
});
