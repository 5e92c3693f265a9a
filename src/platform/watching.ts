/**
 * Changes of files, as the system tells them. Loaded only by a server whose clients
 * ask for it.
 */
import { fileErrorOf } from "./files.ts";
import { directoryOf } from "./paths.ts";

/** What happened to paths, until it is closed. */
export interface Watch {
  /** The paths of each change; ends when it is closed. */
  readonly changes: AsyncIterable<readonly string[]>;
  close(): void;
}

/**
 * Watches a directory's own entries, or a file: also one that is replaced, removed or
 * not there yet, as long as its directory is.
 *
 * @throws FileError
 */
export async function watchPath(path: string): Promise<Watch> {
  const isDirectory = await isDirectoryAt(path);
  const directory = isDirectory ? path : directoryOf(path);
  try {
    // Some systems tell real paths only, whatever they were asked to watch.
    const real = await Deno.realPath(directory);
    const watcher = Deno.watchFs(real, { recursive: false });
    const asAsked = (told: string) =>
      told.startsWith(real) ? directory + told.slice(real.length) : told;
    return {
      changes: changesOf(watcher, asAsked, isDirectory ? undefined : path),
      close() {
        watcher.close();
      },
    };
  } catch (error) {
    throw fileErrorOf(path, error);
  }
}

async function isDirectoryAt(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isDirectory;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw fileErrorOf(path, error);
  }
}

async function* changesOf(
  watcher: Deno.FsWatcher,
  asAsked: (told: string) => string,
  only: string | undefined,
): AsyncGenerator<readonly string[]> {
  for await (const { kind, paths } of watcher) {
    // Reading changes nothing.
    if (kind === "access") continue;
    const told = paths.map(asAsked)
      .filter((path) => only === undefined || path === only);
    if (told.length > 0) yield told;
  }
}
