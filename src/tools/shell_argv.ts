/** How a shell is told to run a script. */

/**
 * The argv for a script: `bash -lc script`, `-c` without a login.
 *
 * @param shell a path or a name
 */
export function shellArgv(
  shell: string,
  script: string,
  options: { readonly login: boolean },
): readonly string[] {
  const name = shell.slice(shell.lastIndexOf("/") + 1);
  switch (name) {
    case "pwsh":
    case "powershell":
    case "powershell.exe":
      return options.login
        ? [shell, "-Command", script]
        : [shell, "-NoProfile", "-Command", script];
    case "cmd":
    case "cmd.exe":
      return [shell, "/c", script];
    default:
      return [shell, options.login ? "-lc" : "-c", script];
  }
}

/** The script of `bash -lc script`; undefined for what is no shell with a script. */
export function scriptOf(argv: readonly string[]): string | undefined {
  const [program = "", flag, script] = argv;
  const name = program.slice(program.lastIndexOf("/") + 1);
  const isShell = ["bash", "zsh", "sh"].includes(name);
  return argv.length === 3 && isShell && (flag === "-lc" || flag === "-c")
    ? script
    : undefined;
}
