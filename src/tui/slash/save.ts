/** Keeping a choice for later sessions. */
import type { Change } from "@/tui/step.ts";
import { only, unchanged } from "@/tui/step.ts";

/** Sets keys of the user's config.toml; undefined takes one away. */
export function save(values: Readonly<Record<string, unknown>>): Change {
  return (state) =>
    only(state, {
      type: "call",
      attempt: "Cannot keep the choice in config.toml",
      run: async ({ services }) => {
        await services.editor.write({
          changes: Object.entries(values).map(([keyPath, value]) => ({
            keyPath,
            value: value ?? null,
            mergeStrategy: "replace",
          })),
        });
        return unchanged;
      },
    });
}
