import assert from "node:assert/strict";
import { Turnstile } from "@/async/turnstile.ts";

Deno.test("tickets have their turn in the order they were taken", async () => {
  const turnstile = new Turnstile();
  const passed: string[] = [];
  const tickets = ["a", "b", "c"].map((name) => ({
    name,
    ticket: turnstile.take(),
  }));
  const all = tickets.toReversed().map(async ({ name, ticket }) => {
    await ticket.turn;
    passed.push(name);
    ticket.release();
  });
  await Promise.all(all);
  assert.deepEqual(passed, ["a", "b", "c"]);
});

Deno.test("a ticket given back before its turn holds nobody up", async () => {
  const turnstile = new Turnstile();
  const [first, second, third] = [
    turnstile.take(),
    turnstile.take(),
    turnstile.take(),
  ];
  second.release();
  first.release();
  await third.turn;
  third.release();
});
