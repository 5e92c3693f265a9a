/**
 * Recognises a command that failed because of the sandbox. Nobody reports that, so the
 * words of its output have to do; a wrong guess costs a question, never a right.
 */

/** What programs print when a confined call fails; compared in lower case. */
const DENIAL_WORDS = [
  "operation not permitted",
  "permission denied",
  "read-only file system",
  "seccomp",
  "sandbox",
  "landlock",
  "failed to write file",
];

/** 128 + SIGSYS: killed by the system call filter. */
const EXIT_SIGSYS = 159;

/** True when a confined command's end looks like the sandbox's doing. */
export function looksDenied(exitCode: number, output: string): boolean {
  if (exitCode === 0) return false;
  return exitCode === EXIT_SIGSYS || deniedLines(output).length > 0;
}

/** The lines of an output that tell of a denial. */
export function deniedLines(output: string): readonly string[] {
  return output.split("\n").filter((line) => {
    const text = line.toLowerCase();
    return DENIAL_WORDS.some((words) => text.includes(words));
  });
}
