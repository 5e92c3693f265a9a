/** Telling somebody who looks elsewhere: what is written for it, if anything. */
import { printable } from "@/text/ansi.ts";
import type { TuiState } from "./state.ts";

type NoticeKind = "turnEnded" | "ask";

/** As config.toml names them in `tui.notifications`. */
const NAMES: Readonly<Record<NoticeKind, readonly string[]>> = {
  turnEnded: ["agent-turn-complete"],
  ask: ["approval-requested", "plan-mode-prompt"],
};

/** As much as a message of a desktop shows. */
const TEXT_LENGTH_MAX = 200;

const BELL = "\x07";

/** The bytes; undefined when nobody is to be told. */
export function notification(
  { settings, traits, hasFocus }: TuiState,
  kind: NoticeKind,
  text: string,
): string | undefined {
  const { notifications, notificationMethod, notifiesAlways } = settings;
  const isWanted = typeof notifications === "boolean"
    ? notifications
    : NAMES[kind].some((name) => notifications.includes(name));
  if (!isWanted || (hasFocus && !notifiesAlways)) return undefined;
  const isOsc9 = notificationMethod === "osc9" ||
    (notificationMethod === "auto" && traits.hasOsc9);
  if (!isOsc9) return BELL;
  const shown = printable(text, "plain").replace(/\s+/g, " ").trim()
    .slice(0, TEXT_LENGTH_MAX);
  return `\x1b]9;${shown}\x07`;
}
