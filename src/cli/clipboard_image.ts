/** The picture on the clipboard, by the programs that can read one. */
import type { Platform } from "@/platform/platform.ts";
import { FileError } from "@/platform/platform.ts";
import { imageFormat } from "@/text/image_format.ts";

/** Asked in this order; the first that prints a picture wins. */
const READERS: Readonly<
  Record<Platform["host"]["os"], readonly (readonly string[])[]>
> = {
  linux: [
    ["wl-paste", "--no-newline", "--type", "image/png"],
    ["xclip", "-selection", "clipboard", "-target", "image/png", "-out"],
  ],
  darwin: [["pngpaste", "-"]],
  windows: [],
};

/** A screenshot of a large screen; more is no picture. */
const IMAGE_BYTES_MAX = 64 * 1024 * 1024;

/**
 * Writes the picture to a file of its own; gives its path.
 *
 * @throws Error with the reason
 */
export async function clipboardImage(
  platform: Platform,
  signal: AbortSignal,
): Promise<string> {
  const { files, host } = platform;
  for (const argv of READERS[host.os]) {
    const bytes = await outputOf(platform, argv, signal);
    if (bytes === undefined || imageFormat(bytes) === undefined) continue;
    const directory = await files.makeTempDirectory("codex-clipboard-");
    const path = `${directory}/image.png`;
    await files.replaceFile(path, bytes, 0o600);
    return path;
  }
  const names = READERS[host.os].map(([name]) => name).join(" or ");
  throw new Error(
    names === ""
      ? "clipboard unavailable: pasting pictures is not supported here; paste the file's path"
      : `clipboard unavailable: no picture there, or ${names} is not installed; ` +
        "paste the file's path instead",
  );
}

async function outputOf(
  { processes, env, host }: Platform,
  argv: readonly string[],
  signal: AbortSignal,
): Promise<Uint8Array | undefined> {
  let child;
  try {
    child = processes.spawn({
      argv,
      cwd: host.cwd,
      env: env.all(),
      stdin: "null",
      newGroup: true,
    });
  } catch (error) {
    if (error instanceof FileError) return undefined;
    throw error;
  }
  const kill = () => child.kill("SIGKILL");
  signal.addEventListener("abort", kill, { once: true });
  try {
    const [bytes, , { code }] = await Promise.all([
      readBytes(child.stdout),
      readBytes(child.stderr),
      child.exit,
    ]);
    return code === 0 ? bytes : undefined;
  } finally {
    signal.removeEventListener("abort", kill);
  }
}

async function readBytes(
  stream: ReadableStream<Uint8Array>,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of stream) {
    if (length + chunk.length > IMAGE_BYTES_MAX) continue;
    chunks.push(chunk);
    length += chunk.length;
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}
