/** One text to be written, such as a name. */
import {
  edit,
  type EditorAction,
  EMPTY_EDITOR,
} from "@/tui/composer/editor.ts";
import type { EditorState } from "@/tui/composer/editor.ts";
import { viewComposer } from "@/tui/composer/view.ts";
import { EMPTY_LINE, line, span } from "@/tui/render/line.ts";
import { BOLD, DIM } from "@/tui/render/style.ts";
import type { Change } from "@/tui/step.ts";
import { close, type Pane, stay } from "./pane.ts";

export interface InputSpec {
  readonly name: string;
  readonly title: string;
  readonly placeholder: string;
  readonly start?: string;
  /** Shown as dots: somebody may look over a shoulder. */
  readonly isSecret?: boolean;
  /** What is wrong with the text; undefined takes it. */
  readonly problem?: (text: string) => string | undefined;
  readonly submit: (text: string) => Change;
  readonly onCancel?: Change;
}

/** Rows of the text that are shown. */
const ROWS_MAX = 6;

export function inputPane(spec: InputSpec): Pane {
  const start = edit(EMPTY_EDITOR, { type: "insert", text: spec.start ?? "" });
  return paneOf(spec, start, undefined);
}

const EDITS: Readonly<Record<string, EditorAction>> = {
  backspace: { type: "erase", to: "charBack" },
  "ctrl+h": { type: "erase", to: "charBack" },
  delete: { type: "erase", to: "charForward" },
  left: { type: "move", to: "charBack" },
  "ctrl+b": { type: "move", to: "charBack" },
  right: { type: "move", to: "charForward" },
  "ctrl+f": { type: "move", to: "charForward" },
  "alt+b": { type: "move", to: "wordBack" },
  "alt+f": { type: "move", to: "wordForward" },
  home: { type: "move", to: "lineStart" },
  "ctrl+a": { type: "move", to: "lineStart" },
  end: { type: "move", to: "lineEnd" },
  "ctrl+e": { type: "move", to: "lineEnd" },
  "ctrl+w": { type: "kill", to: "wordBack" },
  "ctrl+u": { type: "kill", to: "lineStart" },
  "ctrl+k": { type: "kill", to: "lineEnd" },
  "ctrl+y": { type: "yank" },
  "ctrl+_": { type: "undo" },
};

function paneOf(
  spec: InputSpec,
  editor: EditorState,
  problem: string | undefined,
): Pane {
  const edited = (action: EditorAction) =>
    stay(paneOf(spec, edit(editor, action), undefined));
  return {
    name: spec.name,
    placement: "inline",
    onPaste: (text) =>
      edited({ type: "insert", text: text.replace(/\s*\n\s*/g, " ").trim() }),
    onKey({ chord, text }) {
      if (chord === "escape" || chord === "ctrl+c") return close(spec.onCancel);
      if (chord === "enter") {
        const written = editor.text.trim();
        const wrong = written === "" ? "" : spec.problem?.(written);
        return wrong === undefined
          ? close(spec.submit(written))
          : stay(paneOf(spec, editor, wrong));
      }
      const action = EDITS[chord];
      if (action !== undefined) return edited(action);
      return text === undefined
        ? stay(paneOf(spec, editor, problem))
        : edited({ type: "insert", text });
    },
    render({ width, height, theme }) {
      const shown = spec.isSecret
        ? { ...editor, text: "•".repeat(editor.text.length) }
        : editor;
      const { lines, cursor } = viewComposer(shown, {
        width,
        height: Math.min(ROWS_MAX, Math.max(1, height - 4)),
        top: 0,
        theme,
        prompt: span("  ▌ ", theme.accent),
        placeholder: spec.placeholder,
        hit: undefined,
      });
      const head = [line(span(`  ${spec.title}`, BOLD)), EMPTY_LINE];
      const foot = [
        ...(problem ? [line(span(`  ${problem}`, theme.failure))] : []),
        EMPTY_LINE,
        line(span("  Press enter to confirm or esc to go back", DIM)),
      ];
      return {
        lines: [...head, ...lines, ...foot].slice(0, height),
        cursor: { row: cursor.row + head.length, column: cursor.column },
      };
    },
  };
}
