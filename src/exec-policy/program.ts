/** What a command's first word names. */

/** The last part of a path; a name is its own last part. */
export function baseName(program: string): string {
  return program.slice(program.lastIndexOf("/") + 1);
}

/** Directories whose programs a confined command cannot have put there. */
const SYSTEM_DIRECTORIES = [
  "/bin/",
  "/sbin/",
  "/usr/bin/",
  "/usr/sbin/",
  "/usr/local/bin/",
  "/usr/local/sbin/",
];

/** True when the program is what its name says: found on the PATH or the system's own. */
export function isGenuine(program: string): boolean {
  const name = baseName(program);
  return name !== "" &&
    (program === name ||
      SYSTEM_DIRECTORIES.some((directory) => program === directory + name));
}
