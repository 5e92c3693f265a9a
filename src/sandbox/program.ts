/**
 * Finds the program a command names, as execvp(3) would, before anything is started.
 * So "no such program" is the same error under every mechanism and is never confused
 * with a sandbox that could not be set up.
 */
import { isAbsolute } from "@/platform/paths.ts";
import {
  FileError,
  type FileInfo,
  type FileSystem,
} from "@/platform/platform.ts";

const DEFAULT_PATH = "/usr/local/bin:/usr/bin:/bin";

export interface ProgramQuestion {
  readonly name: string;
  readonly cwd: string;
  readonly path: string | undefined;
}

/**
 * The absolute path of the program.
 *
 * @throws FileError `not_found` or `permission`, with the system's words
 */
export async function findProgram(
  files: FileSystem,
  question: ProgramQuestion,
): Promise<string> {
  const { name, cwd, path } = question;
  let isForbidden = false;
  for (const candidate of candidates(name, cwd, path ?? DEFAULT_PATH)) {
    const info = await statIfReachable(files, candidate);
    if (info === undefined) continue;
    if (info.isFile && (info.mode & 0o111) !== 0) return candidate;
    isForbidden = true;
  }
  throw isForbidden
    ? new FileError("permission", name, "Permission denied (os error 13)")
    : new FileError(
      "not_found",
      name,
      "No such file or directory (os error 2)",
    );
}

async function statIfReachable(
  files: FileSystem,
  path: string,
): Promise<FileInfo | undefined> {
  try {
    return await files.stat(path);
  } catch (error) {
    // A file or a closed directory on PATH hides nothing that comes after it.
    if (error instanceof FileError) return undefined;
    throw error;
  }
}

function candidates(
  name: string,
  cwd: string,
  path: string,
): readonly string[] {
  if (name === "") return [];
  if (name.includes("/")) return [below(cwd, name)];
  return path.split(":").map((directory) => `${below(cwd, directory)}/${name}`);
}

// Not `resolvePath`: it would take ".." as text, and the kernel follows links first.
function below(cwd: string, path: string): string {
  return isAbsolute(path) ? path : `${cwd}/${path}`;
}
