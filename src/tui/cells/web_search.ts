/** Looking something up: what was searched, opened or looked for on a page. */
import type { WebSearchThreadItem } from "@/protocol/items.ts";
import type { Cell } from "../cell.ts";
import { type Line, line, type Span, span } from "../render/line.ts";
import { liveBullet } from "./command.ts";
import type { CellContext } from "./context.ts";
import { bold, bullet, fitted, inOneLine, markedRows } from "./rows.ts";

export function webSearchCell(item: WebSearchThreadItem): Cell {
  return {
    lines: (context) =>
      fitted(
        markedRows(bullet(), { spans: searched(item, context) }, context.width),
        context.width,
      ),
  };
}

/** While it goes on; what is searched is known only at its end. */
export function liveWebSearchLines(
  { width, nowMs }: CellContext,
): readonly Line[] {
  return fitted(
    markedRows(liveBullet(nowMs), line(bold("Searching the web")), width),
    width,
  );
}

function searched(
  { action, query }: WebSearchThreadItem,
  { theme }: CellContext,
): readonly Span[] {
  const address = (url: string | undefined) =>
    span(inOneLine(url ?? query), theme.link);
  switch (action?.type) {
    case "open_page":
      return [bold("Opened "), address(action.url)];
    case "find_in_page":
      return [
        bold("Searched "),
        span(`'${inOneLine(action.pattern ?? "")}' in `),
        address(action.url),
      ];
    case "search":
      return [bold("Searched "), span(searchText(action, query))];
    default:
      return [bold("Searched "), span(inOneLine(query))];
  }
}

function searchText(
  action: { readonly query?: string; readonly queries?: readonly string[] },
  query: string,
): string {
  const queries = action.queries ?? [];
  const texts = queries.length > 0 ? queries : [action.query ?? query];
  return texts.map(inOneLine).filter((text) => text !== "").join(", ") ||
    "the web";
}
