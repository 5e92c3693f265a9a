/** The version of the command-line contract this program keeps, and its own name. */

/** The release whose flags, files and messages this program follows. */
export const VERSION = "0.124.0";

/** How this program names itself to servers; ours, not the reference's. */
export const PRODUCT = "codex_deno";
