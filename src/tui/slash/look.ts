/** Commands that only show something. */
import { noticeCell, textCell } from "@/tui/cells/notice.ts";
import { diffLines } from "@/tui/panes/diff.ts";
import { pagerPane } from "@/tui/panes/pager.ts";
import { type Change, inOrder, only } from "@/tui/step.ts";
import { say } from "@/tui/threads.ts";
import { copyAnswer, opened, withComposer } from "@/tui/update_composer.ts";
import { edited } from "@/tui/composer/keys.ts";
import type { TuiState } from "@/tui/state.ts";
import { shownCommand } from "@/tui/cells/command.ts";
import type { SlashCommand } from "./command.ts";

export const diffCommand: SlashCommand = {
  name: "diff",
  description: "show git diff (including untracked files)",
  worksWhileBusy: true,
  run: () => (state) =>
    only(state, {
      type: "call",
      attempt: "Cannot show the changes",
      run: async ({ gitDiff, cwd }, signal) => {
        const text = await gitDiff(state.thread?.info.cwd ?? cwd, signal);
        if (text.trim() === "") {
          return say(noticeCell("info", "There are no uncommitted changes."));
        }
        return (before) =>
          only(opened(
            before,
            pagerPane({
              name: "diff",
              title: "Diff",
              start: "top",
              keymap: before.keymap.pager,
              rows: ({ width, theme }) => diffLines(text, width, theme),
            }),
          ));
      },
    }),
};

export const copyCommand: SlashCommand = {
  name: "copy",
  description: "copy last response as markdown",
  worksWhileBusy: true,
  run: () => copyAnswer,
};

/** Writes a character into the draft, as if it had been typed. */
function typed(text: string): Change {
  return (state) =>
    only(
      withComposer(state, edited(state.composer, { type: "insert", text })),
    );
}

export const mentionCommand: SlashCommand = {
  name: "mention",
  description: "mention a file",
  worksWhileBusy: true,
  run: () => typed("@"),
};

/** Rows of output that are shown of each command. */
const OUTPUT_ROWS_MAX = 3;

function backgroundText({ thread }: TuiState): string {
  const running = [...thread?.background ?? [], ...thread?.live ?? []];
  const rows = running.flatMap((item) => {
    if (item.type !== "commandExecution") return [];
    const output = item.aggregatedOutput.trimEnd().split("\n")
      .filter((row) => row !== "").slice(-OUTPUT_ROWS_MAX);
    return [
      `• ${shownCommand(item)}`,
      ...output.map((row) => `  ↳ ${row}`),
    ];
  });
  return rows.length === 0
    ? ""
    : ["Background terminals", "", ...rows].join("\n");
}

export const psCommand: SlashCommand = {
  name: "ps",
  description: "list background terminals",
  worksWhileBusy: true,
  isEchoed: true,
  run: (_, state) => {
    const text = backgroundText(state);
    return say(
      text === ""
        ? noticeCell("info", "No background terminals running.")
        : textCell(text),
    );
  },
};

export const stopCommand: SlashCommand = {
  name: "stop",
  aliases: ["clean"],
  description: "stop all background terminals",
  worksWhileBusy: true,
  run: () => (state) =>
    state.thread === undefined ? only(state) : inOrder(
      (before) =>
        only(before, {
          type: "op",
          threadId: state.thread?.id ?? "",
          op: { type: "cleanTerminals" },
        }),
      say(noticeCell("info", "Stopping all background terminals.")),
    )(state),
};

export const debugConfigCommand: SlashCommand = {
  name: "debug-config",
  description: "show config layers and requirement sources for debugging",
  isHidden: true,
  worksWhileBusy: true,
  isEchoed: true,
  run: () => (state) =>
    only(state, {
      type: "call",
      attempt: "Cannot read the configuration",
      run: async ({ services, cwd }) => {
        const { layers } = await services.settings.config(
          state.thread?.info.cwd ?? cwd,
        );
        const lowestFirst = layers.toReversed();
        const rows = lowestFirst.map(
          ({ name, config, disabledReason }, index) => {
            const keys = Object.keys(Object(config)).join(", ") || "(empty)";
            const place = "file" in name ? ` ${name.file}` : "";
            const off = disabledReason == null
              ? ""
              : ` (off: ${disabledReason})`;
            return `  ${index + 1}. ${name.type}${place}${off}\n     ${keys}`;
          },
        );
        return say(textCell(
          [
            "Config layer stack (lowest precedence first):",
            ...rows,
            "Requirements: none",
          ].join("\n"),
        ));
      },
    }),
};
