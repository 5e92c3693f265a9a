/** Paths as people read them: from the working directory, or from home. */

export interface PathContext {
  readonly cwd: string;
  readonly homeDirectory: string | undefined;
}

/** Relative to the working directory, else to home with `~`, else as it is. */
export function shownPath(path: string, context: PathContext): string {
  const inside = below(path, context.cwd);
  return inside === undefined || inside === ""
    ? homePath(path, context.homeDirectory)
    : inside;
}

/** With `~` for the home directory. */
export function homePath(path: string, home: string | undefined): string {
  // Below a home of "/" everything lies.
  const inside = home === undefined || home === "/"
    ? undefined
    : below(path, home);
  if (inside === undefined) return path;
  return inside === "" ? "~" : `~/${inside}`;
}

/** The path seen from a directory; undefined when it is not in there. */
export function below(path: string, directory: string): string | undefined {
  if (path === directory) return "";
  const prefix = directory.endsWith("/") ? directory : `${directory}/`;
  return path.startsWith(prefix) ? path.slice(prefix.length) : undefined;
}

export function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
