/** Commands a client runs itself, in the sandbox; a command ends with its connection. */
import { RPC_INVALID_PARAMS, RpcError } from "@/jsonrpc/peer.ts";
import type { Clock } from "@/platform/platform.ts";
import type {
  ClientCommand,
  CommandService,
  CommandTerminal,
  RunningCommand,
} from "@/protocol/command_exec.ts";
import type {
  CommandExecParams,
  CommandExecTerminalSize,
} from "@/protocol/rpc/command.ts";
import { followCommand, type OutputDelta } from "../client_command.ts";
import { refused } from "../refusal.ts";
import type { Handlers, Session } from "../session.ts";
import { sandboxOf } from "../wire.ts";

type Names =
  | "command/exec"
  | "command/exec/resize"
  | "command/exec/terminate"
  | "command/exec/write";

/** A client that says nothing of time or size means a short command. */
const TIMEOUT_MS_DEFAULT = 10_000;
const OUTPUT_BYTES_DEFAULT = 1 << 20;
/** Of one connection at a time; each is processes and pipes of this machine. */
const COMMANDS_MAX = 64;
const SIZE_MAX = 65_535;

interface Named {
  readonly running: RunningCommand;
  readonly takesInput: boolean;
}

/** The commands of one connection. */
class ClientCommands {
  count = 0;
  /** By the client's own ids; undefined while it is being started. */
  readonly named = new Map<string, Named | undefined>();
}

export function commandHandlers(
  service: CommandService,
  clock: Clock,
): Pick<Handlers, Names> {
  const all = new WeakMap<Session, ClientCommands>();
  const of = (session: Session): ClientCommands => {
    const known = all.get(session) ?? new ClientCommands();
    all.set(session, known);
    return known;
  };
  const find = (session: Session, id: string): Named => {
    const named = of(session).named.get(id);
    if (named !== undefined) return named;
    throw refused(
      `no active command/exec for process id ${JSON.stringify(id)}`,
    );
  };
  return {
    async "command/exec"(params, { session, signal }) {
      const commands = of(session);
      const command = commandOf(params);
      const id = params.processId ?? undefined;
      if (id !== undefined && commands.named.has(id)) {
        throw refused(
          `duplicate active command/exec process id: ${JSON.stringify(id)}`,
        );
      }
      if (commands.count >= COMMANDS_MAX) {
        throw refused(
          `Cannot run another command: ${COMMANDS_MAX} of this connection run; end one first`,
        );
      }
      commands.count++;
      if (id !== undefined) commands.named.set(id, undefined);
      try {
        const running = await service.start(command, signal);
        if (id !== undefined) {
          commands.named.set(id, {
            running,
            takesInput: command.stdin !== "null",
          });
        }
        if (params.tty === true && running.resize === undefined) {
          await tellMissingTerminal(session, command.argv);
        }
        const isStreamed = params.streamStdoutStderr === true ||
          params.tty === true;
        const ports = {
          clock,
          pass: isStreamed && id !== undefined
            ? (delta: OutputDelta) =>
              session.notify({
                method: "command/exec/outputDelta",
                params: { processId: id, ...delta },
              })
            : undefined,
        };
        return await followCommand(ports, running, limitsOf(params), signal);
      } finally {
        commands.count--;
        if (id !== undefined) commands.named.delete(id);
      }
    },
    async "command/exec/write"(params, { session }) {
      const { processId, deltaBase64, closeStdin } = params;
      if (deltaBase64 == null && closeStdin !== true) {
        throw invalid("command/exec/write requires deltaBase64 or closeStdin");
      }
      const data = deltaBase64 == null ? undefined : bytesOf(deltaBase64);
      const { running, takesInput } = find(session, processId);
      if (!takesInput) {
        throw refused("stdin streaming is not enabled for this command/exec");
      }
      try {
        if (data !== undefined) await running.write(data);
        if (closeStdin === true) await running.closeInput();
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        throw refused(`Cannot write to the command: ${why}`);
      }
      return {};
    },
    async "command/exec/resize"({ processId, size }, { session }) {
      const terminal = terminalOf(size);
      const { resize } = find(session, processId).running;
      if (resize === undefined) {
        throw refused(
          "failed to resize PTY: process is not attached to a PTY",
        );
      }
      await resize(terminal);
      return {};
    },
    async "command/exec/terminate"({ processId }, { session }) {
      find(session, processId).running.kill();
      return {};
    },
  };
}

