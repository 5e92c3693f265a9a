/** Which model answers, how much it thinks, how it speaks and what it may do. */
import type { Personality, ReasoningEffort } from "@/protocol/policy.ts";
import type { ModelEntry } from "@/protocol/services.ts";
import { noticeCell } from "@/tui/cells/notice.ts";
import { effortOf, modelOf, withMode } from "@/tui/modes.ts";
import { listPane } from "@/tui/panes/list.ts";
import { submitInput } from "@/tui/queue.ts";
import { line, span } from "@/tui/render/line.ts";
import { BOLD, DIM } from "@/tui/render/style.ts";
import type { ThreadView, TuiState } from "@/tui/state.ts";
import { type Change, inOrder, only } from "@/tui/step.ts";
import { changeThread, say } from "@/tui/threads.ts";
import { opened } from "@/tui/update_composer.ts";
import type { SlashCommand } from "./command.ts";
import { save } from "./save.ts";

/** Changes what the next turns are asked with. */
export function choose(choices: Partial<ThreadView["choices"]>): Change {
  return (state) =>
    only(changeThread(state, (view) => ({
      ...view,
      choices: { ...view.choices, ...choices },
    })));
}

function modelList(): Change {
  return (state) => {
    const { thread, models, keymap } = state;
    if (thread === undefined) return only(state);
    const shown = models.filter(({ isHidden }) => !isHidden);
    const current = modelOf(thread);
    return only(opened(
      state,
      listPane({
        name: "models",
        keymap: keymap.list,
        title: [
          line(span("Select Model and Effort", BOLD)),
          line(span(
            "Access legacy models by running codex -m <model_name> or in your config.toml",
            DIM,
          )),
        ],
        items: shown.map((model) => ({
          label: model.displayName,
          description: model.description,
          ...(markOf(model, current) === ""
            ? {}
            : { mark: markOf(model, current) }),
          choose: model.efforts.length > 1
            ? effortList(model)
            : takeModel(model.name, undefined),
        })),
        selected: Math.max(0, shown.findIndex(({ name }) => name === current)),
        footer: "Press enter to select reasoning effort, or esc to dismiss",
      }),
    ));
  };
}

function markOf({ name, isDefault }: ModelEntry, current: string): string {
  return [
    ...(isDefault ? ["(default)"] : []),
    ...(name === current ? ["(current)"] : []),
  ].join(" ");
}

const EFFORT_WORDS: Readonly<Record<string, readonly [string, string]>> = {
  none: ["None", "Answers without thinking first"],
  minimal: ["Minimal", "Hardly thinks; for simple questions"],
  low: ["Low", "Quick answers with little thought"],
  medium: ["Medium", "Thinks as much as everyday work needs"],
  high: ["High", "Thinks longer, for hard problems"],
  xhigh: ["Extra high", "Thinks longest, for the hardest problems"],
};

function effortList(model: ModelEntry): Change {
  return (state) => {
    const current = state.thread && modelOf(state.thread) === model.name
      ? effortOf(state.thread) ?? model.defaultEffort
      : model.defaultEffort;
    return only(opened(
      state,
      listPane({
        name: "efforts",
        keymap: state.keymap.list,
        title: [
          line(span(`Select Reasoning Level for ${model.displayName}`, BOLD)),
        ],
        items: model.efforts.map((effort) => {
          const [label, description] = EFFORT_WORDS[effort] ?? [effort, ""];
          return {
            label: effort === model.defaultEffort
              ? `${label} (default)`
              : label,
            description,
            ...(effort === current ? { mark: "(current)" } : {}),
            choose: takeModel(model.name, effort),
          };
        }),
        selected: Math.max(0, model.efforts.indexOf(current)),
        footer: "Press enter to confirm or esc to go back",
        onCancel: modelList(),
      }),
    ));
  };
}

function takeModel(model: string, effort: string | undefined): Change {
  return inOrder(
    choose({
      model,
      // What a model offers is one of the efforts there are.
      ...(effort === undefined ? {} : { effort: effort as ReasoningEffort }),
    }),
    save({ model, model_reasoning_effort: effort }),
    say(noticeCell(
      "info",
      `Model changed to ${[model, effort].filter(Boolean).join(" ")}`,
    )),
  );
}

const PERSONALITIES: readonly (readonly [Personality, string, string])[] = [
  ["friendly", "Friendly", "Warm, encouraging, explains along the way."],
  ["pragmatic", "Pragmatic", "Brief and to the point."],
];

function personalityList(state: TuiState): Change {
  const current = state.thread?.choices.personality;
  return (before) =>
    only(opened(
      before,
      listPane({
        name: "personality",
        keymap: before.keymap.list,
        title: [line(span("Select Personality", BOLD))],
        items: PERSONALITIES.map(([personality, label, description]) => ({
          label,
          description,
          ...(personality === current ? { mark: "(current)" } : {}),
          choose: inOrder(
            choose({ personality }),
            save({ personality }),
            say(noticeCell("info", `Personality set to ${label}`)),
          ),
        })),
        footer: "Press enter to confirm or esc to go back",
      }),
    ));
}

function toggleFast({ thread }: TuiState): Change {
  const isFast = thread?.choices.serviceTier === "fast";
  return inOrder(
    choose({ serviceTier: isFast ? "flex" : "fast" }),
    save({ service_tier: isFast ? undefined : "fast" }),
    say(noticeCell("info", `Fast mode set to ${isFast ? "off" : "on"}`)),
  );
}

/** Plans until told otherwise; what follows the name is the first thing to plan. */
function plan(argument: string): Change {
  return (state) => {
    const planning = changeThread(state, (view) => withMode(view, "plan"));
    return argument === "" || planning.thread === undefined
      ? only(planning)
      : submitInput(planning, planning.thread.id, {
        kind: "message",
        text: argument,
        attachments: [],
      });
  };
}

export const modelCommand: SlashCommand = {
  name: "model",
  description: "choose what model and reasoning effort to use",
  worksWhileBusy: false,
  run: modelList,
};

export const fastCommand: SlashCommand = {
  name: "fast",
  description:
    "toggle Fast mode to enable fastest inference with increased plan usage",
  worksWhileBusy: false,
  run: (_, state) => toggleFast(state),
};

export const planCommand: SlashCommand = {
  name: "plan",
  description: "switch to Plan mode",
  worksWhileBusy: false,
  takesArguments: true,
  run: plan,
};

export const personalityCommand: SlashCommand = {
  name: "personality",
  description: "choose a communication style for Codex",
  worksWhileBusy: false,
  run: (_, state) => personalityList(state),
};
