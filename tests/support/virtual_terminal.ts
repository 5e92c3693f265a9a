/** A terminal without a window: what a program wrote, as a person would see it. */
import xterm from "@xterm/headless";

export interface TerminalCell {
  readonly text: string;
  readonly isBold: boolean;
  readonly isDim: boolean;
  /** An index, 24 bits, or undefined for the terminal's own. */
  readonly fg: number | undefined;
  readonly bg: number | undefined;
}

export class VirtualTerminal {
  readonly #terminal: xterm.Terminal;
  /** What the terminal said to the program. */
  readonly answers: string[] = [];
  title = "";

  constructor(columns: number, rows: number) {
    this.#terminal = new xterm.Terminal({
      cols: columns,
      rows,
      scrollback: 10_000,
      allowProposedApi: true,
    });
    this.#terminal.onData((data) => this.answers.push(data));
    this.#terminal.onTitleChange((title) => this.title = title);
  }

  /** Resolves once the bytes have been acted on. */
  write(data: string | Uint8Array): Promise<void> {
    return new Promise((resolve) => this.#terminal.write(data, resolve));
  }

  resize(columns: number, rows: number): void {
    this.#terminal.resize(columns, rows);
  }

  /** The rows that are visible, without spaces at their ends. */
  screen(): readonly string[] {
    const { baseY } = this.#buffer;
    return this.#rows(baseY, baseY + this.#terminal.rows);
  }

  /** The rows that have been scrolled out. */
  scrollback(): readonly string[] {
    return this.#rows(0, this.#buffer.baseY);
  }

  /** Everything, rows the terminal wrapped itself joined again. */
  everything(): string {
    const rows: string[] = [];
    const end = this.#buffer.baseY + this.#terminal.rows;
    for (let at = 0; at < end; at++) {
      const row = this.#buffer.getLine(at);
      const text = row?.translateToString(true) ?? "";
      if (row?.isWrapped) rows.push((rows.pop() ?? "") + text);
      else rows.push(text);
    }
    return rows.join("\n").trimEnd();
  }

  get cursor(): { readonly row: number; readonly column: number } {
    return { row: this.#buffer.cursorY, column: this.#buffer.cursorX };
  }

  /** A cell of the visible rows. */
  cell(row: number, column: number): TerminalCell {
    const cell = this.#buffer.getLine(this.#buffer.baseY + row)?.getCell(
      column,
    );
    return {
      text: cell?.getChars() ?? "",
      isBold: cell?.isBold() !== 0,
      isDim: cell?.isDim() !== 0,
      fg: cell === undefined || cell.isFgDefault()
        ? undefined
        : cell.getFgColor(),
      bg: cell === undefined || cell.isBgDefault()
        ? undefined
        : cell.getBgColor(),
    };
  }

  /** True while a program that takes the whole screen has it. */
  get isAlternate(): boolean {
    return this.#terminal.buffer.active.type === "alternate";
  }

  get modes(): xterm.IModes {
    return this.#terminal.modes;
  }

  dispose(): void {
    this.#terminal.dispose();
  }

  get #buffer(): xterm.IBuffer {
    return this.#terminal.buffer.active;
  }

  #rows(from: number, to: number): readonly string[] {
    return Array.from(
      { length: to - from },
      (_, index) =>
        this.#buffer.getLine(from + index)?.translateToString(true) ?? "",
    );
  }
}
