/**
 * What is asked about, as it would be done: the command in full, the changes of a
 * patch. A question shows as much of it as there is room for; a pager shows all.
 */
import type { FileChange } from "@/protocol/items.ts";
import { quoteCommand } from "@/text/shell_quote.ts";
import { commandCode, shownCommand } from "@/tui/cells/command.ts";
import type { CellContext } from "@/tui/cells/context.ts";
import { changeLanguages } from "@/tui/cells/languages.ts";
import { changesLines } from "@/tui/cells/patch.ts";
import { inOneLine } from "@/tui/cells/rows.ts";
import { type Line, line, span, wrapLine } from "@/tui/render/line.ts";
import { DIM } from "@/tui/render/style.ts";

export type SubjectRows = (context: CellContext) => readonly Line[];

/** Columns in front of the rows, as overlays have them. */
const INDENT = "  ";

export function commandRows(
  command: readonly string[],
  cwd: string,
): SubjectRows {
  const text = askedCommand(command);
  return (context) => [
    ...codeRows(text, context),
    ...wrapLine(line(span(`in ${inOneLine(cwd)}`, DIM)), {
      width: context.width,
      first: [span(INDENT)],
    }),
  ];
}

/** The lines of a command that is given as text. */
export function codeRows(
  text: string,
  context: CellContext,
): readonly Line[] {
  return commandCode(text, context).flatMap((row, index) =>
    wrapLine(row, {
      width: context.width,
      first: [span(INDENT), span(index === 0 ? "$ " : "  ", DIM)],
      rest: [span("    ")],
      mode: "cut",
    })
  );
}

/** The changes of a patch; drawn again only when they would look different. */
export function patchRows(changes: readonly FileChange[]): SubjectRows {
  let drawn:
    | { readonly key: string; readonly rows: readonly Line[] }
    | undefined;
  return (context) => {
    const key = `${context.width} ${isReady(changes, context)}`;
    if (drawn?.key !== key) {
      const width = Math.max(1, context.width - INDENT.length);
      const rows = changesLines(changes, { ...context, width }).map((row) => ({
        ...row,
        spans: [span(INDENT), ...row.spans],
      }));
      drawn = { key, rows };
    }
    return drawn.rows;
  };
}

/** Whether what colours the code is there. */
function isReady(
  changes: readonly FileChange[],
  { drawing }: CellContext,
): boolean {
  if (drawing === undefined) return false;
  const languages = changeLanguages(changes);
  return languages.filter((each) => drawing.highlighter.isComing(each))
    .length === 0;
}

/** A command that is asked about, as one would type it. */
export function askedCommand(argv: readonly string[]): string {
  return shownCommand({ command: quoteCommand(argv) });
}
