/**
 * `codex exec`: from what was typed to a run. Everything that can be wrong is found
 * before a thread begins, so a failed start leaves nothing behind.
 */
import { compose, type Composition } from "@/cli/compose.ts";
import { configOptions } from "@/cli/config_options.ts";
import {
  flagValue,
  flagValues,
  hasFlag,
  type ParsedCommand,
  positional,
} from "@/cli/parsed.ts";
import type { Config } from "@/config/config.ts";
import { withDotEnv } from "@/config/dot_env.ts";
import { loadConfig } from "@/config/load.ts";
import { loadRules } from "@/core/approvals/rule_files.ts";
import { resolvePrompt } from "@/exec/prompt.ts";
import { type ExecRequest, runExec } from "@/exec/run.ts";
import { directoryOf, resolvePath } from "@/platform/paths.ts";
import { hasPipelineWriter } from "@/platform/pipeline.ts";
import { FileError, type Platform } from "@/platform/platform.ts";
import { CodexError } from "@/protocol/errors.ts";
import type { ThreadSelector } from "@/protocol/host.ts";
import { isUuid } from "@/protocol/ids.ts";
import { imageFormat } from "@/text/image_format.ts";
import {
  describedTarget,
  flaggedTarget,
  isReview,
  missingTarget,
} from "./review_target.ts";

/** Nobody is there to ask. */
const APPROVALS = "never";

export async function run(
  parsed: ParsedCommand,
  machine: Platform,
): Promise<number> {
  const platform = await withDotEnv(machine);
  const lifetime = new AbortController();
  const isRemote = flagValue(parsed, "remote") !== undefined;
  const options = configOptions(parsed, platform);
  const config = await loadConfig(
    // The directory that is named is one of the server's machine.
    isRemote ? { ...options, cwd: undefined } : options,
  );
  const rules = isRemote ? undefined : await loadRules(platform.files, {
    config,
    ignoreRules: hasFlag(parsed, "ignore-rules"),
  });
  const task = await readTask(parsed, platform, config, lifetime.signal);
  const outputSchema = await readSchema(
    platform,
    flagValue(parsed, "output-schema"),
  );
  // Which directory an app-server works in is its own business.
  if (!isRemote) await checkRepository(parsed, platform, config);
  const images = await checkImages(platform, flagValues(parsed, "image"));
  const agent = rules === undefined
    ? await openRemote(parsed, platform, lifetime.signal)
    : await compose({
      platform,
      config,
      approvalPolicy: APPROVALS,
      source: "exec",
      isEphemeral: hasFlag(parsed, "ephemeral"),
      rules,
    }, lifetime.signal);
  try {
    const request = execRequest(parsed, config, platform, {
      task,
      outputSchema,
      images,
      warnings: [...config.warnings, ...agent.warnings],
    });
    return await runExec(
      agent.host,
      request,
      platform,
      (code) => platform.exit(code),
    );
  } finally {
    await agent.close();
  }
}

/** The agent of an app-server. */
async function openRemote(
  parsed: ParsedCommand,
  platform: Platform,
  signal: AbortSignal,
): Promise<Composition> {
  const { openRemoteHost } = await import("@/cli/remote_host.ts");
  const host = await openRemoteHost(
    parsed,
    platform,
    { approvalPolicy: APPROVALS, source: "exec" },
    signal,
  );
  return { host, warnings: [], close: () => host.close() };
}

function bypassesSandbox(parsed: ParsedCommand): boolean {
  return hasFlag(parsed, "dangerously-bypass-approvals-and-sandbox");
}

function isResume(parsed: ParsedCommand): boolean {
  return parsed.command.includes("resume");
}

/** A resumed thread's prompt, and a reviewer's, are not joined by piped input. */
function standsAlone(parsed: ParsedCommand): boolean {
  return isResume(parsed) || isReview(parsed);
}

/** With `--last`, the one positional argument of `resume` is the prompt. */
function resumeArguments(
  parsed: ParsedCommand,
): {
  readonly session: string | undefined;
  readonly prompt: string | undefined;
} {
  const first = positional(parsed, "SESSION_ID");
  const second = positional(parsed, "PROMPT");
  return hasFlag(parsed, "last") && second === undefined
    ? { session: undefined, prompt: first }
    : { session: first, prompt: second };
}

async function readTask(
  parsed: ParsedCommand,
  platform: Platform,
  config: Config,
  signal: AbortSignal,
): Promise<ExecRequest["task"]> {
  const flagged = isReview(parsed) ? flaggedTarget(parsed) : undefined;
  if (flagged !== undefined) return { kind: "review", target: flagged };
  if (isReview(parsed) && positional(parsed, "PROMPT") === undefined) {
    throw missingTarget();
  }
  const prompt = await readPrompt(parsed, platform, config, signal);
  return isReview(parsed)
    ? { kind: "review", target: describedTarget(prompt) }
    : { kind: "prompt", text: prompt };
}

