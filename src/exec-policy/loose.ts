/** Finds commands in a text that is not understood: any word could begin one. */
import type { Argv } from "./rule.ts";

/** Rules and lists look at no more words of a command than this. */
const WORDS_MAX = 24;

/** Every place in the text where a command could begin. */
export function looseCommands(text: string): readonly Argv[] {
  const words = text.split(/[\s;|&(){}<>`$"'\\=]+/)
    .filter((word) => word !== "");
  return words.map((_, index) => words.slice(index, index + WORDS_MAX));
}
