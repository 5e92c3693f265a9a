/** Builds a model request from a thread's settings and its history. */
import type { ModelRequest, ToolDeclaration } from "@/model/model.ts";
import type { ThreadId, TurnId } from "@/protocol/ids.ts";
import type { ResponseItem } from "@/protocol/response_items.ts";
import type { GitInfo } from "./git_info.ts";
import type { ThreadSettings } from "./settings.ts";
import { placeHeaders, type ThreadPlace } from "./thread_place.ts";

export interface RequestFacts {
  readonly settings: ThreadSettings;
  readonly threadId: ThreadId;
  readonly turnId: TurnId;
  readonly place: ThreadPlace;
  /** How often the history was compacted; names the cache window. */
  readonly compactions: number;
  readonly instructions: string;
  readonly tools: readonly ToolDeclaration[];
  readonly installationId: string;
  readonly originator: string;
  readonly git: GitInfo | undefined;
  readonly outputSchema: unknown;
}

/** A request for the next step of a turn. */
export function buildRequest(
  facts: RequestFacts,
  input: readonly ResponseItem[],
): ModelRequest {
  const { settings } = facts;
  return {
    model: settings.model.name,
    instructions: facts.instructions,
    input,
    tools: facts.tools,
    parallelToolCalls: settings.model.parallelToolCalls,
    ...(settings.model.supportsReasoning
      ? { reasoning: reasoningOf(settings) }
      : {}),
    ...(settings.verbosity === undefined
      ? {}
      : { verbosity: settings.verbosity }),
    ...(facts.outputSchema === undefined
      ? {}
      : { outputSchema: facts.outputSchema }),
    ...(settings.serviceTier === undefined
      ? {}
      : { serviceTier: settings.serviceTier }),
    cacheKey: facts.threadId,
    clientMetadata: { "x-codex-installation-id": facts.installationId },
    headers: identityHeaders(facts),
  };
}

/** The same request without tools, for a compaction. */
export function withoutTools(request: ModelRequest): ModelRequest {
  return { ...request, tools: [], parallelToolCalls: false };
}

function reasoningOf(
  settings: ThreadSettings,
): NonNullable<ModelRequest["reasoning"]> {
  const { effort, summary } = settings;
  return {
    ...(effort === undefined ? {} : { effort }),
    ...(summary === undefined || summary === "none" ? {} : { summary }),
  };
}

function identityHeaders(
  facts: RequestFacts,
): Readonly<Record<string, string>> {
  return {
    originator: facts.originator,
    session_id: facts.threadId,
    "x-client-request-id": facts.threadId,
    "x-codex-window-id": `${facts.threadId}:${facts.compactions}`,
    "x-codex-turn-metadata": asciiJson(turnMetadata(facts)),
    ...placeHeaders(facts.place),
  };
}

/** Who asks: the thread, the turn, where it works and how it is confined. */
export function turnMetadata(
  { threadId, turnId, git, settings, place }: RequestFacts,
): unknown {
  return {
    session_id: threadId,
    thread_source: place.subagent === undefined ? "user" : "subagent",
    turn_id: turnId,
    ...(git?.commit === undefined
      ? {}
      : { workspaces: { [git.root]: { latest_git_commit_hash: git.commit } } }),
    sandbox: settings.sandboxPolicy.type === "danger-full-access"
      ? "none"
      : "seccomp",
  };
}

/** JSON that may stand in a header: other characters as `\u` escapes. */
function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[^\x20-\x7e]/g,
    (character) =>
      `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
