/** Commands that write something: instructions for the agent, or files for the user. */
import { noticeCell } from "@/tui/cells/notice.ts";
import { submitInput } from "@/tui/queue.ts";
import { only } from "@/tui/step.ts";
import { say } from "@/tui/threads.ts";
import type { Cell } from "@/tui/cell.ts";
import { VERSION } from "@/protocol/version.ts";
import initPrompt from "./init.md" with { type: "text" };
import type { SlashCommand } from "./command.ts";

const AGENTS_FILE = "AGENTS.md";

export const initCommand: SlashCommand = {
  name: "init",
  description: "create an AGENTS.md file with instructions for Codex",
  worksWhileBusy: false,
  run: () => (state) =>
    only(state, {
      type: "call",
      attempt: "Cannot look for AGENTS.md",
      run: async ({ exists }) => {
        const { thread } = state;
        if (thread === undefined) return (before) => only(before);
        if (await exists(`${thread.info.cwd}/${AGENTS_FILE}`)) {
          return say(noticeCell(
            "info",
            "AGENTS.md already exists here. Skipping /init to avoid overwriting it.",
          ));
        }
        return (before) =>
          submitInput(before, thread.id, {
            kind: "message",
            text: initPrompt.trim(),
            attachments: [],
          });
      },
    }),
};

/** The conversation as a Markdown document. */
function exported(cells: readonly Cell[]): string {
  return cells.flatMap(({ source }) => {
    if (source === undefined) return [];
    switch (source.kind) {
      case "user":
        return [`## User\n\n${source.text}`];
      case "answer":
        return [`## Codex\n\n${source.markdown}`];
      case "other":
        return [source.markdown];
    }
  }).join("\n\n") + "\n";
}

export const exportCommand: SlashCommand = {
  name: "export",
  description: "write the conversation to a Markdown file",
  worksWhileBusy: true,
  takesArguments: true,
  run: (argument) => (state) =>
    only(state, {
      type: "call",
      attempt: "Cannot export the conversation",
      run: async ({ exportText }) => {
        const { thread } = state;
        const name = argument !== ""
          ? argument
          : `codex-${thread?.id.slice(0, 13) ?? "session"}.md`;
        const path = await exportText(name, exported(thread?.cells ?? []));
        return say(noticeCell("info", `Exported the conversation to ${path}`));
      },
    }),
};

export const feedbackCommand: SlashCommand = {
  name: "feedback",
  description: "write a report for the maintainers to a file",
  worksWhileBusy: true,
  takesArguments: true,
  run: (argument) => (state) =>
    only(state, {
      type: "call",
      attempt: "Cannot write the report",
      run: async ({ exportText, env, traits }) => {
        const { thread } = state;
        const rows = [
          `# Report about Codex ${VERSION}`,
          "",
          argument === "" ? "(no words were added)" : argument,
          "",
          `- session: ${thread?.id ?? "none"}`,
          `- model: ${thread?.info.model ?? "none"}`,
          `- rollout: ${thread?.info.record.path ?? "not kept"}`,
          `- terminal: ${env.get("TERM_PROGRAM") ?? env.get("TERM")} ` +
          `(${traits.colors}, ${state.size.columns}x${state.size.rows})`,
          "",
          "The rollout holds everything that was said and done. Read it before " +
          "you send it to anybody.",
          "",
        ];
        const name = `codex-report-${thread?.id.slice(0, 13) ?? "none"}.md`;
        const path = await exportText(name, rows.join("\n"));
        return say(noticeCell(
          "info",
          `Wrote ${path}. Nothing was sent: attach it where you report the problem.`,
        ));
      },
    }),
};
