/** `exec_command`: runs a shell command and gives back its output or a session. */
import * as v from "valibot";
import { describeCommand } from "./output.ts";
import { interceptPatch } from "./patch_interception.ts";
import { shellArgv } from "./shell_argv.ts";
import {
  type CommandRequest,
  defineTool,
  failed,
  hookedCommand,
} from "./tool.ts";

const YIELD_MS_DEFAULT = 10_000;
const YIELD_MS_MIN = 250;
const YIELD_MS_MAX = 30_000;
export const OUTPUT_TOKENS_DEFAULT = 10_000;

/** The escalation parameters every command tool has. */
export const escalationParameters = {
  sandbox_permissions: v.optional(
    v.pipe(
      v.picklist(["use_default", "require_escalated"]),
      v.description("`require_escalated` asks to run outside the sandbox"),
    ),
  ),
  justification: v.optional(
    v.pipe(
      v.string(),
      v.description("With require_escalated: one question for the user"),
    ),
  ),
  prefix_rule: v.optional(
    v.pipe(
      v.array(v.string()),
      v.description(
        "With require_escalated: a narrow command prefix to allow from now on",
      ),
    ),
  ),
};

/** The waiting parameters of the session tools. */
export const sessionParameters = {
  yield_time_ms: v.optional(
    v.pipe(v.number(), v.description("Wait at most this long for output")),
  ),
  max_output_tokens: v.optional(
    v.pipe(v.number(), v.description("Cut output longer than this")),
  ),
};

const Parameters = v.object({
  cmd: v.pipe(v.string(), v.description("Shell command")),
  workdir: v.optional(
    v.pipe(v.string(), v.description("Defaults to the working directory")),
  ),
  shell: v.optional(
    v.pipe(v.string(), v.description("Shell to use; defaults to the user's")),
  ),
  login: v.optional(
    v.pipe(v.boolean(), v.description("Use a login shell; default true")),
  ),
  tty: v.optional(
    v.pipe(
      v.boolean(),
      v.description("Give it a terminal and keep its input open"),
    ),
  ),
  ...sessionParameters,
  ...escalationParameters,
});

export const execCommand = defineTool({
  name: "exec_command",
  description:
    "Runs a shell command. Returns its output, or a session id if it is still running when the wait ends.",
  parameters: Parameters,
  parallel: true,
  hides: (settings) => settings.allowLoginShell ? [] : ["login"],
  isOffered: (settings) => settings.shellTool && settings.unifiedExec,
  hooked: ({ cmd }) => hookedCommand(cmd),
  async run(args, context, signal) {
    const workdir = args.workdir === undefined || args.workdir === "" ? {} : {
      workdir: args.workdir,
    };
    const intercepted = await interceptPatch(
      "exec_command",
      args.cmd,
      workdir,
      context,
      signal,
    );
    if (intercepted !== undefined) return intercepted;
    if (args.cmd.trim() === "") {
      return failed("exec_command failed: the command is empty");
    }
    const outcome = await context.startCommand({
      argv: shellArgv(args.shell ?? context.shell, args.cmd, {
        login: (args.login ?? true) && context.allowLoginShell,
      }),
      ...workdir,
      tty: args.tty ?? false,
      ...escalationOf(args),
      yieldMs: clamp(
        args.yield_time_ms ?? YIELD_MS_DEFAULT,
        YIELD_MS_MIN,
        YIELD_MS_MAX,
      ),
    }, signal);
    return describeCommand(
      "exec_command",
      outcome,
      args.max_output_tokens ?? OUTPUT_TOKENS_DEFAULT,
      context,
    );
  },
});

/** What the escalation parameters decode to. */
export interface EscalationArguments {
  readonly sandbox_permissions?:
    | "use_default"
    | "require_escalated"
    | undefined;
  readonly justification?: string | undefined;
  readonly prefix_rule?: readonly string[] | undefined;
}

/** The escalation part of a request, from the model's arguments. */
export function escalationOf(
  args: EscalationArguments,
): Pick<CommandRequest, "wantsEscalation" | "justification" | "prefixRule"> {
  return {
    wantsEscalation: args.sandbox_permissions === "require_escalated",
    ...(args.justification === undefined
      ? {}
      : { justification: args.justification }),
    ...(args.prefix_rule === undefined ? {} : { prefixRule: args.prefix_rule }),
  };
}

export function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}
