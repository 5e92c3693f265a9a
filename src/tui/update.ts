/** The next state for everything that happens. Pure. */
import type { TerminalSize } from "@/platform/platform.ts";
import type { ThreadEvent } from "@/protocol/events.ts";
import type { ThreadId } from "@/protocol/ids.ts";
import { cellContext } from "./cell_context.ts";
import type { InputEvent } from "./input/events.ts";
import type { KeyEvent, Pane, PaneContext, PaneResult } from "./panes/pane.ts";
import { createTheme } from "./render/theme.ts";
import type { TuiState } from "./state.ts";
import { type Change, only, type Step } from "./step.ts";
import { composerKey, composerPaste } from "./update_composer.ts";
import { updateThread } from "./update_thread.ts";

export type Message =
  | {
    readonly type: "input";
    readonly event: InputEvent;
    /** By the monotonic clock. */
    readonly atMs: number;
    readonly nowMs: number;
  }
  | { readonly type: "resized"; readonly size: TerminalSize }
  | {
    readonly type: "thread";
    readonly threadId: ThreadId;
    readonly event: ThreadEvent;
    readonly nowMs: number;
  }
  /** What came of an effect. */
  | { readonly type: "change"; readonly change: Change };

export function update(state: TuiState, message: Message): Step {
  switch (message.type) {
    case "input":
      return shown(onInput(state, message), message.atMs);
    case "resized":
      return only({ ...state, size: message.size });
    case "thread":
      return updateThread(
        state,
        message.threadId,
        message.event,
        message.nowMs,
      );
    case "change":
      return message.change(state);
  }
}

function onInput(
  state: TuiState,
  { event, atMs, nowMs }: Extract<Message, { type: "input" }>,
): Step {
  switch (event.type) {
    case "key": {
      const step = onKey(state, event, { atMs, nowMs });
      return { ...step, state: { ...step.state, lastKeyMs: atMs } };
    }
    case "paste": {
      const top = topPane(state);
      if (top === undefined) return composerPaste(state, event.text);
      return top.pane.onPaste === undefined ? only(state) : afterPane(
        state,
        top,
        top.pane.onPaste(event.text, paneContext(state, nowMs)),
      );
    }
    case "focus":
      return only({ ...state, hasFocus: event.hasFocus });
    case "colorReport":
      return only(
        event.which === "background"
          ? {
            ...state,
            background: event.color,
            theme: createTheme(event.color, state.settings.theme),
          }
          : state,
      );
    case "cursorReport":
    case "keyboardReport":
    case "attributesReport":
      return only(state);
  }
}

function onKey(
  state: TuiState,
  key: KeyEvent,
  { atMs, nowMs }: { readonly atMs: number; readonly nowMs: number },
): Step {
  const top = topPane(state);
  if (top === undefined) return composerKey(state, key, atMs);
  if (top.kind === "ask" && isUnawares(state, atMs)) {
    // Somebody was typing when the question came up.
    return composerKey(state, key, atMs);
  }
  return afterPane(state, top, top.pane.onKey(key, paneContext(state, nowMs)));
}

type TopPane =
  | { readonly kind: "pane"; readonly pane: Pane }
  | { readonly kind: "ask"; readonly pane: Pane; readonly requestId: string };

/** What has the keys instead of the composer: an overlay, else a question. */
export function topPane({ panes, asks }: TuiState): TopPane | undefined {
  const pane = panes.at(-1);
  if (pane !== undefined) return { kind: "pane", pane };
  const ask = asks[0];
  return ask && { kind: "ask", pane: ask.pane, requestId: ask.requestId };
}

/** True for what is shown on the alternate screen, unless that is not wanted. */
export function takesScreen({ settings }: TuiState, pane: Pane): boolean {
  return pane.placement === "full" && settings.alternateScreen !== "never";
}

/** A question takes no key before it could be read by somebody who typed on. */
const UNAWARES_MS = 400;

function isUnawares({ asks, lastKeyMs }: TuiState, atMs: number): boolean {
  const shownMs = asks[0]?.shownMs ?? atMs;
  return atMs - shownMs < UNAWARES_MS && shownMs - lastKeyMs < UNAWARES_MS;
}

/** The first question is on screen from now on. */
function shown({ state, effects }: Step, atMs: number): Step {
  const [first, ...rest] = state.asks;
  if (first === undefined || first.shownMs !== undefined) {
    return { state, effects };
  }
  return {
    state: { ...state, asks: [{ ...first, shownMs: atMs }, ...rest] },
    effects,
  };
}

/** Tells the state when its first question came on screen. */
export function askShown(state: TuiState, atMs: number): TuiState {
  return state.panes.length > 0 ? state : shown(only(state), atMs).state;
}

export function paneContext(state: TuiState, nowMs: number): PaneContext {
  const { size, theme, thread } = state;
  const cells = cellContext(state, nowMs);
  const { columns: width, rows: height } = size;
  return { width, height, theme, nowMs, cells, thread };
}

function afterPane(state: TuiState, top: TopPane, result: PaneResult): Step {
  const next = replaced(state, top, result.pane);
  return result.change === undefined ? only(next) : result.change(next);
}

function replaced(
  state: TuiState,
  top: TopPane,
  pane: Pane | undefined,
): TuiState {
  if (top.kind === "pane") {
    const below = state.panes.slice(0, -1);
    return { ...state, panes: pane === undefined ? below : [...below, pane] };
  }
  // A question goes when its answer does.
  if (pane === undefined) return state;
  return {
    ...state,
    asks: state.asks.map((ask) =>
      ask.requestId === top.requestId ? { ...ask, pane } : ask
    ),
  };
}
