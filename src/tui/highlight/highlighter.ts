/**
 * The grammars that are loaded, for as long as the program runs. Colouring never
 * waits: code is plain until its grammar is there, and who prints for ever asks
 * `isComing` first and prints a moment later.
 */
import type { Theme } from "../render/theme.ts";
import { GrammarReader } from "./code_reader.ts";
import { type Grammar, grammarOf } from "./languages.ts";
import { type CodeReader, PLAIN_READER } from "./plain_reader.ts";

export class Highlighter {
  readonly #grammars = new Map<string, Grammar>();
  readonly #loads = new Map<string, Promise<void>>();
  readonly #problems = new Map<string, unknown>();

  /** Why grammars could not be loaded, by language; their code stays plain. */
  get problems(): ReadonlyMap<string, unknown> {
    return this.#problems;
  }

  /** True while the language is known, but its grammar not there yet. Starts its load. */
  isComing(language: string): boolean {
    if (this.#grammars.has(language)) return false;
    this.#begin(language);
    return this.#loads.has(language);
  }

  /** Resolves when nothing that was asked for is on its way any more. */
  async settled(): Promise<void> {
    while (this.#loads.size > 0) await Promise.all(this.#loads.values());
  }

  /** Loads a language; resolves at once when there is no such one. */
  async load(language: string): Promise<void> {
    this.isComing(language);
    await this.#loads.get(language);
  }

  /** A reader for one piece of code, from its start. */
  reader(language: string, theme: Theme): CodeReader {
    const grammar = this.#grammars.get(language);
    if (grammar !== undefined) return new GrammarReader(grammar, theme.syntax);
    this.#begin(language);
    return PLAIN_READER;
  }

  #begin(language: string): void {
    const load = grammarOf(language);
    const isAsked = this.#loads.has(language) || this.#problems.has(language);
    if (load === undefined || isAsked) return;
    // Owned by `settled()`.
    this.#loads.set(
      language,
      load().then(
        (grammar) => {
          this.#grammars.set(language, grammar);
        },
        (problem: unknown) => {
          this.#problems.set(language, problem);
        },
      ).finally(() => this.#loads.delete(language)),
    );
  }
}
