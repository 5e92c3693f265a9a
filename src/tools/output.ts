/** How what a command did is told to the model. */
import {
  countLines,
  estimateTokens,
  type TextLimit,
  truncateMiddle,
  truncateToolOutput,
} from "@/text/truncate.ts";
import {
  type CommandOutcome,
  failed,
  type ToolContext,
  type ToolOutcome,
} from "./tool.ts";

/** The report of a session tool. */
export function describeCommand(
  tool: string,
  outcome: CommandOutcome,
  maxTokens: number,
  context: ToolContext,
): ToolOutcome {
  if (outcome.kind === "refused") {
    return failed(`${tool} failed: ${outcome.text}`);
  }
  const state = outcome.kind === "exited"
    ? `Process exited with code ${outcome.exitCode}`
    : `Process running with session ID ${outcome.sessionId}`;
  const text = [
    `Chunk ID: ${context.chunkId()}`,
    `Wall time: ${(outcome.wallMs / 1000).toFixed(4)} seconds`,
    state,
    `Original token count: ${estimateTokens(outcome.output)}`,
    "Output:",
    truncateToolOutput(outcome.output, Math.max(0, Math.floor(maxTokens))),
  ].join("\n");
  return {
    kind: outcome.kind === "running" || outcome.exitCode === 0
      ? "ok"
      : "failed",
    output: text,
    ...(outcome.kind === "running" ? {} : { response: outcome.output }),
  };
}

/** The report of a tool that runs a command to its end. */
export function describeShell(
  outcome: CommandOutcome,
  limit: TextLimit,
): ToolOutcome {
  if (outcome.kind === "refused") {
    return failed(`execution error: ${outcome.text}`);
  }
  if (outcome.kind === "running") {
    return failed("execution error: the command did not end");
  }
  const exitCode = outcome.timedOutAfterMs === undefined
    ? outcome.exitCode
    : EXIT_TIMED_OUT;
  const notice = outcome.timedOutAfterMs === undefined
    ? ""
    : `command timed out after ${
      Math.round(outcome.timedOutAfterMs)
    } milliseconds\n`;
  const whole = notice + outcome.output;
  const kept = truncateMiddle(whole, limit);
  const text = [
    `Exit code: ${exitCode}`,
    `Wall time: ${wallSeconds(outcome.wallMs)} seconds`,
    ...(kept === whole ? [] : [`Total output lines: ${countLines(whole)}`]),
    "Output:",
    kept,
  ].join("\n");
  return {
    kind: exitCode === 0 ? "ok" : "failed",
    output: text,
    response: whole,
  };
}

/** Seconds to the tenth, whole ones without a point: `0`, `0.7`. */
export function wallSeconds(ms: number): number {
  return Math.round(ms / 100) / 10;
}

/** The exit code `timeout(1)` gives. */
export const EXIT_TIMED_OUT = 124;
