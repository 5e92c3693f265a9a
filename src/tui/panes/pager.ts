/**
 * Text that is longer than the terminal, to be read, searched and left again. At its
 * end it follows what is added.
 */
import { displayWidth } from "@/text/width.ts";
import type { Keymap, PagerKey } from "@/tui/input/keymap.ts";
import {
  fitLine,
  type Line,
  line,
  sliceLine,
  span,
  styled,
  textOf,
} from "@/tui/render/line.ts";
import { DIM } from "@/tui/render/style.ts";
import {
  close,
  type KeyEvent,
  type Pane,
  type PaneContext,
  type PaneResult,
  type PaneView,
  stay,
} from "./pane.ts";

export interface PagerSpec {
  readonly name: string;
  readonly title: string;
  /** All rows for a width; called when something has changed and on every scroll. */
  readonly rows: (context: PaneContext) => readonly Line[];
  readonly keymap: Keymap["pager"];
  /** Where it begins: at the top, or at the end, which it follows. */
  readonly start: "top" | "end";
  /** A second row of hints. */
  readonly hint?: string;
  readonly onOther?: (key: KeyEvent) => PaneResult | undefined;
  /** A row to be in sight. */
  readonly focus?: (rows: readonly Line[]) => number | undefined;
}

interface PagerState {
  /** The row on top; undefined: at the end, whatever that is. */
  readonly top: number | undefined;
  readonly search: { readonly query: string; readonly isTyping: boolean };
}

const NO_SEARCH: PagerState["search"] = { query: "", isTyping: false };

/** Rows of the frame: a header, a rule and two rows of hints. */
const FRAME_ROWS = 4;

export function pagerPane(spec: PagerSpec): Pane {
  return paneOf(spec, {
    top: spec.start === "top" ? 0 : undefined,
    search: NO_SEARCH,
  });
}

function paneOf(spec: PagerSpec, state: PagerState): Pane {
  return {
    name: spec.name,
    placement: "full",
    onKey: (key, context) => onKey(spec, state, key, context),
    render: (context) => render(spec, state, context),
  };
}

function pageOf({ height }: PaneContext): number {
  return Math.max(1, height - FRAME_ROWS);
}

function onKey(
  spec: PagerSpec,
  state: PagerState,
  key: KeyEvent,
  context: PaneContext,
): PaneResult {
  if (state.search.isTyping) return searchKey(spec, state, key, context);
  const other = spec.onOther?.(key);
  if (other !== undefined) return other;
  const action = spec.keymap.get(key.chord);
  if (action === "pager_close") return close();
  if (action === "pager_search") {
    return stay(
      paneOf(spec, { ...state, search: { query: "", isTyping: true } }),
    );
  }
  const rows = spec.rows(context);
  const top = shownTop(spec, state, rows, context);
  if (action === "pager_next" || action === "pager_previous") {
    return stay(
      found(spec, state, rows, {
        from: top,
        step: action === "pager_next" ? 1 : -1,
      }),
    );
  }
  const next = scrolled(action, top, rows.length, pageOf(context));
  return stay(
    next === undefined ? paneOf(spec, state) : paneOf(spec, {
      ...state,
      // At the end it follows again.
      top: next >= rows.length - pageOf(context) ? undefined : next,
    }),
  );
}

function scrolled(
  action: PagerKey | undefined,
  top: number,
  count: number,
  page: number,
): number | undefined {
  const last = Math.max(0, count - page);
  const to = (row: number) => Math.min(last, Math.max(0, row));
  switch (action) {
    case "pager_up":
      return to(top - 1);
    case "pager_down":
      return to(top + 1);
    case "pager_page_up":
      return to(top - page);
    case "pager_page_down":
      return to(top + page);
    case "pager_half_up":
      return to(top - Math.ceil(page / 2));
    case "pager_half_down":
      return to(top + Math.ceil(page / 2));
    case "pager_top":
      return 0;
    case "pager_bottom":
      return last;
    default:
      return undefined;
  }
}

