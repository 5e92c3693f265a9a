/**
 * A server's question: a form to fill in, or an address to open. What is filled in is
 * checked by the agent, which asks again and says what was wrong.
 */
import type { ThreadEvent } from "@/protocol/events.ts";
import type { ElicitationAnswer } from "@/protocol/ops.ts";
import { printable } from "@/text/ansi.ts";
import { displayWidth } from "@/text/width.ts";
import type { AnswerAsk } from "@/tui/asks.ts";
import { edit, type EditorAction } from "@/tui/composer/editor.ts";
import { type EditorState, EMPTY_EDITOR } from "@/tui/composer/editor.ts";
import type { Keymap } from "@/tui/input/keymap.ts";
import {
  EMPTY_LINE,
  type Line,
  line,
  span,
  wrapLine,
} from "@/tui/render/line.ts";
import { BOLD, DIM, over, PLAIN } from "@/tui/render/style.ts";
import {
  close,
  type KeyEvent,
  type Pane,
  type PaneContext,
  type PaneResult,
  type PaneView,
  stay,
} from "./pane.ts";

type ElicitationEvent = Extract<ThreadEvent, { type: "elicitationRequested" }>;
type Json = Readonly<Record<string, unknown>>;

/** One field of the form, as it is asked. */
interface Field {
  readonly name: string;
  readonly title: string;
  readonly description: string | undefined;
  readonly type: "text" | "number" | "boolean" | "choice" | "list";
  /** What can be chosen, with how it is shown. */
  readonly choices: readonly {
    readonly value: unknown;
    readonly label: string;
  }[];
  readonly isRequired: boolean;
}

interface Filled {
  readonly text: EditorState;
  /** Of the choices; undefined: none yet. */
  readonly at: number | undefined;
}

interface FormState {
  readonly index: number;
  readonly filled: readonly Filled[];
}

interface FormSpec {
  readonly event: ElicitationEvent;
  readonly fields: readonly Field[];
  readonly answer: (answer: ElicitationAnswer) => ReturnType<AnswerAsk>;
  readonly keymap: Keymap["list"];
}

export function elicitationPane(
  event: ElicitationEvent,
  answer: AnswerAsk,
  keymap: Keymap["list"],
): Pane {
  const fields = event.elicitation.mode === "form"
    ? fieldsOf(event.elicitation.requestedSchema)
    : [];
  const schema = event.elicitation.mode === "form"
    ? event.elicitation.requestedSchema
    : {};
  return paneOf({
    event,
    fields,
    keymap,
    answer: (given) =>
      answer({
        type: "elicitation",
        requestId: event.requestId,
        answer: given,
      }),
  }, {
    index: 0,
    filled: fields.map((field) =>
      startOf(field, objectOf(objectOf(schema.properties)[field.name]).default)
    ),
  });
}

function objectOf(value: unknown): Json {
  // An object's members are all that is looked at.
  return typeof value === "object" && value !== null ? value as Json : {};
}

function fieldsOf(schema: Json): readonly Field[] {
  const required = Array.isArray(schema.required) ? schema.required : [];
  return Object.entries(objectOf(schema.properties)).map(([name, value]) => {
    const rules = objectOf(value);
    const choices = choicesOf(rules);
    const type = rules.type === "boolean"
      ? "boolean"
      : rules.type === "array"
      ? "list"
      : choices.length > 0
      ? "choice"
      : rules.type === "number" || rules.type === "integer"
      ? "number"
      : "text";
    return {
      name,
      type,
      title: textOr(rules.title, name),
      description: typeof rules.description === "string"
        ? oneRow(rules.description)
        : undefined,
      choices: type === "boolean"
        ? [{ value: true, label: "Yes" }, { value: false, label: "No" }]
        : choices,
      isRequired: required.includes(name),
    };
  });
}

