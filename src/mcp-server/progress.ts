/** What a client that waits for a call is told of its progress, in a few words. Pure. */
import type { LegacyEvent } from "@/protocol/legacy_events.ts";
import { quoteCommand } from "@/text/shell_quote.ts";

/** A line, not a log. */
const CHARACTERS_MAX = 200;

/**
 * Undefined for an event that is no step forward. A message is none: the last one is the
 * answer, and clients complain about progress that comes together with it.
 */
export function progressWords(event: LegacyEvent): string | undefined {
  const words = wordsOf(event)?.trim().split("\n")[0];
  if (words === undefined || words.length <= CHARACTERS_MAX) return words;
  return `${words.slice(0, CHARACTERS_MAX)}…`;
}

function wordsOf(event: LegacyEvent): string | undefined {
  switch (event.type) {
    case "task_started":
      return "Started";
    case "exec_command_begin":
      return `Running ${quoteCommand(event.command)}`;
    case "patch_apply_begin":
      return `Editing ${Object.keys(event.changes).join(", ")}`;
    case "mcp_tool_call_begin":
      return `Calling ${event.invocation.server}.${event.invocation.tool}`;
    case "web_search_end":
      return `Searched for ${event.query}`;
    case "agent_reasoning":
      return event.text;
    default:
      return undefined;
  }
}
