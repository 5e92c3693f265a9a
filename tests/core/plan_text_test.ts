import assert from "node:assert/strict";
import fc from "fast-check";
import { PlanReader, splitPlan, type TextPart } from "@/core/plan_text.ts";

const ANSWER = [
  "Here it is.",
  "<proposed_plan>",
  "# Plan",
  "1. a `<proposed_plan>` in a line is text",
  "</proposed_plan>",
  "Shall I?",
].join("\n");

Deno.test("the lines between the tags are the plan, the others are the message", () => {
  assert.deepEqual(splitPlan(ANSWER), {
    message: "Here it is.\nShall I?",
    plan: "# Plan\n1. a `<proposed_plan>` in a line is text\n",
  });
  assert.deepEqual(splitPlan("no plan <b>\n"), {
    message: "no plan <b>\n",
    plan: undefined,
  });
  assert.deepEqual(splitPlan("<proposed_plan>\nunfinished"), {
    message: "",
    plan: "unfinished",
  });
  assert.equal(
    splitPlan("<proposed_plan>\n \n</proposed_plan>").plan,
    undefined,
  );
});

Deno.test("a stream gives the same parts however it is cut", () => {
  const joined = (parts: readonly TextPart[], kind: string) =>
    parts.filter((part) => part.kind === kind).map(({ text }) => text).join("");
  fc.assert(fc.property(
    fc.array(fc.nat({ max: ANSWER.length }), { maxLength: 12 }),
    (cuts) => {
      const reader = new PlanReader();
      const parts: TextPart[] = [];
      let from = 0;
      for (const cut of cuts.toSorted((left, right) => left - right)) {
        parts.push(...reader.push(ANSWER.slice(from, cut)));
        from = cut;
      }
      parts.push(...reader.push(ANSWER.slice(from)), ...reader.end());
      const whole = splitPlan(ANSWER);
      assert.equal(joined(parts, "message"), whole.message);
      assert.equal(joined(parts, "plan"), whole.plan);
    },
  ));
});

Deno.test("text that cannot become a tag is given out at once", () => {
  const reader = new PlanReader();
  assert.deepEqual(reader.push("Hel"), [{ kind: "message", text: "Hel" }]);
  assert.deepEqual(reader.push("lo <prop"), [
    { kind: "message", text: "lo <prop" },
  ]);
  assert.deepEqual(reader.push("\n<prop"), [{ kind: "message", text: "\n" }]);
  assert.deepEqual(reader.push("erty>"), [
    { kind: "message", text: "<property>" },
  ]);
});
