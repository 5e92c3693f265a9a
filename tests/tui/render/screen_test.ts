import assert from "node:assert/strict";
import fc from "fast-check";
import { VirtualTerminal } from "@test/support/virtual_terminal.ts";
import { Encoder } from "@/tui/render/encode.ts";
import { filled, type Line, line, textOf } from "@/tui/render/line.ts";
import { type Frame, Screen } from "@/tui/render/screen.ts";
import { rgb } from "@/tui/render/style.ts";

/** A screen and the terminal it draws on, where a shell has written before. */
class Sitting {
  readonly terminal: VirtualTerminal;
  readonly screen: Screen;

  constructor(columns = 40, rows = 10, canScrollRegions = true) {
    this.terminal = new VirtualTerminal(columns, rows);
    this.screen = new Screen({
      encoder: new Encoder("truecolor"),
      size: { columns, rows },
      reflow: "wraps",
      canScrollRegions,
    });
  }

  async draw(frame: Partial<Frame>): Promise<string> {
    const bytes = this.screen.draw({
      finished: [],
      view: [line("view")],
      cursor: { row: 0, column: 0 },
      ...frame,
    });
    await this.terminal.write(bytes);
    return bytes;
  }

  async locate(): Promise<void> {
    await this.terminal.write(this.screen.locate());
    this.answer();
  }

  answer(): void {
    const answer = this.terminal.answers.pop() ?? "";
    this.screen.located(Number(/\[(\d+);/.exec(answer)?.[1]) - 1);
  }

  async resize(columns: number, rows: number): Promise<void> {
    this.terminal.resize(columns, rows);
    await this.terminal.write(this.screen.resize({ columns, rows }));
    this.answer();
  }
}

function lines(...texts: readonly string[]): readonly Line[] {
  return texts.map((text) => line(text));
}

function numbered(from: number, count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `line ${from + index}`);
}

const VIEW = lines("", "> draft", "footer");

Deno.test("the view is drawn where the cursor is, under what a shell wrote", async () => {
  const sitting = new Sitting();
  await sitting.terminal.write("$ codex\r\n");
  await sitting.draw({ view: VIEW, cursor: { row: 1, column: 2 } });
  assert.deepEqual(sitting.terminal.screen().slice(0, 4), [
    "$ codex",
    "",
    "> draft",
    "footer",
  ]);
  assert.deepEqual(sitting.terminal.cursor, { row: 2, column: 2 });
});

Deno.test("a frame that changes nothing writes nothing", async () => {
  const sitting = new Sitting();
  await sitting.draw({ view: VIEW });
  assert.equal(await sitting.draw({ view: VIEW }), "");
});

Deno.test("only rows that differ are written", async () => {
  const sitting = new Sitting();
  await sitting.draw({ view: VIEW });
  const bytes = await sitting.draw({ view: lines("", "> drafts", "footer") });
  assert.ok(bytes.includes("drafts") && !bytes.includes("footer"), bytes);
});

for (const canScrollRegions of [true, false]) {
  const how = canScrollRegions
    ? "by scroll regions"
    : "by writing over the view";
  Deno.test(`finished lines end up in the scrollback once and in order, ${how}`, async () => {
    const sitting = new Sitting(40, 10, canScrollRegions);
    await sitting.terminal.write("$ codex\r\n");
    await sitting.draw({ view: VIEW });
    await sitting.locate();
    for (let at = 0; at < 30; at += 3) {
      await sitting.draw({
        finished: lines(...numbered(at, 3)),
        view: VIEW,
        cursor: { row: 1, column: 7 },
      });
    }
    assert.equal(
      sitting.terminal.everything(),
      ["$ codex", ...numbered(0, 30), "", "> draft", "footer"].join("\n"),
    );
    assert.deepEqual(sitting.terminal.cursor, { row: 8, column: 7 });
  });
}

Deno.test("with the place known, the view's rows are not written again", async () => {
  const sitting = new Sitting();
  await sitting.draw({ finished: lines(...numbered(0, 20)), view: VIEW });
  await sitting.locate();
  const bytes = await sitting.draw({
    finished: lines("new"),
    view: VIEW,
  });
  assert.ok(!bytes.includes("footer"), JSON.stringify(bytes));
  assert.equal(
    sitting.terminal.everything(),
    [...numbered(0, 20), "new", "", "> draft", "footer"].join("\n"),
  );
});

Deno.test("the view grows and shrinks without leaving rows behind", async () => {
  const sitting = new Sitting();
  await sitting.draw({ finished: lines(...numbered(0, 12)), view: VIEW });
  await sitting.locate();
  await sitting.draw({ view: lines("a", "b", "c", "d", "e", "f") });
  await sitting.draw({ view: lines("a", "b") });
  await sitting.draw({ finished: lines("new"), view: VIEW });
  assert.equal(
    sitting.terminal.everything(),
    [...numbered(0, 12), "new", "", "> draft", "footer"].join("\n"),
  );
});

