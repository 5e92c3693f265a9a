/**
 * From the bytes a terminal sends to keys, pastes and reports. Sequences may be cut
 * anywhere between two reads; what cannot be told yet waits. An escape alone looks like
 * the beginning of a sequence: the owner calls `flush` when nothing followed for a
 * moment.
 *
 * Sources: ECMA-48; XTerm Control Sequences (keys, bracketed paste, focus, reports);
 * the keyboard protocol of kitty ("CSI u").
 */
import type { InputEvent } from "./events.ts";
import { controlKey, csiKey, ss3Key, typedKey } from "./keys.ts";

const ESCAPE = "\x1b";
const PASTE_START = "\x1b[200~";
const PASTE_END = "\x1b[201~";

/** A paste holds what a clipboard holds; more than this is a stream, not a paste. */
const PASTE_LENGTH_MAX = 16 * 1024 * 1024;
/** No report of a terminal is longer; what is, is thrown away up to its end. */
const SEQUENCE_LENGTH_MAX = 4096;

/** CSI: parameters, intermediates, final byte. */
// deno-lint-ignore no-control-regex -- escape sequences are what it looks for
const CSI = /^\x1b\[([0-?]*)([ -/]*)([@-~])/;
/** OSC, DCS, APC and PM, to BEL or ST. */
// deno-lint-ignore no-control-regex -- as above
const STRING = /^\x1b([\]P_^])([^\x07\x1b]*)(?:\x07|\x1b\\)/;

interface Taken {
  readonly length: number;
  readonly event?: InputEvent | undefined;
}

export class InputDecoder {
  readonly #utf8 = new TextDecoder();
  /** What is not understood yet. */
  #rest = "";
  /** The parts of a paste under way. */
  #paste: string[] | undefined;
  #pasteLength = 0;

  /** True when `flush` would tell something: a sequence has begun and not ended. */
  get isWaiting(): boolean {
    return this.#rest !== "" && this.#paste === undefined;
  }

  feed(bytes: Uint8Array): readonly InputEvent[] {
    this.#rest += this.#utf8.decode(bytes, { stream: true });
    return this.#events();
  }

  /** Takes what waits for what it is without more: an escape is the escape key. */
  flush(): readonly InputEvent[] {
    if (!this.isWaiting) return [];
    const text = this.#rest;
    this.#rest = "";
    if (text === ESCAPE) return [{ type: "key", chord: "escape" }];
    if (text === ESCAPE + ESCAPE) {
      return [{ type: "key", chord: "escape" }, {
        type: "key",
        chord: "escape",
      }];
    }
    // Alt and a key that begins sequences: `ESC [`.
    const second = text[1];
    return text.length === 2 && second !== undefined
      ? [{ type: "key", chord: `alt+${second}` }]
      : [];
  }

  #events(): readonly InputEvent[] {
    const events: InputEvent[] = [];
    while (this.#rest !== "") {
      if (this.#paste !== undefined) {
        if (!this.#takePaste(events)) break;
        continue;
      }
      const taken = this.#take();
      if (taken === undefined) break;
      this.#rest = this.#rest.slice(taken.length);
      if (taken.event !== undefined) events.push(taken.event);
    }
    return events;
  }

  /** The next whole thing; undefined when more has to come first. */
  #take(): Taken | undefined {
    const text = this.#rest;
    if (text[0] !== ESCAPE) return plain(text);
    if (text.startsWith(PASTE_START)) {
      this.#paste = [];
      this.#pasteLength = 0;
      return { length: PASTE_START.length };
    }
    const second = text[1];
    if (second === undefined) return undefined;
    if (second === "[") return csi(text);
    if ("]P_^".includes(second)) return controlString(text);
    if (second === "O") return ss3(text);
    if (second === ESCAPE) return altSequence(text);
    const { length, event } = plain(text.slice(1));
    return { length: length + 1, event: withAlt(event) };
  }

  /** Adds to the paste; false when its end has not come yet. */
  #takePaste(events: InputEvent[]): boolean {
    const end = this.#rest.indexOf(PASTE_END);
    if (end < 0) {
      // The end may be cut in two.
      const keep = partialSuffix(this.#rest, PASTE_END);
      this.#addToPaste(this.#rest.slice(0, this.#rest.length - keep));
      this.#rest = this.#rest.slice(this.#rest.length - keep);
      return false;
    }
    this.#addToPaste(this.#rest.slice(0, end));
    this.#rest = this.#rest.slice(end + PASTE_END.length);
    const text = (this.#paste ?? []).join("");
    this.#paste = undefined;
    events.push({ type: "paste", text: text.replace(/\r\n?/g, "\n") });
    return true;
  }

  #addToPaste(text: string): void {
    const kept = text.slice(0, PASTE_LENGTH_MAX - this.#pasteLength);
    this.#pasteLength += kept.length;
    this.#paste?.push(kept);
  }
}

