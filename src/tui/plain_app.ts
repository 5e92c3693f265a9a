/**
 * The terminal UI without a picture: for screen readers, and for terminals that cannot
 * draw. What happens is printed once, as text, in the order in which it happens; what
 * one wants is written as a line. Questions and lists are read out with the keys that
 * answer them.
 */
import { abortable, TaskScope } from "@/async/scope.ts";
import type { ThreadId } from "@/protocol/ids.ts";
import type { ThreadEvent } from "@/protocol/events.ts";
import type { Cell } from "./cell.ts";
import type { CellContext } from "./cells/context.ts";
import { cellContext } from "./cell_context.ts";
import { noticeCell } from "./cells/notice.ts";
import { popupOf } from "./composer/popup.ts";
import { exitMessage } from "./exit_message.ts";
import { externallyEdited } from "./external_edit.ts";
import type { InputEvent } from "./input/events.ts";
import { typedKey } from "./input/keys.ts";
import { placeholderOf } from "./placeholders.ts";
import type { TuiPorts, TuiRequest } from "./ports.ts";
import { textOf } from "./render/line.ts";
import { SessionThreads } from "./session_threads.ts";
import { startUp } from "./start_up.ts";
import { initialState, type TuiState } from "./state.ts";
import type { Change, Effect, Step } from "./step.ts";
import { isBusy, say } from "./threads.ts";
import {
  askShown,
  type Message,
  paneContext,
  topPane,
  update,
} from "./update.ts";

/** Columns and rows a text is made for: lines are wrapped by who reads them. */
const SIZE = { columns: 1_000, rows: 1_000 };

/** Runs until the user quits; resolves to the exit code. */
export async function runPlain(
  request: TuiRequest,
  ports: TuiPorts,
): Promise<number> {
  return await new PlainApp(request, ports).run();
}

class PlainApp {
  readonly #request: TuiRequest;
  readonly #ports: TuiPorts;
  readonly #controller = new AbortController();
  readonly #threads: SessionThreads;
  #state: TuiState;
  #scope: TaskScope | undefined;
  #exitCode = 0;
  /** The overlay that was read out last. */
  #readOut = "";
  #isAsking = false;

