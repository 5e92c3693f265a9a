import assert from "node:assert/strict";
import fc from "fast-check";
import { graphemes } from "@/text/width.ts";
import { type Draft, elementAround } from "@/tui/composer/draft.ts";
import {
  edit,
  type EditorAction,
  type EditorState,
  EMPTY_EDITOR,
} from "@/tui/composer/editor.ts";
import { expandDraft } from "@/tui/composer/expand.ts";
import { standable } from "@/tui/composer/motion.ts";

function after(
  actions: readonly EditorAction[],
  state = EMPTY_EDITOR,
): EditorState {
  return actions.reduce(edit, state);
}

/** The text with `|` where the cursor is. */
function shown({ text, cursor }: EditorState): string {
  return `${text.slice(0, cursor)}|${text.slice(cursor)}`;
}

/** A state from such a text. */
function at(marked: string): EditorState {
  const cursor = marked.indexOf("|");
  const text = marked.replace("|", "");
  return { ...EMPTY_EDITOR, text, cursor };
}

const PASTE: EditorAction = { type: "paste", text: "x".repeat(1_500) };
const IMAGE: EditorAction = {
  type: "insertElement",
  label: "[Image]",
  content: {
    kind: "attachment",
    input: { type: "localImage", path: "/tmp/a.png" },
  },
};

Deno.test("edit() moves and erases by what a reader sees as characters", () => {
  const state = at("ae\u0301👍🏽|b");
  const back = edit(state, { type: "erase", to: "charBack" });
  assert.equal(shown(back), "ae\u0301|b");
  assert.equal(
    shown(edit(back, { type: "erase", to: "charBack" })),
    "a|b",
  );
  assert.equal(
    shown(edit(at("|👩‍👩‍👧x"), { type: "move", to: "charForward" })),
    "👩‍👩‍👧|x",
  );
});

Deno.test("edit() takes words by what they are made of", () => {
  const kill = (marked: string) =>
    shown(edit(at(marked), { type: "kill", to: "wordBack" }));
  assert.equal(kill("say foo.bar  |"), "say foo.|");
  assert.equal(kill("say foo.|"), "say foo|");
  assert.equal(kill("漢字かな|"), "漢字|");
  assert.equal(
    shown(edit(at("|one two"), { type: "move", to: "wordForward" })),
    "one| two",
  );
});

Deno.test("edit() kills to the ends of lines, and at an end the line break", () => {
  const kill = (marked: string, to: "lineStart" | "lineEnd") =>
    shown(edit(at(marked), { type: "kill", to }));
  assert.equal(kill("a\nb|c", "lineEnd"), "a\nb|");
  assert.equal(kill("a|\nbc", "lineEnd"), "a|bc");
  assert.equal(kill("a\nb|c", "lineStart"), "a\n|c");
  assert.equal(kill("a\n|bc", "lineStart"), "a|bc");
  assert.equal(kill("|", "lineStart"), "|");
});

Deno.test("edit() yanks kills in a row together, and pops to earlier ones", () => {
  const state = after([
    { type: "kill", to: "wordBack" },
    { type: "kill", to: "wordBack" },
    { type: "move", to: "textEnd" },
  ], at("one two three|"));
  assert.equal(shown(state), "one |");
  const second = after([
    { type: "kill", to: "lineStart" },
    { type: "yank" },
  ], state);
  assert.equal(shown(second), "one |");
  const popped = edit(second, { type: "yankPop" });
  assert.equal(shown(popped), "two three|");
  assert.equal(shown(edit(popped, { type: "yankPop" })), "one |");
  assert.equal(shown(edit(popped, { type: "undo" })), "|");
});

Deno.test("edit() leaves the state alone when there is nothing to yank or undo", () => {
  for (const type of ["yank", "yankPop", "undo", "redo"] as const) {
    assert.equal(edit(EMPTY_EDITOR, { type }), EMPTY_EDITOR);
  }
});

Deno.test("edit() undoes typed text word by word", () => {
  const typed = after(
    [..."to be or"].map((text) => ({ type: "insert", text })),
  );
  const once = edit(typed, { type: "undo" });
  assert.equal(shown(once), "to be |");
  assert.equal(shown(edit(once, { type: "undo" })), "to |");
  assert.equal(shown(edit(once, { type: "redo" })), "to be or|");
});

