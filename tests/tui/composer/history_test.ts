import assert from "node:assert/strict";
import { plainDraft } from "@/tui/composer/draft.ts";
import {
  beginSearch,
  type Browsing,
  isBrowsable,
  type PromptHistory,
  recallNewer,
  recallOlder,
  remember,
  searchFor,
  searchOlder,
} from "@/tui/composer/history.ts";
import {
  historyLine,
  readHistoryLines,
  trimmedHistory,
} from "@/tui/composer/history_file.ts";

const history: PromptHistory = ["fix the bug", "add a Test", "fix the docs"]
  .map(plainDraft);

Deno.test("recallOlder() and recallNewer() walk to the oldest and back to the draft", () => {
  const draft = plainDraft("mine");
  const texts: string[] = [];
  let browsing: Browsing | undefined;
  for (;;) {
    const step = recallOlder(history, browsing, draft);
    if (step === undefined) break;
    browsing = step.browsing;
    texts.push(step.draft.text);
  }
  for (;;) {
    const step = recallNewer(history, browsing);
    if (step === undefined) break;
    browsing = step.browsing;
    texts.push(step.draft.text);
  }
  assert.deepEqual(texts, [
    "fix the docs",
    "add a Test",
    "fix the bug",
    "add a Test",
    "fix the docs",
    "mine",
  ]);
});

Deno.test("recallOlder() takes no step to what is on screen already", () => {
  const step = recallOlder(history, undefined, plainDraft("fix the docs"));
  assert.equal(step?.draft.text, "add a Test");
});

Deno.test("searchOlder() goes to the oldest and passes over what is the same", () => {
  const entries = ["abc", "ab", "x", "ab"].map(plainDraft);
  const found = searchFor(entries, beginSearch(plainDraft("")), "ab");
  const older = searchOlder(entries, found);
  assert.deepEqual([found.found?.index, older.found?.index], [3, 0]);
  const two = ["ab", "ac"].map(plainDraft);
  const first = searchFor(two, beginSearch(plainDraft("")), "a");
  assert.equal(searchOlder(two, first).found?.draft.text, "ab");
});

Deno.test("remember() keeps no blank draft and no repetition", () => {
  assert.equal(remember(history, plainDraft("  \n")), history);
  assert.equal(remember(history, plainDraft("fix the docs")), history);
  assert.equal(remember(history, plainDraft("new")).at(-1)?.text, "new");
});

Deno.test("isBrowsable() holds for nothing and for what was recalled", () => {
  const browsing = { index: 1, left: plainDraft("") };
  assert.ok(isBrowsable(history, undefined, plainDraft("")));
  assert.ok(isBrowsable(history, browsing, plainDraft("add a Test")));
  assert.ok(!isBrowsable(history, browsing, plainDraft("add a Test!")));
  assert.ok(!isBrowsable(history, undefined, plainDraft("x")));
});

Deno.test("searchFor() finds the newest, and typing on goes on from there", () => {
  const left = plainDraft("mine");
  const fix = searchFor(history, beginSearch(left), "fix");
  assert.deepEqual(fix.found?.hit, { start: 0, end: 3 });
  assert.equal(fix.found?.draft.text, "fix the docs");
  const older = searchOlder(history, fix);
  assert.equal(older.found?.draft.text, "fix the bug");
  assert.equal(searchOlder(history, older), older);
  assert.equal(
    searchFor(history, older, "fix the").found?.draft.text,
    "fix the bug",
  );
  assert.equal(searchFor(history, older, "fixx").found, undefined);
  assert.equal(searchFor(history, older, "").found, undefined);
  assert.equal(older.left, left);
});

Deno.test("searchFor() minds the case of a query with a capital", () => {
  const search = beginSearch(plainDraft(""));
  assert.equal(
    searchFor(history, search, "test").found?.draft.text,
    "add a Test",
  );
  assert.equal(searchFor(history, search, "TEST").found, undefined);
});

Deno.test("history.jsonl is read past lines that nobody can read", () => {
  const entry = { session_id: "01a2", ts: 1_795_359_188, text: 'hello\n"x"' };
  const line = historyLine(entry);
  assert.equal(
    line,
    '{"session_id":"01a2","ts":1795359188,"text":"hello\\n\\"x\\""}\n',
  );
  assert.deepEqual(
    readHistoryLines(`${line}{"session_id":3}\n\nnull\n${line}{"sess`),
    [entry, entry],
  );
});

Deno.test("trimmedHistory() keeps the newest lines within four fifths", () => {
  const encode = (text: string) => new TextEncoder().encode(text);
  const file = encode("aaaa\nbbbb\ncccc\ndddd\n");
  assert.equal(trimmedHistory(file, 20), undefined);
  const trimmed = trimmedHistory(file, 19);
  assert.equal(new TextDecoder().decode(trimmed), "bbbb\ncccc\ndddd\n");
  assert.equal(new TextDecoder().decode(trimmedHistory(file, 3)), "dddd\n");
});
