/**
 * What streaming Markdown costs: an answer of 200 KB in 5,005 deltas, drawn 60 times a
 * second of virtual time. Prints processor milliseconds in total and for each 1,000
 * deltas, which must stay flat as the answer grows.
 */
import { Highlighter } from "@/tui/highlight/highlighter.ts";
import { MarkdownStream } from "@/tui/markdown/stream.ts";
import { createTheme } from "@/tui/render/theme.ts";

const HEADINGS = 512;
const DELTAS = 5_005;
/** Of the real stream this is after: 11.6 seconds, so 7 deltas a frame. */
const DELTAS_PER_FRAME = DELTAS / (11.6 * 60);
const WIDTH = 100;

const SECTIONS: readonly string[] = [
  "Some words with **bold**, `code` and a [link](https://example.com/a/b), " +
  "which go on for long enough to be wrapped once or twice on the way.\n",
  "- an item of a list that says something about `src/main.ts`\n" +
  "- another one, *with* emphasis\n  - and one inside of it\n- the last one\n",
  "```ts\nexport function add(left: number, right: number): number {\n" +
  '  // The sum of both.\n  return left + right + "0".length;\n}\n```\n',
  "| Name | Meaning | Count |\n|:-----|---------|------:|\n" +
  "| first | the `one` in front | 1 |\n| second | the **other** one | 22 |\n",
  "> A quote of somebody who said it better,\n> in two lines.\n",
  "1. First this\n2. then that\n3. and in the end nothing.\n",
];

function answer(): string {
  let text = "";
  for (let number = 1; number <= HEADINGS; number++) {
    const parts = [0, 1].map((more) =>
      SECTIONS[(number + more) % SECTIONS.length]
    );
    text += `## Part ${number} of the answer\n\n${parts.join("\n")}\n`;
    // Sections are short; the rest of 200 KB is prose.
    text += `${
      "Prose that goes on and on about it. ".repeat(2 + number % 5)
    }\n\n`;
  }
  return text;
}

function deltasOf(text: string): readonly string[] {
  const size = text.length / DELTAS;
  return Array.from(
    { length: DELTAS },
    (_, index) =>
      text.slice(Math.round(index * size), Math.round((index + 1) * size)),
  );
}

interface Measured {
  readonly perThousand: readonly number[];
  readonly rows: number;
  readonly frames: number;
  readonly worstMs: number;
}

function measure(text: string, highlighter: Highlighter): Measured {
  const theme = createTheme([0x1e, 0x1e, 0x1e]);
  const stream = new MarkdownStream({ theme, cwd: "/", highlighter });
  const perThousand: number[] = [];
  let rows = 0;
  let frames = 0;
  let worstMs = 0;
  let fromMs = performance.now();
  for (const [index, delta] of deltasOf(text).entries()) {
    stream.push(delta);
    if (Math.floor(index / DELTAS_PER_FRAME) >= frames) {
      const frameMs = performance.now();
      rows += stream.take(WIDTH).length;
      stream.open(WIDTH);
      worstMs = Math.max(worstMs, performance.now() - frameMs);
      frames++;
    }
    if ((index + 1) % 1_000 === 0) {
      perThousand.push(performance.now() - fromMs);
      fromMs = performance.now();
    }
  }
  rows += stream.finish(WIDTH).length;
  return { perThousand, rows, frames, worstMs };
}

const highlighter = new Highlighter();
await highlighter.load("ts");
const texts = {
  "an answer of many parts": answer(),
  "one paragraph without an end": "word ".repeat(40_000),
  "one table without an end": `| a | b |\n|---|---|\n${
    "| some words | and `more` |\n".repeat(7_000)
  }`,
};
for (const [name, text] of Object.entries(texts)) {
  const { perThousand, rows, frames, worstMs } = measure(text, highlighter);
  const total = perThousand.reduce((sum, each) => sum + each, 0);
  console.log(
    `${name}: ${text.length} characters, ${DELTAS} deltas, ${frames} frames, ${rows} rows`,
  );
  console.log(
    `  total ${total.toFixed(0)} ms, worst frame ${worstMs.toFixed(1)} ms, ` +
      `per 1,000 deltas ${
        perThousand.map((each) => each.toFixed(0)).join(", ")
      } ms`,
  );
}
