/**
 * Commands that destroy without asking. They are asked about wherever somebody can be
 * asked, also inside the sandbox: what they remove there is the user's work.
 */
import { baseName } from "./program.ts";
import type { Argv } from "./rule.ts";

/** True for a command on the list. */
export function isDangerous(argv: Argv): boolean {
  const [program = "", ...args] = argv;
  return baseName(program) === "rm" && isForced(args);
}

/** `-f` alone or among other letters, `--force` in any length, before `--`. */
function isForced(args: readonly string[]): boolean {
  const end = args.indexOf("--");
  const options = end < 0 ? args : args.slice(0, end);
  return options.some((word) =>
    /^-[A-Za-z]*f/.test(word) || /^--f(?:o(?:r(?:ce?)?)?)?$/.test(word)
  );
}

/**
 * False when no reading of the texts can find a dangerous command. A way to do without
 * the parser: cheap, and wrong only on the careful side.
 */
export function mayBeDangerous(argv: Argv): boolean {
  return argv.some((word) => {
    // ANSI-C quoting can spell any letter by its number.
    if (word.includes("$'")) return true;
    const text = word.replaceAll(/['"\\\n]/g, "");
    // Braces can put the letters together: `{r,x}m`.
    return /rm/.test(text) || (text.includes("{") && /r[^]*m/.test(text));
  });
}
