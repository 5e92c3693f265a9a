/** Having changes looked at. */
import type { ReviewTarget } from "@/protocol/review.ts";
import { inputPane } from "@/tui/panes/input.ts";
import { listPane } from "@/tui/panes/list.ts";
import { line, span } from "@/tui/render/line.ts";
import { BOLD } from "@/tui/render/style.ts";
import { type Change, only } from "@/tui/step.ts";
import { send } from "@/tui/threads.ts";
import { opened } from "@/tui/update_composer.ts";
import type { SlashCommand } from "./command.ts";

const FOOTER = "Press enter to confirm or esc to go back";

function review(target: ReviewTarget): Change {
  return send({ type: "review", target });
}

function presets(): Change {
  return (state) =>
    only(opened(
      state,
      listPane({
        name: "review",
        keymap: state.keymap.list,
        title: [line(span("Select a review preset", BOLD))],
        items: [
          {
            label: "Review against a base branch",
            description: "(PR Style)",
            choose: branchList,
          },
          {
            label: "Review uncommitted changes",
            choose: review({ type: "uncommittedChanges" }),
          },
          { label: "Review a commit", choose: commitList },
          { label: "Custom review instructions", choose: instructions },
        ],
        footer: FOOTER,
      }),
    ));
}

const branchList: Change = (state) =>
  only(state, {
    type: "call",
    attempt: "Cannot list branches",
    run: async ({ gitBranches, cwd }, signal) => {
      const branches = await gitBranches(state.thread?.info.cwd ?? cwd, signal);
      const [current = "(detached)"] = branches;
      return (before) =>
        only(opened(
          before,
          listPane({
            name: "branches",
            keymap: before.keymap.list,
            title: [line(span("Select a base branch", BOLD))],
            search: { placeholder: "Type to search branches" },
            items: branches.map((branch) => ({
              label: `${current} -> ${branch}`,
              choose: review({ type: "baseBranch", branch }),
            })),
            footer: FOOTER,
            onCancel: presets(),
          }),
        ));
    },
  });

/** Digits of a commit's name that are shown. */
const SHORT_SHA = 7;

const commitList: Change = (state) =>
  only(state, {
    type: "call",
    attempt: "Cannot list commits",
    run: async ({ gitCommits, cwd }, signal) => {
      const commits = await gitCommits(state.thread?.info.cwd ?? cwd, signal);
      return (before) =>
        only(opened(
          before,
          listPane({
            name: "commits",
            keymap: before.keymap.list,
            title: [line(span("Select a commit to review", BOLD))],
            search: { placeholder: "Type to search commits" },
            items: commits.map(({ sha, subject }) => ({
              label: subject,
              description: sha.slice(0, SHORT_SHA),
              terms: sha,
              choose: review({ type: "commit", sha, title: subject }),
            })),
            footer: FOOTER,
            onCancel: presets(),
          }),
        ));
    },
  });

const instructions: Change = (state) =>
  only(opened(
    state,
    inputPane({
      name: "review-instructions",
      title: "Custom review instructions",
      placeholder: "Type instructions and press Enter",
      submit: (text) => review({ type: "custom", instructions: text }),
      onCancel: presets(),
    }),
  ));

export const reviewCommand: SlashCommand = {
  name: "review",
  description: "review my current changes and find issues",
  worksWhileBusy: false,
  takesArguments: true,
  run: (argument) =>
    argument === ""
      ? presets()
      : review({ type: "custom", instructions: argument }),
};
