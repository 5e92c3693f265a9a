/** Files that clients want to hear of. */
import { isAbsolute } from "@/platform/paths.ts";
import type { FileWatches } from "../file_watches.ts";
import { refused } from "../refusal.ts";
import type { Handlers } from "../session.ts";

export function watchHandlers(
  watches: FileWatches,
): Pick<Handlers, "fs/unwatch" | "fs/watch"> {
  return {
    async "fs/watch"({ watchId, path }, { session }) {
      if (!isAbsolute(path)) {
        throw refused(
          "Invalid request: AbsolutePathBuf deserialized without a base path",
        );
      }
      await watches.watch(session, watchId, path);
      return { path };
    },
    async "fs/unwatch"({ watchId }, { session }) {
      await watches.unwatch(session, watchId);
      return {};
    },
  };
}
