/**
 * What the model is told of how it should work: the mode, a personality, and that
 * another model worked here before. Pure text from values.
 */
import type { Personality } from "@/protocol/policy.ts";
import type { TurnContext } from "@/protocol/rollout.ts";
import defaultMode from "./prompts/default_mode.md" with { type: "text" };
import planMode from "./prompts/plan_mode.md" with { type: "text" };

/** The mode at a thread's start; the default one needs no words. */
export function initialMode(context: TurnContext): readonly string[] {
  return modeOf(context) === "default" && ownInstructions(context) === undefined
    ? []
    : [modeText(context)];
}

/** The mode when it is another than before. */
export function changedMode(
  previous: TurnContext,
  next: TurnContext,
): readonly string[] {
  const isSame = modeOf(previous) === modeOf(next) &&
    ownInstructions(previous) === ownInstructions(next);
  return isSame ? [] : [modeText(next)];
}

/** A personality somebody asked for, when it is another than before. */
export function changedPersonality(
  previous: TurnContext | undefined,
  next: TurnContext,
): readonly string[] {
  const { personality } = next;
  return personality === undefined || personality === previous?.personality
    ? []
    : [
      `<personality_spec>\n${
        PERSONALITY_TEXTS[personality]
      }\n</personality_spec>`,
    ];
}

/**
 * Said when another model goes on. The request keeps the thread's instructions, so
 * these travel with the conversation.
 */
export function modelSwitch(
  previous: TurnContext,
  next: TurnContext,
  instructions: string,
): readonly string[] {
  if (previous.model === next.model) return [];
  return [[
    "<model_switch>",
    `Until now another model (${previous.model}) answered in this conversation. Go on from where it is, by these instructions:`,
    "",
    instructions,
    "</model_switch>",
  ].join("\n")];
}

const PERSONALITY_TEXTS: Readonly<Record<Personality, string>> = {
  none: "Write without a particular personality.",
  friendly:
    "Be warm and encouraging, as a colleague who likes to pair. Say what you are about to do and why, explain what might surprise, take pleasure in what works. Stay honest about what does not.",
  pragmatic:
    "Be brief and matter-of-fact. Say what you did, what you found and what is open. No praise, no filler, no repetition of the question.",
};

function modeOf(context: TurnContext): string {
  return context.collaboration_mode?.mode ?? "default";
}

function ownInstructions(context: TurnContext): string | undefined {
  return context.collaboration_mode?.settings.developer_instructions ??
    undefined;
}

function modeText(context: TurnContext): string {
  const own = ownInstructions(context);
  const text = own ?? (modeOf(context) === "plan" ? planMode : defaultMode);
  return `<collaboration_mode>${text.trim()}</collaboration_mode>`;
}
