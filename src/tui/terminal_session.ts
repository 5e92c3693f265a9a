/**
 * The terminal as it is set while the program has it, and as it was before: every mode
 * that is switched on is switched off again on every way out.
 *
 * Source: XTerm Control Sequences (modes 2004 and 1004, OSC 0, 10 and 11); the keyboard
 * protocol of kitty (flags 1 and 4: keys are told apart, and where they are); OSC 9;4
 * of ConEmu, which Windows Terminal and others took over.
 */
import type { Console, Platform } from "@/platform/platform.ts";

const ENTER = [
  "\x1b[?2004h", // pastes are marked
  "\x1b[>5u", // the keyboard protocol, on top of what was set before
  "\x1b[?1004h", // tells when it is looked at
].join("");

/** Answered in this order by who can; every terminal answers the last. */
const ASK_TRAITS = "\x1b]10;?\x1b\\\x1b]11;?\x1b\\\x1b[c";

const LEAVE = [
  "\x1b[0m",
  "\x1b[<1u",
  "\x1b[?2004l",
  "\x1b[?1004l",
  "\x1b[?7h",
  "\x1b[?25h",
].join("");

const CLEAR_TITLE = "\x1b]0;\x07";
const PROGRESS_BUSY = "\x1b]9;4;3\x07";
const PROGRESS_NONE = "\x1b]9;4;0\x07";

export interface TerminalSession {
  /** Sets the window's title; control characters are left out. */
  title(text: string): string;
  /** What to write to show that something is under way, or nothing is. */
  progress(state: "busy" | "none"): string;
  /** Takes the terminal, again after `leave`. */
  enter(): void;
  /** Gives it back as it was; twice is once. */
  leave(): void;
}

export function createTerminalSession(
  console: Pick<Console, "setRaw">,
  terminal: Pick<Platform["terminal"], "writeOut">,
  hasProgress: boolean,
): TerminalSession {
  let isTaken = false;
  let shownTitle = "";
  let shownProgress: "busy" | "none" = "none";
  return {
    title(text) {
      // deno-lint-ignore no-control-regex -- they would end the sequence
      const plain = text.replace(/[\x00-\x1f\x7f-\x9f]/g, "");
      if (plain === shownTitle) return "";
      shownTitle = plain;
      return `\x1b]0;${plain}\x07`;
    },
    progress(state) {
      if (!hasProgress || state === shownProgress) return "";
      shownProgress = state;
      return state === "busy" ? PROGRESS_BUSY : PROGRESS_NONE;
    },
    enter() {
      if (isTaken) return;
      isTaken = true;
      console.setRaw("raw");
      terminal.writeOut(ENTER + ASK_TRAITS);
    },
    leave() {
      if (!isTaken) return;
      isTaken = false;
      const title = shownTitle === "" ? "" : CLEAR_TITLE;
      const progress = shownProgress === "none" ? "" : PROGRESS_NONE;
      shownTitle = "";
      shownProgress = "none";
      try {
        terminal.writeOut(LEAVE + progress + title);
        console.setRaw("cooked");
      } catch {
        // The terminal is gone, and with it what there was to put right.
      }
    },
  };
}
