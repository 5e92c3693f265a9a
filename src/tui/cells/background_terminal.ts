/** What was typed into a command that runs in the background, or that it was waited for. */
import type { Cell } from "../cell.ts";
import { line, span } from "../render/line.ts";
import { DIM } from "../render/style.ts";
import { shownCommand } from "./command.ts";
import {
  bold,
  bullet,
  detailRows,
  dim,
  fitted,
  inOneLine,
  markedRows,
  textLines,
} from "./rows.ts";

/**
 * @param command the command line, quoted for a POSIX shell
 * @param input empty when it was only looked at
 */
export function terminalInteractionCell(command: string, input: string): Cell {
  const shown = inOneLine(shownCommand({ command }));
  const name = dim(` · ${shown}`);
  const typed = input.replace(/\n$/, "");
  return {
    lines: ({ width }) =>
      fitted(
        input === ""
          ? markedRows(
            bullet(),
            line(bold("Waited for background terminal"), name),
            width,
          )
          : [
            ...markedRows(
              span("↳ ", DIM),
              line(bold("Interacted with background terminal"), name),
              width,
            ),
            ...detailRows(textLines(typed === "" ? "⏎" : typed), width),
          ],
        width,
      ),
    source: {
      kind: "other",
      markdown: input === ""
        ? `Waited for \`${shown}\``
        : `Typed into \`${shown}\`: ${inOneLine(input)}`,
    },
  };
}
