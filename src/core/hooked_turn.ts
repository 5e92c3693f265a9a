/**
 * Where a turn hears the user's hooks: when it opens, when the user says more, around
 * its calls, and when the model has nothing left to do. Without hooks every answer is
 * the one that changes nothing.
 */
import type { ResponseItem } from "@/protocol/response_items.ts";
import { type AroundCalls, aroundCalls } from "./hooked_call.ts";
import type { HookMoment, PromptHooks, TurnHooks } from "./turn_hooks.ts";

/** What hooks add to the user's input, and whether it may go to the model. */
export interface Opening {
  /** Before the input; stands whatever becomes of it. */
  readonly before: readonly ResponseItem[];
  /** After the input, or alone when it was refused. */
  readonly after: readonly ResponseItem[];
  readonly isAdmitted: boolean;
}

export class HookedTurn {
  /** Undefined when calls need no hook. */
  readonly aroundCalls: AroundCalls | undefined;
  readonly #hooks: TurnHooks | undefined;
  readonly #at: HookMoment;
  #hasGoneOn = false;

  constructor(hooks: TurnHooks | undefined, at: HookMoment) {
    this.#hooks = hooks;
    this.#at = at;
    this.aroundCalls = hooks && aroundCalls(hooks, at);
  }

  async open(prompt: string, signal: AbortSignal): Promise<Opening> {
    const start = await this.#hooks?.sessionStart(this.#at, signal);
    const before = start?.context ?? [];
    if (start?.mayGoOn === false) {
      return { before, after: [], isAdmitted: false };
    }
    const said = await this.hear(prompt, signal);
    return { before, after: said.context, isAdmitted: said.mayGoOn };
  }

  /** What hooks say to something the user said. */
  async hear(prompt: string, signal: AbortSignal): Promise<PromptHooks> {
    return await this.#hooks?.userPrompt(this.#at, prompt, signal) ??
      { context: [], mayGoOn: true };
  }

  /** With what the turn goes on although the model is done; nothing lets it end. */
  async goOn(
    lastMessage: string | undefined,
    signal: AbortSignal,
  ): Promise<readonly ResponseItem[]> {
    const turn = { lastMessage, hasGoneOn: this.#hasGoneOn };
    const message = await this.#hooks?.atRest(this.#at, turn, signal);
    if (message === undefined) return [];
    this.#hasGoneOn = true;
    return [message];
  }
}
