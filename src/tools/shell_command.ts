/**
 * `shell_command` and `shell`: run a command to its end. Offered when sessions are
 * switched off, accepted also beside them; `shell` and its other names are never
 * declared.
 */
import * as v from "valibot";
import { quoteCommand } from "@/text/shell_quote.ts";
import {
  type EscalationArguments,
  escalationOf,
  escalationParameters,
} from "./exec_command.ts";
import { describeShell } from "./output.ts";
import { interceptPatch } from "./patch_interception.ts";
import { scriptOf, shellArgv } from "./shell_argv.ts";
import {
  defineTool,
  failed,
  hookedCommand,
  type ToolContext,
  type ToolOutcome,
} from "./tool.ts";

/** As the reference: what does not end in this time must be asked for. */
const TIMEOUT_MS_DEFAULT = 10_000;

const commonParameters = {
  workdir: v.optional(
    v.pipe(v.string(), v.description("Defaults to the working directory")),
  ),
  timeout_ms: v.optional(
    v.pipe(v.number(), v.description("Kill it after this; default 10000")),
  ),
  ...escalationParameters,
};

export const shellCommand = defineTool({
  name: "shell_command",
  description: "Runs a shell command to its end and returns its output.",
  parameters: v.object({
    command: v.pipe(v.string(), v.description("Shell command")),
    login: v.optional(
      v.pipe(v.boolean(), v.description("Use a login shell; default true")),
    ),
    ...commonParameters,
  }),
  parallel: true,
  hides: (settings) => settings.allowLoginShell ? [] : ["login"],
  isOffered: (settings) => settings.shellTool && !settings.unifiedExec,
  isAccepted: (settings) => settings.shellTool,
  hooked: ({ command }) => hookedCommand(command),
  run(args, context, signal) {
    const login = (args.login ?? true) && context.allowLoginShell;
    return runToEnd(
      args,
      shellArgv(context.shell, args.command, { login }),
      context,
      signal,
      {
        tool: "shell_command",
        script: args.command,
      },
    );
  },
});

export const shell = defineTool({
  name: "shell",
  aliases: ["container.exec", "local_shell"],
  description: "Runs a program with arguments.",
  parameters: v.object({
    command: v.pipe(
      v.array(v.string()),
      v.description("Program and arguments"),
    ),
    ...commonParameters,
  }),
  parallel: true,
  isOffered: () => false,
  isAccepted: (settings) => settings.shellTool,
  hooked: ({ command }) => hookedCommand(quoteCommand(command)),
  run(args, context, signal) {
    const script = scriptOf(args.command);
    return runToEnd(args, args.command, context, signal, {
      tool: "shell",
      script,
    });
  },
});

interface ShellArguments extends EscalationArguments {
  readonly workdir?: string | undefined;
  readonly timeout_ms?: number | undefined;
}

async function runToEnd(
  args: ShellArguments,
  argv: readonly string[],
  context: ToolContext,
  signal: AbortSignal,
  origin: { readonly tool: string; readonly script: string | undefined },
): Promise<ToolOutcome> {
  if (argv.length === 0) return failed("command args are empty");
  const workdir = args.workdir === undefined || args.workdir === "" ? {} : {
    workdir: args.workdir,
  };
  if (origin.script !== undefined) {
    const intercepted = await interceptPatch(
      origin.tool,
      origin.script,
      workdir,
      context,
      signal,
    );
    if (intercepted !== undefined) return intercepted;
  }
  const timeoutMs = args.timeout_ms ?? TIMEOUT_MS_DEFAULT;
  const outcome = await context.startCommand({
    argv,
    ...workdir,
    tty: false,
    ...escalationOf(args),
    yieldMs: Infinity,
    timeoutMs,
  }, signal);
  return describeShell(outcome, context.outputLimit);
}
