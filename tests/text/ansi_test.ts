import assert from "node:assert/strict";
import fc from "fast-check";
import { printable } from "@/text/ansi.ts";

/** What no terminal may be sent: C0 but tab and line feed, delete, C1. */
// deno-lint-ignore no-control-regex -- the controls are what it looks for
const CONTROL = new RegExp("[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f]");

Deno.test("printable() removes what a terminal acts on", () => {
  const attacks = [
    "a\x1b[2J\x1b[Hb", // clear the screen
    "a\x1b]52;c;ZXZpbA==\x07b", // set the clipboard
    "a\x1b]0;title\x1b\\b", // set the title
    "a\x1bP+q544e\x1b\\b", // ask for a capability
    "a\x1b[6nb", // ask for the cursor's place
    "a\x9b31mb", // the same in eight bits
    "a\x07\x08\x0e\x7fb", // bell, backspace, another character set, delete
    "a\x1bcb", // reset
    "a\x1b(0b", // line drawing
  ];
  assert.deepEqual(
    attacks.map((attack) => printable(attack, "plain")),
    attacks.map(() => "ab"),
  );
});

Deno.test("printable() keeps lines, tabs and every letter", () => {
  const text = "one\n\ttwo ünïcödé 👩‍💻\n";
  assert.equal(printable(text, "plain"), text);
  assert.equal(printable("one\r\ntwo\rthree", "plain"), "one\ntwo\nthree");
});

Deno.test("printable() keeps colours when asked, and ends them", () => {
  assert.equal(
    printable("\x1b[31mred\x1b[2K", "keep colours"),
    "\x1b[31mred\x1b[0m",
  );
  assert.equal(printable("\x1b[31mred", "plain"), "red");
});

Deno.test("printable() leaves nothing a terminal acts on, whatever it is given", () => {
  const pieces = fc.constantFrom(
    "\x1b",
    "[",
    "]",
    "\x9b",
    "m",
    "3",
    ";",
    "\x07",
    "\\",
    "a",
    "\n",
  );
  fc.assert(fc.property(fc.array(pieces, { maxLength: 30 }), (parts) => {
    assert.equal(
      CONTROL.test(printable(parts.join(""), "plain")),
      false,
    );
  }));
});
