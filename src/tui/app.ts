/**
 * The terminal UI at work: what happens becomes messages, `update` makes the next state
 * of them, and the effects it asks for are done here and nowhere else.
 */
import { abortable, TaskScope } from "@/async/scope.ts";
import type { ThreadEvent } from "@/protocol/events.ts";
import type { ThreadId } from "@/protocol/ids.ts";
import { printable } from "@/text/ansi.ts";
import {
  AnswerStream,
  loadMarkdown,
  type MarkdownParts,
} from "./answer_stream.ts";
import type { Cell } from "./cell.ts";
import { noticeCell } from "./cells/notice.ts";
import type { CellContext } from "./cells/context.ts";
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
/** Steps of what moves while something is under way. */
const TICK_MS = 80;
/** Rows printed of a thread that is shown again; all of them are in the transcript. */
const REDRAW_ROWS_MAX = 2_000;

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
  /** Rows that are finished and not written yet. */
  #finished: Line[] = [];
  /** Cells that wait for what draws them, and what comes behind them. */
  #unprinted: Cell[] = [];
  #isLoading = false;
  /** To be written before the next frame, as it is. */
  #prelude = "";
  #stream: AnswerStream | undefined;
  #markdown: Promise<MarkdownParts> | undefined;
  /** Deltas of an answer while what draws it is being loaded. */
  #parts: MarkdownParts | undefined;
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
      scope.spawn(() => this.#loadMarkdown());
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
    this.#printCells(this.#unprinted.splice(0));
    const finished = this.#finished.splice(0);
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

  #onResize(): void {
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
        return this.#print(effect.cells);
      case "stream":
        return this.#streamed(effect);
      case "endStream":
        return this.#endStream();
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

  get #context(): CellContext {
    return cellContext(this.#state, this.#ports.clock.now());
  }

  #print(cells: readonly Cell[]): void {
    this.#unprinted.push(...cells);
    this.#printReady();
  }

  /** Prints up to the first cell that waits for what draws it. */
  #printReady(): void {
    while (this.#unprinted.length > 0) {
      const [cell] = this.#unprinted;
      if (cell !== undefined && !this.#canDraw(cell)) {
        return this.#printWhenLoaded();
      }
      this.#printCells(this.#unprinted.splice(0, 1));
    }
  }

  #printCells(cells: readonly Cell[]): void {
    const context = this.#context;
    for (const cell of cells) {
      const lines = cell.lines(context);
      if (lines.length === 0) continue;
      if (!cell.isJoined) this.#finished.push(EMPTY_LINE);
      for (const line of lines) this.#finished.push(line);
    }
  }

  #canDraw({ languages }: Cell): boolean {
    if (languages === undefined) return true;
    const { drawing } = this.#state;
    // Every one is asked about, so that all of them are on their way.
    return drawing !== undefined &&
      languages.filter((each) => drawing.highlighter.isComing(each)).length ===
        0;
  }

  #printWhenLoaded(): void {
    if (this.#isLoading) return;
    this.#isLoading = true;
    this.#spawn(async () => {
      try {
        const { drawing } = await this.#loadMarkdown();
        await drawing.highlighter.settled();
      } finally {
        this.#isLoading = false;
      }
      this.#printReady();
      this.#frames.request("soon");
    });
  }

  #redraw({ cells, scrollback }: Extract<Effect, { type: "redraw" }>): void {
    this.#stream = undefined;
    this.#finished = [];
    this.#unprinted = [];
    // The view is left where it is only if the history above it stays.
    this.#prelude += this.#screen.erase() +
      (scrollback === "clear" ? "\x1b[H\x1b[2J\x1b[3J" : "");
    this.#prelude += this.#screen.reset();
    const before = this.#finished.length;
    this.#print(cells);
    const rows = this.#finished.splice(before);
    this.#finished.push(...rows.slice(-REDRAW_ROWS_MAX));
    const answering = this.#state.thread?.answering;
    if (answering === undefined) return;
    this.#streamed({ type: "stream", ...answering, delta: answering.text });
  }

  async #loadMarkdown(): Promise<MarkdownParts> {
    const parts = await (this.#markdown ??= loadMarkdown());
    this.#parts = parts;
    this.#state = { ...this.#state, drawing: parts.drawing };
    return parts;
  }

  #streamed(
    { itemId, kind, delta }:
      & Omit<Extract<Effect, { type: "stream" }>, "type">
      & {
        readonly type: "stream";
      },
  ): void {
    const parts = this.#parts;
    if (parts === undefined) {
      // It begins with all of its text once what draws it is there.
      this.#spawn(async () => {
        await this.#loadMarkdown();
        const { answering } = this.#state.thread ?? {};
        if (this.#stream !== undefined || answering === undefined) return;
        this.#streamed({
          type: "stream",
          ...answering,
          delta: answering.text,
        });
        this.#frames.request("soon");
      });
      return;
    }
    const { theme, thread, cwd } = this.#state;
    if (this.#stream?.itemId !== itemId) {
      const markdown = parts.start(theme, thread?.info.cwd ?? cwd);
      this.#stream = new AnswerStream(itemId, kind, markdown, theme);
      // What came before it was there.
      const text = thread?.answering?.text ?? "";
      if (text.length > delta.length && text.endsWith(delta)) {
        this.#stream.push(text.slice(0, -delta.length));
      }
    }
    this.#stream.push(delta);
    this.#drawWhenReady();
  }

  /** Draws again when the colours of its code have come. */
  #drawWhenReady(): void {
    if (this.#stream?.isWaiting !== true) return;
    this.#spawn(async () => {
      await this.#parts?.drawing.highlighter.settled();
      this.#frames.request("soon");
    });
  }

  #endStream(): void {
    const stream = this.#stream;
    if (stream === undefined) {
      const last = this.#state.thread?.cells.at(-1);
      if (last !== undefined) this.#print([last]);
      return;
    }
    this.#stream = undefined;
    const rest = { lines: () => stream.finish(this.#state.size.columns) };
    this.#print([{ ...rest, isJoined: true }]);
  }

  // ---- frames ----

  #draw(): string {
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
    const width = state.size.columns;
    if (this.#stream !== undefined && this.#unprinted.length === 0) {
      this.#finished.push(...this.#stream.take(width));
    }
    const open = this.#stream?.open(width) ?? [];
    const view = viewState(state, open, nowMs);
    this.#state = {
      ...state,
      composer: { ...state.composer, top: view.composerTop },
    };
    const prelude = left + this.#prelude;
    this.#prelude = "";
    const frame = this.#screen.draw({
      finished: this.#finished.splice(0),
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
        this.#onResize();
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
