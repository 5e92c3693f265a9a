import assert from "node:assert/strict";
import { type Draft, elementDraft, plainDraft } from "@/tui/composer/draft.ts";
import { type ComposerViewOptions, viewComposer } from "@/tui/composer/view.ts";
import { span, textOf } from "@/tui/render/line.ts";
import { BOLD, DIM } from "@/tui/render/style.ts";
import { createTheme } from "@/tui/render/theme.ts";

const theme = createTheme(undefined);

function view(
  draft: Draft & { readonly cursor: number },
  changes: Partial<ComposerViewOptions> = {},
) {
  return viewComposer(draft, {
    width: 20,
    height: 5,
    top: 0,
    theme,
    prompt: span("› ", BOLD),
    placeholder: "Ask anything",
    hit: undefined,
    ...changes,
  });
}

Deno.test("viewComposer() shows the placeholder while nothing is written", () => {
  const { lines, cursor } = view({ ...plainDraft(""), cursor: 0 });
  assert.deepEqual(lines, [
    { spans: [span("› ", BOLD), span("Ask anything", DIM)] },
  ]);
  assert.deepEqual(cursor, { row: 0, column: 2 });
  const narrow = view({ ...plainDraft(""), cursor: 0 }, { width: 8 });
  assert.deepEqual(narrow.lines.map(textOf), ["› Ask a…"]);
});

Deno.test("viewComposer() colours elements and what a search found", () => {
  const label = elementDraft("[Image #1]", {
    kind: "attachment",
    input: { type: "localImage", path: "/a" },
  });
  const { lines } = view(
    { text: `${label.text} abc`, elements: label.elements, cursor: 0 },
    { hit: { start: 12, end: 14 } },
  );
  assert.deepEqual(lines[0]?.spans, [
    span("› ", BOLD),
    span("[Image #1]", theme.accent),
    span(" a"),
    span("bc", { bold: true, reverse: true }),
  ]);
});

Deno.test("viewComposer() lets spaces end at the edge without a sign", () => {
  const { lines, cursor } = view(
    { ...plainDraft("abc          "), cursor: 13 },
    { width: 10 },
  );
  assert.deepEqual(lines.map(textOf), ["› abc     "]);
  assert.deepEqual(cursor, { row: 0, column: 9 });
});

Deno.test("viewComposer() scrolls no more than it has to", () => {
  const draft = plainDraft("1\n2\n3\n4\n5");
  const at = (cursor: number, top: number) => {
    const shown = view({ ...draft, cursor }, { height: 3, top });
    return [shown.lines.map((line) => textOf(line).trim()), shown.top];
  };
  assert.deepEqual(at(8, 0), [["3", "4", "5"], 2]);
  assert.deepEqual(at(6, 2), [["3", "4", "5"], 2]);
  assert.deepEqual(at(2, 2), [["2", "3", "4"], 1]);
  assert.deepEqual(at(0, 9), [["› 1", "2", "3"], 0]);
});
