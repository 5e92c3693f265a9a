/**
 * The view below the scrollback: what is under way, the composer or what has taken its
 * place, and the row at the bottom. Pure.
 */
import { viewComposer } from "./composer/view.ts";
import { PROMPT_WIDTH } from "./composer/look.ts";
import { type Popup, POPUP_ROWS_MAX, popupOf } from "./composer/popup.ts";
import { cellContext } from "./cell_context.ts";
import type { CellContext } from "./cells/context.ts";
import { explorationLines } from "./cells/exploration.ts";
import { liveItemLines } from "./cells/item.ts";
import { footerLines } from "./footer.ts";
import { shortcutLines } from "./panes/shortcuts.ts";
import { paneContext, takesScreen, topPane } from "./update.ts";
import {
  EMPTY_LINE,
  filled,
  fitLine,
  type Line,
  line,
  type Span,
  span,
  wrapLine,
} from "./render/line.ts";
import type { CursorPlace } from "./render/screen.ts";
import { BOLD, DIM, over, PLAIN } from "./render/style.ts";
import type { QueuedInput, TuiState } from "./state.ts";
import { statusLines } from "./status_row.ts";

export interface View {
  readonly lines: readonly Line[];
  readonly cursor: CursorPlace | undefined;
  /** The row of the draft that is on top, to be remembered. */
  readonly composerTop: number;
}

/** `open` is the unfinished rest of an answer. */
export function viewState(
  state: TuiState,
  open: readonly Line[],
  nowMs: number,
): View {
  const { rows } = state.size;
  const context = cellContext(state, nowMs);
  const bottom = bottomOf(state, nowMs);
  const live = [
    ...open,
    ...spaced(liveBlocks(state, context)),
    ...spaced(statusBlocks(state, context)),
  ];
  // A row is left to the history, to tell where it ends.
  const room = Math.max(0, rows - bottom.lines.length - 1);
  const shown = live.slice(Math.max(0, live.length - room));
  const gap = bottom.lines.length < rows ? [EMPTY_LINE] : [];
  const above = [...shown, ...gap];
  return {
    lines: [...above, ...bottom.lines].slice(0, rows),
    cursor: bottom.cursor && {
      row: bottom.cursor.row + above.length,
      column: bottom.cursor.column,
    },
    composerTop: bottom.composerTop,
  };
}

/** Every block with an empty row before it. */
function spaced(blocks: readonly (readonly Line[])[]): readonly Line[] {
  return blocks.filter((block) => block.length > 0)
    .flatMap((block) => [EMPTY_LINE, ...block]);
}

function liveBlocks(
  { thread, settings }: TuiState,
  context: CellContext,
): readonly (readonly Line[])[] {
  if (thread === undefined) return [];
  // Without animations nothing moves with the time.
  const shown = settings.animations ? context : { ...context, nowMs: 0 };
  return [
    ...(thread.explored.length === 0
      ? []
      : [explorationLines(thread.explored, shown)]),
    ...thread.live.map((item) => liveItemLines(item, thread.agents, shown)),
  ];
}

function statusBlocks(
  state: TuiState,
  context: CellContext,
): readonly (readonly Line[])[] {
  const { thread } = state;
  return [
    ...(thread?.sent ?? []).map((text) => sentLines(text, context)),
    statusLines(state, context),
    inputBlock(
      "Messages to be submitted after next tool call",
      "(press esc to interrupt and send immediately)",
      (thread?.steering ?? []).map((text) => ({
        kind: "message",
        text,
        attachments: [],
      })),
      context,
    ),
    inputBlock("Queued follow-up inputs", undefined, [
      ...state.waiting,
      ...thread?.queue ?? [],
    ], context),
  ];
}

/** What was said and is on its way. */
function sentLines(
  text: string,
  { width, theme }: CellContext,
): readonly Line[] {
  const rows = text.split("\n").flatMap((row, index) =>
    wrapLine(line(row), {
      width,
      first: [index === 0 ? span("› ", over(BOLD, DIM)) : span("  ")],
      rest: [span("  ")],
    })
  );
  return [EMPTY_LINE, ...rows, EMPTY_LINE].map((row) =>
    filled(theme.input, row)
  );
}

/** Rows of one waiting message that are shown. */
const QUEUED_ROWS_MAX = 3;

