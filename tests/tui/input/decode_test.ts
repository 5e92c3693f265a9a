import assert from "node:assert/strict";
import fc from "fast-check";
import { InputDecoder } from "@/tui/input/decode.ts";
import type { InputEvent } from "@/tui/input/events.ts";

const encoder = new TextEncoder();

function decoded(text: string): readonly InputEvent[] {
  const decoder = new InputDecoder();
  return [...decoder.feed(encoder.encode(text)), ...decoder.flush()];
}

function chords(text: string): readonly string[] {
  return decoded(text).map((event) =>
    event.type === "key" ? event.chord : event.type
  );
}

const KEYS: readonly (readonly [string, string])[] = [
  ["a", "a"],
  ["A", "A"],
  ["é", "é"],
  [" ", "space"],
  ["\r", "enter"],
  ["\n", "ctrl+j"],
  ["\t", "tab"],
  ["\x7f", "backspace"],
  ["\x08", "ctrl+h"],
  ["\x03", "ctrl+c"],
  ["\x00", "ctrl+space"],
  ["\x1f", "ctrl+_"],
  ["\x1b", "escape"],
  ["\x1bb", "alt+b"],
  ["\x1b\r", "alt+enter"],
  ["\x1b\x7f", "alt+backspace"],
  ["\x1b,", "alt+,"],
  ["\x1b[A", "up"],
  ["\x1bOA", "up"],
  ["\x1b[1;5C", "ctrl+right"],
  ["\x1b[1;3D", "alt+left"],
  ["\x1b\x1b[D", "alt+left"],
  ["\x1b[1;2D", "shift+left"],
  ["\x1b[Z", "shift+tab"],
  ["\x1b[3~", "delete"],
  ["\x1b[3;5~", "ctrl+delete"],
  ["\x1b[5~", "pageup"],
  ["\x1bOP", "f1"],
  ["\x1b[15~", "f5"],
  // The keyboard protocol of kitty.
  ["\x1b[99;5u", "ctrl+c"],
  ["\x1b[13;2u", "shift+enter"],
  ["\x1b[27u", "escape"],
  ["\x1b[9;2u", "shift+tab"],
  ["\x1b[97;2u", "A"],
  ["\x1b[97:65;2u", "A"],
  ["\x1b[49:33;2u", "!"],
  ["\x1b[1089::99;5u", "ctrl+c"],
  ["\x1b[57414u", "enter"],
  ["\x1b[97;6u", "ctrl+shift+a"],
  ["\x1b[127;3u", "alt+backspace"],
  // modifyOtherKeys of xterm.
  ["\x1b[27;2;13~", "shift+enter"],
  ["\x1b[27;5;106~", "ctrl+j"],
];

for (const [bytes, chord] of KEYS) {
  Deno.test(`${JSON.stringify(bytes)} is ${chord}`, () => {
    assert.deepEqual(chords(bytes), [chord]);
  });
}

Deno.test("keys that are let go of, and keys that write nothing, are no events", () => {
  assert.deepEqual(decoded("\x1b[97;1:3u\x1b[57441;2u\x1b[57358u"), []);
});

Deno.test("a paste is one event with line breaks of one kind", () => {
  assert.deepEqual(decoded("\x1b[200~one\r\ntwo\rthree\x1b[A\x1b[201~x"), [
    { type: "paste", text: "one\ntwo\nthree\x1b[A" },
    { type: "key", chord: "x", text: "x" },
  ]);
});

Deno.test("reports are told apart from keys", () => {
  assert.deepEqual(
    decoded(
      "\x1b[12;7R\x1b]11;rgb:1e1e/1e/1e1e\x1b\\\x1b]10;rgb:ffff/ffff/ffff\x07\x1b[?5u\x1b[?62;22c\x1b[I\x1b[O",
    ),
    [
      { type: "cursorReport", row: 11, column: 6 },
      { type: "colorReport", which: "background", color: [30, 30, 30] },
      { type: "colorReport", which: "foreground", color: [255, 255, 255] },
      { type: "keyboardReport" },
      { type: "attributesReport" },
      { type: "focus", hasFocus: true },
      { type: "focus", hasFocus: false },
    ],
  );
});

Deno.test("other strings and unknown sequences write nothing", () => {
  assert.deepEqual(decoded("\x1b]0;title\x07\x1bP1$r0m\x1b\\\x1b[5;3$y"), []);
});

Deno.test("what is cut anywhere between two reads is understood the same", () => {
  const whole =
    "a\x1b[1;5C日\x1b[200~pa\x1b[20ste\x1b[201~\x1b]11;rgb:0/0/0\x1b\\b";
  const expected = decoded(whole);
  const bytes = encoder.encode(whole);
  for (let cut = 0; cut <= bytes.length; cut++) {
    const decoder = new InputDecoder();
    assert.deepEqual([
      ...decoder.feed(bytes.subarray(0, cut)),
      ...decoder.feed(bytes.subarray(cut)),
      ...decoder.flush(),
    ], expected);
  }
});

Deno.test("an escape waits for what may follow, and is the escape key when nothing does", () => {
  const decoder = new InputDecoder();
  assert.deepEqual(decoder.feed(encoder.encode("\x1b")), []);
  assert.equal(decoder.isWaiting, true);
  assert.deepEqual(decoder.flush(), [{ type: "key", chord: "escape" }]);
  assert.equal(decoder.isWaiting, false);
});

Deno.test("any bytes: nothing throws, and what follows is understood again", () => {
  const parts = fc.constantFrom(
    "\x1b",
    "\x1b[",
    "\x1b]",
    "\x1bP",
    "[",
    "1",
    ";",
    ":",
    "u",
    "~",
    "R",
    "a",
    "日",
    "\x1b[200~",
    "\x1b[201~",
    "\x07",
    "\\",
  );
  fc.assert(
    fc.property(fc.array(parts, { maxLength: 30 }), (pieces) => {
      const decoder = new InputDecoder();
      for (const piece of pieces) decoder.feed(encoder.encode(piece));
      decoder.feed(encoder.encode("\x1b[201~\x07\x1b\\"));
      decoder.flush();
      const events = decoder.feed(encoder.encode("z"));
      assert.deepEqual(events.at(-1), { type: "key", chord: "z", text: "z" });
    }),
  );
});
