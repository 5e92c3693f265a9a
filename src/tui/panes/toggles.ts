/** Things to be switched on and off, and put in order where the order counts. */
import type { Keymap } from "@/tui/input/keymap.ts";
import {
  EMPTY_LINE,
  fitLine,
  type Line,
  line,
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

export interface ToggleItem {
  readonly id: string;
  readonly label: string;
  readonly description?: string;
  readonly isOn: boolean;
}

export interface TogglesSpec {
  readonly name: string;
  readonly title: readonly Line[];
  readonly items: readonly ToggleItem[];
  readonly canReorder: boolean;
  readonly keymap: Keymap["list"];
  /** What the choice would look like. */
  readonly preview?: (items: readonly ToggleItem[]) => readonly Line[];
  /** All items as they are now, in their order. */
  readonly save: (items: readonly ToggleItem[]) => Change;
}

interface TogglesState {
  readonly items: readonly ToggleItem[];
  readonly selected: string | undefined;
  readonly query: string;
}

/** Rows of items that are shown at once. */
const ROWS_MAX = 10;

export function togglesPane(spec: TogglesSpec): Pane {
  return paneOf(spec, {
    items: spec.items,
    selected: spec.items[0]?.id,
    query: "",
  });
}

function paneOf(spec: TogglesSpec, state: TogglesState): Pane {
  return {
    name: spec.name,
    placement: "inline",
    onKey: (key) => onKey(spec, state, key),
    render: (context) => render(spec, state, context),
  };
}

function shownItems({ items, query }: TogglesState): readonly ToggleItem[] {
  const sought = query.toLowerCase();
  return items.filter(({ label, description = "" }) =>
    `${label} ${description}`.toLowerCase().includes(sought)
  );
}

function onKey(
  spec: TogglesSpec,
  state: TogglesState,
  key: KeyEvent,
): PaneResult {
  const to = (next: Partial<TogglesState>) =>
    stay(paneOf(spec, { ...state, ...next }));
  const shown = shownItems(state);
  const at = shown.findIndex(({ id }) => id === state.selected);
  const action = spec.keymap.get(key.chord);
  if (action === "list_cancel") return close();
  if (action === "list_choose") return close(spec.save(state.items));
  if (action === "list_up" || action === "list_down") {
    const step = action === "list_up" ? -1 : 1;
    return to({
      selected: shown[(at + step + shown.length) % shown.length]?.id,
    });
  }
  if (key.chord === "space") {
    return to({
      items: state.items.map((item) =>
        item.id === state.selected ? { ...item, isOn: !item.isOn } : item
      ),
    });
  }
  if (spec.canReorder && (key.chord === "left" || key.chord === "right")) {
    return to({
      items: moved(state.items, state.selected, key.chord === "left" ? -1 : 1),
    });
  }
  if (key.chord === "backspace") {
    return to(searched(state, state.query.slice(0, -1)));
  }
  return key.text === undefined
    ? to({})
    : to(searched(state, state.query + key.text));
}

function searched(state: TogglesState, query: string): Partial<TogglesState> {
  const shown = shownItems({ ...state, query });
  const isShown = shown.some(({ id }) => id === state.selected);
  return { query, selected: isShown ? state.selected : shown[0]?.id };
}

function moved(
  items: readonly ToggleItem[],
  id: string | undefined,
  by: -1 | 1,
): readonly ToggleItem[] {
  const at = items.findIndex((item) => item.id === id);
  const item = items[at];
  const to = at + by;
  if (item === undefined || to < 0 || to >= items.length) return items;
  return items.toSpliced(at, 1).toSpliced(to, 0, item);
}

function render(
  spec: TogglesSpec,
  state: TogglesState,
  { width, height, theme }: PaneContext,
): PaneView {
  const shown = shownItems(state);
  const at = Math.max(0, shown.findIndex(({ id }) => id === state.selected));
  const title = spec.title.flatMap((row) =>
    wrapLine(row, { width, first: [span("  ")] })
  );
  const preview = spec.preview?.(state.items) ?? [];
  const hint = spec.canReorder
    ? "space to toggle, ←/→ to reorder, enter to save, esc to cancel"
    : "space to toggle, enter to save, esc to cancel";
  const search = line(
    "  ",
    state.query === ""
      ? span("Type to search", DIM)
      : span(state.query, theme.accent),
  );
  const foot = [
    ...(preview.length === 0 ? [] : [EMPTY_LINE, ...preview]),
    EMPTY_LINE,
    line(span(`  ${hint}`, DIM)),
  ];
  const room = Math.max(
    1,
    Math.min(ROWS_MAX, height - title.length - foot.length - 2),
  );
  const first = Math.max(0, Math.min(at - room + 1, shown.length - room));
  const rows = shown.slice(first, first + room).map((item) => {
    const isSelected = item.id === state.selected;
    const style = isSelected ? over(BOLD, theme.accent) : PLAIN;
    return line(
      span(
        `${isSelected ? "› " : "  "}[${item.isOn ? "x" : " "}] ${item.label}`,
        style,
      ),
      span(item.description === undefined ? "" : `  ${item.description}`, DIM),
    );
  });
  const lines = [
    ...title,
    EMPTY_LINE,
    search,
    ...(rows.length === 0 ? [line(span("  no matches", DIM))] : rows),
    ...foot,
  ];
  return { lines: lines.slice(0, height).map((row) => fitLine(row, width)) };
}
