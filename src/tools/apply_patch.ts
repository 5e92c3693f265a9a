/** `apply_patch`: edits files by a patch, free-form with a grammar or as JSON. */
import * as v from "valibot";
import grammar from "./apply_patch.lark" with { type: "text" };
import { wallSeconds } from "./output.ts";
import {
  decodeArguments,
  failed,
  type HookedCall,
  type PatchOutcome,
  type Tool,
  type ToolOutcome,
} from "./tool.ts";

const APPLY_PATCH = "apply_patch";

const JsonForm = v.object({ input: v.string() });

export const applyPatch: Tool = {
  name: APPLY_PATCH,
  aliases: [],
  parallel: false,
  isOffered: (settings) => settings.freeformPatch,
  isAccepted: (settings) => settings.freeformPatch,
  declare: () => ({
    type: "custom",
    name: APPLY_PATCH,
    description: "Edits files. Free-form: write the patch itself, not JSON.",
    format: { type: "grammar", syntax: "lark", definition: grammar },
  }),
  hooked(input) {
    const patch = patchText(input);
    return patch.ok ? hookedPatch(patch.value) : undefined;
  },
  async call(input, context, signal) {
    const patch = patchText(input);
    if (!patch.ok) return failed(patch.message);
    return describePatch(
      await context.applyPatch({ patch: patch.value }, signal),
    );
  },
};

/** The patch in a call, whichever of the two forms the model used. */
function patchText(
  input: string,
): { readonly ok: true; readonly value: string } | {
  readonly ok: false;
  readonly message: string;
} {
  if (!input.trimStart().startsWith("{")) return { ok: true, value: input };
  const decoded = decodeArguments(JsonForm, input);
  return decoded.ok ? { ok: true, value: decoded.value.input } : decoded;
}

/** The report of a patch. */
export function describePatch(outcome: PatchOutcome): ToolOutcome {
  if (outcome.isVerificationFailure) return failed(outcome.text);
  const text = [
    `Exit code: ${outcome.isSuccess ? 0 : 1}`,
    `Wall time: ${wallSeconds(outcome.durationMs)} seconds`,
    "Output:",
    outcome.text,
  ].join("\n");
  return {
    kind: outcome.isSuccess ? "ok" : "failed",
    output: text,
    response: hookResponse(outcome),
  };
}

/** A patch as hooks are told of it. */
export function hookedPatch(patch: string): HookedCall {
  return { name: APPLY_PATCH, input: { command: patch } };
}

/** JSON in a text, as hooks know it; the number keeps its decimal. */
function hookResponse({ text, isSuccess, durationMs }: PatchOutcome): string {
  const seconds = (durationMs / 1000).toFixed(1);
  return `{"output":${JSON.stringify(text)},"metadata":{"exit_code":${
    isSuccess ? 0 : 1
  },"duration_seconds":${seconds}}}`;
}
