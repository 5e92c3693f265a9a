/** The row that says what the agent does, between the history and the composer. */
import type { CellContext } from "./cells/context.ts";
import { elapsedText } from "./cells/numbers.ts";
import { fitLine, type Line, line, type Span, span } from "./render/line.ts";
import { type Color, DIM, rgb, type Style } from "./render/style.ts";
import type { TuiState } from "./state.ts";

export function statusLines(
  state: TuiState,
  { width, nowMs }: CellContext,
): readonly Line[] {
  const turn = state.thread?.turn;
  if (turn === undefined || state.asks.length > 0) return [];
  const header = turn.isInterrupting
    ? "Interrupting"
    : turn.header ?? "Working";
  const elapsed = elapsedText(nowMs - turn.startedMs);
  const background = state.thread?.background.length ?? 0;
  const suffix = background === 0
    ? ""
    : ` · ${background} background terminal${background === 1 ? "" : "s"} ` +
      "running · /ps to view · /stop to close";
  const row = line(
    ...shimmer(`• ${header}`, state, nowMs),
    span(` (${elapsed} • esc to interrupt)${suffix}`, DIM),
  );
  const detail = turn.detail === undefined ? [] : [
    fitLine(
      line(span(`  └ ${turn.detail.replace(/\s+/g, " ")}`, DIM)),
      width,
    ),
  ];
  return [fitLine(row, width), ...detail];
}

/** A band of light goes over the words in this time, and some way beyond them. */
const SWEEP_MS = 2_000;
const BAND = 6;
const SWEEP_MARGIN = 10;

const BRIGHT: Style = { bold: true };
const HALF: Style = {};

function shimmer(
  text: string,
  { settings, traits, background }: TuiState,
  nowMs: number,
): readonly Span[] {
  if (!settings.animations) return [span(text, DIM)];
  const sweep = text.length + SWEEP_MARGIN * 2;
  const center = (nowMs % SWEEP_MS) / SWEEP_MS * sweep - SWEEP_MARGIN;
  return [...text].map((letter, index) => {
    const distance = Math.abs(index - center);
    const light = distance > BAND
      ? 0
      : (1 + Math.cos(Math.PI * distance / BAND)) / 2;
    if (traits.colors === "truecolor" && background !== undefined) {
      return span(letter, greyOf(light, background));
    }
    return span(letter, light > 0.6 ? BRIGHT : light > 0.2 ? HALF : DIM);
  });
}

/** Steps of light that are told apart: each is one style, made once. */
const GREYS = 12;
const greys = new Map<string, Style>();

function greyOf(
  light: number,
  background: readonly [number, number, number],
): Style {
  const isLight = background[0] + background[1] + background[2] > 384;
  const step = Math.round(light * GREYS);
  const key = `${isLight}${step}`;
  const known = greys.get(key);
  if (known !== undefined) return known;
  const value = isLight
    ? 120 - Math.round(step / GREYS * 120)
    : 140 + Math.round(step / GREYS * 115);
  const color: Color = rgb(value, value, value);
  const style: Style = { fg: color, bold: true };
  greys.set(key, style);
  return style;
}
