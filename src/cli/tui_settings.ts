/** `[tui]` of config.toml, with what holds when it says nothing. */
import type { Config } from "@/config/config.ts";
import type { TuiSettings } from "@/tui/ports.ts";

export function tuiSettings(
  config: Pick<
    Config,
    "tui" | "hideAgentReasoning" | "showRawAgentReasoning" | "disablePasteBurst"
  >,
): TuiSettings {
  const { tui, disablePasteBurst } = config;
  return {
    animations: tui.animations !== false,
    showTooltips: tui.show_tooltips !== false,
    notifications: notificationsOf(tui.notifications),
    notificationMethod: tui.notification_method === "osc9" ||
        tui.notification_method === "bel"
      ? tui.notification_method
      : "auto",
    notifiesAlways: tui.notification_condition === "always",
    alternateScreen: tui.alternate_screen === "always" ||
        tui.alternate_screen === "never"
      ? tui.alternate_screen
      : "auto",
    statusLine: textsOf(tui.status_line),
    terminalTitle: textsOf(tui.terminal_title),
    theme: typeof tui.theme === "string" ? tui.theme : undefined,
    isVim: tui.vim === true,
    isPlain: tui.plain === true,
    keymap: keymapOf(tui.keymap),
    detectsPasteBursts: !disablePasteBurst,
    reasoning: reasoningOf(config),
  };
}

function reasoningOf(
  { hideAgentReasoning, showRawAgentReasoning }: Pick<
    Config,
    "hideAgentReasoning" | "showRawAgentReasoning"
  >,
): TuiSettings["reasoning"] {
  if (hideAgentReasoning) return "hidden";
  return showRawAgentReasoning ? "raw" : "summary";
}

function notificationsOf(value: unknown): boolean | readonly string[] {
  return typeof value === "boolean" ? value : textsOf(value) ?? true;
}

function textsOf(value: unknown): readonly string[] | undefined {
  return Array.isArray(value)
    ? value.filter((entry) => typeof entry === "string")
    : undefined;
}

function keymapOf(value: unknown): TuiSettings["keymap"] {
  if (typeof value !== "object" || value === null) return {};
  return Object.fromEntries(
    Object.entries(value).map(([action, keys]) => [
      action,
      typeof keys === "string" ? [keys] : textsOf(keys) ?? [],
    ]),
  );
}