Deno.test("edit() folds a long paste and removes it with one key", () => {
  const state = after([{ type: "insert", text: "see " }, PASTE]);
  assert.equal(shown(state), "see [Pasted Content 1500 chars]|");
  assert.equal(shown(edit(state, { type: "erase", to: "charBack" })), "see |");
  assert.equal(
    shown(edit(state, { type: "move", to: "charBack" })),
    "see |[Pasted Content 1500 chars]",
  );
  const twice = edit(state, PASTE);
  assert.equal(
    twice.text,
    "see [Pasted Content 1500 chars][Pasted Content 1500 chars] #2",
  );
  const short = edit(EMPTY_EDITOR, { type: "paste", text: "y".repeat(1_000) });
  assert.equal(short.text.length, 1_000);
});

Deno.test("edit() numbers images by where they stand", () => {
  const two = after([IMAGE, { type: "insert", text: " and " }, IMAGE]);
  assert.equal(two.text, "[Image #1] and [Image #2]");
  const one = after([{ type: "move", to: "textStart" }, {
    type: "erase",
    to: "charForward",
  }], two);
  assert.equal(shown(one), "| and [Image #1]");
});

Deno.test("edit() keeps elements over a kill and a yank", () => {
  const state = after([
    { type: "insert", text: "a" },
    PASTE,
    { type: "kill", to: "lineStart" },
    { type: "yank" },
    { type: "yank" },
  ]);
  assert.equal(
    expandDraft(state).text,
    `a${"x".repeat(1_500)}a${"x".repeat(1_500)}`,
  );
});

Deno.test("edit() takes control sequences out of what is pasted, not line breaks", () => {
  const state = edit(EMPTY_EDITOR, {
    type: "paste",
    text: "a\x1b[2Jb\r\nc\td\rx\x07",
  });
  assert.equal(state.text, "ab\nc\td\nx");
});

Deno.test("edit() moves over wrapped rows and remembers the column", () => {
  const down = (state: EditorState) =>
    edit(state, { type: "moveRow", direction: "down", width: 11 });
  // Rows: "aaaa bbbb", "cc", "dddd eeee".
  const first = down(at("aaaa bb|bb\ncc\ndddd eeee"));
  assert.equal(shown(first), "aaaa bbbb\ncc|\ndddd eeee");
  assert.equal(shown(down(first)), "aaaa bbbb\ncc\ndddd ee|ee");
  const wrapped = edit(at("one two three|"), {
    type: "moveRow",
    direction: "up",
    width: 8,
  });
  assert.equal(shown(wrapped), "one t|wo three");
  const last = at("only|");
  assert.equal(down(last), last);
});

Deno.test("edit() puts another draft in place of this one and can take it back", () => {
  const state = edit(at("mine|"), {
    type: "load",
    draft: { text: "theirs", elements: [] },
  });
  assert.equal(shown(state), "theirs|");
  assert.equal(shown(edit(state, { type: "undo" })), "mine|");
});

Deno.test("expandDraft() gives the pastes in full and the attachments in order", () => {
  const state = after([IMAGE, { type: "insert", text: " " }, PASTE, {
    type: "insertElement",
    label: "$deploy",
    content: {
      kind: "attachment",
      input: { type: "skill", name: "deploy", path: "/s/SKILL.md" },
    },
  }]);
  assert.deepEqual(expandDraft(state), {
    text: `[Image #1] ${"x".repeat(1_500)}$deploy`,
    attachments: [
      { type: "localImage", path: "/tmp/a.png" },
      { type: "skill", name: "deploy", path: "/s/SKILL.md" },
    ],
  });
});

const motion = fc.constantFrom(
  "charBack" as const,
  "charForward" as const,
  "wordBack" as const,
  "wordForward" as const,
  "wordNext" as const,
  "lineStart" as const,
  "lineEnd" as const,
  "textStart" as const,
  "textEnd" as const,
);

const someText = fc.string({
  unit: fc.oneof(
    fc.constantFrom(
      "a",
      " ",
      "\n",
      "\t",
      "日",
      "\u0301",
      "\u200d",
      "👩",
      "🇩",
      "한",
    ),
    fc.string({ unit: "grapheme", minLength: 1, maxLength: 1 }),
  ),
  minLength: 1,
  maxLength: 8,
});

