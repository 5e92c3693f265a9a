/**
 * The terminal UI at work: what happens becomes messages, `update` makes the next state
 * of them, and the effects it asks for are done here and nowhere else.
 */
import { abortable, TaskScope } from "@/async/scope.ts";
import type { ThreadEvent } from "@/protocol/events.ts";
import type { ThreadId } from "@/protocol/ids.ts";
import { printable } from "@/text/ansi.ts";
import { noticeCell } from "./cells/notice.ts";
import { cellContext } from "./cell_context.ts";
import { DraftKeeper } from "./draft_keeper.ts";
import { exitMessage } from "./exit_message.ts";
import { popupOf } from "./composer/popup.ts";
import { FileFinder } from "./file_finder.ts";
import { FrameLoop } from "./frames.ts";
import { InputDecoder } from "./input/decode.ts";
import type { InputEvent } from "./input/events.ts";
import { notification } from "./notify.ts";
import type { TuiPorts, TuiRequest } from "./ports.ts";
import { Encoder } from "./render/encode.ts";
import {
  ENTER_FULL_SCREEN,
  FullScreen,
  LEAVE_FULL_SCREEN,
} from "./render/full_screen.ts";
import { EMPTY_LINE, type Line } from "./render/line.ts";
import { Screen } from "./render/screen.ts";
import { Printer } from "./printer.ts";
import { SessionThreads } from "./session_threads.ts";
import { initialState, type TuiState } from "./state.ts";
import type { Change, Effect, OpenThreadHow, Step } from "./step.ts";
import { say } from "./threads.ts";
import {
  createTerminalSession,
  type TerminalSession,
} from "./terminal_session.ts";
import { tipCell } from "./tips.ts";
import { titleText } from "./title.ts";
import {
  askShown,
  type Message,
  paneContext,
  takesScreen,
  topPane,
  update,
} from "./update.ts";
import { viewState } from "./view.ts";
import { startUp } from "./start_up.ts";
import { placeholderOf } from "./placeholders.ts";

/** How long an escape may be the beginning of something: slow links send it in parts. */
const ESCAPE_MS = 25;
/** A size that has stayed that long is taken for the one that was wanted. */
const RESIZE_MS = 40;
/** Steps of what moves while something is under way. */
const TICK_MS = 80;
/** Rows printed of a thread that is shown again; all of them are in the transcript. */
const REDRAW_ROWS_MAX = 2_000;
/** Home, the screen, and what was scrolled out of it. */
const CLEAR_TERMINAL = "\x1b[H\x1b[2J\x1b[3J";

/** Runs until the user quits; resolves to the exit code. */
export async function runTui(
  request: TuiRequest,
  ports: TuiPorts,
): Promise<number> {
  const app = new App(ports);
  return await app.run(request);
}

class App {
  readonly #ports: TuiPorts;
  readonly #controller = new AbortController();
  readonly #encoder: Encoder;
  readonly #session: TerminalSession;
  readonly #frames: FrameLoop;
  readonly #threads: SessionThreads;
  readonly #decoder = new InputDecoder();
  #screen: Screen;
  #full: FullScreen | undefined;
  #state: TuiState;
  readonly #printer: Printer;
  /** To be written before the next frame, as it is. */
  #prelude = "";
  readonly #files: FileFinder;
  readonly #drafts: DraftKeeper;
  #isTicking = false;
  /** While somebody else has the terminal. */
  #pause: Promise<void> | undefined;