function plain(text: string): Taken {
  const point = text.codePointAt(0) ?? 0;
  const character = String.fromCodePoint(point);
  return {
    length: character.length,
    event: point < 0x20 || point === 0x7f
      ? controlKey(point)
      : typedKey(character),
  };
}

function csi(text: string): Taken | undefined {
  const match = CSI.exec(text);
  if (match === null) {
    // Something that no sequence holds: what began is none.
    // deno-lint-ignore no-control-regex -- as above
    if (/^\x1b\[[0-?]*[ -/]*[^ -~]/.test(text)) return { length: 2 };
    return text.length > SEQUENCE_LENGTH_MAX
      ? { length: text.length }
      : undefined;
  }
  const [whole, parameters = "", intermediates = "", final = ""] = match;
  return {
    length: whole.length,
    event: intermediates === ""
      ? csiReport(parameters, final) ?? csiKey(parameters, final)
      : undefined,
  };
}

function ss3(text: string): Taken | undefined {
  const final = text[2];
  if (final === undefined) return undefined;
  return { length: 3, event: ss3Key(final) };
}

/** Alt and a key that is a sequence itself, as some terminals send it. */
function altSequence(text: string): Taken | undefined {
  const third = text[2];
  if (third === undefined) return undefined;
  if (third !== "[" && third !== "O") {
    return { length: 1, event: { type: "key", chord: "escape" } };
  }
  const inner = third === "[" ? csi(text.slice(1)) : ss3(text.slice(1));
  if (inner === undefined) return undefined;
  return { length: inner.length + 1, event: withAlt(inner.event) };
}

function withAlt(event: InputEvent | undefined): InputEvent | undefined {
  if (event?.type !== "key") return event;
  const { chord } = event;
  if (chord.includes("alt+")) return { type: "key", chord };
  return {
    type: "key",
    chord: chord.startsWith("ctrl+")
      ? `ctrl+alt+${chord.slice("ctrl+".length)}`
      : `alt+${chord}`,
  };
}

function csiReport(parameters: string, final: string): InputEvent | undefined {
  if (final === "I" && parameters === "") {
    return { type: "focus", hasFocus: true };
  }
  if (final === "O" && parameters === "") {
    return { type: "focus", hasFocus: false };
  }
  if (final === "u" && parameters.startsWith("?")) {
    return { type: "keyboardReport" };
  }
  if (final === "c" && parameters.startsWith("?")) {
    return { type: "attributesReport" };
  }
  // F3 with a modifier looks the same; no key of ours is that, and this is asked for.
  const position = final === "R" ? /^(\d+);(\d+)$/.exec(parameters) : null;
  if (position !== null) {
    return {
      type: "cursorReport",
      row: Number(position[1]) - 1,
      column: Number(position[2]) - 1,
    };
  }
  return undefined;
}

function controlString(text: string): Taken | undefined {
  const match = STRING.exec(text);
  if (match === null) {
    // An escape inside that ends nothing: give the string up.
    // deno-lint-ignore no-control-regex -- as above
    const broken = /^\x1b[\]P_^][^\x07\x1b]*\x1b[^\\]/.exec(text);
    if (broken !== null) return { length: broken[0].length - 2 };
    return text.length > SEQUENCE_LENGTH_MAX
      ? { length: text.length }
      : undefined;
  }
  const [whole, kind, content = ""] = match;
  return {
    length: whole.length,
    event: kind === "]" ? colorReport(content) : undefined,
  };
}

/** `11;rgb:1e1e/1e1e/1e1e`: one to four hexadecimal digits for each part. */
function colorReport(content: string): InputEvent | undefined {
  const match = /^(10|11);rgba?:([\da-f]{1,4})\/([\da-f]{1,4})\/([\da-f]{1,4})/i
    .exec(content);
  if (match === null) return undefined;
  const part = (digits = "0") =>
    Math.round(parseInt(digits, 16) / (16 ** digits.length - 1) * 255);
  return {
    type: "colorReport",
    which: match[1] === "10" ? "foreground" : "background",
    color: [part(match[2]), part(match[3]), part(match[4])],
  };
}

/** How much of the text's end could be the beginning of `sought`. */
function partialSuffix(text: string, sought: string): number {
  for (
    let length = Math.min(sought.length - 1, text.length);
    length > 0;
    length--
  ) {
    if (sought.startsWith(text.slice(-length))) return length;
  }
  return 0;
}
