/** Finding files, loaded by the first who looks for one. */
import type { Platform } from "@/platform/platform.ts";
import type { FileSearch, OpenSearch } from "@/protocol/file_search.ts";

export function lazyFileSearch(
  { files, clock }: Pick<Platform, "files" | "clock">,
): FileSearch {
  let loaded: Promise<FileSearch> | undefined;
  const load = () =>
    loaded ??= import("@/search/file_search.ts").then(({ createFileSearch }) =>
      createFileSearch({ files, clock })
    );
  return {
    open(roots): OpenSearch {
      const opened = load().then((search) => search.open(roots));
      return {
        async *query(text, signal) {
          yield* (await opened).query(text, signal);
        },
        close: async () => await (await opened).close(),
      };
    },
  };
}
