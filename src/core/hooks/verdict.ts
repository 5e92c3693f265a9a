/**
 * What the end of a hook means. Pure tables, one reader for each event: exit code 2
 * blocks with standard error for the reason, 0 is read as JSON or as plain text, and
 * anything else is a failure that changes nothing. The words of what is refused are
 * those of Codex CLI 0.124.
 */
import { decode } from "@/protocol/decode.ts";
import {
  HOOK_OUTPUTS,
  type HookEvent,
  type HookOutput,
  type HookOutputEntry,
  type HookRunStatus,
} from "@/protocol/hooks.ts";
import type { NotStarted, ProgramEnd } from "../user_program.ts";

export interface HookVerdict {
  readonly status: Exclude<HookRunStatus, "running">;
  readonly entries: readonly HookOutputEntry[];
  /** Text for the model that changes nothing else. */
  readonly context?: string;
  /** Why it must not happen, or what the model reads instead. */
  readonly block?: string;
  /** The turn is to end here. */
  readonly stops?: true;
  /** The user need not be asked. */
  readonly allows?: true;
}

/** Exit code of a hook that says no (as in other agents that have hooks). */
const EXIT_BLOCKED = 2;

/** What the end of a hook means. `timeoutMs` is what it was given. */
export function hookVerdict(
  event: HookEvent,
  end: ProgramEnd | NotStarted,
  timeoutMs: number,
): HookVerdict {
  switch (end.kind) {
    case "timedOut":
      return failure(`hook timed out after ${timeoutMs / 1000}s`);
    case "tooMuchOutput":
      return failure(`hook wrote more than ${end.bytesMax} bytes`);
    case "notStarted":
      return failure(`hook could not be started: ${end.reason}`);
    case "exited":
      break;
  }
  if (end.code === EXIT_BLOCKED) return blockedBy(event, end.stderr.trim());
  if (end.code !== 0) return failure(`hook exited with code ${end.code}`);
  const text = end.stdout.trim();
  if (text === "") return COMPLETED;
  return /^[{[]/.test(text) || event === "Stop"
    ? readJson(event, text)
    : plain(event, text);
}

const COMPLETED: HookVerdict = { status: "completed", entries: [] };

function failure(
  text: string,
  before: readonly HookOutputEntry[] = [],
): HookVerdict {
  return { status: "failed", entries: [...before, { kind: "error", text }] };
}

/** What a hook of the event should have written when it exits with 2. */
const REASON_NAMES: Readonly<Partial<Record<HookEvent, string>>> = {
  PreToolUse: "a blocking reason",
  PermissionRequest: "a denial reason",
  PostToolUse: "feedback",
  UserPromptSubmit: "a blocking reason",
  Stop: "a continuation prompt",
};

function blockedBy(event: HookEvent, reason: string): HookVerdict {
  const name = REASON_NAMES[event];
  if (name === undefined) {
    return failure(`hook exited with code ${EXIT_BLOCKED}`);
  }
  if (reason === "") {
    return failure(
      `${event} hook exited with code ${EXIT_BLOCKED} but did not write ${name} to stderr`,
    );
  }
  // The call has happened: there is nothing left to block, only something to say.
  return event === "PostToolUse"
    ? { ...blocked(reason), status: "completed" }
    : blocked(reason);
}

function blocked(
  reason: string,
  before: readonly HookOutputEntry[] = [],
): HookVerdict {
  return {
    status: "blocked",
    entries: [...before, { kind: "feedback", text: reason }],
    block: reason,
  };
}

function plain(event: HookEvent, text: string): HookVerdict {
  return event === "SessionStart" || event === "UserPromptSubmit"
    ? withContext(COMPLETED, text)
    : COMPLETED;
}

function withContext(
  verdict: HookVerdict,
  text: string | null | undefined,
): HookVerdict {
  if (typeof text !== "string") return verdict;
  const context: HookOutputEntry = { kind: "context", text };
  const at = verdict.entries.findIndex(({ kind }) => kind !== "warning");
  const index = at < 0 ? verdict.entries.length : at;
  return {
    ...verdict,
    entries: verdict.entries.toSpliced(index, 0, context),
    context: text,
  };
}

const JSON_NAMES: Readonly<Record<HookEvent, string>> = {
  SessionStart: "session start",
  UserPromptSubmit: "user prompt submit",
  PreToolUse: "pre-tool-use",
  PermissionRequest: "permission-request",
  PostToolUse: "post-tool-use",
  Stop: "stop hook",
};

function readJson(event: HookEvent, text: string): HookVerdict {
  const invalid = failure(
    `hook returned invalid ${JSON_NAMES[event]} JSON output`,
  );
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return invalid;
  }
  return readers[event](json) ?? invalid;
}

/** Reads what a hook of one event printed; undefined when it is not that. */
type Reader = (json: unknown) => HookVerdict | undefined;

function reader<E extends HookEvent>(
  event: E,
  read: (output: HookOutput<E>, said: Said) => HookVerdict,
): Reader {
  return (json) => {
    const decoded = decode(HOOK_OUTPUTS[event], json);
    if (!decoded.ok) return undefined;
    // The schema of the event gives the output of the event.
    const output = decoded.value as HookOutput<E>;
    return read(output, saidBy(event, output));
  };
}

/** The parts every output has. */
interface Said {
  /** The message for the user, if any. */
  readonly warnings: readonly HookOutputEntry[];
  fail(text: string): HookVerdict;
  /** A word without a meaning here, if it was used; the first of them. */
  unsupported(...words: readonly (string | false)[]): HookVerdict | undefined;
  block(reason: string): HookVerdict;
  done(): HookVerdict;
  /** Set when it said `continue: false`. */
  readonly stop: HookVerdict | undefined;
}

interface UniversalOutput {
  readonly continue?: boolean | null | undefined;
  readonly stopReason?: string | null | undefined;
  readonly suppressOutput?: boolean | null | undefined;
  readonly systemMessage?: string | null | undefined;
}

function saidBy(event: HookEvent, output: UniversalOutput): Said {
  const warnings: HookOutputEntry[] = typeof output.systemMessage === "string"
    ? [{ kind: "warning", text: output.systemMessage }]
    : [];
  const fail = (text: string) =>
    failure(`${event} hook returned ${text}`, warnings);
  return {
    warnings,
    fail,
    unsupported(...words) {
      const word = words.find((word) => word !== false);
      return word === undefined ? undefined : fail(`unsupported ${word}`);
    },
    block: (reason) => blocked(reason, warnings),
    done: () => ({ status: "completed", entries: warnings }),
    stop: output.continue === false
      ? {
        status: "stopped",
        entries: [
          ...warnings,
          ...typeof output.stopReason === "string"
            ? [{ kind: "stop" as const, text: output.stopReason }]
            : [],
        ],
        stops: true,
      }
      : undefined,
  };
}

/** A decision to block with its reason; a block without one is a mistake. */
function decided(
  output: {
    readonly decision?: string | null | undefined;
    readonly reason?: string | null | undefined;
  },
  said: Said,
): HookVerdict | undefined {
  if (output.decision !== "block") return undefined;
  const reason = output.reason?.trim() ?? "";
  return reason === ""
    ? said.fail("decision:block without a non-empty reason")
    : said.block(reason);
}

/** `continue:false`, `stopReason` and `suppressOutput` where they mean nothing. */
function universalWords(
  output: UniversalOutput,
): readonly (string | false)[] {
  return [
    output.continue === false && "continue:false",
    typeof output.stopReason === "string" && "stopReason",
    output.suppressOutput === true && "suppressOutput",
  ];
}

const isGiven = (value: unknown) => value !== undefined && value !== null;

const readers: Readonly<Record<HookEvent, Reader>> = {
  SessionStart: reader("SessionStart", (output, said) =>
    withContext(
      said.stop ?? said.done(),
      output.hookSpecificOutput?.additionalContext,
    )),

  UserPromptSubmit: reader("UserPromptSubmit", (output, said) => {
    const verdict = said.stop ?? decided(output, said) ?? said.done();
    const context = output.hookSpecificOutput?.additionalContext;
    // A mistake in the decision leaves nothing of the rest to rely on.
    return verdict.status === "failed"
      ? verdict
      : withContext(verdict, context);
  }),

  PreToolUse: reader("PreToolUse", readPreToolUse),

  PermissionRequest: reader("PermissionRequest", (output, said) => {
    const decision = output.hookSpecificOutput?.decision;
    const problem = said.unsupported(
      ...universalWords(output),
      decision?.interrupt === true && "interrupt:true",
      isGiven(decision?.updatedInput) && "updatedInput",
      isGiven(decision?.updatedPermissions) && "updatedPermissions",
    );
    if (problem !== undefined) return problem;
    switch (decision?.behavior) {
      case "allow":
        return { ...said.done(), allows: true };
      case "deny":
        return said.block(
          decision.message?.trim() || "PermissionRequest hook denied approval",
        );
      case undefined:
        return said.done();
    }
  }),

  PostToolUse: reader("PostToolUse", readPostToolUse),

  Stop: reader(
    "Stop",
    (output, said) => said.stop ?? decided(output, said) ?? said.done(),
  ),
};

function readPreToolUse(
  output: HookOutput<"PreToolUse">,
  said: Said,
): HookVerdict {
  const specific = output.hookSpecificOutput ?? undefined;
  const problem = said.unsupported(
    ...universalWords(output),
    isGiven(specific?.updatedInput) && "updatedInput",
    isGiven(specific?.additionalContext) && "additionalContext",
  );
  if (problem !== undefined) return problem;
  const decision = specific?.permissionDecision ?? undefined;
  const reason = specific?.permissionDecisionReason ?? undefined;
  if (decision !== undefined || reason !== undefined) {
    return readPermissionDecision(decision, reason, said);
  }
  if (output.decision === "approve") {
    return said.fail("unsupported decision:approve");
  }
  if (output.decision !== "block" && isGiven(output.reason)) {
    return said.fail("reason without decision");
  }
  return decided(output, said) ?? said.done();
}

function readPermissionDecision(
  decision: "allow" | "deny" | "ask" | undefined,
  reason: string | undefined,
  said: Said,
): HookVerdict {
  switch (decision) {
    case "allow":
    case "ask":
      return said.fail(`unsupported permissionDecision:${decision}`);
    case "deny": {
      const text = reason?.trim() ?? "";
      return text === ""
        ? said.fail(
          "permissionDecision:deny without a non-empty permissionDecisionReason",
        )
        : said.block(text);
    }
    case undefined:
      return said.fail("permissionDecisionReason without permissionDecision");
  }
}

function readPostToolUse(
  output: HookOutput<"PostToolUse">,
  said: Said,
): HookVerdict {
  const specific = output.hookSpecificOutput ?? undefined;
  const problem = said.unsupported(
    output.suppressOutput === true && "suppressOutput",
    isGiven(specific?.updatedMCPToolOutput) && "updatedMCPToolOutput",
  );
  if (problem !== undefined) return problem;
  const verdict = said.stop === undefined
    ? readPostDecision(output, said)
    : stoppedAfterCall(output, said);
  return verdict.status === "failed"
    ? verdict
    : withContext(verdict, specific?.additionalContext);
}

function readPostDecision(
  output: HookOutput<"PostToolUse">,
  said: Said,
): HookVerdict {
  if (output.decision !== "block" && isGiven(output.reason)) {
    return said.fail("reason without decision");
  }
  return decided(output, said) ?? said.done();
}

/** The turn goes on all the same; what is stopped is the use of the output. */
function stoppedAfterCall(
  output: HookOutput<"PostToolUse">,
  said: Said,
): HookVerdict {
  const text = output.stopReason?.trim() ||
    "PostToolUse hook stopped execution";
  return {
    status: "stopped",
    entries: [...said.warnings, { kind: "stop", text }],
    block: output.reason?.trim() || text,
  };
}