/** `enum` with or without names, or `oneOf` and `anyOf` with titles. */
function choicesOf(rules: Json): Field["choices"] {
  const items = rules.type === "array" ? objectOf(rules.items) : rules;
  if (Array.isArray(items.enum)) {
    const names = Array.isArray(items.enumNames) ? items.enumNames : [];
    return items.enum.map((value, index) => ({
      value,
      label: textOr(names[index], String(value)),
    }));
  }
  const options = items.oneOf ?? items.anyOf;
  return !Array.isArray(options) ? [] : options.map((option) => {
    const { const: value, title } = objectOf(option);
    return { value, label: textOr(title, String(value)) };
  });
}

function textOr(value: unknown, otherwise: string): string {
  return oneRow(typeof value === "string" ? value : otherwise);
}

function oneRow(text: string): string {
  return printable(text, "plain").replace(/\s+/g, " ").trim();
}

function startOf({ choices, type }: Field, value: unknown): Filled {
  const at = choices.findIndex((choice) => choice.value === value);
  const text = type === "list" && Array.isArray(value)
    ? value.join(", ")
    : typeof value === "string" || typeof value === "number"
    ? String(value)
    : "";
  return {
    at: at === -1 ? undefined : at,
    text: edit(EMPTY_EDITOR, { type: "insert", text }),
  };
}

function paneOf(spec: FormSpec, state: FormState): Pane {
  return {
    name: `ask:${spec.event.requestId}`,
    placement: "inline",
    onKey: (key) => onKey(spec, state, key),
    onPaste: (text) => stay(typed(spec, state, { type: "insert", text })),
    render: (context) => render(spec, state, context),
  };
}

function onKey(spec: FormSpec, state: FormState, key: KeyEvent): PaneResult {
  const { fields, answer } = spec;
  const action = spec.keymap.get(key.chord);
  const field = fields[state.index];
  if (action === "list_cancel") return close(answer({ action: "cancel" }));
  if (key.chord === "ctrl+d") return close(answer({ action: "decline" }));
  if (action === "list_choose") {
    return state.index < fields.length - 1
      ? stay(paneOf(spec, { ...state, index: state.index + 1 }))
      : close(answer({ action: "accept", ...contentOf(spec, state) }));
  }
  const step = action === "list_up" || key.chord === "shift+tab"
    ? -1
    : action === "list_down" || key.chord === "tab"
    ? 1
    : 0;
  if (step !== 0) {
    const index = Math.max(0, Math.min(fields.length - 1, state.index + step));
    return stay(paneOf(spec, { ...state, index }));
  }
  if (field === undefined) return stay(paneOf(spec, state));
  if (field.type === "choice" || field.type === "boolean") {
    return stay(paneOf(spec, chosen(state, field, key)));
  }
  const edits = EDITS[key.chord];
  if (edits !== undefined) return stay(typed(spec, state, edits));
  return stay(
    key.text === undefined
      ? paneOf(spec, state)
      : typed(spec, state, { type: "insert", text: key.text }),
  );
}

const EDITS: Readonly<Record<string, EditorAction>> = {
  backspace: { type: "erase", to: "charBack" },
  delete: { type: "erase", to: "charForward" },
  left: { type: "move", to: "charBack" },
  right: { type: "move", to: "charForward" },
  home: { type: "move", to: "lineStart" },
  end: { type: "move", to: "lineEnd" },
  "ctrl+w": { type: "kill", to: "wordBack" },
  "ctrl+u": { type: "kill", to: "lineStart" },
};

function typed(spec: FormSpec, state: FormState, action: EditorAction): Pane {
  return paneOf(spec, {
    ...state,
    filled: state.filled.map((filled, index) =>
      index === state.index
        ? { ...filled, text: edit(filled.text, action) }
        : filled
    ),
  });
}

/** Left, right and space go through the choices; a digit takes one. */
function chosen(
  state: FormState,
  { choices }: Field,
  key: KeyEvent,
): FormState {
  const { at } = state.filled[state.index] ?? { at: undefined };
  const count = choices.length;
  const digit = /^[1-9]$/.test(key.chord) ? Number(key.chord) - 1 : undefined;
  const next = digit !== undefined && digit < count
    ? digit
    : key.chord === "right" || key.chord === "space"
    ? ((at ?? -1) + 1) % count
    : key.chord === "left"
    ? ((at ?? count) + count - 1) % count
    : at;
  return {
    ...state,
    filled: state.filled.map((filled, index) =>
      index === state.index ? { ...filled, at: next } : filled
    ),
  };
}

