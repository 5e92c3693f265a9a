/** The title of the terminal's window: where one is, and whether something is done there. */
import { baseNameOf } from "@/platform/paths.ts";
import { STATUS_ITEMS } from "./status_items.ts";
import type { TuiState } from "./state.ts";

const SPINNER = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏";
const SPINNER_MS = 100;

const TITLE_DEFAULT = ["spinner", "project-name"];

export function titleText(state: TuiState, nowMs: number): string {
  const { thread, settings, asks } = state;
  const names = settings.terminalTitle ?? TITLE_DEFAULT;
  if (asks.length > 0) return `[ ! ] Action Required | ${projectName(state)}`;
  const isBusy = thread?.turn !== undefined;
  const spinner = names.includes("spinner") && isBusy && settings.animations
    ? `${SPINNER[Math.floor(nowMs / SPINNER_MS) % SPINNER.length]} `
    : "";
  const items = names.flatMap((name) => {
    if (name === "spinner") return [];
    const text = name === "project-name"
      ? projectName(state)
      : name === "app-name"
      ? "codex"
      : thread && STATUS_ITEMS[name]?.(state, thread);
    return text === undefined ? [] : [text];
  });
  return `${spinner}${items.join(" | ")}`;
}

function projectName({ thread, cwd }: TuiState): string {
  return baseNameOf(thread?.info.cwd ?? cwd);
}
