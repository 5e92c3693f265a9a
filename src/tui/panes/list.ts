/**
 * A list to choose from. Digits and an item's own keys choose at once; where there is
 * a search, letters go into it. The list goes round at both ends.
 */
import { displayWidth } from "@/text/width.ts";
import type { ListKey } from "@/tui/input/keymap.ts";
import {
  EMPTY_LINE,
  fitLine,
  type Line,
  line,
  type Span,
  span,
  wrapLine,
} from "@/tui/render/line.ts";
import { BOLD, DIM, over, PLAIN } from "@/tui/render/style.ts";
import type { Change } from "@/tui/step.ts";
import {
  close,
  type KeyEvent,
  type Pane,
  type PaneContext,
  type PaneResult,
  type PaneView,
  stay,
} from "./pane.ts";

export interface ListItem {
  readonly label: string;
  readonly description?: string;
  /** Keys that choose it at once. */
  readonly keys?: readonly string[];
  /** Behind the label: `(y)`, `(current)`. */
  readonly mark?: string;
  /** Found by the search although it is not shown. */
  readonly terms?: string;
  /** Cannot be chosen; says why. */
  readonly problem?: string;
  readonly choose: Change;
}

export interface ListSpec {
  readonly name: string;
  /** Above the items; wrapped. */
  readonly title: readonly Line[];
  /** Below the title, in that many rows at most: what is left of the items. */
  readonly body?: (context: PaneContext, rowsMax: number) => readonly Line[];
  readonly items: readonly ListItem[];
  readonly footer: string;
  /** Which one is chosen from the start; the first, when it does not say. */
  readonly selected?: number;
  readonly search?: { readonly placeholder: string };
  readonly placement?: Pane["placement"];
  /** Digits choose; not where a search wants them, nor where there are too many. */
  readonly hasNumbers?: boolean;
  /** Instead of only closing. */
  readonly onCancel?: Change;
  /** Shown beside the list for the item under the cursor. */
  readonly preview?: (index: number, context: PaneContext) => readonly Line[];
  /** Another key with a meaning of its own; undefined leaves it to the list. */
  readonly onOther?: (key: KeyEvent, index: number) => PaneResult | undefined;
  readonly keymap: ReadonlyMap<string, ListKey>;
}

interface ListState {
  readonly selected: number;
  readonly query: string;
}

/** Rows of items that are shown at once. */
const ROWS_MAX = 12;

export function listPane(spec: ListSpec): Pane {
  return paneOf(spec, { selected: spec.selected ?? 0, query: "" });
}

function paneOf(spec: ListSpec, state: ListState): Pane {
  return {
    name: spec.name,
    placement: spec.placement ?? "inline",
    onKey: (key, context) => onKey(spec, state, key, context),
    onPaste: (text) =>
      stay(
        spec.search === undefined
          ? paneOf(spec, state)
          : searched(spec, state.query + text.replace(/\s+/g, " ")),
      ),
    render: (context) => render(spec, state, context),
  };
}

