import assert from "node:assert/strict";
import { readReview } from "@/core/review/output.ts";
import { reviewText } from "@/protocol/review.ts";

const FINDING = {
  title: "[P1] Bug",
  body: "bad\nbecause",
  confidence_score: 0.9,
  priority: 1,
  code_location: {
    absolute_file_path: "/w/a.txt",
    line_range: { start: 1, end: 2 },
  },
};

Deno.test("findings are shown below the explanation, each with its place", () => {
  const one = { findings: [FINDING], overall_explanation: "expl" };
  const two = { findings: [FINDING, { ...FINDING, title: "Two" }] };
  const comment = "- [P1] Bug — /w/a.txt:1-2\n  bad\n  because";
  assert.deepEqual(
    [one, two].map((answer) => reviewText(readReview(JSON.stringify(answer)))),
    [
      `expl\n\nReview comment:\n\n${comment}`,
      `Full review comments:\n\n${comment}\n\n- Two — /w/a.txt:1-2\n  bad\n  because`,
    ],
  );
});

Deno.test("an answer that is not the agreed JSON is shown as it is", () => {
  const texts = ["Looks fine.", '{"findings": [{}]}', "", "[]"];
  assert.deepEqual(texts.map((text) => reviewText(readReview(text))), [
    "Looks fine.",
    '{"findings": [{}]}',
    "The reviewer gave no answer.",
    "[]",
  ]);
});

Deno.test("JSON in a fence or behind a sentence is found", () => {
  const json = JSON.stringify({ overall_explanation: "ok" });
  assert.deepEqual(
    ["Here:\n```json\n" + json + "\n```", `Sure! ${json}`]
      .map((text) => reviewText(readReview(text))),
    ["ok", "ok"],
  );
});
