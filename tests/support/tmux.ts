/** A real terminal to run the program in: tmux, on a socket of its own. */

export interface TmuxWindow extends AsyncDisposable {
  /** Text as if typed, then keys by the names tmux has for them. */
  type(text: string): Promise<void>;
  key(...names: readonly string[]): Promise<void>;
  resize(columns: number, rows: number): Promise<void>;
  /** What is visible, without empty rows at the end. */
  screen(): Promise<string>;
  /** The scrollback and what is visible. */
  everything(): Promise<string>;
  /** Resolves with the screen once it holds that; rejects when it never does. */
  waitFor(sought: string | RegExp): Promise<string>;
  title(): Promise<string>;
  /** Of the shell. */
  pid(): Promise<number>;
}

/** False where there is no tmux; such tests are skipped. */
export const HAS_TMUX = await hasTmux();

async function hasTmux(): Promise<boolean> {
  try {
    const { success } = await new Deno.Command("tmux", {
      args: ["-V"],
      stdout: "null",
      stderr: "null",
    }).output();
    return success;
  } catch {
    return false;
  }
}

const COLUMNS = 100;
const ROWS = 30;
/** A loaded machine is slow; nothing waits that long for nothing. */
const WAIT_MS_MAX = 30_000;
const POLL_MS = 30;

/** Starts a shell in a window. The environment is all the shell has. */
export async function openTmux(
  cwd: string,
  env: Readonly<Record<string, string>>,
): Promise<TmuxWindow> {
  const socket = await Deno.makeTempFile({ prefix: "codex-tmux-" });
  await Deno.remove(socket);
  const tmux = async (...args: readonly string[]) => {
    const { success, stdout, stderr } = await new Deno.Command("tmux", {
      args: ["-S", socket, "-f", "/dev/null", ...args],
      env: { ...env, LC_ALL: "C.UTF-8" },
      clearEnv: true,
    }).output();
    if (!success) throw new Error(new TextDecoder().decode(stderr));
    return new TextDecoder().decode(stdout);
  };
  await tmux(
    "new-session",
    "-d",
    "-x",
    String(COLUMNS),
    "-y",
    String(ROWS),
    "-c",
    cwd,
    "PS1='$ ' sh",
  );
  await tmux("set-option", "-g", "status", "off");
  // Told to who asks for the background, so that there are tints.
  await tmux("set-option", "-g", "window-style", "bg=#1e1e1e,fg=#ffffff");
  await tmux("resize-window", "-x", String(COLUMNS), "-y", String(ROWS));
  const capture = async (...args: readonly string[]) =>
    (await tmux("capture-pane", "-p", ...args)).trimEnd();
  return {
    type: async (text) => void await tmux("send-keys", "-l", text),
    key: async (...names) => void await tmux("send-keys", ...names),
    resize: async (columns, rows) =>
      void await tmux(
        "resize-window",
        "-x",
        String(columns),
        "-y",
        String(rows),
      ),
    screen: () => capture(),
    everything: () => capture("-S", "-", "-J"),
    title: async () =>
      (await tmux("display-message", "-p", "#{pane_title}")).trim(),
    pid: async () => Number(await tmux("display-message", "-p", "#{pane_pid}")),
    async waitFor(sought) {
      const end = Date.now() + WAIT_MS_MAX;
      let screen = "";
      while (Date.now() < end) {
        screen = await capture();
        const isThere = typeof sought === "string"
          ? screen.includes(sought)
          : sought.test(screen);
        if (isThere) return screen;
        await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      }
      throw new Error(`"${sought}" never came on screen:\n${screen}`);
    },
    async [Symbol.asyncDispose]() {
      const shell = (await tmux("display-message", "-p", "#{pane_pid}")
        .catch(() => "")).trim();
      const children = await childrenOf(shell);
      await tmux("kill-server").catch(() => "");
      // The terminal is gone; what ran in it still puts its things in order.
      const end = Date.now() + WAIT_MS_MAX;
      while (children.some(isRunning) && Date.now() < end) {
        await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      }
    },
  };
}

async function childrenOf(pid: string): Promise<readonly number[]> {
  if (pid === "") return [];
  const { stdout } = await new Deno.Command("pgrep", { args: ["-P", pid] })
    .output();
  return new TextDecoder().decode(stdout).split("\n")
    .filter((line) => line !== "").map(Number);
}

function isRunning(pid: number): boolean {
  try {
    Deno.kill(pid, "SIGCONT");
    return true;
  } catch {
    return false;
  }
}
