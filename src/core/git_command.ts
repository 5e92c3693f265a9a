/**
 * Runs git for the agent itself, outside the sandbox and only to read. A repository
 * may be hostile: its configuration must not make git start anything.
 */
import type { Platform } from "@/platform/platform.ts";
import { FileError } from "@/platform/platform.ts";

/** Longer than any of these questions takes; git may wait for a lock or a slow disk. */
const TIMEOUT_MS = 5_000;
const OUTPUT_BYTES_MAX = 1 << 20;

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

/** What git printed, trimmed; undefined when it failed, was too slow or is not there. */
export async function runGit(
  { processes, env, clock }: Pick<Platform, "processes" | "env" | "clock">,
  cwd: string,
  args: readonly string[],
  signal: AbortSignal,
): Promise<string | undefined> {
  const end = AbortSignal.any([signal, clock.timeout(TIMEOUT_MS)]);
  let child;
  try {
    child = processes.spawn({
      argv: ["git", ...HARDENING, ...args],
      cwd,
      env: {
        PATH: env.get("PATH") ?? "/usr/bin:/bin",
        HOME: env.get("HOME") ?? "/",
        LC_ALL: "C",
        GIT_TERMINAL_PROMPT: "0",
        GIT_NO_LAZY_FETCH: "1",
      },
      stdin: "null",
      newGroup: true,
    });
  } catch (error) {
    if (error instanceof FileError) return undefined;
    throw error;
  }
  const kill = () => child.kill("SIGKILL");
  end.addEventListener("abort", kill, { once: true });
  try {
    const [text, , { code }] = await Promise.all([
      readText(child.stdout),
      readText(child.stderr),
      child.exit,
    ]);
    signal.throwIfAborted();
    return code === 0 && !end.aborted ? text.trim() : undefined;
  } finally {
    end.removeEventListener("abort", kill);
  }
}

async function readText(stream: ReadableStream<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of stream) {
    // Read to the end all the same, or the writer would wait for ever.
    if (text.length < OUTPUT_BYTES_MAX) {
      text += decoder.decode(chunk, { stream: true });
    }
  }
  return text;
}
