/** Keys and pastes while the composer has them, and what becomes of a finished draft. */
import { type Draft, plainDraft, spliceDraft } from "./composer/draft.ts";
import { expandDraft } from "./composer/expand.ts";
import {
  draftKey,
  edited,
  emptied,
  loaded,
  loadedMessage,
  remembered,
  searchKey,
  vimDraftKey,
} from "./composer/keys.ts";
import { relabelled } from "./composer/labels.ts";
import { judgeKey } from "./composer/paste_burst.ts";
import { type Popup, popupOf, type PopupRow } from "./composer/popup.ts";
import { type ComposerState, NO_POPUP } from "./composer/state.ts";
import { PROMPT_WIDTH } from "./composer/look.ts";
import { noticeCell } from "./cells/notice.ts";
import { cycleAgent } from "./agents.ts";
import { openBacktrack } from "./backtrack.ts";
import type { ComposerKey } from "./input/keymap.ts";
import { changeEffort, cycleMode } from "./modes.ts";
import type { KeyEvent } from "./panes/pane.ts";
import { transcriptPane } from "./panes/transcript.ts";
import { queued, submitInput } from "./queue.ts";
import { isRunnable, readSlash, runSlashCommand } from "./slash/run.ts";
import { leaveSide } from "./side.ts";
import type { QueuedInput, TuiState } from "./state.ts";
import { inOrder, only, type Step } from "./step.ts";
import { changeThread, isBusy, say, send } from "./threads.ts";

/** A key for the composer, at a time of the monotonic clock. */
export function composerKey(
  state: TuiState,
  key: KeyEvent,
  atMs: number,
): Step {
  const action = state.keymap.composer.get(key.chord);
  const judged = judgeKey(state.composer.burst, burstKindOf(key), atMs);
  const current = withComposer(state, {
    ...state.composer,
    burst: judged.burst,
    isEscapePrimed: state.composer.isEscapePrimed && key.chord === "escape",
  });
  if (current.composer.search !== undefined) {
    return only(
      withComposer(current, searchKey(current.composer, key, action)),
    );
  }
  const { settings, traits } = state;
  if (judged.isPasted && settings.detectsPasteBursts && !traits.marksPastes) {
    return change(current, edited(current.composer, NEWLINE));
  }
  const popup = popupOf(current);
  return (popup && popupKey(current, popup, action)) ??
    draftStep(current, key, action);
}

const NEWLINE = { type: "insert", text: "\n" } as const;

function burstKindOf({ chord, text }: KeyEvent) {
  if (chord === "enter") return "enter";
  return text === undefined ? "other" : "character";
}

function draftStep(
  state: TuiState,
  key: KeyEvent,
  action: ComposerKey | undefined,
): Step {
  const { composer } = state;
  const width = draftWidth(state);
  const byVim = vimDraftKey(composer, key, width);
  if (byVim !== undefined) return change(state, byVim);
  const special = action === undefined ? undefined : specialKey(state, action);
  if (special !== undefined) return special;
  const draft = draftKey(composer, action, width);
  if (draft !== undefined) return change(state, draft);
  return key.text === undefined
    ? only(hideShortcuts(state))
    : typed(state, key.text);
}

/** Columns of the draft's rows. */
export function draftWidth({ size }: TuiState): number {
  return Math.max(1, size.columns - PROMPT_WIDTH);
}

/** Pasted text; the path of a picture is the picture. */
export function composerPaste(state: TuiState, text: string): Step {
  const path = imagePath(text, state);
  if (path === undefined) return pastedText(state, text);
  return only(state, {
    type: "call",
    attempt: "Cannot attach an image",
    run: async (ports) =>
      await ports.isImage(path)
        ? (before) => attachImage(before, path)
        : (before) => pastedText(before, text),
  });
}

function pastedText(state: TuiState, text: string): Step {
  return change(state, edited(state.composer, { type: "paste", text }));
}

