/** The row below the composer: what holds now, and what keys do now. */
import { displayWidth } from "@/text/width.ts";
import { agentLabel } from "./agents.ts";
import { isPlanning } from "./modes.ts";
import {
  fitLine,
  type Line,
  line,
  lineWidth,
  type Span,
  span,
} from "./render/line.ts";
import { BOLD, DIM, over } from "./render/style.ts";
import type { TuiState } from "./state.ts";
import { contextLeftText, statusItems } from "./status_items.ts";
import { isBusy } from "./threads.ts";

export function footerLines(state: TuiState): readonly Line[] {
  const { size: { columns: width } } = state;
  const left = leftOf(state);
  const right = rightOf(state);
  const gap = width - lineWidth({ spans: left }) - lineWidth({ spans: right });
  const background = backgroundLine(state);
  const row = right.length === 0 || gap < 2
    ? fitLine({ spans: left }, width)
    : { spans: [...left, span(" ".repeat(gap)), ...right] };
  return [row, ...background];
}

function leftOf(state: TuiState): readonly Span[] {
  const { composer, hint } = state;
  if (composer.search !== undefined) {
    const { query, found } = composer.search;
    const end = query !== "" && found === undefined
      ? "no match"
      : "enter accept · esc cancel";
    return [span(`  reverse-i-search: ${query}  ${end}`, DIM)];
  }
  if (hint !== undefined) return [span(`  ${hint}`, DIM)];
  if (composer.isEscapePrimed) {
    return [span("  esc again to edit previous message", DIM)];
  }
  if (composer.vim?.mode === "normal") return [span("  -- NORMAL --", DIM)];
  if (composer.editor.text !== "" && isBusy(state)) {
    return [span("  tab to queue message", DIM)];
  }
  const items = statusItems(state);
  if (items.length > 0) return [span(`  ${items.join(" · ")}`, DIM)];
  return composer.editor.text === "" ? [span("  ? for shortcuts", DIM)] : [];
}

function rightOf(state: TuiState): readonly Span[] {
  const { composer, thread, theme, others } = state;
  if (composer.isShell) return [span("Bash mode  ", theme.failure)];
  if (thread?.sideOf !== undefined) {
    return [
      span("Side", over(BOLD, theme.mode)),
      span(" from main thread · Esc to return  ", DIM),
    ];
  }
  if (isPlanning(thread)) {
    return [span("Plan mode (shift+tab to cycle)  ", theme.mode)];
  }
  if (thread !== undefined && others.size > 0) {
    return [span(`${agentLabel(thread)}  `, DIM)];
  }
  return statusItems(state).length === 0
    ? [span(`${contextLeftText(thread)}  `, DIM)]
    : [];
}

/** Commands that go on while nothing else does. */
function backgroundLine(state: TuiState): readonly Line[] {
  const count = state.thread?.background.length ?? 0;
  if (count === 0 || state.thread?.turn !== undefined) return [];
  const text =
    `  ${count} background terminal${count === 1 ? "" : "s"} running` +
    " · /ps to view · /stop to close";
  return displayWidth(text) === 0
    ? []
    : [fitLine(line(span(text, DIM)), state.size.columns)];
}
