/**
 * POSIX and Windows paths as text, without asking the machine. `node:path` would do
 * the same and cost six milliseconds of start-up.
 */

/** True for `/x`, `C:\x` and `\\server\x`. */
export function isAbsolute(path: string): boolean {
  return path.startsWith("/") || path.startsWith("\\\\") ||
    /^[A-Za-z]:[\\/]/.test(path);
}

/** Joins and normalises; an absolute later part starts over, as a shell's `cd` would. */
export function resolvePath(base: string, ...parts: readonly string[]): string {
  let path = base;
  for (const part of parts) path = isAbsolute(part) ? part : `${path}/${part}`;
  return normalizePath(path);
}

/** Removes `.`, `..`, doubled and trailing separators; never climbs above the root. */
export function normalizePath(path: string): string {
  const isRooted = path.startsWith("/");
  const kept: string[] = [];
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    if (
      part !== ".." ||
      (!isRooted && (kept.length === 0 || kept.at(-1) === ".."))
    ) {
      kept.push(part);
      continue;
    }
    kept.pop();
  }
  const joined = kept.join("/");
  if (isRooted) return `/${joined}`;
  return joined === "" ? "." : joined;
}

/** Everything before the last separator; `/` for a child of the root. */
export function directoryOf(path: string): string {
  const index = path.lastIndexOf("/");
  if (index < 0) return ".";
  return index === 0 ? "/" : path.slice(0, index);
}

/** The part after the last separator. */
export function baseNameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** True when `path` is `directory` or below it; both absolute and normalised. */
export function isWithin(path: string, directory: string): boolean {
  if (path === directory || directory === "/") return true;
  return path.startsWith(`${directory}/`);
}

/** `path` as seen from `directory`: relative when below it, else unchanged. */
export function relativeTo(path: string, directory: string): string {
  if (path === directory) return ".";
  if (!isWithin(path, directory)) return path;
  return path.slice(directory === "/" ? 1 : directory.length + 1);
}