/** The fields that were filled in, by name. */
function contentOf(
  { fields, event }: FormSpec,
  { filled }: FormState,
): { readonly content?: Json } {
  if (event.elicitation.mode !== "form") return {};
  const entries = fields.flatMap((field, index) => {
    const value = valueOf(field, filled[index]);
    return value === undefined ? [] : [[field.name, value] as const];
  });
  return { content: Object.fromEntries(entries) };
}

function valueOf(field: Field, filled: Filled | undefined): unknown {
  if (filled === undefined) return undefined;
  const text = filled.text.text.trim();
  switch (field.type) {
    case "boolean":
    case "choice":
      return filled.at === undefined
        ? undefined
        : field.choices[filled.at]?.value;
    case "number":
      // What is no number goes as it is, and comes back with what is wrong.
      return text === ""
        ? undefined
        : Number.isNaN(Number(text))
        ? text
        : Number(text);
    case "list":
      return text === ""
        ? undefined
        : text.split(",").map((entry) => entry.trim()).filter((entry) =>
          entry !== ""
        );
    case "text":
      return text === "" ? undefined : filled.text.text;
  }
}

function render(
  { event, fields }: FormSpec,
  state: FormState,
  context: PaneContext,
): PaneView {
  const { width, height, theme } = context;
  const { elicitation, problem, server } = event;
  const wrapped = (row: Line) => wrapLine(row, { width, first: [span("  ")] });
  const head = [
    ...wrapped(line(
      span(`${server} asks: `, DIM),
      span(
        oneRow(elicitation.message),
        BOLD,
      ),
    )),
    ...(problem === undefined
      ? []
      : wrapped(line(span(`Not accepted: ${oneRow(problem)}`, theme.failure)))),
    ...(elicitation.mode === "url"
      ? wrapped(line(span(elicitation.url, {
        ...theme.link,
        link: elicitation.url,
      })))
      : []),
    EMPTY_LINE,
  ];
  const rows = fields.map((field, index) =>
    fieldLine(field, state.filled[index], index === state.index, context)
  );
  const field = fields[state.index];
  const hint = field?.description === undefined
    ? []
    : wrapped(line(span(field.description, DIM)));
  const isLast = state.index >= fields.length - 1;
  const lines = [
    ...head,
    ...rows.map(({ row }) => row),
    ...hint,
    EMPTY_LINE,
    line(span(
      `  enter to ${isLast ? "submit" : "go on"} | ctrl + d to decline | ` +
        "esc to cancel",
      DIM,
    )),
  ];
  const column = rows[state.index]?.cursor;
  return {
    lines: lines.slice(0, height),
    cursor: column === undefined
      ? undefined
      : { row: head.length + state.index, column: Math.min(width - 1, column) },
  };
}

function fieldLine(
  field: Field,
  filled: Filled | undefined,
  isSelected: boolean,
  { theme }: PaneContext,
): { readonly row: Line; readonly cursor: number | undefined } {
  const label = `${isSelected ? "› " : "  "}${field.title}${
    field.isRequired ? " *" : ""
  }: `;
  const style = isSelected ? over(BOLD, theme.accent) : PLAIN;
  if (field.choices.length > 0 && field.type !== "list") {
    const options = field.choices.map(({ label }, index) =>
      span(
        index === filled?.at ? `[${label}] ` : `${label} `,
        index === filled?.at ? BOLD : DIM,
      )
    );
    return { row: line(span(label, style), ...options), cursor: undefined };
  }
  const { text, cursor } = filled?.text ?? EMPTY_EDITOR;
  const options = field.choices.map(({ label }) => label).join(", ");
  const shown = text === "" && options !== ""
    ? span(options, DIM)
    : span(text.replace(/\s/g, " "));
  return {
    row: line(span(label, style), shown),
    cursor: isSelected
      ? displayWidth(label) + displayWidth(text.slice(0, cursor))
      : undefined,
  };
}
