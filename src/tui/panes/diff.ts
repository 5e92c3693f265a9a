/** A diff of git, coloured as git would. */
import { printable } from "@/text/ansi.ts";
import { type Line, line, span, wrapLine } from "@/tui/render/line.ts";
import { BOLD, PLAIN, type Style } from "@/tui/render/style.ts";
import type { Theme } from "@/tui/render/theme.ts";

export function diffLines(
  text: string,
  width: number,
  theme: Theme,
): readonly Line[] {
  return printable(text, "plain").replaceAll("\t", "    ").trimEnd().split("\n")
    .flatMap((row) =>
      wrapLine(line(span(row, styleOf(row, theme))), { width, mode: "cut" })
    );
}

const HEADER =
  /^(diff |index |--- |\+\+\+ |new file|deleted file|similarity|rename |old mode|new mode|Binary )/;

function styleOf(row: string, theme: Theme): Style {
  if (HEADER.test(row)) return BOLD;
  if (row.startsWith("@@")) return theme.accent;
  if (row.startsWith("+")) return theme.success;
  return row.startsWith("-") ? theme.failure : PLAIN;
}
