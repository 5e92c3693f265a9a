/** Runs that are stopped by a signal in the middle. */
import {
  type CodexRun,
  jsonLines,
  spawnCodex,
  type Workspace,
} from "./codex.ts";

/**
 * Runs exec until a text was seen on one of its outputs, sends it signals, and waits
 * for its end. Standard input stays open when the prompt is asked for there.
 */
export async function runAndStop(
  workspace: Workspace,
  stop: {
    readonly args: readonly string[];
    readonly after: string;
    readonly signals: readonly Deno.Signal[];
    /** Files commands make in the working tree; waited for, too. */
    readonly files?: readonly string[];
  },
): Promise<CodexRun> {
  await using appears = watchFor(workspace, stop.files ?? []);
  const child = spawnCodex({
    workspace,
    args: ["exec", "--json", ...stop.args],
  });
  const readsStdin = stop.args.length === 0;
  if (!readsStdin) await child.stdin.close();
  const seen = Promise.withResolvers<void>();
  const watch = (text: string) => {
    if (text.includes(stop.after)) seen.resolve();
  };
  const texts = Promise.all([
    collectText(child.stdout, watch),
    collectText(child.stderr, watch),
  ]);
  await Promise.race([Promise.all([seen.promise, appears.seen]), texts]);
  for (const signal of stop.signals) child.kill(signal);
  const [stdout, stderr] = await texts;
  const { code } = await child.status;
  if (readsStdin) await child.stdin.close().catch(() => undefined);
  return { code, stdout, stderr, events: jsonLines(stdout) };
}

/** Waits for files in the working tree without looking again and again. */
function watchFor(
  { cwd }: Workspace,
  files: readonly string[],
): { readonly seen: Promise<void> } & AsyncDisposable {
  if (files.length === 0) {
    return { seen: Promise.resolve(), async [Symbol.asyncDispose]() {} };
  }
  const watcher = Deno.watchFs(cwd);
  const missing = new Set(files.map((file) => `${cwd}/${file}`));
  const seen = (async () => {
    for await (const { paths } of watcher) {
      for (const path of paths) missing.delete(path);
      if (missing.size === 0) return;
    }
  })();
  return {
    seen,
    async [Symbol.asyncDispose]() {
      // Leaving the loop has closed it, unless a file never came.
      try {
        watcher.close();
      } catch (error) {
        if (!(error instanceof Deno.errors.BadResource)) throw error;
      }
      await seen;
    },
  };
}

async function collectText(
  stream: ReadableStream<Uint8Array>,
  watch: (text: string) => void,
): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of stream) {
    text += decoder.decode(chunk, { stream: true });
    watch(text);
  }
  return text;
}

/** A name no other command line on this machine holds: a sleep of five minutes. */
export function longSleep(): string {
  return `sleep 300.${crypto.getRandomValues(new Uint32Array(1))[0]}`;
}