/** Its output comes all the same, so the command is not refused. */
async function tellMissingTerminal(
  session: Session,
  argv: readonly string[],
): Promise<void> {
  await session.notify({
    method: "warning",
    params: {
      message: `"${
        argv[0]
      }" runs without a terminal: none can be had with the way commands are confined here (see \`codex sandbox --status\`)`,
    },
  });
}

function commandOf(params: CommandExecParams): ClientCommand {
  const { command, cwd, env, tty, size, processId } = params;
  if (command.length === 0) throw refused("command must not be empty");
  requireFitting(params);
  const isStreamed = tty === true || params.streamStdin === true ||
    params.streamStdoutStderr === true;
  if (isStreamed && processId == null) {
    throw refused(
      "command/exec tty or streaming requires a client-supplied processId",
    );
  }
  return {
    argv: command,
    cwd: cwd ?? undefined,
    env: env ?? {},
    policy: params.sandboxPolicy == null
      ? undefined
      : sandboxOf(params.sandboxPolicy),
    stdin: tty === true
      ? "terminal"
      : params.streamStdin === true
      ? "pipe"
      : "null",
    size: size == null ? undefined : terminalOf(size),
  };
}

/** What is asked for at once must make sense at once. */
function requireFitting(params: CommandExecParams): void {
  const { timeoutMs, outputBytesCap, size, permissionProfile } = params;
  if (timeoutMs != null && params.disableTimeout === true) {
    throw invalid("command/exec cannot set both timeoutMs and disableTimeout");
  }
  if (outputBytesCap != null && params.disableOutputCap === true) {
    throw invalid(
      "command/exec cannot set both outputBytesCap and disableOutputCap",
    );
  }
  if (timeoutMs != null && timeoutMs < 0) {
    throw invalid(
      `command/exec timeoutMs must be non-negative, got ${timeoutMs}`,
    );
  }
  if (outputBytesCap != null && outputBytesCap < 0) {
    throw invalid(
      `command/exec outputBytesCap must be non-negative, got ${outputBytesCap}`,
    );
  }
  if (size != null && params.tty !== true) {
    throw invalid("command/exec size requires tty: true");
  }
  if (permissionProfile == null) return;
  throw refused(
    params.sandboxPolicy == null
      ? "command/exec.permissionProfile is not available in this version: use sandboxPolicy"
      : "`permissionProfile` cannot be combined with `sandboxPolicy`",
  );
}

function limitsOf(params: CommandExecParams) {
  return {
    timeoutMs: params.disableTimeout === true
      ? undefined
      : params.timeoutMs ?? TIMEOUT_MS_DEFAULT,
    outputBytes: params.disableOutputCap === true
      ? undefined
      : params.outputBytesCap ?? OUTPUT_BYTES_DEFAULT,
  };
}

function terminalOf({ rows, cols }: CommandExecTerminalSize): CommandTerminal {
  if (rows < 1 || cols < 1) {
    throw invalid("command/exec size rows and cols must be greater than 0");
  }
  if (rows > SIZE_MAX || cols > SIZE_MAX) {
    throw invalid(
      `command/exec size rows and cols must be ${SIZE_MAX} at most`,
    );
  }
  return { rows, columns: cols };
}

function bytesOf(base64: string): Uint8Array {
  try {
    return Uint8Array.fromBase64(base64);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw invalid(`invalid deltaBase64: ${why}`);
  }
}

function invalid(message: string): RpcError {
  return new RpcError(RPC_INVALID_PARAMS, message);
}
