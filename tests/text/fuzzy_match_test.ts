/** The points and places are those Codex CLI 0.124 gives the same paths. */
import assert from "node:assert/strict";
import * as fc from "fast-check";
import { FuzzyMatcher } from "@/text/fuzzy_match.ts";

type Row = readonly [
  query: string,
  path: string,
  score: number,
  indices: readonly number[],
];

const ROWS: readonly Row[] = [
  ["main", "src/main.ts", 109, [4, 5, 6, 7]],
  ["main", "a/b/c/mAiN.txt", 109, [6, 7, 8, 9]],
  ["main", "main", 109, [0, 1, 2, 3]],
  ["main", "src/deep/er/main_test.ts", 109, [12, 13, 14, 15]],
  ["main", "ünï/mäin.ts", 109, [4, 5, 6, 7]],
  ["main", "src/app_main.ts", 104, [8, 9, 10, 11]],
  ["main", "weird name/ma in.ts", 104, [11, 12, 14, 15]],
  ["main", "src/m_a_i_n.ts", 97, [4, 6, 8, 10]],
  ["MAIN", "src/main.ts", 109, [4, 5, 6, 7]],
  ["mn", "a/b/c/mAiN.txt", 51, [6, 9]],
  ["mn", "src/m_a_i_n.ts", 51, [4, 10]],
  ["mn", "src/main.ts", 46, [4, 7]],
  ["mn", "weird name/ma in.ts", 45, [11, 15]],
  ["mn", "src/app_main.ts", 44, [8, 11]],
  ["README", "README.md", 159, [0, 1, 2, 3, 4, 5]],
  ["log", "src/sub/keep.log", 80, [13, 14, 15]],
  ["src/main", "src/main.ts", 209, [0, 1, 2, 3, 4, 5, 6, 7]],
  ["src/main", "src/app_main.ts", 199, [0, 1, 2, 3, 8, 9, 10, 11]],
  [
    "src/main",
    "src/deep/er/main_test.ts",
    199,
    [0, 1, 2, 3, 12, 13, 14, 15],
  ],
  ["src/main", "src/m_a_i_n.ts", 197, [0, 1, 2, 3, 4, 6, 8, 10]],
  ["ma in", "weird name/ma in.ts", 115, [11, 12, 14, 15]],
  ["ma in", "src/m_a_i_n.ts", 108, [4, 6, 8, 10]],
  ["ma in", "a/b/c/mAiN.txt", 96, [6, 7, 8, 9]],
  ["ma in", "src/main.ts", 95, [4, 5, 6, 7]],
  ["ma in", "src/app_main.ts", 92, [8, 9, 10, 11]],
  ["mäin", "ünï/mäin.ts", 109, [4, 5, 6, 7]],
  ["main.ts", "src/main.ts", 184, [4, 5, 6, 7, 8, 9, 10]],
  [
    "main.ts",
    "src/deep/er/main_test.ts",
    174,
    [12, 13, 14, 15, 21, 22, 23],
  ],
  ["main.ts", "src/m_a_i_n.ts", 169, [4, 6, 8, 10, 11, 12, 13]],
  ["x", "main/x.txt", 34, [5]],
  ["x", "a/b/c/mAiN.txt", 16, [12]],
  ["^main", "main/x.txt", 109, [0, 1, 2, 3]],
  ["main$", "main", 109, [0, 1, 2, 3]],
  ["^src ts$", "src/main.ts", 140, [0, 1, 2, 9, 10]],
  ["ma\\ in", "weird name/ma in.ts", 134, [11, 12, 13, 14, 15]],
  ["  main ", "src/main.ts", 109, [4, 5, 6, 7]],
  ["/main", "src/main.ts", 116, [3, 4, 5, 6, 7]],
  ["a/b", "a/b/c", 84, [0, 1, 2]],
  [
    "deep main",
    "src/deep/er/main_test.ts",
    218,
    [4, 5, 6, 7, 12, 13, 14, 15],
  ],
  ["tsm", ".git/hooks/push-to-checkout.sample", 56, [16, 28, 30]],
  ["tsm", ".git/hooks/pre-commit.sample", 50, [20, 22, 24]],
  ["tsm", ".git/hooks/update.sample", 49, [15, 18, 20]],
];

Deno.test("paths have the points and places other versions give them", () => {
  for (const [query, path, score, indices] of ROWS) {
    assert.deepEqual(
      new FuzzyMatcher(query).match(path),
      { score, indices },
      `${query} in ${path}`,
    );
  }
});

Deno.test("what does not fit has no points", () => {
  const rows: readonly (readonly [string, string])[] = [
    ["mainmain", "src/main.ts"],
    ["mäin", "src/main.ts"],
    ["^main", "src/main"],
    ["main$", "main.ts"],
    ["^main$", "main.ts"],
    ["'mn", "src/main.ts"],
    ["!main", "src/main.ts"],
    ["src !main", "src/main.ts"],
    ["x", ""],
  ];
  for (const [query, path] of rows) {
    assert.equal(new FuzzyMatcher(query).match(path), undefined, query);
  }
  assert.equal(new FuzzyMatcher("!main").score("src/other"), 0);
  assert.equal(new FuzzyMatcher(" ").isEmpty, true);
});

Deno.test("a match holds the query's letters, at the places it says", () => {
  const text = fc.string({ maxLength: 30, unit: "binary" });
  const query = fc.stringMatching(/^[a-c/._ ]{0,6}$/);
  const path = fc.stringMatching(/^[a-cA-C/._ é]{0,40}$/);
  fc.assert(fc.property(query, path, (query, path) => {
    const matcher = new FuzzyMatcher(query);
    const match = matcher.match(path);
    assert.equal(matcher.score(path), match?.score);
    if (match === undefined || matcher.isEmpty) return;
    assert.ok(match.score > 0);
    const letters = match.indices.map((at) => [...path][at]?.toLowerCase());
    if (!query.trim().includes(" ")) {
      assert.equal(letters.join("").normalize("NFD")[0], query.trim()[0]);
      assert.equal(letters.length, query.trim().length);
    }
  }));
  fc.assert(fc.property(text, text, (query, path) => {
    const score = new FuzzyMatcher(query).score(path);
    assert.ok(score === undefined || score >= 0);
  }));
});