Deno.test("a row that was longer is gone to its end, in the row's own colour", async () => {
  const sitting = new Sitting(20);
  const tint = { bg: rgb(1, 2, 3) };
  await sitting.draw({ view: [filled(tint, line("a long row here"))] });
  await sitting.draw({ view: [filled(tint, line("short"))] });
  assert.equal(sitting.terminal.screen()[0], "short");
  assert.equal(sitting.terminal.cell(0, 19).bg, 0x010203);
  await sitting.draw({ view: [line("x".repeat(30))] });
  assert.equal(sitting.terminal.screen()[0], `${"x".repeat(19)}…`);
});

Deno.test("narrower and wider: nothing is lost, doubled or left behind", async () => {
  const sitting = new Sitting(40, 10);
  const tint = { bg: rgb(1, 2, 3) };
  const view = [
    line("• Working (3s • esc to interrupt)"),
    filled(tint, line("")),
    filled(tint, line("> draft")),
    filled(tint, line("")),
    line("footer"),
  ];
  const cursor = { row: 2, column: 7 };
  const before = numbered(0, 30).map((text) =>
    `${text} ${"and more ".repeat(3)}`.trim()
  );
  await sitting.draw({ finished: lines(...before), view, cursor });
  await sitting.locate();
  for (
    const [columns, rows] of [[25, 10], [60, 12], [18, 10], [40, 8]] as const
  ) {
    await sitting.resize(columns, rows);
    await sitting.draw({ view, cursor });
  }
  await sitting.draw({ finished: lines("after"), view, cursor });
  const text = sitting.terminal.everything();
  assert.equal(
    text,
    [
      ...before,
      "after",
      "• Working (3s • esc to interrupt)",
      "",
      "> draft",
      "",
      "footer",
    ].join("\n"),
  );
});

Deno.test("an answer that comes after more was printed still finds the view", async () => {
  const sitting = new Sitting();
  await sitting.draw({ view: VIEW });
  await sitting.terminal.write(sitting.screen.locate());
  await sitting.draw({ finished: lines(...numbered(0, 4)), view: VIEW });
  await sitting.draw({ view: lines("a", "b", "c", "d", "e") });
  await sitting.draw({ finished: lines(...numbered(4, 9)), view: VIEW });
  sitting.answer();
  const bytes = await sitting.draw({ finished: lines("new"), view: VIEW });
  assert.equal(
    sitting.terminal.everything(),
    [...numbered(0, 13), "new", "", "> draft", "footer"].join("\n"),
    JSON.stringify(bytes),
  );
});

Deno.test("an answer is taken for the question it answers, not for a later one", async () => {
  const sitting = new Sitting(40, 12);
  const { terminal, screen } = sitting;
  const view = { view: VIEW, cursor: { row: 1, column: 2 } };
  await terminal.write("$ codex\r\n");
  await sitting.draw({ ...view, finished: lines(...numbered(0, 20)) });
  for (const rows of [6, 12, 8]) {
    terminal.resize(40, rows);
    await terminal.write(screen.resize({ columns: 40, rows }));
    await sitting.draw(view);
  }
  // The first answer comes late, and others are on their way.
  const rows = terminal.answers.splice(0)
    .map((answer) => Number(/\[(\d+);/.exec(answer)?.[1]) - 1);
  for (const [index, row] of rows.entries()) {
    screen.located(row);
    await sitting.draw({ ...view, finished: lines(`new ${index}`) });
  }
  await sitting.draw(view);
  assert.equal(
    terminal.everything(),
    [
      "$ codex",
      ...numbered(0, 20),
      "new 0",
      "new 1",
      "new 2",
      ...VIEW.map(textOf),
    ]
      .join("\n"),
  );
});

Deno.test("any frames: the scrollback holds each finished line once and in order", async () => {
  const frame = fc.record({
    finished: fc.integer({ min: 0, max: 12 }),
    height: fc.integer({ min: 1, max: 8 }),
    locates: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(frame, { maxLength: 12 }),
      fc.boolean(),
      async (frames, canScrollRegions) => {
        const sitting = new Sitting(30, 8, canScrollRegions);
        await sitting.terminal.write("$ codex\r\n");
        let printed = 0;
        for (const { finished, height, locates } of frames) {
          await sitting.draw({
            finished: lines(...numbered(printed, finished)),
            view: lines(...Array.from({ length: height }, (_, at) => `v${at}`)),
            cursor: { row: height - 1, column: 0 },
          });
          printed += finished;
          if (locates) await sitting.locate();
        }
        await sitting.draw({ view: lines("end") });
        assert.equal(
          sitting.terminal.everything(),
          ["$ codex", ...numbered(0, printed), "end"].join("\n"),
        );
        sitting.terminal.dispose();
      },
    ),
    { numRuns: 200 },
  );
});
