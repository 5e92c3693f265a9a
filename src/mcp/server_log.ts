/**
 * What servers say beside the protocol's answers goes to our own log, cut and counted:
 * a server that floods cannot fill a terminal or a disk.
 */
import type { Log } from "@/platform/log.ts";

/** Lines of one server; what matters of a log is its beginning. */
const LINES_MAX = 500;
/** Characters of one line. */
const LINE_MAX = 500;

export class ServerLog {
  readonly #log: Log;
  readonly #name: string;
  #lines = 0;

  constructor(log: Log, name: string) {
    this.#log = log;
    this.#name = name;
  }

  /** A line our own log would show with `RUST_LOG=debug`. */
  debug(text: () => string): void {
    this.#write("debug", text);
  }

  /** A message the server sent at one of the protocol's levels. */
  message(level: string, text: () => string): void {
    switch (level) {
      case "debug":
        return this.#write("debug", text);
      case "info":
      case "notice":
        return this.#write("info", text);
      default:
        // A server's emergency is not one of this program.
        return this.#write("warn", text);
    }
  }

  #write(level: "debug" | "info" | "warn", text: () => string): void {
    if (this.#lines > LINES_MAX) return;
    this.#lines++;
    const line = this.#lines > LINES_MAX
      ? () => `more than ${LINES_MAX} lines; what else it says is left out`
      : text;
    // One line, whatever a server puts into it.
    this.#log[level](
      "mcp",
      () => `${this.#name}: ${JSON.stringify(line().slice(0, LINE_MAX))}`,
    );
  }
}