  constructor(request: TuiRequest, ports: TuiPorts) {
    this.#request = request;
    this.#ports = ports;
    const { traits, settings, cwd, homeDirectory } = ports;
    this.#state = initialState({
      size: SIZE,
      traits: { ...traits, colors: "none" },
      settings: { ...settings, animations: false, isVim: false },
      cwd,
      homeDirectory,
      placeholder: placeholderOf(0),
      tip: undefined,
    });
    this.#threads = new SessionThreads(ports.services, {
      onEvent: (id, event) => this.#onEvent(id, event),
      onEnd: (id, error) => this.#onEnd(id, error),
    });
    this.#threads.defaults = request.thread;
  }

  async run(): Promise<number> {
    const { signals } = this.#ports;
    const stops = [
      signals.onInterrupt(() => this.#interrupt()),
      signals.onTerminate(() => this.#quit(143)),
    ];
    try {
      await using scope = new TaskScope(this.#controller.signal);
      this.#scope = scope;
      scope.spawn(() => this.#readLines());
      for (const change of startUp(this.#request, this.#ports)) {
        this.#apply(change);
      }
      await new Promise<void>((resolve) => {
        if (scope.signal.aborted) resolve();
        scope.signal.addEventListener("abort", () => resolve(), { once: true });
      });
      // Anything but the end of the session is a mistake of ours.
      if (!this.#controller.signal.aborted) throw scope.signal.reason;
      await this.#threads.close();
    } finally {
      stops.forEach((stop) => stop());
    }
    for (const row of exitMessage(this.#state)) this.#write(row);
    return this.#exitCode;
  }

  #quit(code: number): void {
    this.#exitCode = code;
    this.#controller.abort(new Error("The session is over"));
  }

  /** The first one stops the turn; without a turn it ends the program. */
  #interrupt(): void {
    if (this.#state.thread?.turn === undefined) return this.#quit(130);
    this.#input({ type: "key", chord: "ctrl+c" });
  }

  #write(text: string): void {
    this.#ports.terminal.writeOut(`${text}\n`);
  }

  async #readLines(): Promise<void> {
    const { signal } = this.#controller;
    const decoder = new TextDecoder();
    let rest = "";
    while (!signal.aborted) {
      const bytes = await abortable(this.#ports.console.read(), signal)
        .catch(() => undefined);
      if (bytes === undefined) return this.#quit(0);
      const lines = (rest + decoder.decode(bytes, { stream: true })).split(
        "\n",
      );
      rest = lines.pop() ?? "";
      for (const line of lines) this.#onLine(line.replace(/\r$/, ""));
    }
  }

  /** A line answers what was asked, or is a message. */
  #onLine(line: string): void {
    this.#isAsking = false;
    if (topPane(this.#state) !== undefined) return this.#answer(line.trim());
    if (line.startsWith("!")) {
      this.#input(typedKey("!"));
      this.#input({ type: "paste", text: line.slice(1) });
    } else {
      this.#input({ type: "paste", text: line });
    }
    // A list below is for who can see it: Enter is for the line.
    if (popupOf(this.#state) !== undefined) {
      this.#input({ type: "key", chord: "escape" });
    }
    this.#input({ type: "key", chord: "enter" });
  }

  /** An empty line takes what is marked; a key's name is the key; else it is typed. */
  #answer(line: string): void {
    const name = { "": "enter", esc: "escape" }[line] ?? line;
    if ([...name].length === 1) return this.#input(typedKey(name));
    if (/^(enter|escape|tab|up|down|left|right|space)$/.test(name)) {
      return this.#input({ type: "key", chord: name });
    }
    this.#input({ type: "paste", text: line });
    this.#input({ type: "key", chord: "enter" });
  }

  #input(event: InputEvent): void {
    const { clock } = this.#ports;
    this.#dispatch({
      type: "input",
      event,
      // Lines are not typed in a hurry, and no question comes unawares.
      atMs: clock.monotonic() + this.#later(),
      nowMs: clock.now(),
    });
  }

  #lines = 0;
  #later(): number {
    return ++this.#lines * 1_000;
  }

  #onEvent(threadId: ThreadId, event: ThreadEvent): void {
    const nowMs = this.#ports.clock.now();
    this.#dispatch({ type: "thread", threadId, event, nowMs });
  }

  #onEnd(threadId: ThreadId, error: unknown): void {
    if (error === undefined || this.#state.thread?.id !== threadId) return;
    this.#apply(
      say(noticeCell("error", `The session ended: ${wordsOf(error)}`)),
    );
  }

  #dispatch(message: Message): void {
    this.#take(update(this.#state, message));
  }

  #apply(change: Change): void {
    this.#take(change(this.#state));
  }

  #take({ state, effects }: Step): void {
    const wasBusy = this.#state.thread?.turn !== undefined;
    this.#state = askShown(state, this.#ports.clock.monotonic());
    for (const effect of effects) this.#perform(effect);
    this.#readOverlay();
    const isBusy = this.#state.thread?.turn !== undefined;
    if (!wasBusy && isBusy) this.#write("[working]");
    if (wasBusy && !isBusy) this.#write("[done]");
    this.#ask();
  }

  /** Reads out what has taken the place of the next message, when it has changed. */
  #readOverlay(): void {
    const top = topPane(this.#state);
    const text = top === undefined ? "" : top.pane.render(
      paneContext(this.#state, this.#ports.clock.now()),
    ).lines.map(textOf).map((row) => row.trimEnd()).join("\n").trim();
    if (text === this.#readOut) return;
    this.#readOut = text;
    if (text !== "") this.#write(`\n${text}`);
  }

  /** Says once that a line can be written. */
  #ask(): void {
    const { thread } = this.#state;
    const isReady = thread !== undefined && !isBusy(this.#state) &&
      topPane(this.#state) === undefined;
    if (!isReady) this.#isAsking = false;
    if (!isReady || this.#isAsking) return;
    this.#isAsking = true;
    this.#ports.terminal.writeOut("> ");
  }

  #perform(effect: Effect): void {
    switch (effect.type) {
      case "print": {
        const context = cellContext(this.#state, this.#ports.clock.now());
        for (const cell of effect.cells) {
          // What was just typed is there already; what was said before is not.
          const isSaid = cell.source?.kind === "user";
          if (isSaid && this.#state.thread?.turn !== undefined) continue;
          const text = spokenText(cell, context).trim();
          if (text !== "") this.#write(text);
        }
        return;
      }
      case "endStream": {
        const source = this.#state.thread?.cells.at(-1)?.source;
        if (source !== undefined && "markdown" in source) {
          this.#write(source.markdown.trim());
        }
        return;
      }
      case "op":
        return this.#spawn(() =>
          this.#threads.submit(effect.threadId, effect.op)
        );
      case "open":
        return this.#spawn(async (signal) =>
          this.#apply(await this.#threads.open(effect.how, signal))
        );
      case "closeThread":
        return this.#spawn(() => this.#threads.end(effect.threadId));
      case "remember": {
        const id = this.#state.thread?.id ?? "";
        return this.#spawn(() => this.#ports.prompts.add(effect.text, id));
      }
      case "call":
        return this.#spawn(
          async (signal) => this.#apply(await effect.run(this.#ports, signal)),
          effect.attempt,
        );
      case "edit":
        return this.#spawn(async (signal) => {
          const result = await this.#ports.editExternally(effect.text, signal);
          this.#apply(externallyEdited(result));
        });
      case "quit":
        return this.#quit(0);
      // Nothing of these can be heard.
      case "stream":
      case "redraw":
      case "copy":
      case "notify":
      case "searchFiles":
      case "suspend":
        return;
    }
  }

  /** A task of the session; what goes wrong in it is told. */
  #spawn(task: (signal: AbortSignal) => Promise<void>, attempt = ""): void {
    this.#scope?.spawn(async (signal) => {
      try {
        await task(signal);
      } catch (error) {
        if (signal.aborted) return;
        const reason = wordsOf(error);
        this.#apply(say(noticeCell(
          "error",
          attempt === "" ? reason : `${attempt}: ${reason}`,
        )));
      }
    });
  }
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** A cell as lines of text. */
function spokenText(cell: Cell, context: CellContext): string {
  if (cell.spoken !== undefined) return cell.spoken;
  return cell.source?.kind === "answer"
    ? cell.source.markdown
    : cell.lines(context).map(textOf).map((row) => row.trimEnd()).join("\n");
}
