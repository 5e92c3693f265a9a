/** The other agent's names in instructions, as this one's. Pure. */

/**
 * Longest first. A name inside a word stays, and so does one in the name of a file or
 * directory: what is there is still called so.
 */
const TERMS =
  /(?<![\w./-])(?:claude\.md|claude(?:[ _-]?code)?)(?![\w/-]|\.\w)/gi;

export function withOwnNames(text: string): string {
  return text.replace(
    TERMS,
    (term) => term.toLowerCase() === "claude.md" ? "AGENTS.md" : "Codex",
  );
}
