/** What the user decided when they were asked. */
import { commandLine } from "./command_line.ts";
import type { ApprovalSubject } from "@/protocol/events.ts";
import type { ApprovalDecision } from "@/protocol/ops.ts";
import { quoteCommand } from "@/text/shell_quote.ts";
import type { Cell } from "../cell.ts";
import { type Line, type Span, span } from "../render/line.ts";
import type { CellContext } from "./context.ts";
import { shownPath } from "./paths.ts";
import { bold, dim, fitted, inOneLine, markedRows } from "./rows.ts";

export function approvalCell(
  subject: ApprovalSubject,
  decision: ApprovalDecision,
): Cell {
  return {
    lines: (context) => approvalLines(subject, decision, context),
  };
}

function approvalLines(
  subject: ApprovalSubject,
  decision: ApprovalDecision,
  context: CellContext,
): readonly Line[] {
  const { theme, width } = context;
  const isAccepted = decision.kind !== "decline" && decision.kind !== "cancel";
  const mark = isAccepted
    ? span("✔ ", theme.success)
    : span("✗ ", theme.failure);
  const [verb, before, after] = wordsOf(decision);
  const what = decision.kind === "acceptWithAmendment"
    ? [
      span("always run commands that start with "),
      dim(commandLine(quoteCommand(decision.prefix))),
    ]
    : subjectSpans(subject, context);
  return fitted(
    markedRows(mark, {
      spans: [span("You "), bold(verb), span(before), ...what, span(after)],
    }, width),
    width,
  );
}

type Words = readonly [verb: string, before: string, after: string];

function wordsOf({ kind }: ApprovalDecision): Words {
  switch (kind) {
    case "accept":
      return ["approved", " codex to ", " this time"];
    case "acceptForSession":
      return ["approved", " codex to ", " for the rest of this session"];
    case "acceptWithAmendment":
      return ["approved", " codex to ", ""];
    case "acceptAlways":
      return ["approved", " codex to ", " from now on"];
    case "decline":
      return ["did not approve", " codex to ", ""];
    case "cancel":
      return ["canceled", " the request to ", ""];
  }
}

function subjectSpans(
  subject: ApprovalSubject,
  context: CellContext,
): readonly Span[] {
  switch (subject.kind) {
    case "command":
      return [
        span("run "),
        dim(commandLine(quoteCommand(subject.command))),
      ];
    case "patch":
      return [span("edit "), dim(pathsText(subject.paths, context))];
    case "network":
      return [
        span("reach "),
        dim(inOneLine(`${subject.host}:${subject.port}`)),
      ];
    case "mcpToolCall":
      return [
        span("call "),
        dim(inOneLine(`${subject.server}.${subject.tool}`)),
      ];
  }
}

function pathsText(paths: readonly string[], context: CellContext): string {
  const [only] = paths;
  return paths.length === 1 && only !== undefined
    ? inOneLine(shownPath(only, context))
    : `${paths.length} files`;
}