function inputBlock(
  title: string,
  hint: string | undefined,
  inputs: readonly QueuedInput[],
  { width }: CellContext,
): readonly Line[] {
  if (inputs.length === 0) return [];
  const rows = inputs.flatMap(({ kind, text }) => {
    const shown = kind === "shell" ? `!${text}` : text;
    return wrapLine(line(span(shown.replace(/\s+/g, " "), QUEUED)), {
      width,
      first: [span("  ↳ ", DIM)],
      rest: [span("    ")],
    }).slice(0, QUEUED_ROWS_MAX);
  });
  return [
    fitLine(
      line(span("• ", DIM), title, span(hint ? ` ${hint}` : "", DIM)),
      width,
    ),
    ...rows,
    ...(hint === undefined
      ? [line(span("    shift + ← edit last queued message", DIM))]
      : []),
  ];
}

const QUEUED = { italic: true, dim: true };

interface Bottom {
  readonly lines: readonly Line[];
  readonly cursor: CursorPlace | undefined;
  readonly composerTop: number;
}

/** The overlay, else the composer with what hangs below it. */
function bottomOf(state: TuiState, nowMs: number): Bottom {
  const top = topPane(state);
  const { composer } = state;
  if (top !== undefined && !takesScreen(state, top.pane)) {
    const context = paneContext(state, nowMs);
    const waiting = top.kind === "ask" && state.asks.length > 1
      ? [line(span(`  1 of ${state.asks.length} questions`, DIM))]
      : [];
    const { lines, cursor } = top.pane.render({
      ...context,
      height: Math.max(1, context.height - waiting.length),
    });
    return {
      lines: top.pane.placement === "full"
        ? lines
        : [...waiting, ...lines].map((row) => filled(state.theme.input, row)),
      cursor: cursor &&
        { row: cursor.row + waiting.length, column: cursor.column },
      composerTop: composer.top,
    };
  }
  return composerBottom(state);
}

function composerBottom(state: TuiState): Bottom {
  const { composer, theme, size } = state;
  const width = size.columns;
  const popup = popupOf(state);
  const below = composer.showsShortcuts
    ? shortcutLines(width)
    : popup === undefined
    ? footerLines(state)
    : popupLines(state, popup);
  const shownBelow = below.slice(0, Math.max(1, size.rows - 3));
  const height = Math.max(1, size.rows - shownBelow.length - 2);
  const { search } = composer;
  const draft = search?.found === undefined
    ? composer.editor
    : { ...search.found.draft, cursor: search.found.hit.start };
  const { lines, cursor, top } = viewComposer(draft, {
    width,
    height,
    top: composer.top,
    theme,
    prompt: promptOf(state),
    placeholder: composer.isShell ? "" : state.placeholder,
    hit: search?.found?.hit,
  });
  const rows = [EMPTY_LINE, ...lines, EMPTY_LINE].map((row) =>
    filled(theme.input, row)
  );
  return {
    lines: [...rows, ...shownBelow],
    cursor: { row: cursor.row + 1, column: cursor.column },
    composerTop: top,
  };
}

function promptOf({ composer, theme }: TuiState): Span {
  const sign = composer.isShell ? "!" : "›";
  return span(
    sign.padEnd(PROMPT_WIDTH),
    composer.isShell ? over(BOLD, theme.failure) : BOLD,
  );
}

function popupLines(state: TuiState, popup: Popup): readonly Line[] {
  const { size: { columns: width }, theme, composer } = state;
  if (popup.rows.length === 0) {
    return [line(span(`  ${popup.emptyText}`, DIM))];
  }
  const selected = Math.min(composer.popup.selected, popup.rows.length - 1);
  const first = Math.max(
    0,
    Math.min(selected - POPUP_ROWS_MAX + 1, popup.rows.length - POPUP_ROWS_MAX),
  );
  const shown = popup.rows.slice(first, first + POPUP_ROWS_MAX);
  const labels = Math.max(...shown.map(({ label }) => label.length));
  const rows = shown.map(({ label, description, hits = [] }, index) => {
    const isSelected = first + index === selected;
    const base = isSelected ? theme.accent : PLAIN;
    const name = [...label].map((letter, at) =>
      span(letter, hits.includes(at) ? over(base, BOLD) : base)
    );
    const gap = " ".repeat(Math.max(0, labels - label.length) + 2);
    return fitLine(
      line(
        span("  "),
        ...name,
        ...(description === undefined
          ? []
          : [span(gap + description, isSelected ? theme.accent : DIM)]),
      ),
      width,
    );
  });
  return popup.footer === undefined
    ? rows
    : [...rows, fitLine(line(span(`  ${popup.footer}`, DIM)), width)];
}
