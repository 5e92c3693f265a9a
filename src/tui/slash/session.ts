/** Commands that begin, end, name or leave a session. */
import { echoCell, noticeCell } from "@/tui/cells/notice.ts";
import { agentLabel, agentViews, showThread } from "@/tui/agents.ts";
import { resumeHint } from "@/tui/exit_message.ts";
import { inputPane } from "@/tui/panes/input.ts";
import { listPane } from "@/tui/panes/list.ts";
import { resumePicker } from "@/tui/panes/resume.ts";
import { line, span } from "@/tui/render/line.ts";
import { BOLD, DIM } from "@/tui/render/style.ts";
import { quoteWord } from "@/text/shell_quote.ts";
import type { TuiState } from "@/tui/state.ts";
import { type Change, inOrder, only, unchanged } from "@/tui/step.ts";
import { changeThread, say } from "@/tui/threads.ts";
import { opened } from "@/tui/update_composer.ts";
import type { SlashCommand } from "./command.ts";

/** How the session that is left can be found again. */
function leaving({ thread }: TuiState): Change {
  const hint = thread && resumeHint(thread);
  return hint === undefined ? unchanged : say(noticeCell("info", hint));
}

export const newCommand: SlashCommand = {
  name: "new",
  description: "start a new chat during a conversation",
  worksWhileBusy: false,
  run: (_, state) =>
    inOrder(
      leaving(state),
      (before) => only(before, { type: "open", how: { kind: "new" } }),
    ),
};

export const clearCommand: SlashCommand = {
  name: "clear",
  description: "clear the terminal and start a new chat",
  worksWhileBusy: false,
  run: (_, state) =>
    inOrder(
      (before) =>
        only(before, { type: "redraw", cells: [], scrollback: "clear" }),
      leaving(state),
      (before) => only(before, { type: "open", how: { kind: "new" } }),
    ),
};

export const forkCommand: SlashCommand = {
  name: "fork",
  description: "fork the current chat",
  worksWhileBusy: false,
  run: (_, state) => {
    const { thread } = state;
    if (thread === undefined || thread.turnsSaid.length === 0) {
      return say(noticeCell("error", "There is nothing to fork yet."));
    }
    return inOrder(
      say(echoCell("/fork")),
      leaving(state),
      (before) =>
        only(before, { type: "open", how: { kind: "fork", id: thread.id } }),
    );
  },
};

export const resumeCommand: SlashCommand = {
  name: "resume",
  description: "resume a saved chat",
  worksWhileBusy: false,
  run: () => resumePicker("resume", { anyDirectory: false, thread: {} }),
};

function renamed(name: string): Change {
  return (state) => {
    const { thread } = state;
    if (thread === undefined) return only(state);
    return only(state, {
      type: "call",
      attempt: "Cannot rename the thread",
      run: async ({ services }) => {
        await services.stored.rename(thread.id, name);
        return inOrder(
          (before) => only(changeThread(before, (view) => ({ ...view, name }))),
          say(noticeCell(
            "info",
            `Thread renamed to ${name}, to resume this thread run codex resume ${
              quoteWord(name)
            }`,
          )),
        );
      },
    });
  };
}

export const renameCommand: SlashCommand = {
  name: "rename",
  description: "rename the current thread",
  worksWhileBusy: true,
  takesArguments: true,
  run: (argument) =>
    argument !== "" ? renamed(argument) : (state) =>
      only(opened(
        state,
        inputPane({
          name: "rename",
          title: "Name thread",
          placeholder: "Type a name and press Enter",
          start: state.thread?.name ?? "",
          submit: renamed,
        }),
      )),
};

export const compactCommand: SlashCommand = {
  name: "compact",
  description: "summarize conversation to prevent hitting the context limit",
  worksWhileBusy: false,
  run: () => (state) =>
    state.thread === undefined ? only(state) : only(state, {
      type: "op",
      threadId: state.thread.id,
      op: { type: "compact" },
    }),
};

export const sideCommand: SlashCommand = {
  name: "side",
  description: "start a side conversation in an ephemeral fork",
  worksWhileBusy: true,
  takesArguments: true,
  run: (argument) => (state) => {
    const { thread } = state;
    if (thread === undefined) return only(state);
    if (thread.sideOf !== undefined) {
      return say(noticeCell(
        "error",
        "This is a side conversation already: Esc leads back.",
      ))(state);
    }
    if (thread.turnsSaid.length === 0) {
      return say(noticeCell(
        "error",
        "A side conversation needs something to be beside: say something first.",
      ))(state);
    }
    const waiting = argument === "" ? [] : [
      { kind: "message", text: argument, attachments: [] } as const,
    ];
    return only({ ...state, waiting: [...state.waiting, ...waiting] }, {
      type: "open",
      how: {
        kind: "fork",
        id: thread.id,
        sideOf: thread.id,
        request: { isEphemeral: true },
      },
    });
  },
};

export const agentCommand: SlashCommand = {
  name: "agent",
  aliases: ["subagents"],
  description: "switch the active agent thread",
  worksWhileBusy: true,
  run: () => (state) => {
    const views = agentViews(state);
    return only(opened(
      state,
      listPane({
        name: "agents",
        keymap: state.keymap.list,
        title: [
          line(span("Subagents", BOLD)),
          line(span(
            "Select an agent to watch. alt + ← previous, alt + → next.",
            DIM,
          )),
        ],
        items: views.map((view) => ({
          label: `${view.turn === undefined ? "•" : "◦"} ${agentLabel(view)}`,
          ...(view.id === state.thread?.id ? { mark: "(current)" } : {}),
          description: view.id,
          choose: (before) => showThread(before, view.id),
        })),
        selected: Math.max(
          0,
          views.findIndex(({ id }) => id === state.thread?.id),
        ),
        footer: "Press enter to confirm or esc to go back",
      }),
    ));
  },
};

export const exitCommand: SlashCommand = {
  name: "exit",
  aliases: ["quit"],
  description: "exit Codex",
  worksWhileBusy: true,
  run: () => (state) => only(state, { type: "quit" }),
};

export const logoutCommand: SlashCommand = {
  name: "logout",
  description: "log out of Codex",
  worksWhileBusy: false,
  run: () => (state) =>
    only(state, {
      type: "call",
      attempt: "Cannot log out",
      run: async ({ services }, signal) => {
        const wasLoggedIn = await services.logins.logOut(signal);
        return wasLoggedIn
          ? (before) => only(before, { type: "quit" })
          : say(noticeCell("info", "Nobody is logged in."));
      },
    }),
};