/** Which items the search leaves, by their places. */
function shownItems({ items }: ListSpec, query: string): readonly number[] {
  const places = [...items.keys()];
  const words = query.toLowerCase().split(/\s+/).filter((word) => word !== "");
  if (words.length === 0) return places;
  return places.filter((place) => {
    const item = items[place];
    const text = `${item?.label} ${item?.description} ${item?.terms}`
      .toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

function searched(spec: ListSpec, query: string): Pane {
  return paneOf(spec, { query, selected: shownItems(spec, query)[0] ?? 0 });
}

function onKey(
  spec: ListSpec,
  state: ListState,
  key: KeyEvent,
  context: PaneContext,
): PaneResult {
  const shown = shownItems(spec, state.query);
  const other = spec.onOther?.(key, state.selected);
  if (other !== undefined) return other;
  const action = spec.keymap.get(key.chord);
  if (spec.search !== undefined) {
    if (action === undefined && key.text !== undefined) {
      return stay(searched(spec, state.query + key.text));
    }
    if (key.chord === "backspace" && state.query !== "") {
      return stay(searched(spec, state.query.slice(0, -1)));
    }
  } else {
    const direct = spec.items.findIndex(({ keys }) =>
      keys?.includes(key.chord) === true
    );
    if (direct >= 0) return chosen(spec, state, direct);
    if (numbered(spec) && /^[1-9]$/.test(key.chord)) {
      return chosen(spec, state, Number(key.chord) - 1);
    }
  }
  const moved = movedTo(shown, state.selected, action ?? viKey(spec, key), {
    page: Math.min(ROWS_MAX, context.height),
  });
  if (moved !== undefined) {
    return stay(paneOf(spec, { ...state, selected: moved }));
  }
  if (action === "list_choose") {
    return shown.includes(state.selected)
      ? chosen(spec, state, state.selected)
      : stay(paneOf(spec, state));
  }
  return action === "list_cancel"
    ? close(spec.onCancel)
    : stay(paneOf(spec, state));
}

/** `j` and `k`, where letters have no other meaning. */
function viKey(spec: ListSpec, { chord }: KeyEvent): ListKey | undefined {
  if (spec.search !== undefined) return undefined;
  if (chord === "j") return "list_down";
  return chord === "k" ? "list_up" : undefined;
}

function movedTo(
  shown: readonly number[],
  selected: number,
  action: ListKey | undefined,
  { page }: { readonly page: number },
): number | undefined {
  const at = shown.indexOf(selected);
  const count = shown.length;
  if (count === 0) return undefined;
  switch (action) {
    case "list_up":
      return shown[(at + count - 1) % count];
    case "list_down":
      return shown[(at + 1) % count];
    case "list_first":
      return shown[0];
    case "list_last":
      return shown[count - 1];
    case "list_page_up":
      return shown[Math.max(0, at - page)];
    case "list_page_down":
      return shown[Math.min(count - 1, at + page)];
    default:
      return undefined;
  }
}

function chosen(spec: ListSpec, state: ListState, index: number): PaneResult {
  const item = spec.items[index];
  return item === undefined || item.problem !== undefined
    ? stay(paneOf(spec, state))
    : close(item.choose);
}

function numbered({ hasNumbers, search, items }: ListSpec): boolean {
  return hasNumbers ?? (search === undefined && items.length <= 9);
}

function render(
  spec: ListSpec,
  state: ListState,
  context: PaneContext,
): PaneView {
  const { width, height, theme } = context;
  const title = spec.title.flatMap((row) =>
    wrapLine(row, { width, first: [span("  ")] })
  );
  const search = spec.search === undefined ? [] : [
    line(
      "  ",
      state.query === ""
        ? span(spec.search.placeholder, DIM)
        : span(state.query, theme.accent),
    ),
  ];
  const gap = title.length > 0 ? [EMPTY_LINE] : [];
  const head = [...title, ...gap, ...search];
  const preview = spec.preview?.(state.selected, context) ?? [];
  const foot = [
    ...(preview.length > 0 ? [EMPTY_LINE, ...preview] : []),
    EMPTY_LINE,
    fitLine(line(span(`  ${spec.footer}`, DIM)), width),
  ];
  const room = Math.max(
    1,
    Math.min(ROWS_MAX, height - head.length - foot.length),
  );
  const shown = shownItems(spec, state.query);
  const rows = itemRows(spec, state, shown, { room, context });
  const lines = [
    ...head,
    ...bodyRows(spec, context, [...head, ...rows, ...foot].length),
    ...rows,
    ...foot,
  ];
  const cursor = spec.search === undefined ? undefined : {
    row: head.length - 1,
    column: Math.min(width - 1, 2 + displayWidth(state.query)),
  };
  return { lines: lines.slice(0, height), cursor };
}

/** The body with an empty row behind it, as far as there is room beside the others. */
function bodyRows(
  { body }: ListSpec,
  context: PaneContext,
  others: number,
): readonly Line[] {
  const rowsMax = context.height - others - 1;
  return body === undefined || rowsMax < 1
    ? []
    : [...body(context, rowsMax), EMPTY_LINE];
}

interface RowsPlace {
  readonly room: number;
  readonly context: PaneContext;
}

/** The rows of the items around the chosen one. */
function itemRows(
  spec: ListSpec,
  { selected }: ListState,
  shown: readonly number[],
  { room, context }: RowsPlace,
): readonly Line[] {
  if (shown.length === 0) return [line(span("  no matches", DIM))];
  const labels = labelWidth(spec, shown);
  const blocks = shown.map((index) =>
    itemLines(spec, index, { isSelected: index === selected, labels, context })
  );
  // From the chosen one outwards, as many as there is room for.
  const at = Math.max(0, shown.indexOf(selected));
  let first = at;
  let last = at;
  let rows = blocks[at]?.length ?? 1;
  while (true) {
    const below = blocks[last + 1];
    const above = blocks[first - 1];
    if (below !== undefined && rows + below.length <= room) {
      rows += below.length;
      last++;
    } else if (above !== undefined && rows + above.length <= room) {
      rows += above.length;
      first--;
    } else break;
  }
  return blocks.slice(first, last + 1).flat().slice(0, room);
}

/** Descriptions stand below each other where the labels leave them room. */
function labelWidth(spec: ListSpec, shown: readonly number[]): number {
  const widths = shown.map((index) => displayWidth(labelOf(spec, index)));
  return Math.max(0, ...widths);
}

function labelOf(spec: ListSpec, index: number): string {
  const item = spec.items[index];
  const number = numbered(spec) ? `${index + 1}. ` : "";
  const mark = item?.mark === undefined ? "" : ` ${item.mark}`;
  return `${number}${item?.label ?? ""}${mark}`;
}

/** Columns a description needs beside a label; else it stands below. */
const DESCRIPTION_MIN = 24;

function itemLines(
  spec: ListSpec,
  index: number,
  { isSelected, labels, context }: {
    readonly isSelected: boolean;
    readonly labels: number;
    readonly context: PaneContext;
  },
): readonly Line[] {
  const { width, theme } = context;
  const item = spec.items[index];
  const label = labelOf(spec, index);
  const style = item?.problem !== undefined
    ? DIM
    : isSelected
    ? over(BOLD, theme.accent)
    : PLAIN;
  const start: Span = span(isSelected ? "› " : "  ", style);
  const description = item?.problem ?? item?.description;
  const indent = numbered(spec) ? 5 : 4;
  const labelRows = wrapLine(line(span(label, style)), {
    width,
    first: [start],
    rest: [span(" ".repeat(indent))],
  });
  if (description === undefined || description === "") return labelRows;
  const column = labels + 4;
  const isBeside = width - column >= DESCRIPTION_MIN && labelRows.length === 1;
  const dim = isSelected ? over(DIM, theme.accent) : DIM;
  if (!isBeside) {
    return [
      ...labelRows,
      ...wrapLine(line(span(description, dim)), {
        width,
        first: [span(" ".repeat(indent))],
      }),
    ];
  }
  const gap = " ".repeat(column - 2 - displayWidth(label));
  return wrapLine(line(span(description, dim)), {
    width,
    first: [start, span(label, style), span(gap)],
    rest: [span(" ".repeat(column))],
  });
}
