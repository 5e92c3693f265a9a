/**
 * A patch written as a shell command is applied as a patch: the edit is checked and
 * shown like any other, instead of depending on a program on the PATH.
 */
import { interceptPatch as findPatch } from "@/patch/intercept.ts";
import { textMessage } from "@/protocol/response_items.ts";
import { describePatch } from "./apply_patch.ts";
import { failed, type ToolContext, type ToolOutcome } from "./tool.ts";

/** The outcome of the patch in a script; undefined when the script is no patch. */
export async function interceptPatch(
  tool: string,
  script: string,
  place: { readonly workdir?: string },
  context: ToolContext,
  signal: AbortSignal,
): Promise<ToolOutcome | undefined> {
  const found = findPatch(script);
  switch (found.kind) {
    case "none":
      return undefined;
    case "bare_patch":
      return failed(
        `${tool} failed: this is a patch, not a command; call apply_patch with it`,
      );
    case "patch": {
      const workdir = joinWorkdir(place.workdir, found.workdir);
      const outcome = await context.applyPatch(
        { patch: found.patch, ...(workdir === undefined ? {} : { workdir }) },
        signal,
      );
      const advice =
        `Warning: apply_patch was requested via ${tool}. Use the apply_patch tool instead of ${tool}.`;
      return {
        ...describePatch(outcome),
        notes: [textMessage("user", advice)],
      };
    }
  }
}

function joinWorkdir(
  outer: string | undefined,
  inner: string | undefined,
): string | undefined {
  if (outer === undefined || inner === undefined) return inner ?? outer;
  return inner.startsWith("/") ? inner : `${outer}/${inner}`;
}
