/**
 * Cuts streamed Markdown into pieces that are finished for ever, line by line: a
 * paragraph at its end, each item of a list, each line of a fence, a table as a whole.
 * What stands in a piece is for the parser; this only knows where one ends.
 *
 * Source: CommonMark 0.31.2 (block structure, 4 and 5) and the GFM tables extension.
 */
import {
  atxHeading,
  cellCount,
  columnsIndented,
  type FenceStart,
  fenceStart,
  htmlEnd,
  isBlank,
  isDelimiterRow,
  isFenceEnd,
  isQuote,
  isRule,
  isSetextUnderline,
  type ItemStart,
  itemStart,
  withoutIndent,
  withSpaces,
} from "./line_kinds.ts";

/** A finished part of the text. */
export type Piece =
  /** Blocks the parser reads, usually one. */
  | {
    readonly kind: "block";
    readonly text: string;
    /** Languages of fences in it. */
    readonly languages: readonly string[];
  }
  /** An item of a list on the top level. */
  | {
    readonly kind: "item";
    readonly text: string;
    readonly languages: readonly string[];
    /** What it counts as; undefined for a bullet. */
    readonly number: number | undefined;
    /** Follows another item of its list with no blank line between. */
    readonly isTight: boolean;
  }
  | { readonly kind: "fenceStart"; readonly info: string }
  | { readonly kind: "fenceLine"; readonly text: string };

/** Where a text stands after some lines. */
export interface SplitterState {
  readonly open: OpenBlock;
  /** The list the last item belongs to; undefined after anything else. */
  readonly list: OpenList | undefined;
  readonly isAfterBlank: boolean;
}

interface OpenList {
  /** The bullet, or what stands behind the number: another one begins another list. */
  readonly mark: string;
  readonly nextNumber: number | undefined;
}

type OpenBlock =
  | { readonly kind: "none" }
  | { readonly kind: "fence"; readonly fence: FenceStart }
  | {
    readonly kind: "paragraph" | "quote" | "indented" | "table";
    readonly lines: readonly string[];
  }
  | {
    readonly kind: "html";
    readonly lines: readonly string[];
    readonly end: RegExp;
  }
  | OpenItem;

interface OpenItem {
  readonly kind: "item";
  readonly lines: readonly string[];
  readonly start: ItemStart;
  readonly number: number | undefined;
  readonly isTight: boolean;
  readonly fence: FenceStart | undefined;
  readonly languages: readonly string[];
}

export interface Step {
  readonly state: SplitterState;
  readonly pieces: readonly Piece[];
}

export const SPLITTER_START: SplitterState = {
  open: { kind: "none" },
  list: undefined,
  isAfterBlank: false,
};

/** The state after a whole line, and what it finished. */
export function readLine(state: SplitterState, raw: string): Step {
  const { open } = state;
  if (open.kind === "fence") return readFenceLine(state, open.fence, raw);
  const line = withSpaces(raw);
  switch (open.kind) {
    case "none":
      return begin(state, line);
    case "paragraph":
      return readParagraphLine(state, open.lines, line);
    case "quote":
      return isQuote(line) ||
          !isBlank(line) && !startsBlock(line) && isParagraphEnd(open.lines)
        ? grow(state, line)
        : endAndBegin(state, line);
    case "indented":
      return isBlank(line) || columnsIndented(line) >= 4
        ? grow(state, line)
        : endAndBegin(state, line);
    case "table":
      return isBlank(line) || startsBlock(line)
        ? endAndBegin(state, line)
        : grow(state, line);
    case "html":
      return readHtmlLine(state, open.end, line);
    case "item":
      return readItemLine(state, open, line);
  }
}

/** What is still open, as the pieces it would be if the text ended here. */
export function endText(state: SplitterState): readonly Piece[] {
  const { open } = state;
  switch (open.kind) {
    case "none":
    case "fence":
      return [];
    case "item":
      return [{
        kind: "item",
        text: open.lines.join("\n"),
        languages: open.languages,
        number: open.number,
        isTight: open.isTight,
      }];
    case "quote":
      return [{
        kind: "block",
        text: open.lines.join("\n"),
        languages: quotedLanguages(open.lines),
      }];
    default:
      return [block(open.lines)];
  }
}

function block(lines: readonly string[]): Piece {
  return { kind: "block", text: lines.join("\n"), languages: [] };
}

function quotedLanguages(lines: readonly string[]): readonly string[] {
  return lines.flatMap((line) => {
    const info = fenceStart(line.replace(/^[ >]+/, ""))?.info;
    return info === undefined ? [] : [info];
  });
}

function opened(state: SplitterState, open: OpenBlock): SplitterState {
  const isItem = open.kind === "item";
  return {
    open,
    list: isItem ? state.list : undefined,
    isAfterBlank: false,
  };
}

function grow(state: SplitterState, line: string): Step {
  const { open } = state;
  return "lines" in open
    ? {
      state: { ...state, open: { ...open, lines: [...open.lines, line] } },
      pieces: [],
    }
    : begin(state, line);
}

/** The open block ends in front of a line. */
function endAndBegin(state: SplitterState, line: string): Step {
  const pieces = endText(state);
  const next = begin({ ...state, open: { kind: "none" } }, line);
  return { state: next.state, pieces: [...pieces, ...next.pieces] };
}

