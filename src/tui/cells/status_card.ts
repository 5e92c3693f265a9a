/** The card of `/status`: what is configured, what was used, what is left of it. */
import type { TokenUsage } from "@/protocol/events.ts";
import type {
  RateLimitSnapshot,
  RateLimitWindow,
} from "@/protocol/rpc/account.ts";
import { VERSION } from "@/protocol/version.ts";
import type { Cell } from "../cell.ts";
import {
  EMPTY_LINE,
  type Line,
  line,
  type Span,
  span,
  wrapLine,
} from "../render/line.ts";
import type { Theme } from "../render/theme.ts";
import { boxed, boxRoom } from "./box.ts";
import type { CellContext } from "./context.ts";
import { momentText, shortAmount } from "./numbers.ts";
import { homePath, shownPath } from "./paths.ts";
import { dim, fitted, inOneLine } from "./rows.ts";
import { shortPath, titleLine } from "./session_header.ts";

export interface StatusFacts {
  readonly model: string;
  /** `reasoning high, summaries auto`; empty when there is nothing to say. */
  readonly modelDetails: string;
  readonly provider: string;
  readonly directory: string;
  readonly permissions: string;
  /** How commands are confined. */
  readonly sandbox: string | undefined;
  /** The files instructions came from. */
  readonly instructions: readonly string[];
  readonly collaborationMode: string | undefined;
  /** Who is logged in; undefined when nobody needs to be. */
  readonly account: string | undefined;
  readonly sessionId: string;
  readonly threadName: string | undefined;
  readonly usage: TokenUsage;
  readonly context: ContextUse | undefined;
  /** Undefined when the provider told nothing. */
  readonly limits: RateLimitSnapshot | undefined;
}

export interface ContextUse {
  readonly usedTokens: number;
  readonly windowTokens: number;
  /** 0 to 100. */
  readonly leftPercent: number;
}

export function statusCell(facts: StatusFacts): Cell {
  return { lines: (context) => statusLines(facts, context) };
}

const LABEL_COLUMNS = 22;
/** On a narrow screen labels give way to values. */
const NARROW_LABEL_COLUMNS = 15;
const NARROW = 60;

const USAGE_PAGE = "https://chatgpt.com/codex/settings/usage";

type Field = readonly [string, readonly Span[]];

function statusLines(
  facts: StatusFacts,
  context: CellContext,
): readonly Line[] {
  const { width, theme } = context;
  const room = boxRoom(width);
  const columns = width < NARROW ? NARROW_LABEL_COLUMNS : LABEL_COLUMNS;
  const fields = [
    ...settingFields(facts, context, room - columns),
    ...useFields(facts),
  ];
  const hint = facts.limits === undefined ? [] : [
    ...wrapLine(
      line(
        dim("Visit "),
        span(USAGE_PAGE, { ...theme.link, link: USAGE_PAGE }),
        dim(" for up-to-date information on rate limits and credits"),
      ),
      { width: room },
    ),
    EMPTY_LINE,
  ];
  return fitted(
    boxed([
      titleLine(VERSION),
      EMPTY_LINE,
      ...hint,
      ...fields.flatMap((field) => fieldRows(field, columns, room)),
      EMPTY_LINE,
      ...limitFields(facts, context)
        .flatMap((field) => fieldRows(field, columns, room)),
    ], width),
    width,
  );
}

function fieldRows(
  [label, value]: Field,
  columns: number,
  room: number,
): readonly Line[] {
  return wrapLine({ spans: value }, {
    width: room,
    first: [dim(`${label}:`.padEnd(columns))],
    rest: [span(" ".repeat(Math.min(columns, room - 1)))],
  });
}

