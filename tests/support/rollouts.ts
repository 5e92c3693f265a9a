/** Looks into the rollouts a run left behind. */
import type { JsonEvent, Workspace } from "./codex.ts";

/** The paths of all rollouts under a workspace's `CODEX_HOME`, oldest day first. */
export async function rolloutPaths(
  { home }: Pick<Workspace, "home">,
): Promise<readonly string[]> {
  return (await pathsBelow(`${home}/sessions`)).toSorted();
}

/** The one rollout there is, line by line. */
export async function readRollout(
  workspace: Pick<Workspace, "home">,
): Promise<readonly JsonEvent[]> {
  const [path, ...others] = await rolloutPaths(workspace);
  if (path === undefined || others.length > 0) {
    throw new Error(`Expected one rollout, found ${others.length + 1}`);
  }
  const text = await Deno.readTextFile(path);
  return text.trim().split("\n").map((line) => JSON.parse(line));
}

/** The response items a rollout holds. */
export function itemsOf(lines: readonly JsonEvent[]): readonly JsonEvent[] {
  return lines.filter((line) => line.type === "response_item")
    .map((line) => line.payload);
}

/** Puts a rollout of that text where a thread of that id lies. */
export async function placeRollout(
  { home }: Pick<Workspace, "home">,
  id: string,
  text: string,
): Promise<string> {
  const directory = `${home}/sessions/2026/01/02`;
  await Deno.mkdir(directory, { recursive: true });
  const path = `${directory}/rollout-2026-01-02T03-04-05-${id}.jsonl`;
  await Deno.writeTextFile(path, text);
  return path;
}

async function pathsBelow(directory: string): Promise<readonly string[]> {
  const found: string[] = [];
  const entries = await Array.fromAsync(Deno.readDir(directory)).catch(
    (error: unknown) => {
      if (error instanceof Deno.errors.NotFound) return [];
      throw error;
    },
  );
  for (const entry of entries) {
    const path = `${directory}/${entry.name}`;
    if (entry.isDirectory) found.push(...await pathsBelow(path));
    else found.push(path);
  }
  return found;
}
