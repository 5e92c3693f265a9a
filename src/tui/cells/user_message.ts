/** What the user said, in the colour of the composer. */
import type { UserInput, UserMessageThreadItem } from "@/protocol/items.ts";
import type { Cell } from "../cell.ts";
import {
  EMPTY_LINE,
  filled,
  type Line,
  line,
  span,
  wrapLine,
} from "../render/line.ts";
import type { CellContext } from "./context.ts";
import { shownPath } from "./paths.ts";
import { dim, fitted, inOneLine, textLines } from "./rows.ts";

export function userMessageCell(item: UserMessageThreadItem): Cell {
  return {
    lines: (context) => userMessageLines(item, context),
    source: { kind: "user", text: textOf(item.content) },
  };
}

function userMessageLines(
  { content }: UserMessageThreadItem,
  context: CellContext,
): readonly Line[] {
  const { theme, width } = context;
  const text = textOf(content);
  const lines = [
    ...(text === "" ? [] : textLines(text)),
    ...content.flatMap((input) => attachmentLine(input, text, context)),
  ];
  const rows = lines.flatMap((row, index) =>
    wrapLine(row, {
      width: Math.max(3, width - 1),
      first: [
        index === 0 ? span("› ", { bold: true, dim: true }) : span("  "),
      ],
      rest: [span("  ")],
    })
  );
  return fitted([EMPTY_LINE, ...rows, EMPTY_LINE], width)
    .map((row) => filled(theme.input, row));
}

function textOf(content: readonly UserInput[]): string {
  return content.flatMap((input) => input.type === "text" ? [input.text] : [])
    .join("\n").trimEnd();
}

/** What went along and is not named in the text. */
function attachmentLine(
  input: UserInput,
  text: string,
  context: CellContext,
): readonly Line[] {
  switch (input.type) {
    case "text":
      return [];
    case "image":
      return text.includes("[Image #") ? [] : [line(dim("[image]"))];
    case "localImage":
      return text.includes("[Image #")
        ? []
        : [line(dim(`[image ${inOneLine(shownPath(input.path, context))}]`))];
    case "skill":
      return text.includes(`$${input.name}`)
        ? []
        : [line(dim(`[skill ${inOneLine(input.name)}]`))];
  }
}