const IMAGE_NAME = /\.(png|jpe?g|gif|webp)$/i;

/** A path, as terminals paste a file that is dropped: quoted, or with backslashes. */
function imagePath(text: string, { cwd }: TuiState): string | undefined {
  const path = text.trim().replace(/^(['"])(.*)\1$/, "$2").replace(
    /\\(.)/g,
    "$1",
  ).replace(/^file:\/\//, "");
  if (path.includes("\n") || !IMAGE_NAME.test(path)) return undefined;
  return path.startsWith("/") ? path : `${cwd}/${path}`;
}

export function attachImage(state: TuiState, path: string): Step {
  return change(
    state,
    edited(state.composer, {
      type: "insertElement",
      label: "[Image #1]",
      content: { kind: "attachment", input: { type: "localImage", path } },
    }, { type: "insert", text: " " }),
  );
}

function typed(state: TuiState, text: string): Step {
  const { composer } = state;
  const isEmpty = composer.editor.text === "";
  if (isEmpty && text === "!" && !composer.isShell) {
    return change(state, { ...composer, isShell: true });
  }
  if (isEmpty && text === "?" && !composer.isShell) {
    return only(
      withComposer(state, { ...composer, showsShortcuts: true }),
    );
  }
  return change(state, edited(composer, { type: "insert", text }));
}

/** The new composer, and whatever has to be looked up for it. */
function change(state: TuiState, composer: ComposerState): Step {
  const next = hideShortcuts(withComposer(state, composer));
  const popup = popupOf(next);
  if (popup?.kind !== "files" || popup.token === "@") return only(next);
  const query = popup.token.slice(1);
  return popupOf(state)?.token === popup.token
    ? only(next)
    : only(next, { type: "searchFiles", query });
}

function hideShortcuts(state: TuiState): TuiState {
  return state.composer.showsShortcuts
    ? withComposer(state, { ...state.composer, showsShortcuts: false })
    : state;
}

export function withComposer(
  state: TuiState,
  composer: ComposerState,
): TuiState {
  return { ...state, composer };
}

/** Keys of the list below the composer; undefined for those it leaves alone. */
function popupKey(
  state: TuiState,
  popup: Popup,
  action: ComposerKey | undefined,
): Step | undefined {
  const { composer } = state;
  const count = popup.rows.length;
  const selected = Math.min(composer.popup.selected, Math.max(0, count - 1));
  const select = (index: number) =>
    only(withComposer(state, {
      ...composer,
      popup: { ...composer.popup, selected: index },
    }));
  switch (action) {
    case "up":
      return count === 0 ? undefined : select((selected + count - 1) % count);
    case "down":
      return count === 0 ? undefined : select((selected + 1) % count);
    case "interrupt_or_back":
      return only(withComposer(state, {
        ...composer,
        popup: { ...composer.popup, dismissed: popup.token },
      }));
    case "submit":
    case "queue": {
      const row = popup.rows[selected];
      if (row === undefined) return undefined;
      // Enter runs a command; Tab only writes it out.
      if (popup.kind === "commands" && action === "submit") {
        return submit(
          withComposer(
            state,
            edited(composer, { type: "load", draft: plainDraft(row.label) }),
          ),
          "send",
        );
      }
      return completed(state, popup, row);
    }
    default:
      return undefined;
  }
}

function completed(state: TuiState, popup: Popup, row: PopupRow): Step {
  const { replacement } = row;
  if (replacement.kind === "text") {
    return change(
      state,
      edited(state.composer, {
        type: "insertDraft",
        draft: plainDraft(replacement.text),
        at: popup.range,
      }),
    );
  }
  const { name, path } = replacement;
  return change(
    state,
    edited(state.composer, {
      type: "insertElement",
      label: `$${name}`,
      content: { kind: "attachment", input: { type: "skill", name, path } },
      over: popup.range,
    }, { type: "insert", text: " " }),
  );
}

/** Keys that do more than change the draft; undefined for all others. */
function specialKey(state: TuiState, action: ComposerKey): Step | undefined {
  const { composer } = state;
  const isEmpty = composer.editor.text === "";
  switch (action) {
    case "submit":
      return submit(state, "send");
    case "queue":
      return submit(state, isBusy(state) ? "queue" : "send");
    case "interrupt_or_back":
      return escape(state);
    case "clear_or_quit":
      return clearOrQuit(state);
    case "delete_or_quit":
      return isEmpty ? only(state, { type: "quit" }) : undefined;
    case "erase_back":
      return isEmpty && composer.isShell
        ? change(state, { ...composer, isShell: false })
        : undefined;
    case "external_editor":
      return only(state, {
        type: "edit",
        text: expandDraft(composer.editor).text,
      });
    case "paste_image":
      return only(state, {
        type: "call",
        attempt: "Failed to paste image",
        run: async (ports, signal) => {
          const path = await ports.pasteImage(signal);
          return (before) => attachImage(before, path);
        },
      });
    case "transcript":
      return only(opened(state, transcriptPane(state)));
    case "clear_screen":
      return only(state, {
        type: "redraw",
        cells: state.thread?.cells.slice(0, 1) ?? [],
        scrollback: "clear",
      });
    case "copy_answer":
      return copyAnswer(state);
    case "cycle_mode":
      return cycleMode(state);
    case "effort_down":
      return changeEffort(state, -1);
    case "effort_up":
      return changeEffort(state, 1);
    case "previous_agent":
      return isEmpty ? cycleAgent(state, -1) : movedByWord(state, "wordBack");
    case "next_agent":
      return isEmpty ? cycleAgent(state, 1) : movedByWord(state, "wordForward");
    case "edit_queued":
      return editQueued(state);
    case "suspend":
      return only(state, { type: "suspend" });
    default:
      return undefined;
  }
}

function movedByWord(state: TuiState, to: "wordBack" | "wordForward"): Step {
  return change(state, edited(state.composer, { type: "move", to }));
}

export function opened(
  state: TuiState,
  pane: TuiState["panes"][number],
): TuiState {
  return { ...state, panes: [...state.panes, pane] };
}

export function copyAnswer(state: TuiState): Step {
  const text = state.thread?.lastAnswer;
  return text === undefined
    ? say(noticeCell("error", "No agent response to copy"))(state)
    : inOrder(
      (before) => only(before, { type: "copy", text }),
      say(noticeCell("info", "Copied last message to clipboard")),
    )(state);
}

/** The message queued last comes back into the composer. */
function editQueued(state: TuiState): Step | undefined {
  const queue = state.thread?.queue ?? [];
  const last = queue.at(-1);
  if (last === undefined) return undefined;
  const rest = changeThread(state, (view) => ({
    ...view,
    queue: queue.slice(0, -1),
  }));
  return only(takenBack(rest, [last]));
}

/** The state with these in the composer, before what is being written there. */
function takenBack(state: TuiState, inputs: readonly QueuedInput[]): TuiState {
  const { composer } = state;
  const all = [...inputs, ...draftInputs(composer)];
  const only = all.length === 1 ? all[0] : undefined;
  return withComposer(
    state,
    only?.kind === "shell"
      ? loaded(composer, plainDraft(`!${only.text}`))
      : loadedMessage(composer, joined(all.map(draftOf))),
  );
}

/** What is in the composer now, as something that could be queued. */
function draftInputs(composer: ComposerState): readonly QueuedInput[] {
  const { text, attachments } = expandDraft(composer.editor);
  return text.trim() === "" ? [] : [inputOf(composer, text, attachments)];
}

function draftOf(input: QueuedInput): Draft {
  if (input.kind === "shell") return plainDraft(`!${input.text}`);
  return input.kind === "message" && input.draft !== undefined
    ? input.draft
    : plainDraft(input.text);
}

function joined(drafts: readonly Draft[]): Draft {
  const all = drafts.reduce((before, draft) => {
    const end = before.text.length;
    const apart = spliceDraft(before, { start: end, end }, plainDraft("\n"));
    return spliceDraft(apart, { start: end + 1, end: end + 1 }, draft);
  });
  return relabelled(all, 0).draft;
}

function escape(state: TuiState): Step {
  const { composer, thread } = state;
  if (composer.showsShortcuts) return only(hideShortcuts(state));
  if (isBusy(state)) return interrupt(state);
  if (composer.isShell && composer.editor.text === "") {
    return change(state, { ...composer, isShell: false });
  }
  if (composer.editor.text !== "") return only(state);
  if (thread?.sideOf !== undefined) return leaveSide(state);
  if (thread === undefined || thread.turnsSaid.length === 0) return only(state);
  return composer.isEscapePrimed
    ? openBacktrack(withComposer(state, { ...composer, isEscapePrimed: false }))
    : only(withComposer(state, { ...composer, isEscapePrimed: true }));
}

/**
 * Stops the turn. What was to steer it is sent at once by the agent; what was queued
 * for its end comes back, because nobody knows whether it still makes sense.
 */
export function interrupt(state: TuiState): Step {
  const isForSteering = (state.thread?.steering.length ?? 0) > 0;
  const queue = isForSteering ? [] : state.thread?.queue ?? [];
  const stopping = changeThread(state, (view) => ({
    ...view,
    queue: queue.length === 0 ? view.queue : [],
    turn: view.turn === undefined
      ? undefined
      : { ...view.turn, isInterrupting: true },
  }));
  const returned = queue.length === 0 ? stopping : takenBack(stopping, queue);
  return send({ type: "interrupt", ...isForSteering && { isForSteering } })(
    returned,
  );
}

function clearOrQuit(state: TuiState): Step {
  const { composer } = state;
  if (composer.editor.text !== "" || composer.isShell) {
    return change(state, emptied(remembered(composer)));
  }
  if (isBusy(state)) return interrupt(state);
  return only(state, { type: "quit" });
}

/** The draft is done: a command, or something for the agent, now or later. */
export function submit(state: TuiState, when: "send" | "queue"): Step {
  const { composer } = state;
  const { text, attachments } = expandDraft(composer.editor);
  if (text.trim() === "" && attachments.length === 0) return only(state);
  const input = inputOf(composer, text, attachments);
  if (input.kind === "command" && when === "send") return runTyped(state, text);
  const cleared = withComposer(state, emptied(remembered(composer)));
  const shown = input.kind === "shell" ? `!${input.text}` : input.text;
  return inOrder(
    (before) => only(before, { type: "remember", text: shown }),
    (before) => given(before, input, when),
  )(cleared);
}

function inputOf(
  { isShell, editor }: ComposerState,
  text: string,
  attachments: Extract<QueuedInput, { kind: "message" }>["attachments"],
): QueuedInput {
  if (isShell) return { kind: "shell", text };
  return readSlash(text) === undefined
    ? {
      kind: "message",
      text: text.trim(),
      attachments,
      draft: { text: editor.text, elements: editor.elements },
    }
    : { kind: "command", text };
}

function given(
  state: TuiState,
  input: QueuedInput,
  when: "send" | "queue",
): Step {
  if (state.thread === undefined) {
    return only({ ...state, waiting: [...state.waiting, input] });
  }
  return when === "queue"
    ? only(queued(state, input))
    : submitInput(state, state.thread.id, input);
}

/** Runs a command; a draft that is none stays to be mended. */
function runTyped(state: TuiState, text: string): Step {
  const isKnown = isRunnable(text);
  const { composer } = state;
  const next = withComposer(
    state,
    isKnown
      ? emptied(remembered(composer))
      : { ...composer, popup: { ...NO_POPUP, dismissed: text } },
  );
  return runSlashCommand(next, text);
}
