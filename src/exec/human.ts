/**
 * Exec for people: what a thread's events look like on standard error. Pure: a state
 * and an event give lines; `run.ts` writes them.
 */
import type { ThreadEvent } from "@/protocol/events.ts";
import type { HookRun } from "@/protocol/hooks.ts";
import type { ThreadInfo } from "@/protocol/host.ts";
import type {
  CommandExecutionThreadItem,
  ThreadItem,
} from "@/protocol/items.ts";
import type { SandboxPolicy } from "@/protocol/policy.ts";
import { VERSION } from "@/protocol/version.ts";
import type { Style } from "./style.ts";

export interface HumanOptions {
  readonly style: Style;
  readonly hideReasoning: boolean;
  readonly showRawReasoning: boolean;
}

/** What the header tells. */
export interface HeaderFacts {
  readonly info: ThreadInfo;
  /** How commands are confined. */
  readonly mechanism: string;
  readonly prompt: string;
}

/** The lines before the first turn. */
export function headerLines(
  { info, mechanism, prompt }: HeaderFacts,
  { style }: HumanOptions,
): readonly string[] {
  const rows: readonly (readonly [string, string])[] = [
    ["workdir", info.cwd],
    ["model", info.model],
    ["provider", info.provider],
    [
      "approval",
      typeof info.approvalPolicy === "string"
        ? info.approvalPolicy
        : "granular",
    ],
    ["sandbox", sandboxText(info.sandboxPolicy)],
    ["confined by", mechanism],
    ["reasoning effort", info.reasoningEffort ?? "none"],
    ["reasoning summaries", info.reasoningSummary ?? "none"],
    ["session id", info.id],
  ];
  return [
    `OpenAI Codex v${VERSION} (on Deno)`,
    "--------",
    ...rows.map(([name, value]) => `${style.bold(`${name}:`)} ${value}`),
    "--------",
    style.cyan("user"),
    prompt,
  ];
}

/** A sandbox policy in one line. */
export function sandboxText(policy: SandboxPolicy): string {
  switch (policy.type) {
    case "danger-full-access":
      return "danger-full-access";
    case "read-only":
      return `read-only${networkSuffix(policy.network_access)}`;
    case "workspace-write": {
      const roots = [
        "workdir",
        ...(policy.exclude_slash_tmp ? [] : ["/tmp"]),
        ...(policy.exclude_tmpdir_env_var ? [] : ["$TMPDIR"]),
        ...policy.writable_roots,
      ];
      return `workspace-write [${roots.join(", ")}]${
        networkSuffix(policy.network_access, policy.network_allow)
      }`;
    }
  }
}

function networkSuffix(
  isEnabled: boolean,
  hosts: readonly string[] = [],
): string {
  if (isEnabled) return " (network access enabled)";
  return hosts.length === 0 ? "" : ` (network: ${hosts.join(", ")})`;
}

/** Turns events into lines. Remembers only what was last shown. */
export class HumanView {
  readonly #options: HumanOptions;
  #lastDiff = "";
  /** The command whose heading was printed last and is still unanswered. */
  #openCommand: string | undefined;
  #tokens = 0;

  constructor(options: HumanOptions) {
    this.#options = options;
  }

  /** The lines an event adds. */
  lines(event: ThreadEvent): readonly string[] {
    const { style } = this.#options;
    switch (event.type) {
      case "itemStarted":
        return this.#started(event.item);
      case "itemCompleted":
        return this.#completed(event.item);
      case "planUpdated":
        return [
          ...(event.explanation === undefined ? [] : [event.explanation]),
          ...event.plan.map(({ step, status }) =>
            `  ${PLAN_MARKS[status]} ${step}`
          ),
        ];
      case "turnDiff":
        return this.#diff(event.diff);
      case "tokenUsage":
        this.#tokens = event.total.inputTokens - event.total.cachedInputTokens +
          event.total.outputTokens;
        return [];
      case "error":
        return [`${style.red("ERROR:")} ${event.error.message}`];
      case "warning":
        return [`warning: ${event.message}`];
      case "hookStarted":
        return [hookHeading(event.run)];
      case "hookCompleted":
        return hookEnd(event.run);
      case "turnCompleted":
        return this.#turnEnd(event.status);
      default:
        return [];
    }
  }

