/**
 * Files for the list below the composer. The tree is read anew each time such a list
 * comes up, and let go of when it closes; only the latest text is searched for.
 */
import type { FileSearch, OpenSearch } from "@/protocol/file_search.ts";
import type { FilesFound } from "./composer/state.ts";

/** As many as anyone looks through before typing another letter. */
const MATCHES_MAX = 50;

export class FileFinder {
  readonly #search: FileSearch;
  #open: OpenSearch | undefined;
  #query: AbortController | undefined;

  constructor(search: FileSearch) {
    this.#search = search;
  }

  /** Calls `onFound` with what there is, more than once; resolves when all is found. */
  async find(
    query: string,
    cwd: string,
    onFound: (found: FilesFound) => void,
  ): Promise<void> {
    this.#query?.abort(new Error("Another text is searched for"));
    const { signal } = this.#query = new AbortController();
    this.#open ??= this.#search.open([cwd]);
    try {
      for await (const { matches } of this.#open.query(query, signal)) {
        if (signal.aborted) return;
        onFound({
          query,
          matches: matches.slice(0, MATCHES_MAX).map((match) => ({
            path: match.path,
            isDirectory: match.kind === "directory",
            indices: match.indices,
          })),
        });
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  async close(): Promise<void> {
    const open = this.#open;
    this.#open = undefined;
    this.#query?.abort(new Error("The list was closed"));
    await open?.close();
  }
}