async function readPrompt(
  parsed: ParsedCommand,
  platform: Platform,
  config: Config,
  signal: AbortSignal,
): Promise<string> {
  const argument = isResume(parsed)
    ? resumeArguments(parsed).prompt
    : positional(parsed, "PROMPT");
  const mode = flagValue(parsed, "stdin");
  return await resolvePrompt(
    {
      terminal: platform.terminal,
      clock: platform.clock,
      hasPipelineWriter: () =>
        hasPipelineWriter(platform.processes, platform.host),
    },
    {
      argument,
      stdin: mode === "wait" || mode === "ignore"
        ? mode
        : standsAlone(parsed) && argument !== "-" && argument !== undefined
        ? "ignore"
        : "auto",
      waitMs: config.execStdinWaitMs,
    },
    signal,
  );
}

async function readSchema(
  platform: Platform,
  path: string | undefined,
): Promise<unknown> {
  if (path === undefined) return undefined;
  const text = await platform.files.readText(
    resolvePath(platform.host.cwd, path),
  )
    .catch((error: unknown): never => {
      throw invalid(
        `Failed to read output schema file ${path}: ${reasonOf(error)}`,
      );
    });
  try {
    return JSON.parse(text);
  } catch (error) {
    throw invalid(
      `Output schema file ${path} is not valid JSON: ${reasonOf(error)}`,
    );
  }
}

async function checkRepository(
  parsed: ParsedCommand,
  platform: Platform,
  config: Config,
): Promise<void> {
  if (hasFlag(parsed, "skip-git-repo-check") || bypassesSandbox(parsed)) return;
  if (config.trustLevel === "trusted") return;
  for (let directory = config.cwd;; directory = directoryOf(directory)) {
    if (await isRepository(platform, directory)) return;
    if (directory === "/") break;
  }
  throw new CodexError(
    "untrusted_directory",
    "Not inside a trusted directory and --skip-git-repo-check was not specified.",
  );
}

/**
 * True for a working tree's root. An empty file or directory of that name is a guard a
 * sandbox leaves while it runs.
 */
async function isRepository(
  { files }: Platform,
  directory: string,
): Promise<boolean> {
  const git = resolvePath(directory, ".git");
  if (await files.stat(`${git}/HEAD`) !== undefined) return true;
  if (!(await files.stat(git))?.isFile) return false;
  const start = await files.readRange(git, 0, GITFILE_START.length);
  return new TextDecoder().decode(start) === GITFILE_START;
}

/** How the file of a worktree or submodule begins (gitrepository-layout(5)). */
const GITFILE_START = "gitdir:";

/** Image paths made absolute, each known to be an image. */
async function checkImages(
  platform: Platform,
  paths: readonly string[],
): Promise<readonly string[]> {
  return await Promise.all(paths.map(async (given) => {
    const path = resolvePath(platform.host.cwd, given);
    const head = await platform.files.readRange(path, 0, 64).catch(
      (error: unknown): never => {
        throw invalid(`Cannot attach image "${given}": ${reasonOf(error)}`);
      },
    );
    if (imageFormat(head) !== undefined) return path;
    throw invalid(
      `Cannot attach image "${given}": it is not a PNG, JPEG, GIF or WebP image`,
    );
  }));
}

function execRequest(
  parsed: ParsedCommand,
  config: Config,
  platform: Platform,
  input: Pick<ExecRequest, "task" | "outputSchema" | "images" | "warnings">,
): ExecRequest {
  const lastMessageFile = flagValue(parsed, "output-last-message");
  const color = flagValue(parsed, "color");
  return {
    ...input,
    resume: isResume(parsed) ? threadSelector(parsed) : undefined,
    json: hasFlag(parsed, "json"),
    color: color === "always" || color === "never" ? color : "auto",
    lastMessageFile: lastMessageFile === undefined
      ? undefined
      : resolvePath(platform.host.cwd, lastMessageFile),
    hideReasoning: config.hideAgentReasoning,
    showRawReasoning: config.showRawAgentReasoning,
  };
}

function threadSelector(parsed: ParsedCommand): ThreadSelector {
  const { session } = resumeArguments(parsed);
  const anyDirectory = hasFlag(parsed, "all");
  if (session === undefined) {
    if (hasFlag(parsed, "last") || anyDirectory) {
      return { kind: "last", anyDirectory };
    }
    throw invalid(
      "Which thread to resume is missing: give a session id or name, or --last",
    );
  }
  return isUuid(session)
    ? { kind: "id", id: session }
    : { kind: "name", name: session, anyDirectory };
}

function invalid(message: string): CodexError {
  return new CodexError("invalid_input", message);
}

function reasonOf(error: unknown): string {
  if (error instanceof FileError) return error.osText;
  return error instanceof Error ? error.message : String(error);
}
