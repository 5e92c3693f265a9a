/** Commands that begin, end or clear a session. */
import type { SlashCommand } from "./command.ts";
import { only } from "@/tui/step.ts";
import { send } from "@/tui/threads.ts";

export const sessionCommands: readonly SlashCommand[] = [
  {
    name: "new",
    description: "start a new chat during a conversation",
    worksWhileBusy: false,
    run: () => (state) => only(state, { type: "open", how: { kind: "new" } }),
  },
  {
    name: "fork",
    description: "fork the current chat",
    worksWhileBusy: false,
    isEchoed: true,
    run: (_, { thread }) => (state) =>
      thread === undefined
        ? only(state)
        : only(state, { type: "open", how: { kind: "fork", id: thread.id } }),
  },
  {
    name: "compact",
    description: "summarize conversation to prevent hitting the context limit",
    worksWhileBusy: false,
    run: () => send({ type: "compact" }),
  },
  {
    name: "clear",
    description: "clear the terminal and start a new chat",
    worksWhileBusy: false,
    run: () => (state) =>
      only(
        state,
        { type: "redraw", cells: [], scrollback: "clear" },
        { type: "open", how: { kind: "new" } },
      ),
  },
  {
    name: "exit",
    aliases: ["quit"],
    description: "exit Codex",
    worksWhileBusy: true,
    run: () => (state) => only(state, { type: "quit" }),
  },
];
