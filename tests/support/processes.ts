/** Looks for processes of this machine. */

/**
 * True while a process with this text in its command line runs. The text goes through
 * the environment, so that the search does not find itself.
 */
export async function isRunning(text: string): Promise<boolean> {
  const { code } = await new Deno.Command("/bin/sh", {
    args: ["-c", SEARCH],
    env: { TEXT: text },
    stdout: "null",
    stderr: "null",
  }).output();
  return code === 0;
}

const SEARCH = `
for file in /proc/[0-9]*/cmdline; do
  case $(tr '\\0' ' ' <"$file") in *"$TEXT"*) exit 0 ;; esac
done
exit 1
`;

/** A killed tree takes milliseconds to go, and longer on a machine that is busy. */
const GRACE_MS = 3_000;

/** True when no process with this text is left, at once or within a moment. */
export async function isGone(text: string): Promise<boolean> {
  const end = performance.now() + GRACE_MS;
  while (await isRunning(text)) {
    if (performance.now() > end) return false;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return true;
}