function searchKey(
  spec: PagerSpec,
  state: PagerState,
  key: KeyEvent,
  context: PaneContext,
): PaneResult {
  const { query } = state.search;
  const typing = (next: string) =>
    stay(paneOf(spec, { ...state, search: { query: next, isTyping: true } }));
  if (key.chord === "escape" || key.chord === "ctrl+c") {
    return stay(paneOf(spec, { ...state, search: NO_SEARCH }));
  }
  if (key.chord === "backspace") return typing(query.slice(0, -1));
  if (key.chord !== "enter") return typing(query + (key.text ?? ""));
  const rows = spec.rows(context);
  const done = { ...state, search: { query, isTyping: false } };
  const from = shownTop(spec, state, rows, context) - 1;
  return stay(found(spec, done, rows, { from, step: 1 }));
}

/** The next row that holds what is searched; goes round at the ends. */
function found(
  spec: PagerSpec,
  state: PagerState,
  rows: readonly Line[],
  { from, step }: { readonly from: number; readonly step: 1 | -1 },
): Pane {
  const query = state.search.query.toLowerCase();
  if (query === "") return paneOf(spec, state);
  for (let count = 1; count <= rows.length; count++) {
    const at = (from + step * count + rows.length * 2) % rows.length;
    const row = rows[at];
    if (row !== undefined && textOf(row).toLowerCase().includes(query)) {
      return paneOf(spec, { ...state, top: at });
    }
  }
  return paneOf(spec, state);
}

function shownTop(
  spec: PagerSpec,
  { top }: PagerState,
  rows: readonly Line[],
  context: PaneContext,
): number {
  const page = pageOf(context);
  const last = Math.max(0, rows.length - page);
  const focus = spec.focus?.(rows);
  if (focus !== undefined) {
    return Math.max(0, Math.min(last, focus - Math.floor(page / 3)));
  }
  return top === undefined ? last : Math.min(top, last);
}

function render(
  spec: PagerSpec,
  state: PagerState,
  context: PaneContext,
): PaneView {
  const { width, theme } = context;
  const rows = spec.rows(context);
  const page = pageOf(context);
  const top = shownTop(spec, state, rows, context);
  const shown = rows.slice(top, top + page).map((row) =>
    marked(row, state.search.query)
  );
  const blank = Array.from(
    { length: page - shown.length },
    () => line(span("~", DIM)),
  );
  const share = rows.length <= page
    ? 100
    : Math.round((top + page) / rows.length * 100);
  const letters = spec.title.toUpperCase().split("").join(" ");
  const head = `/ ${letters} `;
  const tail = ` ${Math.min(100, share)}% ─`;
  const { query, isTyping } = state.search;
  const hints = isTyping
    ? line(span(" search: ", DIM), span(query, theme.accent))
    : line(
      span(
        " ↑/↓ to scroll   pgup/pgdn to page   home/end to jump   / to search",
        DIM,
      ),
    );
  return {
    lines: [
      fitLine(line(span(head.padEnd(width, "/ "), DIM)), width),
      ...shown,
      ...blank,
      line(
        span("─".repeat(Math.max(0, width - displayWidth(tail))) + tail, DIM),
      ),
      fitLine(hints, width),
      fitLine(line(span(spec.hint ?? " q to quit", DIM)), width),
    ],
    cursor: isTyping
      ? {
        row: context.height - 2,
        column: Math.min(width - 1, 9 + query.length),
      }
      : undefined,
  };
}

/** The row with what was searched for reversed. */
function marked(row: Line, query: string): Line {
  if (query === "") return row;
  const text = textOf(row).toLowerCase();
  const sought = query.toLowerCase();
  const at = text.indexOf(sought);
  if (at === -1 || text.length !== textOf(row).length) return row;
  const end = at + sought.length;
  const hit = styled({}, sliceLine(row, { start: at, end }));
  return {
    ...row,
    spans: [
      ...sliceLine(row, { start: 0, end: at }).spans,
      ...hit.spans.map(({ text, style }) => ({
        text,
        style: { ...style, reverse: true },
      })),
      ...sliceLine(row, { start: end, end: text.length }).spans,
    ],
  };
}
