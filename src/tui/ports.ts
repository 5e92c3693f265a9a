/**
 * What the terminal UI is given: the agent, the terminal, and what it may ask of the
 * machine. `cli` fills it in; a test does with what the test needs.
 */
import type {
  Clock,
  Console,
  ExitStatus,
  Platform,
} from "@/platform/platform.ts";
import type { AgentServices, ThreadRequest } from "@/protocol/services.ts";
import type { ThreadId } from "@/protocol/ids.ts";
import type { ColorDepth } from "./render/encode.ts";
import type { ReflowKind } from "./render/screen.ts";

/** `[tui]` of config.toml and what stands beside it, with defaults filled in. */
export interface TuiSettings {
  readonly animations: boolean;
  readonly showTooltips: boolean;
  /** Which things are told to somebody who looks elsewhere; true for all of them. */
  readonly notifications: boolean | readonly string[];
  readonly notificationMethod: "auto" | "osc9" | "bel";
  readonly notifiesAlways: boolean;
  readonly alternateScreen: "auto" | "always" | "never";
  readonly statusLine: readonly string[] | undefined;
  readonly terminalTitle: readonly string[] | undefined;
  readonly theme: string | undefined;
  readonly isVim: boolean;
  /** Lines of text instead of a picture, for who has it read out. */
  readonly isPlain: boolean;
  /** Keys by action, in place of the usual ones. */
  readonly keymap: Readonly<Record<string, readonly string[]>>;
  readonly detectsPasteBursts: boolean;
  /** Which of the model's thoughts are shown. */
  readonly reasoning: "summary" | "raw" | "hidden";
}

/** What is known of the terminal before it is asked. */
export interface TerminalTraits {
  readonly colors: ColorDepth;
  readonly reflow: ReflowKind;
  readonly canScrollRegions: boolean;
  /** Says what was pasted; elsewhere keys that come too fast are a paste. */
  readonly marksPastes: boolean;
  /** Speaks OSC 9, which becomes a message of the desktop. */
  readonly hasOsc9: boolean;
  /** Shows how busy a program is (OSC 9;4). */
  readonly hasProgress: boolean;
  /** Windows Terminal above WSL: a message goes through PowerShell. */
  readonly isWindowsTerminal: boolean;
}

/** Prompts of earlier sessions; newest last. */
export interface PromptStore {
  read(): Promise<readonly string[]>;
  add(text: string, threadId: ThreadId): Promise<void>;
}

/** What was being written when a session was cut off. */
export interface DraftStore {
  /** Keeps the draft of this session; an empty one is no draft. */
  keep(text: string): Promise<void>;
  /** Drafts of sessions of this directory that are gone; each is given once. */
  takeLost(): Promise<readonly string[]>;
}

export interface TuiPorts {
  readonly services: AgentServices;
  readonly console: Console;
  readonly terminal: Pick<Platform["terminal"], "write" | "writeOut">;
  readonly clock: Clock;
  readonly signals: Platform["signals"];
  readonly traits: TerminalTraits;
  readonly settings: TuiSettings;
  readonly prompts: PromptStore;
  readonly drafts: DraftStore;
  readonly env: Platform["env"];
  readonly cwd: string;
  readonly homeDirectory: string | undefined;
  /** A number from 0 up to, not including, 1. */
  random(): number;
  /** Uncommitted changes as `git diff` prints them, with untracked files. */
  gitDiff(cwd: string, signal: AbortSignal): Promise<string>;
  gitBranch(cwd: string, signal: AbortSignal): Promise<string | undefined>;
  /** Branches, the current one first; and the newest commits. */
  gitBranches(cwd: string, signal: AbortSignal): Promise<readonly string[]>;
  gitCommits(
    cwd: string,
    signal: AbortSignal,
  ): Promise<readonly { readonly sha: string; readonly subject: string }[]>;
  /** Opens a text in the user's editor; undefined when none is named. */
  editExternally(
    text: string,
    signal: AbortSignal,
  ): Promise<
    | { readonly kind: "edited"; readonly text: string }
    | { readonly kind: "failed"; readonly status: ExitStatus }
    | { readonly kind: "noEditor" }
  >;
  /** The picture on the clipboard, as a file. @throws Error with the reason */
  pasteImage(signal: AbortSignal): Promise<string>;
  /** True when something is at a path. */
  exists(path: string): Promise<boolean>;
  /** True when a path names an image. */
  isImage(path: string): Promise<boolean>;
  /** How commands are confined here, in words. */
  sandboxMechanism(): Promise<
    { readonly isConfined: boolean; readonly text: string }
  >;
  /** Writes a file beside the working directory; its path comes back. */
  exportText(name: string, text: string): Promise<string>;
  /** Tells the desktop, where the terminal cannot. */
  toast(title: string, text: string, signal: AbortSignal): Promise<void>;
}

/** What a session begins with. */
export interface TuiRequest {
  readonly start:
    | { readonly kind: "new" }
    | { readonly kind: "resume"; readonly id: ThreadId }
    | { readonly kind: "fork"; readonly id: ThreadId }
    | { readonly kind: "pick"; readonly act: "resume" | "fork" };
  readonly thread: ThreadRequest;
  readonly prompt: string | undefined;
  /** Absolute. */
  readonly images: readonly string[];
  readonly anyDirectory: boolean;
  /** The provider wants somebody to be logged in. */
  readonly requiresLogin: boolean;
  /** A directory of which nobody has said whether it is trusted. */
  readonly untrusted: string | undefined;
}