  #started(item: ThreadItem): readonly string[] {
    const { style } = this.#options;
    switch (item.type) {
      case "commandExecution":
        this.#openCommand = item.id;
        return [
          style.magenta("exec"),
          `${style.bold(item.command)} in ${item.cwd}`,
        ];
      case "fileChange":
        return [style.magenta("apply patch")];
      case "mcpToolCall":
        return [`mcp: ${item.server}/${item.tool} started`];
      case "collabAgentToolCall":
        return [`collab: ${item.tool[0]?.toUpperCase()}${item.tool.slice(1)}`];
      default:
        return [];
    }
  }

  #completed(item: ThreadItem): readonly string[] {
    const { style, hideReasoning, showRawReasoning } = this.#options;
    switch (item.type) {
      case "agentMessage":
        return [style.magenta("codex"), item.text];
      case "plan":
        return [style.magenta("plan"), item.text.trimEnd()];
      case "reasoning": {
        const text = showRawReasoning && item.content.length > 0
          ? item.content
          : item.summary;
        return hideReasoning || text.length === 0
          ? []
          : [style.dim(text.join("\n"))];
      }
      case "commandExecution":
        return this.#commandEnd(item);
      case "fileChange":
        return [
          `patch: ${item.status}`,
          ...item.changes.map((change) => style.dim(change.path)),
        ];
      case "webSearch":
        return [`web search: ${item.query}`];
      case "mcpToolCall":
        return [
          `mcp: ${item.server}/${item.tool} (${item.status})`,
          ...(item.error === undefined ? [] : [item.error.message]),
        ];
      case "imageView":
        return [`viewed image: ${item.path}`];
      case "imageGeneration":
        return [`image generated: ${item.revisedPrompt ?? item.status}`];
      case "contextCompaction":
        return ["context compacted"];
      default:
        return [];
    }
  }

  #commandEnd(item: CommandExecutionThreadItem): readonly string[] {
    const { style } = this.#options;
    // Commands may run side by side: a result that does not follow its heading
    // repeats it.
    const subject = this.#openCommand === item.id
      ? ""
      : style.bold(item.command);
    this.#openCommand = undefined;
    const time = `in ${item.durationMs ?? 0}ms:`;
    const output = item.aggregatedOutput.trim() === ""
      ? []
      : [item.aggregatedOutput];
    switch (item.status) {
      case "completed":
        return [subject + style.green(` succeeded ${time}`), ...output];
      case "declined":
        return [subject + style.red(` declined ${time}`), ...output];
      default:
        return [
          subject + style.red(` exited ${item.exitCode ?? "?"} ${time}`),
          ...output,
        ];
    }
  }

  /** The diff of a turn grows with it; the same text is not worth showing twice. */
  #diff(diff: string): readonly string[] {
    if (diff === this.#lastDiff || diff === "") return [];
    this.#lastDiff = diff;
    return [diff];
  }

  #turnEnd(status: "completed" | "interrupted" | "failed"): readonly string[] {
    if (status === "interrupted") return ["turn interrupted"];
    return [
      this.#options.style.dim("tokens used"),
      withSeparators(this.#tokens),
    ];
  }
}

/** `hook: PreToolUse`, as other versions print it. */
function hookHeading({ eventName }: HookRun): string {
  return `hook: ${capitalized(eventName)}`;
}

/** How it ended, and what it has to say to a person; context is for the model. */
function hookEnd(run: HookRun): readonly string[] {
  return [
    `${hookHeading(run)} ${capitalized(run.status)}`,
    ...run.entries.flatMap(({ kind, text }) =>
      kind === "context" ? [] : [`  ${kind}: ${text}`]
    ),
  ];
}

function capitalized(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

const PLAN_MARKS = { completed: "✓", inProgress: "→", pending: "•" } as const;

/** `1234567` as `1,234,567`; by hand, because Intl costs 10 ms. */
function withSeparators(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ",");
}