  constructor(ports: TuiPorts) {
    this.#ports = ports;
    const { traits, settings, cwd, homeDirectory, clock, console } = ports;
    this.#encoder = new Encoder(traits.colors);
    this.#screen = new Screen({
      ...traits,
      encoder: this.#encoder,
      size: console.size(),
    });
    this.#session = createTerminalSession(
      console,
      ports.terminal,
      traits.hasProgress,
    );
    this.#state = initialState({
      size: console.size(),
      traits,
      settings,
      cwd,
      homeDirectory,
      placeholder: placeholderOf(ports.random()),
      tip: settings.showTooltips ? tipCell(ports.random()) : undefined,
    });
    this.#frames = new FrameLoop(
      {
        draw: () => this.#draw(),
        write: (bytes) => ports.terminal.write(bytes),
      },
      clock,
      this.#controller.signal,
    );
    this.#printer = new Printer({
      context: () => cellContext(this.#state, clock.now()),
      onDrawing: (drawing) => this.#state = { ...this.#state, drawing },
      onReady: () => this.#frames.request("soon"),
      spawn: (task) => this.#spawn(task),
    });
    this.#drafts = new DraftKeeper(ports.drafts, ports.clock);
    this.#files = new FileFinder(ports.services.fileSearch);
    this.#threads = new SessionThreads(ports.services, {
      onEvent: (threadId, event) => this.#onEvent(threadId, event),
      onEnd: (threadId, error) => this.#onThreadEnd(threadId, error),
    });
  }

  async run(request: TuiRequest): Promise<number> {
    this.#threads.defaults = request.thread;
    const { signal } = this.#controller;
    const stops = this.#watch();
    this.#session.enter();
    try {
      this.#prelude += this.#screen.locate();
      this.#frames.request("now");
      await using scope = new TaskScope(signal);
      this.#scope = scope;
      scope.spawn(() => this.#readInput());
      for (const step of startUp(request, this.#ports)) this.#apply(step);
      scope.spawn(() => this.#printer.load());
      await untilAborted(scope.signal);
      // Anything but the end of the session is a mistake of ours.
      if (!signal.aborted) throw scope.signal.reason;
      await Promise.all([this.#threads.close(), this.#files.close()]);
    } finally {
      await this.#leave();
      stops.forEach((stop) => stop());
    }
    return this.#exitCode;
  }

  #scope: TaskScope | undefined;
  #exitCode = 0;

  /** Takes the view off, gives the terminal back and says how to go on. */
  async #leave(): Promise<void> {
    await this.#frames.settled().catch(ignoreClosedTerminal);
    const { terminal } = this.#ports;
    try {
      if (this.#full !== undefined) terminal.writeOut(LEAVE_FULL_SCREEN);
      this.#full = undefined;
      terminal.writeOut(this.#drawLast() + this.#screen.erase());
    } catch (error) {
      ignoreClosedTerminal(error);
    }
    this.#session.leave();
    await this.#drafts.keep().catch(ignoreClosedTerminal);
    try {
      for (const text of exitMessage(this.#state)) {
        terminal.writeOut(`${text}\r\n`);
      }
    } catch (error) {
      ignoreClosedTerminal(error);
    }
  }

  /** What is finished and was not shown yet. */
  #drawLast(): string {
    const finished = this.#printer.takeAll();
    return finished.length === 0
      ? ""
      : this.#screen.draw({ finished, view: [EMPTY_LINE], cursor: undefined });
  }

  #watch(): readonly (() => void)[] {
    const { console, signals } = this.#ports;
    const end = (code: number) => () => this.#quit(code);
    return [
      console.onResize(() => this.#onResize()),
      console.onHangUp(end(129)),
      signals.onTerminate(end(143)),
      signals.onInterrupt(end(130)),
      console.onFatalError(() => this.#session.leave()),
    ];
  }

  #quit(code: number): void {
    this.#exitCode = code;
    this.#controller.abort(new Error("The session is over"));
  }

  // ---- what happens ----

  async #readInput(): Promise<void> {
    const { console } = this.#ports;
    const { signal } = this.#controller;
    while (!signal.aborted) {
      await this.#pause;
      const bytes = await abortable(console.read(), signal).catch(() => null);
      if (bytes === null) return;
      if (bytes === undefined) return this.#quit(0);
      for (const event of this.#decoder.feed(bytes)) this.#onInput(event);
      if (this.#decoder.isWaiting) this.#waitForRest();
    }
  }

  /** An escape that nothing follows is the key. */
  #waitForRest(): void {
    this.#spawn(async (signal) => {
      await this.#ports.clock.sleep(ESCAPE_MS, signal);
      for (const event of this.#decoder.flush()) this.#onInput(event);
    });
  }

  #onInput(event: InputEvent): void {
    if (event.type === "cursorReport") return this.#screen.located(event.row);
    const { clock } = this.#ports;
    this.#dispatch(
      {
        type: "input",
        event,
        atMs: clock.monotonic(),
        nowMs: clock.now(),
      },
      "now",
    );
  }

  /** While somebody drags, nothing is drawn; what comes of it is drawn at the end. */
  #onResize(): void {
    this.#resizes++;
    if (this.#resizes > 1) return;
    this.#spawn(async (signal) => {
      for (let seen = 0; seen !== this.#resizes;) {
        seen = this.#resizes;
        await this.#ports.clock.sleep(RESIZE_MS, signal);
      }
      this.#resizes = 0;
      this.#takeSize();
      this.#frames.request("now");
    });
  }

  /** Since nothing has been drawn. */
  #resizes = 0;

  #takeSize(): void {
    const size = this.#ports.console.size();
    const { columns, rows } = this.#screen.size;
    if (size.columns === columns && size.rows === rows) return;
    if (this.#full === undefined) {
      this.#prelude += this.#screen.resize(size);
    } else {
      this.#full = new FullScreen(this.#encoder, size);
      this.#isResizedBelow = true;
    }
    this.#dispatch({ type: "resized", size }, "now");
  }

  /** The size has changed while the alternate screen was shown. */
  #isResizedBelow = false;

  #onEvent(threadId: ThreadId, event: ThreadEvent): void {
    this.#dispatch({
      type: "thread",
      threadId,
      event,
      nowMs: this.#ports.clock.now(),
    }, "soon");
  }

  #onThreadEnd(threadId: ThreadId, error: unknown): void {
    if (error === undefined || this.#state.thread?.id !== threadId) return;
    this.#apply(say(noticeCell("error", wordsOf("The session ended", error))));
  }

  // ---- from messages to effects ----

  #dispatch(message: Message, when: "now" | "soon"): void {
    this.#take(update(this.#state, message), when);
  }

  #apply(change: Change): void {
    this.#take(change(this.#state), "soon");
  }

  #take({ state, effects }: Step, when: "now" | "soon"): void {
    const before = this.#state;
    this.#state = askShown(state, this.#ports.clock.monotonic());
    this.#letGoOfFiles(before);
    const keep = this.#drafts.note(state.composer);
    if (keep !== undefined) this.#spawn(keep);
    for (const effect of effects) this.#perform(effect);
    this.#tick();
    this.#frames.request(when);
  }

  #perform(effect: Effect): void {
    switch (effect.type) {
      case "print":
        return this.#printer.print(effect.cells);
      case "stream":
        return this.#printer.stream(effect, effect.delta);
      case "endStream":
        return this.#printer.endStream();
      case "op":
        return this.#spawn(() =>
          this.#threads.submit(effect.threadId, effect.op)
        );
      case "open":
        return this.#open(effect.how);
      case "closeThread":
        return this.#spawn(() => this.#threads.end(effect.threadId));
      case "redraw":
        return this.#redraw(effect);
      case "copy":
        return this.#writeRaw(copySequence(effect.text));
      case "notify":
        return this.#notify(effect);
      case "remember": {
        const id = this.#state.thread?.id ?? "";
        return this.#spawn(() => this.#ports.prompts.add(effect.text, id));
      }
      case "searchFiles":
        return this.#searchFiles(effect.query);
      case "edit":
        return this.#edit(effect.text);
      case "suspend":
        return this.#suspend();
      case "quit":
        return this.#quit(0);
      case "call":
        return this.#call(effect);
    }
  }

  /** A task of the session; what goes wrong in it is told. */
  #spawn(task: (signal: AbortSignal) => Promise<void>): void {
    this.#scope?.spawn(async (signal) => {
      try {
        await task(signal);
      } catch (error) {
        if (signal.aborted) return;
        this.#apply(say(noticeCell("error", wordsOf("", error))));
      }
    });
  }

  #call({ attempt, run }: Extract<Effect, { type: "call" }>): void {
    this.#scope?.spawn(async (signal) => {
      try {
        this.#apply(await run(this.#ports, signal));
      } catch (error) {
        if (signal.aborted) return;
        this.#apply(say(noticeCell("error", wordsOf(attempt, error))));
      }
    });
  }

  #open(how: OpenThreadHow): void {
    this.#call({
      type: "call",
      attempt: "Cannot open the session",
      run: (_, signal) => this.#threads.open(how, signal),
    });
  }

  // ---- the history ----

  /** Shows other cells; what is in the scrollback stays there, if it may. */
  #redraw({ cells, scrollback }: Extract<Effect, { type: "redraw" }>): void {
    this.#printer.clear();
    this.#prelude += this.#screen.erase() +
      (scrollback === "clear" ? CLEAR_TERMINAL : "") + this.#screen.reset();
    this.#printer.print(cells);
    this.#printer.keepLast(REDRAW_ROWS_MAX);
    const answering = this.#state.thread?.answering;
    if (answering !== undefined) {
      this.#printer.stream(answering, answering.text);
    }
  }

  // ---- frames ----

  #draw(): string {
    if (this.#resizes > 0) return "";
    const state = this.#state;
    const nowMs = this.#ports.clock.now();
    const top = topPane(state);
    const title = this.#session.title(titleText(state, nowMs)) +
      this.#session.progress(
        state.thread?.turn === undefined ? "none" : "busy",
      );
    if (top !== undefined && takesScreen(state, top.pane)) {
      return title + this.#drawFull(top.pane.render(paneContext(state, nowMs)));
    }
    const left = this.#leaveFull();
    const finished = this.#printer.take();
    const view = viewState(state, this.#printer.open(), nowMs);
    this.#state = {
      ...state,
      composer: { ...state.composer, top: view.composerTop },
    };
    const prelude = left + this.#prelude;
    this.#prelude = "";
    const frame = this.#screen.draw({
      finished,
      view: view.lines,
      cursor: view.cursor,
    });
    return title + prelude + frame;
  }

  #drawFull(
    { lines, cursor }: {
      readonly lines: readonly Line[];
      readonly cursor?:
        | { readonly row: number; readonly column: number }
        | undefined;
    },
  ): string {
    const enter = this.#full === undefined ? ENTER_FULL_SCREEN : "";
    this.#full ??= new FullScreen(this.#encoder, this.#state.size);
    return enter + this.#full.draw(lines, cursor);
  }

  #leaveFull(): string {
    if (this.#full === undefined) return "";
    this.#full = undefined;
    const resized = this.#isResizedBelow
      ? this.#screen.resize(this.#state.size)
      : "";
    this.#isResizedBelow = false;
    return LEAVE_FULL_SCREEN + resized;
  }

  /** Something that is not part of the picture. */
  #writeRaw(bytes: string): void {
    this.#prelude += bytes;
    if (this.#full !== undefined) {
      this.#prelude = "";
      this.#spawn(() => this.#ports.terminal.write(bytes));
    }
  }

  /** Keeps what moves moving, as long as something is under way. */
  #tick(): void {
    const isBusy = [this.#state.thread, ...this.#state.others.values()]
      .some((view) => view?.turn !== undefined);
    if (!isBusy || this.#isTicking) return;
    this.#isTicking = true;
    const { animations } = this.#state.settings;
    this.#spawn(async (signal) => {
      await this.#ports.clock.sleep(animations ? TICK_MS : 1_000, signal);
      this.#isTicking = false;
      this.#frames.request("soon");
      this.#tick();
    });
  }

  // ---- the machine ----

  #notify({ kind, text }: Extract<Effect, { type: "notify" }>): void {
    const bytes = notification(this.#state, kind, text);
    if (bytes === undefined) return;
    this.#writeRaw(bytes);
    if (this.#state.traits.isWindowsTerminal) {
      this.#spawn((signal) =>
        this.#ports.toast("Codex", printable(text, "plain"), signal)
      );
    }
  }

  #searchFiles(query: string): void {
    const cwd = this.#state.thread?.info.cwd ?? this.#state.cwd;
    this.#spawn(() =>
      this.#files.find(query, cwd, (files) =>
        this.#apply((state) => ({
          state: {
            ...state,
            composer: {
              ...state.composer,
              popup: { ...state.composer.popup, files },
            },
          },
          effects: [],
        })))
    );
  }

  /** Files that nobody is looking for any more need not be known. */
  #letGoOfFiles(before: TuiState): void {
    const hasList = (state: TuiState) => popupOf(state)?.kind === "files";
    if (hasList(before) && !hasList(this.#state)) {
      this.#spawn(() => this.#files.close());
    }
  }

  #edit(text: string): void {
    this.#withoutTerminal(async (signal) => {
      const result = await this.#ports.editExternally(text, signal);
      const { externallyEdited } = await import("./external_edit.ts");
      this.#apply(externallyEdited(result));
    });
  }

  #suspend(): void {
    this.#withoutTerminal(() => this.#ports.console.suspend());
  }

  /** Gives the terminal to somebody else for a while. */
  #withoutTerminal(act: (signal: AbortSignal) => Promise<void>): void {
    this.#spawn(async (signal) => {
      await this.#frames.settled();
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#pause = promise;
      this.#ports.terminal.writeOut(this.#screen.erase());
      this.#session.leave();
      try {
        await act(signal);
      } finally {
        this.#session.enter();
        this.#prelude += this.#screen.reset();
        this.#takeSize();
        this.#pause = undefined;
        resolve();
        this.#frames.request("now");
      }
    });
  }
}

/** OSC 52: the terminal puts it on its own clipboard, over any number of links. */
function copySequence(text: string): string {
  const bytes = new TextEncoder().encode(text);
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return `\x1b]52;c;${btoa(binary)}\x07`;
}

function wordsOf(attempt: string, error: unknown): string {
  const reason = error instanceof Error ? error.message : String(error);
  return attempt === "" ? reason : `${attempt}: ${reason}`;
}

function ignoreClosedTerminal(_: unknown): void {
  // Nobody is there to be told.
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
