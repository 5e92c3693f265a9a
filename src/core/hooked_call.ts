/** A call with the user's hooks around it: they may refuse it, and say what it gave. */
import { failed, type HookedCall, type ToolOutcome } from "@/tools/tool.ts";
import type { HookMoment, TurnHooks } from "./turn_hooks.ts";

export interface AroundCalls {
  run(
    call: HookedCall & { readonly id: string },
    run: () => Promise<ToolOutcome>,
    signal: AbortSignal,
  ): Promise<ToolOutcome>;
}

export function aroundCalls(hooks: TurnHooks, at: HookMoment): AroundCalls {
  return {
    async run(call, run, signal) {
      const reason = await hooks.beforeCall(at, call, signal);
      if (reason !== undefined) return failed(refusalText(call, reason));
      const outcome = await run();
      const { response } = outcome;
      if (response === undefined) return outcome;
      const said = await hooks.afterCall(at, { ...call, response }, signal);
      return {
        ...outcome,
        output: said.replacement ?? outcome.output,
        notes: [...outcome.notes ?? [], ...said.context],
      };
    },
  };
}

function refusalText({ name, input }: HookedCall, reason: string): string {
  const { command } = input;
  return typeof command === "string" && !name.startsWith("mcp__")
    ? `Command blocked by PreToolUse hook: ${reason}. Command: ${command}`
    : `Tool call blocked by PreToolUse hook: ${reason}. Tool: ${name}`;
}
