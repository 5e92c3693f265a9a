/**
 * From cells and answers to finished rows, in the order in which they came. What draws
 * Markdown and code is loaded beside the first frame; what needs it waits for it, and
 * what comes behind waits too, because a row is printed once.
 */
import {
  AnswerStream,
  loadMarkdown,
  type MarkdownParts,
} from "./answer_stream.ts";
import type { Cell } from "./cell.ts";
import type { CellContext, Drawing } from "./cells/context.ts";
import { EMPTY_LINE, type Line } from "./render/line.ts";
import type { Answering } from "./state.ts";

type Place = Pick<Answering, "itemId" | "kind">;

type Job =
  | { readonly type: "cell"; readonly cell: Cell }
  | { readonly type: "delta"; readonly place: Place; readonly text: string }
  | { readonly type: "end" };

export interface PrinterPorts {
  /** What cells have to know, now. */
  context(): CellContext;
  /** What draws Markdown and code is there. */
  onDrawing(drawing: Drawing): void;
  /** Something that was waited for can be drawn. */
  onReady(): void;
  /** Starts a task of the session; what goes wrong in it is told there. */
  spawn(task: () => Promise<void>): void;
}

export class Printer {
  readonly #ports: PrinterPorts;
  #loading: Promise<MarkdownParts> | undefined;
  #parts: MarkdownParts | undefined;
  #isWaiting = false;
  #jobs: Job[] = [];
  /** Finished and not taken. */
  #rows: Line[] = [];
  #stream: AnswerStream | undefined;

  constructor(ports: PrinterPorts) {
    this.#ports = ports;
  }

  print(cells: readonly Cell[]): void {
    for (const cell of cells) this.#jobs.push({ type: "cell", cell });
    this.#work();
  }

  /** More of an answer. */
  stream(place: Place, text: string): void {
    this.#jobs.push({ type: "delta", place, text });
    this.#work();
  }

  endStream(): void {
    this.#jobs.push({ type: "end" });
    this.#work();
  }

  /** Forgets what was not printed yet. */
  clear(): void {
    this.#jobs = [];
    this.#rows = [];
    this.#stream = undefined;
  }

  /** Keeps no more than the newest rows of what was not taken yet. */
  keepLast(rowsMax: number): void {
    this.#rows = this.#rows.slice(-rowsMax);
  }

  /** Rows that are finished, each once. */
  take(): readonly Line[] {
    if (this.#stream !== undefined && this.#jobs.length === 0) {
      this.#push(this.#stream.take(this.#ports.context().width));
      this.#drawAgainInColours(this.#stream);
    }
    return this.#rows.splice(0);
  }

  /** The same at the end, when nothing is waited for any more. */
  takeAll(): readonly Line[] {
    for (const job of this.#jobs.splice(0)) this.#do(job);
    if (this.#stream !== undefined) this.#do({ type: "end" });
    return this.#rows.splice(0);
  }

  /** The unfinished rest of an answer. */
  open(): readonly Line[] {
    return this.#stream?.open(this.#ports.context().width) ?? [];
  }

  /** Loads what draws Markdown and code, so that the first one need not wait. */
  async load(): Promise<Drawing> {
    const parts = await (this.#loading ??= loadMarkdown());
    if (this.#parts === undefined) {
      this.#parts = parts;
      this.#ports.onDrawing(parts.drawing);
      this.#work();
    }
    return parts.drawing;
  }

  /** Does what can be done now, in order. */
  #work(): void {
    while (this.#jobs.length > 0) {
      const job = this.#jobs[0];
      if (job === undefined) return;
      if (!this.#isReady(job)) return this.#workLater();
      this.#jobs.shift();
      this.#do(job);
    }
  }

  #isReady(job: Job): boolean {
    switch (job.type) {
      case "cell": {
        const { languages } = job.cell;
        if (languages === undefined) return true;
        const highlighter = this.#parts?.drawing.highlighter;
        // Every one is asked about, so that all of them are on their way.
        return highlighter !== undefined &&
          languages.filter((each) => highlighter.isComing(each)).length === 0;
      }
      case "delta":
        return this.#parts !== undefined;
      case "end":
        return true;
    }
  }

  #workLater(): void {
    if (this.#isWaiting) return;
    this.#isWaiting = true;
    this.#ports.spawn(async () => {
      try {
        const { highlighter } = await this.load();
        await highlighter.settled();
      } finally {
        this.#isWaiting = false;
      }
      this.#work();
      this.#ports.onReady();
    });
  }

  #do(job: Job): void {
    const context = this.#ports.context();
    switch (job.type) {
      case "cell": {
        const lines = job.cell.lines(context);
        if (lines.length > 0) this.#push([EMPTY_LINE, ...lines]);
        return;
      }
      case "delta": {
        const { place, text } = job;
        if (this.#stream?.itemId !== place.itemId) {
          const { theme, cwd } = context;
          const markdown = this.#parts?.start(theme, cwd);
          if (markdown === undefined) return;
          this.#stream = new AnswerStream(
            place.itemId,
            place.kind,
            markdown,
            theme,
          );
        }
        return this.#stream.push(text);
      }
      case "end":
        this.#push(this.#stream?.finish(context.width) ?? []);
        this.#stream = undefined;
        return;
    }
  }

  /** One by one: a long answer has more rows than a call may have arguments. */
  #push(rows: readonly Line[]): void {
    for (const row of rows) this.#rows.push(row);
  }

  #drawAgainInColours(stream: AnswerStream): void {
    if (!stream.isWaiting || this.#isWaiting) return;
    this.#workLater();
  }
}
