/**
 * A command the user typed, as a turn of its own. It is the user's, so it runs without
 * a sandbox and is not asked about; the model is told of it.
 */
import type { TurnId } from "@/protocol/ids.ts";
import { textMessage } from "@/protocol/response_items.ts";
import { quoteCommand } from "@/text/shell_quote.ts";
import { truncateMiddle } from "@/text/truncate.ts";
import { shellEnvironment } from "@/config/shell_environment.ts";
import type { ThreadSettings } from "./settings.ts";
import type { ThreadState } from "./thread_state.ts";
import type { TurnEnvironment } from "./turn_environment.ts";
import { TurnFrame } from "./turn_frame.ts";

export interface ShellRequest {
  readonly id: TurnId | undefined;
  readonly command: string;
  readonly settings: ThreadSettings;
}

/** Resolves however it ends; the events say how. */
export async function conductShell(
  env: TurnEnvironment,
  state: ThreadState,
  request: ShellRequest,
  signal: AbortSignal,
): Promise<void> {
  const frame = new TurnFrame({ ...env, state, ...request });
  try {
    await frame.record();
    await frame.announce();
    await run(env, state, { ...request, id: frame.id }, signal);
    await frame.complete({});
  } catch (error) {
    if (signal.aborted) await frame.interrupt({});
    else await frame.fail(error, {});
  }
}

async function run(
  env: TurnEnvironment,
  state: ThreadState,
  { id, command, settings }: ShellRequest & { readonly id: TurnId },
  signal: AbortSignal,
): Promise<void> {
  const { sandbox, sessions, environmentPolicy } = env.guard;
  const argv = [env.shell, "-lc", command];
  const child = await sandbox.spawn({
    argv,
    cwd: settings.cwd,
    env: {
      ...shellEnvironment(environmentPolicy, env.platform.env.all()),
      CODEX_THREAD_ID: state.id,
    },
    policy: { type: "danger-full-access" },
    policyCwd: settings.cwd,
    stdin: "null",
    mergeOutput: true,
  }, signal);
  const session = sessions.start({
    child,
    turnId: id,
    itemId: `${id}-shell`,
    command: quoteCommand(argv),
    cwd: settings.cwd,
    acceptsInput: false,
    source: "userShell",
  });
  const outcome = await sessions.collect(session, Infinity, signal);
  const { mode, limit } = settings.truncation;
  await state.history.append([textMessage(
    "user",
    [
      "<user_shell_command>",
      "<command>",
      command,
      "</command>",
      "<result>",
      `Exit code: ${outcome.kind === "exited" ? outcome.exitCode : -1}`,
      `Duration: ${(outcome.wallMs / 1000).toFixed(4)} seconds`,
      "Output:",
      truncateMiddle(outcome.output, { unit: mode, max: limit }),
      "</result>",
      "</user_shell_command>",
    ].join("\n"),
  )]);
}
