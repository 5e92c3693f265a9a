/** `write_stdin`: types into a running session, or polls it with nothing. */
import * as v from "valibot";
import {
  clamp,
  OUTPUT_TOKENS_DEFAULT,
  sessionParameters,
} from "./exec_command.ts";
import { describeCommand } from "./output.ts";
import { defineTool } from "./tool.ts";

const YIELD_MS_DEFAULT = 250;
const YIELD_MS_MIN = 250;
const YIELD_MS_MAX = 30_000;
/** A poll with nothing to say waits at least this long, or models poll in a tight loop. */
const POLL_MS_MIN = 5_000;

export const writeStdin = defineTool({
  name: "write_stdin",
  description:
    "Writes to a running session (empty: just wait) and returns its new output.",
  parameters: v.object({
    session_id: v.pipe(v.number(), v.description("Id from exec_command")),
    chars: v.optional(v.pipe(v.string(), v.description("Bytes to write"))),
    ...sessionParameters,
  }),
  parallel: false,
  isOffered: (settings) => settings.shellTool && settings.unifiedExec,
  async run(args, context, signal) {
    const chars = args.chars ?? "";
    const asked = args.yield_time_ms ?? YIELD_MS_DEFAULT;
    const yieldMs = chars === ""
      ? clamp(asked, POLL_MS_MIN, context.longestPollMs)
      : clamp(asked, YIELD_MS_MIN, YIELD_MS_MAX);
    const outcome = await context.writeStdin({
      sessionId: args.session_id,
      chars,
      yieldMs,
    }, signal);
    return describeCommand(
      "write_stdin",
      outcome,
      args.max_output_tokens ?? OUTPUT_TOKENS_DEFAULT,
      context,
    );
  },
});