function settingFields(
  facts: StatusFacts,
  context: CellContext,
  room: number,
): readonly Field[] {
  const details = facts.modelDetails === ""
    ? []
    : [dim(` (${inOneLine(facts.modelDetails)})`)];
  const text = (value: string) => [span(inOneLine(value))];
  const optional = (label: string, value: string | undefined): Field[] =>
    value === undefined ? [] : [[label, text(value)]];
  const home = homePath(facts.directory, context.homeDirectory);
  return [
    ["Model", [span(inOneLine(facts.model)), ...details]],
    ["Model provider", text(facts.provider)],
    ["Directory", text(shortPath(home, Math.max(1, room)))],
    ["Permissions", text(facts.permissions)],
    ...optional("Sandbox", facts.sandbox),
    [
      "Agents.md",
      text(
        facts.instructions.map((path) => shownPath(path, context)).join(", ") ||
          "<none>",
      ),
    ],
    ...optional("Account", facts.account),
    ...optional("Collaboration mode", facts.collaborationMode),
    ...optional("Thread name", facts.threadName),
    ["Session", text(facts.sessionId)],
  ];
}

function useFields({ usage, context }: StatusFacts): readonly Field[] {
  const input = usage.inputTokens - usage.cachedInputTokens;
  const total = input + usage.outputTokens;
  const window: Field[] = context === undefined ? [] : [[
    "Context window",
    [
      span(`${Math.round(context.leftPercent)}% left`),
      dim(
        ` (${shortAmount(context.usedTokens)} used / ${
          shortAmount(context.windowTokens)
        })`,
      ),
    ],
  ]];
  return [
    [
      "Token usage",
      [
        span(`${shortAmount(total)} total`),
        dim(
          ` (${shortAmount(input)} input + ${
            shortAmount(usage.outputTokens)
          } output)`,
        ),
      ],
    ],
    ...window,
  ];
}

function limitFields(
  { limits }: StatusFacts,
  context: CellContext,
): readonly Field[] {
  const windows = [limits?.primary, limits?.secondary]
    .flatMap((window) =>
      window === null || window === undefined
        ? []
        : [limitField(window, context)]
    );
  const credits = limits?.credits;
  const rest: readonly Field[] =
    credits === null || credits === undefined || !credits.hasCredits ? [] : [[
      "Credits",
      [span(
        credits.unlimited ? "unlimited" : `${credits.balance ?? 0} credits`,
      )],
    ]];
  const fields = [...windows, ...rest];
  return fields.length > 0
    ? fields
    : [["Limits", [dim("not available for this account")]]];
}

function limitField(
  { usedPercent, windowDurationMins, resetsAt }: RateLimitWindow,
  { theme, nowMs }: CellContext,
): Field {
  const left = Math.min(100, Math.max(0, 100 - usedPercent));
  const reset = resetsAt === null || resetsAt === undefined
    ? []
    : [dim(` (resets ${momentText(resetsAt * 1_000, nowMs)})`)];
  return [
    `${windowName(windowDurationMins ?? undefined)} limit`,
    [...bar(left, theme), span(` ${Math.round(left)}% left`), ...reset],
  ];
}

const BAR_CELLS = 20;
/** Where a bar turns yellow, and red. */
const LOW_PERCENT = 25;
const VERY_LOW_PERCENT = 10;

function bar(leftPercent: number, theme: Theme): readonly Span[] {
  const full = Math.round(leftPercent / 100 * BAR_CELLS);
  const style = leftPercent <= VERY_LOW_PERCENT
    ? theme.failure
    : leftPercent <= LOW_PERCENT
    ? theme.warning
    : theme.success;
  return [
    span("["),
    span("█".repeat(full), style),
    dim("░".repeat(BAR_CELLS - full)),
    span("]"),
  ];
}

const HOUR_MINUTES = 60;
const DAY_MINUTES = 24 * HOUR_MINUTES;

/** `5h`, `Weekly`, `Monthly`; windows of other lengths by their days. */
export function windowName(minutes: number | undefined): string {
  if (minutes === undefined) return "Usage";
  if (minutes < DAY_MINUTES) {
    return minutes < HOUR_MINUTES
      ? `${minutes}m`
      : `${Math.round(minutes / HOUR_MINUTES)}h`;
  }
  const days = Math.round(minutes / DAY_MINUTES);
  if (days === 1) return "Daily";
  if (days === 7) return "Weekly";
  return days >= 28 && days <= 31 ? "Monthly" : `${days}d`;
}
