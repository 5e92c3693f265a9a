/**
 * Everything the terminal UI knows, as one value. `update` makes the next one; `view`
 * shows it; nothing here does anything.
 */
import type { TerminalSize } from "@/platform/platform.ts";
import type { AgentOrigin } from "@/protocol/agents.ts";
import type { TokenUsage } from "@/protocol/events.ts";
import type { ThreadInfo } from "@/protocol/host.ts";
import type { ThreadId, TurnId } from "@/protocol/ids.ts";
import type {
  CommandExecutionThreadItem,
  PlanStep,
  ThreadItem,
} from "@/protocol/items.ts";
import type { RateLimitSnapshot } from "@/protocol/rpc/account.ts";
import type { TurnChoices } from "@/protocol/ops.ts";
import type { ModelEntry } from "@/protocol/services.ts";
import type { Cell } from "./cell.ts";
import type { AgentNames } from "./cells/agents.ts";
import type { Drawing } from "./cells/context.ts";
import type { Attachment, Draft } from "./composer/draft.ts";
import { type ComposerState, createComposer } from "./composer/state.ts";
import { createKeymap, type Keymap } from "./input/keymap.ts";
import type { Pane } from "./panes/pane.ts";
import type { TerminalTraits, TuiSettings } from "./ports.ts";
import { createTheme, type RgbColor, type Theme } from "./render/theme.ts";

/** What is said while a turn runs, and waits for its end. */
export type QueuedInput =
  | {
    readonly kind: "message";
    readonly text: string;
    readonly attachments: readonly Attachment[];
    /** As it was written, for who takes it back to the composer. */
    readonly draft?: Draft;
  }
  | { readonly kind: "shell"; readonly text: string }
  | { readonly kind: "command"; readonly text: string };

export interface RunningTurn {
  readonly id: TurnId;
  readonly startedMs: number;
  /** In place of `Working`: what the model says it thinks about. */
  readonly header: string | undefined;
  /** Below it, such as why a request is made again. */
  readonly detail: string | undefined;
  /** True when something was done since it last said anything. */
  readonly hasUsedTools: boolean;
  readonly isInterrupting: boolean;
}

/** An answer that is being written. */
export interface Answering {
  readonly itemId: string;
  readonly kind: "answer" | "plan";
  readonly text: string;
}

/** A question that waits for somebody. */
export interface Ask {
  readonly requestId: string;
  readonly threadId: ThreadId;
  readonly itemId: string | undefined;
  readonly pane: Pane;
  /** What a person elsewhere is told. */
  readonly summary: string;
  /** When it came up; undefined while another one is before it. */
  readonly shownMs: number | undefined;
}

export interface ThreadView {
  readonly id: ThreadId;
  readonly info: ThreadInfo;
  readonly name: string | undefined;
  /** Set for a sub-agent. */
  readonly origin: AgentOrigin | undefined;
  /** The agents it has started. */
  readonly agents: AgentNames;
  /** Set for a side conversation: the thread Escape leads back to. */
  readonly sideOf: ThreadId | undefined;
  readonly cells: readonly Cell[];
  /** What has begun and not ended, in that order. */
  readonly live: readonly ThreadItem[];
  /** Finished looking around, kept together as long as nothing else comes. */
  readonly explored: readonly CommandExecutionThreadItem[];
  readonly answering: Answering | undefined;
  readonly reasoning: string;
  /** What came in the middle of an answer and is printed behind it. */
  readonly held: readonly Cell[];
  readonly turn: RunningTurn | undefined;
  /** What was said and not yet heard of again. */
  readonly sent: readonly string[];
  /** Said while a turn runs, and not yet taken in by it. */
  readonly steering: readonly string[];
  readonly queue: readonly QueuedInput[];
  readonly usage: TokenUsage | undefined;
  readonly lastUsage: TokenUsage | undefined;
  readonly contextWindow: number | undefined;
  /** As the provider told last. */
  readonly rateLimits: RateLimitSnapshot | undefined;
  readonly plan: readonly PlanStep[];
  /** A plan the user was not asked about yet. */
  readonly proposedPlan: string | undefined;
  readonly lastAnswer: string | undefined;
  /** Every message of the user, oldest first, for who wants to go back to one. */
  readonly turnsSaid: readonly string[];
  /** Commands that went on after the turn they were started in. */
  readonly background: readonly ThreadItem[];
  /** What the last turns were asked with, and what the next one is to change. */
  readonly choices: TurnChoices;
}

export interface SkillChoice {
  readonly name: string;
  /** Its SKILL.md. */
  readonly path: string;
  readonly title: string;
  readonly description: string;
}

export interface TuiState {
  readonly size: TerminalSize;
  readonly background: RgbColor | undefined;
  readonly theme: Theme;
  readonly traits: TerminalTraits;
  readonly settings: TuiSettings;
  readonly keymap: Keymap;
  readonly cwd: string;
  readonly homeDirectory: string | undefined;
  readonly hasFocus: boolean;
  readonly composer: ComposerState;
  /** Overlays, the one on top last. */
  readonly panes: readonly Pane[];
  /** Questions, the one that is asked first. */
  readonly asks: readonly Ask[];
  readonly thread: ThreadView | undefined;
  /** Threads that run beside the one that is shown. */
  readonly others: ReadonlyMap<ThreadId, ThreadView>;
  /** What is said before there is a thread. */
  readonly waiting: readonly QueuedInput[];
  readonly gitBranch: string | undefined;
  readonly models: readonly ModelEntry[];
  /** Those that are switched on. */
  readonly skills: readonly SkillChoice[];
  /** When the last key was typed, by the monotonic clock. */
  readonly lastKeyMs: number;
  /** A word for the footer that goes with the next key. */
  readonly hint: string | undefined;
  readonly placeholder: string;
  /** Said once, when the first thread is shown. */
  readonly tip: Cell | undefined;
  /** Draws Markdown and code, once it is loaded. */
  readonly drawing: Drawing | undefined;
  readonly isQuitting: boolean;
}

export interface InitialFacts {
  readonly size: TerminalSize;
  readonly traits: TerminalTraits;
  readonly settings: TuiSettings;
  readonly cwd: string;
  readonly homeDirectory: string | undefined;
  readonly placeholder: string;
  readonly tip: Cell | undefined;
}

export function initialState(facts: InitialFacts): TuiState {
  return {
    ...facts,
    keymap: createKeymap(facts.settings.keymap),
    background: undefined,
    theme: createTheme(undefined, facts.settings.theme),
    hasFocus: true,
    composer: createComposer(facts.settings.isVim),
    panes: [],
    asks: [],
    thread: undefined,
    others: new Map(),
    waiting: [],
    gitBranch: undefined,
    models: [],
    skills: [],
    lastKeyMs: 0,
    hint: undefined,
    drawing: undefined,
    isQuitting: false,
  };
}

export function createThreadView(
  info: ThreadInfo,
  place: Pick<ThreadView, "origin" | "sideOf">,
): ThreadView {
  return {
    ...place,
    id: info.id,
    info,
    name: info.record.name,
    agents: new Map(),
    cells: [],
    live: [],
    explored: [],
    answering: undefined,
    reasoning: "",
    held: [],
    turn: undefined,
    sent: [],
    steering: [],
    queue: [],
    usage: undefined,
    lastUsage: undefined,
    contextWindow: undefined,
    rateLimits: undefined,
    plan: [],
    proposedPlan: undefined,
    lastAnswer: undefined,
    turnsSaid: [],
    background: [],
    choices: {},
  };
}
