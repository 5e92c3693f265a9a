/**
 * `codex sandbox`: runs the user's own command the way the agent's commands run, or
 * says how that is. Output, errors, input and exit code are the command's own.
 */
import type { Config } from "@/config/config.ts";
import { loadConfig } from "@/config/load.ts";
import { deniedLines } from "@/core/approvals/denial.ts";
import { sandboxPolicyOf } from "@/core/settings.ts";
import {
  type ChildProcess,
  FileError,
  type Platform,
} from "@/platform/platform.ts";
import { CodexError } from "@/protocol/errors.ts";
import { createSandbox } from "@/sandbox/create.ts";
import type { DenialLog } from "@/sandbox/macos/denial_log.ts";
import { environmentOf, networkGate } from "../confined_command.ts";
import { configOptions } from "../config_options.ts";
import { Passage, type Write } from "../passage.ts";
import {
  flagValues,
  hasFlag,
  type ParsedCommand,
  positionals,
} from "../parsed.ts";

/** As a shell reports a command it cannot find or may not run. */
const EXIT_NOT_FOUND = 127;
const EXIT_NOT_EXECUTABLE = 126;

/** How long nothing may come after the end before what holds the pipe is left alone. */
const DRAIN_MS = 250;

/** As much of the output as is looked at for denials: the end tells most. */
const LOGGED_CHARACTERS_MAX = 1_000_000;

/** The system each subcommand is for, and what it says elsewhere. */
const SYSTEMS: Readonly<
  Record<string, { readonly os: string; readonly elsewhere: string }>
> = {
  linux: {
    os: "linux",
    elsewhere: "The Linux sandbox is only available on Linux",
  },
  macos: {
    os: "darwin",
    elsewhere: "Seatbelt sandbox is only available on macOS",
  },
  windows: {
    os: "windows",
    elsewhere: "Windows sandbox is only available on Windows",
  },
};

/** `codex debug landlock` and `codex debug seatbelt`. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  landlock: "linux",
  seatbelt: "macos",
};

export async function run(
  parsed: ParsedCommand,
  platform: Platform,
): Promise<number> {
  const word = parsed.command.at(-1) ?? "";
  if (word === "sandbox") return await showStatus(parsed, platform);
  const name = OTHER_NAMES[word] ?? word;
  refuseElsewhere(name, platform);
  const argv = positionals(parsed, "COMMAND");
  if (argv.length === 0) {
    throw new CodexError(
      "usage",
      `Which command to run is missing: codex sandbox ${name} [OPTIONS] -- <COMMAND>...`,
    );
  }
  if (flagValues(parsed, "allow-unix-socket").length > 0) {
    throw new CodexError(
      "unsupported",
      "--allow-unix-socket is not available in this version yet",
    );
  }
  const config = await loadConfig(configOptions(parsed, platform));
  return await runConfined(platform, config, argv, {
    logDenials: hasFlag(parsed, "log-denials"),
  });
}

function refuseElsewhere(name: string, { host }: Platform): void {
  const system = SYSTEMS[name];
  if (system === undefined || system.os === host.os) return;
  throw new CodexError("unsupported", system.elsewhere);
}

async function showStatus(
  parsed: ParsedCommand,
  platform: Platform,
): Promise<number> {
  const config = await loadConfig(configOptions(parsed, platform));
  const sandbox = sandboxOf(platform, config);
  try {
    const { kind, description, gaps } = await sandbox.status(NEVER);
    const lines = [
      `mechanism: ${kind}`,
      description,
      ...(gaps.length === 0 ? ["gaps: none known"] : [
        "gaps:",
        ...gaps.map((gap) => `- ${gap}`),
      ]),
    ];
    platform.terminal.writeOut(`${lines.join("\n")}\n`);
    return kind === "unavailable" ? 1 : 0;
  } finally {
    await sandbox.close();
  }
}

/** The command ends when it ends; interrupts are passed on to it. */
const NEVER = new AbortController().signal;

function sandboxOf(platform: Platform, config: Config) {
  return createSandbox({
    ...platform,
    codexHome: config.codexHome,
    tmpdir: platform.env.get("TMPDIR"),
    mechanism: platform.env.get("CODEX_SANDBOX_MECHANISM"),
  });
}

