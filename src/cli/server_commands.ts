/** Runs commands of clients in the sandbox, each under the configuration of its place. */
import type { Config } from "@/config/config.ts";
import { sandboxPolicyOf } from "@/core/settings.ts";
import { FileError, type Platform } from "@/platform/platform.ts";
import type {
  ClientCommand,
  CommandService,
  RunningCommand,
} from "@/protocol/command_exec.ts";
import { CodexError } from "@/protocol/errors.ts";
import type { SandboxPolicy } from "@/protocol/policy.ts";
import type { OwnedSandbox } from "@/sandbox/create.ts";
import { environmentOf, networkGate } from "./confined_command.ts";

export interface CommandPorts {
  readonly platform: Platform;
  /** The configuration that holds in a directory; undefined: where the program runs. */
  config(cwd: string | undefined): Promise<Config>;
}

export function serverCommands(ports: CommandPorts): CommandService {
  const { platform } = ports;
  let sandbox: Promise<OwnedSandbox> | undefined;
  return {
    async start(command, signal) {
      const config = await ports.config(command.cwd);
      sandbox ??= openSandbox(platform, config);
      try {
        return await start(platform, await sandbox, config, command, signal);
      } catch (error) {
        if (!(error instanceof FileError)) throw error;
        throw new CodexError(
          "invalid_input",
          `Cannot run "${command.argv[0]}" in "${config.cwd}": ${error.osText}`,
        );
      }
    },
    async close() {
      await (await sandbox)?.close();
    },
  };
}

/** Loaded with the first command. */
async function openSandbox(
  platform: Platform,
  { codexHome }: Config,
): Promise<OwnedSandbox> {
  const { createSandbox } = await import("@/sandbox/create.ts");
  return createSandbox({
    ...platform,
    codexHome,
    tmpdir: platform.env.get("TMPDIR"),
    mechanism: platform.env.get("CODEX_SANDBOX_MECHANISM"),
  });
}

async function start(
  platform: Platform,
  sandbox: OwnedSandbox,
  config: Config,
  command: ClientCommand,
  signal: AbortSignal,
): Promise<RunningCommand> {
  const policy: SandboxPolicy = command.policy ?? sandboxPolicyOf(config);
  const gate = await networkGate({
    ...platform,
    config,
    warn: async (message) =>
      platform.log.warn("codex::command_exec", () => message),
  }, policy);
  const child = await sandbox.spawn({
    argv: command.argv,
    cwd: config.cwd,
    env: withChanges(environmentOf(platform, config, policy), command.env),
    policy,
    policyCwd: config.cwd,
    stdin: command.stdin,
    mergeOutput: false,
    ...(command.size === undefined ? {} : { terminalSize: command.size }),
    ...(gate === undefined ? {} : { networkGate: gate }),
  }, signal);
  return {
    stdout: child.stdout,
    stderr: child.stderr,
    exitCode: child.exit.then(({ code }) => code),
    write: (data) => child.writeStdin(data),
    closeInput: () => child.closeStdin(),
    resize: child.resize,
    kill: () => child.kill("SIGKILL"),
  };
}

function withChanges(
  env: Readonly<Record<string, string>>,
  changes: ClientCommand["env"],
): Readonly<Record<string, string>> {
  const changed = new Map<string, string | null>([
    ...Object.entries(env),
    ...Object.entries(changes),
  ]);
  return Object.fromEntries(
    [...changed].filter((pair): pair is [string, string] => pair[1] !== null),
  );
}
