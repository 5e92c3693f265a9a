/**
 * The composer's editor: a state and what can be done to it. Pure; keys are mapped to
 * actions elsewhere. The cursor always stands between two characters and never inside
 * an element, and an edit never leaves half of one.
 */
import { printable } from "@/text/ansi.ts";
import {
  type Draft,
  type ElementContent,
  elementDraft,
  EMPTY_DRAFT,
  plainDraft,
  type Range,
  sliceDraft,
  spliceDraft,
  wholeElements,
} from "./draft.ts";
import { pastedDraft, relabelled } from "./labels.ts";
import { placeInRow } from "./layout.ts";
import { type Motion, moved, standable } from "./motion.ts";

export interface EditorState extends Draft {
  readonly cursor: number;
  /** The column that moving up and down tries to keep; undefined after anything else. */
  readonly column: number | undefined;
  readonly past: readonly Snapshot[];
  readonly future: readonly Snapshot[];
  /** What was killed, the latest last. */
  readonly kills: readonly Draft[];
  /** What the last action was, when the next one may go on with it. */
  readonly run: Run | undefined;
}

/** What undo brings back. */
export interface Snapshot extends Draft {
  readonly cursor: number;
}

type Run =
  | { readonly kind: "typing"; readonly endsInSpace: boolean }
  | { readonly kind: "erasing" }
  | { readonly kind: "killing" }
  | { readonly kind: "yanked"; readonly range: Range; readonly index: number };

export type EditorAction =
  /** What was typed; a run of it is undone together. */
  | { readonly type: "insert"; readonly text: string }
  /** What was pasted; folded when it is long. */
  | { readonly type: "paste"; readonly text: string }
  | {
    readonly type: "insertElement";
    readonly label: string;
    readonly content: ElementContent;
    /** What it takes the place of, such as what was typed to find it. */
    readonly over?: Range;
  }
  /** A draft put in as it is; the cursor stands behind it. */
  | { readonly type: "insertDraft"; readonly draft: Draft; readonly at?: Range }
  | { readonly type: "move"; readonly to: Motion | number }
  | {
    readonly type: "moveRow";
    readonly direction: "up" | "down";
    readonly width: number;
  }
  | { readonly type: "erase"; readonly to: Motion }
  | { readonly type: "kill"; readonly to: Motion | Range }
  /** Remembers for a yank, and changes nothing. */
  | { readonly type: "copy"; readonly range: Range }
  | { readonly type: "yank" }
  /** In place of what was just yanked, what was killed before it. */
  | { readonly type: "yankPop" }
  | { readonly type: "undo" }
  | { readonly type: "redo" }
  /** Another draft in place of this one, which undo brings back. */
  | { readonly type: "load"; readonly draft: Draft; readonly cursor?: number };

/** Enough to take back an afternoon's draft; each may hold all of its text. */
const UNDO_MAX = 200;

/** As many as anyone remembers having killed. */
const KILLS_MAX = 60;

export const EMPTY_EDITOR: EditorState = {
  ...EMPTY_DRAFT,
  cursor: 0,
  column: undefined,
  past: [],
  future: [],
  kills: [],
  run: undefined,
};

/** The state after an action. */
export function edit(state: EditorState, action: EditorAction): EditorState {
  switch (action.type) {
    case "insert":
      return typed(state, printable(action.text, "plain"));
    case "paste":
      return inserted(state, pastedDraft(printable(action.text, "plain")));
    case "insertElement":
      return inserted(
        state,
        elementDraft(oneLine(action.label), action.content),
        action.over,
      );
    case "insertDraft":
      return inserted(state, action.draft, action.at);
    case "move":
      return movedTo(state, action.to);
    case "moveRow":
      return movedRow(state, action.direction, action.width);
    case "erase":
      return erased(state, moved(state, state.cursor, action.to));
    case "kill":
      return killed(state, action.to);
    case "copy":
      return { ...atRest(state), kills: pushKill(atRest(state), action.range) };
    case "yank":
      return yanked(state, state.kills.length - 1, {
        start: state.cursor,
        end: state.cursor,
      });
    case "yankPop":
      return state.run?.kind === "yanked"
        ? yanked(
          state,
          (state.run.index || state.kills.length) - 1,
          state.run.range,
        )
        : state;
    case "undo":
      return undone(state);
    case "redo":
      return redone(state);
    case "load":
      return loaded(state, action.draft, action.cursor);
  }
}

/** The state with nothing for the next action to go on with. */
function atRest(state: EditorState): EditorState {
  return { ...state, run: undefined, column: undefined };
}

/** A label stands in one line. */
function oneLine(label: string): string {
  return printable(label, "plain").replace(/\s+/g, " ");
}

/** Replaces a range and puts the cursor behind what came in. */
function changed(state: EditorState, range: Range, other: Draft): EditorState {
  const whole = wholeElements(state, range);
  const spliced = spliceDraft(state, whole, other);
  const named = relabelled(spliced, whole.start + other.text.length);
  return {
    ...atRest(state),
    ...named.draft,
    // A character may have joined with the one that follows.
    cursor: standable(named.draft, named.cursor, "forward"),
  };
}