async function runConfined(
  platform: Platform,
  config: Config,
  argv: readonly string[],
  options: { readonly logDenials: boolean },
): Promise<number> {
  const policy = sandboxPolicyOf(config);
  if (policy.type === "danger-full-access") {
    platform.terminal.writeErr(
      "warning: the sandbox mode is danger-full-access, so the command is not " +
        "confined\n",
    );
  }
  const gate = await networkGate({
    ...platform,
    config,
    warn: async (message) =>
      platform.terminal.writeErr(`warning: ${message}\n`),
  }, policy);
  const sandbox = sandboxOf(platform, config);
  const systemLog = options.logDenials && platform.host.os === "darwin"
    ? await startSystemLog(platform)
    : undefined;
  try {
    const child = await sandbox.spawn({
      argv,
      cwd: config.cwd,
      env: environmentOf(platform, config, policy),
      policy,
      policyCwd: config.cwd,
      stdin: "pipe",
      mergeOutput: false,
      ...(gate === undefined ? {} : { networkGate: gate }),
    }, NEVER);
    return await follow(platform, child, options);
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    platform.terminal.writeErr(`codex sandbox: ${argv[0]}: ${error.osText}\n`);
    return error.kind === "not_found" ? EXIT_NOT_FOUND : EXIT_NOT_EXECUTABLE;
  } finally {
    await sandbox.close();
    await reportSystemLog(platform, systemLog);
  }
}

/** Seatbelt tells the system's log what it refuses; elsewhere nobody tells anybody. */
async function startSystemLog(
  { processes, clock }: Platform,
): Promise<DenialLog> {
  const { startDenialLog } = await import("@/sandbox/macos/denial_log.ts");
  return await startDenialLog(processes, clock);
}

async function reportSystemLog(
  { terminal }: Platform,
  log: DenialLog | undefined,
): Promise<void> {
  if (log === undefined) return;
  const denials = await log.stop();
  terminal.writeErr(
    denials.length === 0
      ? "codex sandbox: the system's log tells of no denial\n"
      : `codex sandbox: denied while the command ran, by the system's log:\n${
        denials.map(({ program, pid, operation, subject }) =>
          `  ${program}(${pid}) ${operation} ${subject}\n`
        ).join("")
      }`,
  );
}

/** Passes everything through until the command has ended; its exit code. */
async function follow(
  { terminal, clock, signals }: Platform,
  child: ChildProcess,
  { logDenials }: { readonly logDenials: boolean },
): Promise<number> {
  const log = new OutputLog();
  const pass = (stream: ReadableStream<Uint8Array>, write: Write) =>
    new Passage(stream, (data) => {
      if (logDenials) log.push(data);
      write(data);
    });
  const outputs = [
    pass(child.stdout, (data) => terminal.writeOut(data)),
    pass(child.stderr, (data) => terminal.writeErr(data)),
  ];
  const stops = [
    signals.onInterrupt(() => child.kill("SIGINT")),
    signals.onTerminate(() => child.kill("SIGTERM")),
  ];
  passInput(terminal, child);
  try {
    const failures = outputs.map((output) => output.failed);
    const { code } = await Promise.race([child.exit, ...failures]);
    await Promise.race([drainAll(outputs, clock), ...failures]);
    if (logDenials) reportDenials(terminal, code, log.text());
    return code;
  } catch (error) {
    // Whoever read our output went away: the command has nobody to run for.
    child.kill("SIGKILL");
    throw error;
  } finally {
    for (const stop of stops) stop();
  }
}

/** The command may leave something running that holds the pipes for ever. */
async function drainAll(
  outputs: readonly Passage[],
  clock: Platform["clock"],
): Promise<void> {
  await Promise.all(outputs.map((output) => output.drain(clock, DRAIN_MS)));
}

/** Standard input to its end. What a command does not read waits for nobody. */
function passInput(
  terminal: Platform["terminal"],
  child: ChildProcess,
): void {
  const pass = async () => {
    for await (const data of terminal.readStdin()) await child.writeStdin(data);
    await child.closeStdin();
  };
  // The command closed its input or has ended; its exit code tells what matters.
  pass().catch(() => undefined);
}

/** The last of an output, as text. */
class OutputLog {
  readonly #decoder = new TextDecoder();
  #text = "";

  push(data: Uint8Array): void {
    this.#text = (this.#text + this.#decoder.decode(data, { stream: true }))
      .slice(-LOGGED_CHARACTERS_MAX);
  }

  text(): string {
    return this.#text;
  }
}

function reportDenials(
  terminal: Platform["terminal"],
  code: number,
  output: string,
): void {
  const lines = code === 0 ? [] : deniedLines(output);
  terminal.writeErr(
    lines.length === 0
      ? "codex sandbox: no denial, as far as the output tells\n"
      : `codex sandbox: denied, by the look of the output:\n${
        lines.map((line) => `  ${line}\n`).join("")
      }`,
  );
}