/** A line where nothing is open. */
function begin(state: SplitterState, line: string): Step {
  if (isBlank(line)) {
    return {
      state: { ...state, open: { kind: "none" }, isAfterBlank: true },
      pieces: [],
    };
  }
  const fence = fenceStart(line);
  if (fence !== undefined) {
    return {
      state: opened(state, { kind: "fence", fence }),
      pieces: [{ kind: "fenceStart", info: fence.info }],
    };
  }
  if (atxHeading(line) || isRule(line)) {
    return {
      state: opened(state, { kind: "none" }),
      pieces: [block([line])],
    };
  }
  const item = itemStart(line);
  if (item !== undefined) return beginItem(state, item, line);
  const end = htmlEnd(line);
  if (end !== undefined) {
    return readHtmlLine(
      opened(state, { kind: "html", lines: [], end }),
      end,
      line,
    );
  }
  const kind = isQuote(line)
    ? "quote" as const
    : columnsIndented(line) >= 4
    ? "indented" as const
    : "paragraph" as const;
  return { state: opened(state, { kind, lines: [line] }), pieces: [] };
}

function beginItem(
  state: SplitterState,
  start: ItemStart,
  line: string,
): Step {
  const isSame = state.list?.mark === start.mark;
  const number = isSame ? state.list?.nextNumber : start.number;
  const list = {
    mark: start.mark,
    nextNumber: number === undefined ? undefined : number + 1,
  };
  const fence = fenceStart(line.slice(start.contentColumn));
  const open: OpenItem = {
    kind: "item",
    lines: [line],
    start,
    number,
    isTight: isSame && !state.isAfterBlank,
    fence,
    languages: fence === undefined ? [] : [fence.info],
  };
  return { state: opened({ ...state, list }, open), pieces: [] };
}

function readFenceLine(
  state: SplitterState,
  fence: FenceStart,
  line: string,
): Step {
  if (isFenceEnd(line, fence)) {
    return { state: opened(state, { kind: "none" }), pieces: [] };
  }
  const text = withoutIndent(line, fence.indent);
  return { state, pieces: [{ kind: "fenceLine", text }] };
}

function readHtmlLine(state: SplitterState, end: RegExp, line: string): Step {
  if (isBlank(line) && end.test("")) return endAndBegin(state, line);
  const grown = grow(state, line);
  return end.test(line) && !end.test("")
    ? {
      state: opened(state, { kind: "none" }),
      pieces: endText(grown.state),
    }
    : grown;
}

function readParagraphLine(
  state: SplitterState,
  lines: readonly string[],
  line: string,
): Step {
  if (isSetextUnderline(line)) {
    return {
      state: opened(state, { kind: "none" }),
      pieces: [block([...lines, line])],
    };
  }
  const header = lines.at(-1) ?? "";
  if (isDelimiterRow(line) && cellCount(line) === cellCount(header)) {
    const before = lines.slice(0, -1);
    return {
      state: opened(state, { kind: "table", lines: [header, line] }),
      pieces: before.length === 0 ? [] : [block(before)],
    };
  }
  return isBlank(line) || startsBlock(line)
    ? endAndBegin(state, line)
    : grow(state, line);
}

/** True for a line that ends the paragraph in front of it. */
function startsBlock(line: string): boolean {
  const item = itemStart(line);
  return fenceStart(line) !== undefined || atxHeading(line) || isRule(line) ||
    isQuote(line) || htmlEnd(line) !== undefined ||
    item !== undefined && !item.isEmpty && (item.number ?? 1) === 1;
}

function readItemLine(
  state: SplitterState,
  open: OpenItem,
  line: string,
): Step {
  if (isBlank(line)) return grow({ ...state, isAfterBlank: true }, line);
  const isInside = columnsIndented(line) >= open.start.contentColumn;
  if (isInside) return growItem(state, open, line);
  const isLazy = !state.isAfterBlank && open.fence === undefined &&
    itemStart(line) === undefined && !startsBlock(line) &&
    isParagraphEnd(open.lines);
  return isLazy ? grow(state, line) : endAndBegin(state, line);
}

function growItem(state: SplitterState, open: OpenItem, line: string): Step {
  const content = line.trimStart().replace(/^(?:(?:[-+*]|\d+[.)]) +)+/, "");
  const started = open.fence === undefined ? fenceStart(content) : undefined;
  const isEnded = open.fence !== undefined &&
    isFenceEnd(line.trimStart(), open.fence);
  const next: OpenItem = {
    ...open,
    lines: [...open.lines, line],
    fence: isEnded ? undefined : open.fence ?? started,
    languages: started === undefined
      ? open.languages
      : [...open.languages, started.info],
  };
  return {
    state: { ...state, open: next, isAfterBlank: false },
    pieces: [],
  };
}

/** True when the last line may go on in one without its mark: it is text. */
function isParagraphEnd(lines: readonly string[]): boolean {
  const last = (lines.at(-1) ?? "").replace(/^[ >]*(?:[-+*] |\d+[.)] )?/, "");
  return last !== "" && fenceStart(last) === undefined && !atxHeading(last) &&
    !isRule(last);
}
