/**
 * Runs git for the program itself, outside the sandbox. A repository may be hostile:
 * its configuration must not make git start anything.
 */
import { FileError, type Platform } from "@/platform/platform.ts";

/** Longer than any of these commands takes; git may wait for a lock or a slow disk. */
const TIMEOUT_MS = 10_000;
const OUTPUT_CHARS_MAX = 1 << 20;

/** No monitor, no hooks, no pager, no transport: each is a program the repository names. */
const HARDENING = [
  "-c",
  "core.fsmonitor=false",
  "-c",
  "core.hooksPath=/dev/null",
  "-c",
  "protocol.allow=never",
  "--no-pager",
  "--no-optional-locks",
];

export interface GitResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

type GitPorts = Pick<Platform, "processes" | "env" | "clock">;

/** What git printed, trimmed; undefined when it failed, was too slow or is not there. */
export async function askGit(
  ports: GitPorts,
  cwd: string,
  args: readonly string[],
  signal: AbortSignal,
): Promise<string | undefined> {
  const result = await runGit(ports, { cwd, args }, signal);
  return result?.code === 0 ? result.stdout.trim() : undefined;
}

/**
 * Options that switch off the filters a repository itself configures, for commands that
 * read or write its files: a filter is a program too, and `.gitattributes` may ask for
 * it. Those of the user's own configuration stay.
 */
export async function withoutFilters(
  ports: GitPorts,
  cwd: string,
  signal: AbortSignal,
): Promise<readonly string[]> {
  // A work tree may have a file of its own beside the repository's.
  const keys = await Promise.all(["--local", "--worktree"].map((file) => {
    const args = ["config", file, "--includes", "--name-only"];
    return askGit(ports, cwd, [...args, "--get-regexp", "^filter\\."], signal);
  }));
  const drivers = new Set(
    keys.flatMap((text) => (text ?? "").split("\n"))
      .map((key) => key.slice(0, key.lastIndexOf(".")))
      .filter((driver) => driver !== ""),
  );
  return [...drivers].flatMap((driver) => [
    ...["clean", "smudge", "process"].flatMap((name) => [
      "-c",
      `${driver}.${name}=`,
    ]),
    "-c",
    `${driver}.required=false`,
  ]);
}

/** Runs git to its end; undefined when it is not there or was too slow. */
export async function runGit(
  { processes, env, clock }: GitPorts,
  command: {
    readonly cwd: string;
    readonly args: readonly string[];
    /** For its standard input. */
    readonly input?: string;
  },
  signal: AbortSignal,
): Promise<GitResult | undefined> {
  const end = AbortSignal.any([signal, clock.timeout(TIMEOUT_MS)]);
  let child;
  try {
    child = processes.spawn({
      argv: ["git", ...HARDENING, ...command.args],
      cwd: command.cwd,
      env: {
        PATH: env.get("PATH") ?? "/usr/bin:/bin",
        HOME: env.get("HOME") ?? "/",
        LC_ALL: "C",
        GIT_TERMINAL_PROMPT: "0",
        GIT_NO_LAZY_FETCH: "1",
      },
      stdin: command.input === undefined ? "null" : "pipe",
      newGroup: true,
    });
  } catch (error) {
    if (error instanceof FileError) return undefined;
    throw error;
  }
  const kill = () => child.kill("SIGKILL");
  end.addEventListener("abort", kill, { once: true });
  try {
    const [stdout, stderr, { code }] = await Promise.all([
      readText(child.stdout),
      readText(child.stderr),
      child.exit,
      command.input === undefined ? undefined : feed(child, command.input),
    ]);
    signal.throwIfAborted();
    return end.aborted ? undefined : { code, stdout, stderr };
  } finally {
    end.removeEventListener("abort", kill);
  }
}

async function feed(
  child: ReturnType<Platform["processes"]["spawn"]>,
  input: string,
): Promise<void> {
  try {
    await child.writeStdin(new TextEncoder().encode(input));
    await child.closeStdin();
  } catch {
    // It ended without reading all of it; its exit code says why.
  }
}

async function readText(stream: ReadableStream<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of stream) {
    // Read to the end all the same, or the writer would wait for ever.
    if (text.length < OUTPUT_CHARS_MAX) {
      text += decoder.decode(chunk, { stream: true });
    }
  }
  return text;
}
