/**
 * Makes text from elsewhere safe to print: a command's output or a model's words could
 * otherwise move the cursor over what was shown, set the clipboard, or type answers.
 *
 * Source: ECMA-48 (control sequences, 5.4; control strings, 5.6).
 */

/** What a terminal acts on: CSI, OSC and other strings, single escapes, C0 and C1. */
const CONTROLS = new RegExp(
  [
    "(?:\\x1b\\[|\\x9b)[0-?]*[ -/]*[@-~]?", // CSI …
    "(?:\\x1b[\\]PX^_]|[\\x9d\\x90\\x98\\x9e\\x9f])[^\\x07\\x1b\\x9c]*(?:\\x07|\\x1b\\\\|\\x9c)?",
    "\\x1b[ -/]*[0-~]?", // ESC with intermediates
    "[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f]",
  ].join("|"),
  "g",
);

/** Select Graphic Rendition: colours and weight, the one sequence that only paints. */
// deno-lint-ignore no-control-regex -- escape sequences are what it looks for
const SGR = new RegExp("^(?:\\x1b\\[|\\x9b)[\\d;:]*m$");

/** The text without what a terminal acts on; colours stay when asked for. */
export function printable(
  text: string,
  keepsColours: "keep colours" | "plain",
): string {
  const cleaned = text.replaceAll("\r\n", "\n").replace(
    CONTROLS,
    (control) =>
      keepsColours === "keep colours" && SGR.test(control) ? control : "",
  );
  // A lone carriage return lets a line be overwritten by what follows it.
  const lines = cleaned.replaceAll("\r", "\n");
  return keepsColours === "keep colours" && lines.includes("\x1b[")
    ? `${lines}\x1b[0m`
    : lines;
}