/** The state's past with the state as it is now. */
function remembered(state: EditorState): Pick<EditorState, "past" | "future"> {
  return {
    past: [...state.past.slice(1 - UNDO_MAX), snapshotOf(state)],
    future: [],
  };
}

function snapshotOf({ text, elements, cursor }: EditorState): Snapshot {
  return { text, elements, cursor };
}

function typed(state: EditorState, text: string): EditorState {
  if (text === "") return state;
  const isSpace = /^\s+$/.test(text);
  const goesOn = state.run?.kind === "typing" &&
    (isSpace || !state.run.endsInSpace);
  return {
    ...changed(state, rangeAt(state), plainDraft(text)),
    ...(goesOn ? { future: [] } : remembered(state)),
    run: { kind: "typing", endsInSpace: isSpace },
  };
}

function rangeAt({ cursor }: EditorState): Range {
  return { start: cursor, end: cursor };
}

function inserted(
  state: EditorState,
  draft: Draft,
  over: Range = rangeAt(state),
): EditorState {
  if (draft.text === "" && over.start === over.end) return state;
  return { ...changed(state, over, draft), ...remembered(state) };
}

function movedTo(state: EditorState, to: Motion | number): EditorState {
  return {
    ...atRest(state),
    cursor: typeof to === "number"
      ? standable(state, to, "back")
      : moved(state, state.cursor, to),
  };
}

function movedRow(
  state: EditorState,
  direction: "up" | "down",
  width: number,
): EditorState {
  const place = placeInRow(state, {
    cursor: state.cursor,
    column: state.column,
    direction,
    width,
  });
  return place === undefined
    ? state
    : { ...atRest(state), cursor: place.at, column: place.column };
}

function erased(state: EditorState, to: number): EditorState {
  const range = orderedRange(state.cursor, to);
  if (range.start === range.end) return state;
  return {
    ...changed(state, range, EMPTY_DRAFT),
    ...(state.run?.kind === "erasing" ? { future: [] } : remembered(state)),
    run: { kind: "erasing" },
  };
}

function orderedRange(from: number, to: number): Range {
  return from < to ? { start: from, end: to } : { start: to, end: from };
}

function killed(state: EditorState, to: Motion | Range): EditorState {
  const range = wholeElements(
    state,
    typeof to === "object" ? to : killRange(state, to),
  );
  if (range.start === range.end) return state;
  return {
    ...changed(state, range, EMPTY_DRAFT),
    ...remembered(state),
    kills: pushKill(state, range),
    run: { kind: "killing" },
  };
}

/** A kill at the end of a line takes the line break, so that one key joins lines. */
function killRange(state: EditorState, motion: Motion): Range {
  const to = moved(state, state.cursor, motion);
  if (to !== state.cursor) return orderedRange(state.cursor, to);
  if (motion === "lineStart") {
    return orderedRange(state.cursor, moved(state, state.cursor, "charBack"));
  }
  return orderedRange(state.cursor, moved(state, state.cursor, "charForward"));
}

/** Kills in a row are yanked together. */
function pushKill(state: EditorState, range: Range): readonly Draft[] {
  const part = sliceDraft(state, range);
  const last = state.kills.at(-1);
  if (state.run?.kind !== "killing" || last === undefined) {
    return [...state.kills.slice(1 - KILLS_MAX), part];
  }
  const isBefore = range.end === state.cursor && range.start < state.cursor;
  const joined = isBefore
    ? spliceDraft(last, { start: 0, end: 0 }, part)
    : spliceDraft(
      last,
      { start: last.text.length, end: last.text.length },
      part,
    );
  return [...state.kills.slice(0, -1), joined];
}

function yanked(state: EditorState, index: number, over: Range): EditorState {
  const draft = state.kills[index];
  if (draft === undefined) return state;
  const next = changed(state, over, draft);
  return {
    ...next,
    ...(over.start === over.end ? remembered(state) : { future: [] }),
    run: {
      kind: "yanked",
      range: { start: over.start, end: next.cursor },
      index,
    },
  };
}

function undone(state: EditorState): EditorState {
  const snapshot = state.past.at(-1);
  if (snapshot === undefined) return state;
  return {
    ...atRest(state),
    ...snapshot,
    past: state.past.slice(0, -1),
    future: [...state.future, snapshotOf(state)],
  };
}

function redone(state: EditorState): EditorState {
  const snapshot = state.future.at(-1);
  if (snapshot === undefined) return state;
  return {
    ...atRest(state),
    ...snapshot,
    past: [...state.past, snapshotOf(state)],
    future: state.future.slice(0, -1),
  };
}

function loaded(
  state: EditorState,
  draft: Draft,
  cursor = draft.text.length,
): EditorState {
  return {
    ...atRest(state),
    text: draft.text,
    elements: draft.elements,
    cursor: standable(draft, cursor, "forward"),
    ...remembered(state),
  };
}
