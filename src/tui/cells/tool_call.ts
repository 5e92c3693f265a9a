/** Calls of tools of MCP servers and of the client: with what, and what came back. */
import * as v from "valibot";
import type { DynamicToolContent } from "@/protocol/dynamic_tools.ts";
import type {
  DynamicToolCallThreadItem,
  McpToolCallThreadItem,
} from "@/protocol/items.ts";
import type { Cell } from "../cell.ts";
import { type Line, line, type Span, span } from "../render/line.ts";
import { DIM } from "../render/style.ts";
import { liveBullet } from "./command.ts";
import type { CellContext } from "./context.ts";
import { durationText } from "./numbers.ts";
import {
  bold,
  bullet,
  detailRows,
  dim,
  firstRows,
  fitted,
  inOneLine,
  markedRows,
  textLines,
} from "./rows.ts";

/** Rows of a call's arguments in the history. */
const CALL_ROWS_MAX = 4;

/** Rows of a result in the history; tools answer in text people may want to read. */
const RESULT_ROWS_MAX = 50;

export function mcpCallCell(item: McpToolCallThreadItem): Cell {
  return toolCallCell(mcpCall(item));
}

export function dynamicCallCell(item: DynamicToolCallThreadItem): Cell {
  return toolCallCell({
    names: item.namespace === undefined
      ? [item.tool]
      : [item.namespace, item.tool],
    arguments: item.arguments,
    status: item.success === false ? "failed" : item.status,
    results: (item.contentItems ?? []).map(dynamicResult),
    problem: undefined,
    durationMs: item.durationMs,
  });
}

/** A call that runs or has ended. */
interface ToolCall {
  /** Server and tool. */
  readonly names: readonly string[];
  readonly arguments: unknown;
  readonly status: "inProgress" | "completed" | "failed";
  readonly results: readonly string[];
  readonly problem: string | undefined;
  readonly durationMs: number | undefined;
}

function toolCallCell(call: ToolCall): Cell {
  return {
    lines: (context) => toolCallLines(call, context),
    allLines: (context) => toolCallTranscript(call, context),
  };
}

function mcpCall(item: McpToolCallThreadItem): ToolCall {
  return {
    names: [item.server, item.tool],
    arguments: item.arguments,
    status: item.status,
    results: resultTexts(item.result),
    problem: item.error?.message,
    durationMs: item.durationMs,
  };
}

function toolCallLines(call: ToolCall, context: CellContext): readonly Line[] {
  const { width } = context;
  const heading = headingRows(call, context);
  const results = resultRows(call, context);
  return fitted([
    ...firstRows(heading, CALL_ROWS_MAX),
    ...firstRows(results, RESULT_ROWS_MAX),
  ], width);
}

function toolCallTranscript(
  call: ToolCall,
  context: CellContext,
): readonly Line[] {
  const time = call.durationMs === undefined
    ? []
    : [line(dim(`  ${durationText(call.durationMs)}`))];
  return fitted([
    ...headingRows(call, context),
    ...resultRows(call, context),
    ...time,
  ], context.width);
}

function headingRows(
  { names, arguments: given, status }: ToolCall,
  { theme, width, nowMs }: CellContext,
): readonly Line[] {
  const isLive = status === "inProgress";
  const mark = isLive
    ? liveBullet(nowMs)
    : bullet(status === "failed" ? theme.failure : theme.success);
  const name = names.flatMap((part, index): readonly Span[] => [
    ...(index === 0 ? [] : [span(".")]),
    span(inOneLine(part), theme.accent),
  ]);
  return markedRows(mark, {
    spans: [
      bold(isLive ? "Calling " : "Called "),
      ...name,
      span("("),
      span(argumentsText(given), DIM),
      span(")"),
    ],
  }, width);
}

function argumentsText(given: unknown): string {
  const isNothing = given === undefined || given === null ||
    typeof given === "object" && Object.keys(given).length === 0;
  return isNothing ? "" : inOneLine(JSON.stringify(given));
}

function resultRows(
  { results, problem, status }: ToolCall,
  { theme, width }: CellContext,
): readonly Line[] {
  const style = status === "failed" ? theme.failure : DIM;
  const lines = [
    ...(problem === undefined
      ? []
      : textLines(`Error: ${problem}`.trimEnd(), theme.failure)),
    ...results.flatMap((text) => textLines(text.trimEnd(), style)),
  ];
  return detailRows(lines, width);
}

/** Content of an MCP result, as the protocol declares it; other kinds are named. */
const McpContent = v.variant("type", [
  v.object({ type: v.literal("text"), text: v.string() }),
  v.object({ type: v.literal("image"), mimeType: v.optional(v.string()) }),
  v.object({ type: v.literal("audio"), mimeType: v.optional(v.string()) }),
  v.object({ type: v.literal("resource_link"), uri: v.string() }),
  v.object({
    type: v.literal("resource"),
    resource: v.object({ uri: v.string(), text: v.optional(v.string()) }),
  }),
]);

/** The content in words; what is only there as structure, as it is. */
function resultTexts(
  result: McpToolCallThreadItem["result"],
): readonly string[] {
  if (result === undefined) return [];
  const { content, structuredContent } = result;
  const isStructured = content.length === 0 &&
    structuredContent !== undefined && structuredContent !== null;
  return isStructured
    ? [JSON.stringify(structuredContent) ?? ""]
    : content.map(resultText);
}

function resultText(content: unknown): string {
  const parsed = v.safeParse(McpContent, content);
  if (!parsed.success) return JSON.stringify(content) ?? "";
  const part = parsed.output;
  switch (part.type) {
    case "text":
      return part.text;
    case "image":
    case "audio":
      return `<${part.type}${
        part.mimeType === undefined ? "" : ` ${part.mimeType}`
      }>`;
    case "resource_link":
      return `<link ${part.uri}>`;
    case "resource":
      return part.resource.text ?? `<resource ${part.resource.uri}>`;
  }
}

function dynamicResult(content: DynamicToolContent): string {
  return content.type === "inputText" ? content.text : "<image>";
}