const place = fc.nat({ max: 60 });

const anyAction: fc.Arbitrary<EditorAction> = fc.oneof(
  fc.record({ type: fc.constant("insert" as const), text: someText }),
  fc.record({ type: fc.constant("paste" as const), text: someText }),
  fc.constant(PASTE),
  fc.constant(IMAGE),
  fc.record({
    type: fc.constant("move" as const),
    to: fc.oneof(motion, place),
  }),
  fc.record({
    type: fc.constant("moveRow" as const),
    direction: fc.constantFrom("up" as const, "down" as const),
    width: fc.integer({ min: 1, max: 20 }),
  }),
  fc.record({ type: fc.constant("erase" as const), to: motion }),
  fc.record({ type: fc.constant("kill" as const), to: motion }),
  fc.constantFrom(
    { type: "yank" as const },
    { type: "yankPop" as const },
    { type: "undo" as const },
    { type: "redo" as const },
  ),
);

function assertSound(state: EditorState): void {
  const { text, cursor, elements } = state;
  assert.ok(cursor >= 0 && cursor <= text.length);
  assert.equal(elementAround(state, cursor), undefined, shown(state));
  assert.equal(standable(state, cursor, "back"), cursor, shown(state));
  let end = 0;
  for (const element of elements) {
    assert.ok(element.start >= end && element.end > element.start);
    end = element.end;
    const label = text.slice(element.start, element.end);
    assert.match(
      label,
      /^\[(Pasted Content 1500 chars\]( #\d+)?|Image #\d+\])$/,
    );
  }
  assert.ok(end <= text.length);
  assert.deepEqual(
    elements.map(({ start, end }) => text.slice(start, end)).filter((label) =>
      label.startsWith("[Image")
    ),
    elements.filter(({ content }) => content.kind === "attachment")
      .map((_, index) => `[Image #${index + 1}]`),
  );
}

function draftOf({ text, elements, cursor }: EditorState) {
  return { text, elements, cursor };
}

Deno.test("any actions leave the cursor between characters and the elements whole", () => {
  fc.assert(
    fc.property(fc.array(anyAction, { maxLength: 40 }), (actions) => {
      let state = EMPTY_EDITOR;
      for (const action of actions) {
        state = edit(state, action);
        assertSound(state);
      }
    }),
    { numRuns: 500 },
  );
});

Deno.test("any actions: undoing what was redone, and redoing what was undone, changes nothing", () => {
  fc.assert(
    fc.property(
      fc.array(anyAction, { maxLength: 30 }),
      fc.nat({ max: 5 }),
      (actions, undos) => {
        let state = after(actions);
        for (let left = undos; left > 0; left--) {
          state = edit(state, { type: "undo" });
        }
        if (state.past.length > 0) {
          const there = after([{ type: "undo" }, { type: "redo" }], state);
          assert.deepEqual(draftOf(there), draftOf(state));
        }
        if (state.future.length > 0) {
          const there = after([{ type: "redo" }, { type: "undo" }], state);
          assert.deepEqual(draftOf(there), draftOf(state));
        }
      },
    ),
  );
});

Deno.test("any actions can be undone to the empty draft", () => {
  fc.assert(
    fc.property(fc.array(anyAction, { maxLength: 40 }), (actions) => {
      let state = after(actions);
      while (state.past.length > 0) state = edit(state, { type: "undo" });
      assert.equal(state.text, "");
    }),
  );
});

Deno.test("any inserted texts and pastes come out of expandDraft() whole", () => {
  const piece = fc.oneof(
    fc.string({ unit: fc.constantFrom("a", " ", "日", "👍🏽"), maxLength: 9 }),
    fc.string({
      unit: fc.constantFrom("b", "\n", "語"),
      minLength: 1_001,
      maxLength: 1_005,
    }),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 6 }), (pieces) => {
      const draft: Draft = after(
        pieces.map((text) => ({ type: "paste", text })),
      );
      assert.equal(expandDraft(draft).text, pieces.join(""));
      assert.equal(graphemes(draft.text).join(""), draft.text);
    }),
  );
});
