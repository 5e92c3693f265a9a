/** One thing to know, at the beginning of a session. */
import type { Cell } from "./cell.ts";
import { line, span, wrapLine } from "./render/line.ts";
import { BOLD } from "./render/style.ts";

const TIPS = [
  "Type / for the commands; Tab writes the one that is marked out.",
  "Tab queues a message for the end of the turn; Enter steers the turn that runs.",
  "Esc stops a turn, also while an answer is being written.",
  "Esc twice goes back to an earlier message, to say it differently.",
  "Ctrl+T shows everything that happened, in full; / searches there.",
  "Ctrl+O copies the last answer, also over SSH.",
  "Type ! for a command of your own; it runs beside a turn.",
  "Type @ for a file and $ for a skill.",
  "Ctrl+R searches what you have written in earlier sessions.",
  "/side asks something on the side and leaves this conversation as it is.",
  "/export writes the conversation to a Markdown file.",
  "/keymap shows every key, and how to change it.",
  "A draft that was not sent comes back when a session was cut off.",
  "codex resume goes on with an earlier session.",
] as const;

/** One of them for a number from 0 up to 1. */
export function tipCell(random: number): Cell {
  const tip = TIPS[Math.floor(random * TIPS.length)] ?? TIPS[0];
  return {
    lines: ({ width }) =>
      wrapLine(line(span("Tip: ", BOLD), tip), { width, first: [span("  ")] }),
  };
}
