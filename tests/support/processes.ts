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
