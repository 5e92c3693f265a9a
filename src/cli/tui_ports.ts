/** What the terminal UI asks of the machine, answered by the parts of the program. */
import type { Config } from "@/config/config.ts";
import { readGitInfo } from "@/core/git_info.ts";
import { resolvePath } from "@/platform/paths.ts";
import type { Platform } from "@/platform/platform.ts";
import type { AgentServices } from "@/protocol/services.ts";
import { imageFormat } from "@/text/image_format.ts";
import { shellWords } from "@/exec-policy/words.ts";
import type { TuiPorts } from "@/tui/ports.ts";
import { hasFlag, type ParsedCommand } from "./parsed.ts";
import { createDraftStore } from "./draft_store.ts";
import { createPromptStore } from "./prompt_store.ts";
import { terminalTraits } from "./terminal_traits.ts";
import { tuiSettings } from "./tui_settings.ts";

interface TuiFacts {
  readonly parsed: ParsedCommand;
  readonly platform: Platform;
  readonly config: Config;
  readonly services: AgentServices;
}

export function createTuiPorts(facts: TuiFacts): TuiPorts {
  const { parsed, platform, config, services } = facts;
  const { console, terminal, clock, signals, env, host, files } = platform;
  const settings = tuiSettings(config);
  return {
    services,
    console,
    terminal,
    clock,
    signals,
    env,
    traits: terminalTraits(env, host.os),
    settings: hasFlag(parsed, "no-alt-screen")
      ? { ...settings, alternateScreen: "never" }
      : settings,
    prompts: createPromptStore(platform, config),
    drafts: createDraftStore(platform, config),
    cwd: config.cwd,
    homeDirectory: host.homeDirectory,
    random: () => (platform.random.bytes(1)[0] ?? 0) / 256,
    // Not there before somebody asks: nothing of it is needed to begin.
    gitDiff: async (cwd, signal) =>
      (await import("./tui_git.ts")).workingDiff(platform, cwd, signal),
    gitBranch: async (cwd) => (await readGitInfo(files, cwd))?.branch,
    gitBranches: async (cwd, signal) =>
      (await import("./tui_git.ts")).branches(platform, cwd, signal),
    gitCommits: async (cwd, signal) =>
      (await import("./tui_git.ts")).commits(platform, cwd, signal),
    editExternally: (text, signal) => editExternally(facts, text, signal),
    pasteImage: async (signal) =>
      (await import("./clipboard_image.ts")).clipboardImage(platform, signal),
    exists: async (path) => await files.stat(path) !== undefined,
    isImage: async (path) => {
      const head = await files.readRange(path, 0, 64).catch(() => undefined);
      return head !== undefined && imageFormat(head) !== undefined;
    },
    sandboxMechanism: () => sandboxMechanism(facts),
    exportText: async (name, text) => {
      const path = resolvePath(config.cwd, name);
      await files.replaceFile(path, text);
      return path;
    },
    toast: async (title, text, signal) =>
      (await import("./windows_toast.ts")).toast(platform, title, text, signal),
  };
}

async function sandboxMechanism(
  { platform, config }: TuiFacts,
): ReturnType<TuiPorts["sandboxMechanism"]> {
  const { createSandbox } = await import("@/sandbox/create.ts");
  const sandbox = createSandbox({
    ...platform,
    codexHome: config.codexHome,
    tmpdir: platform.env.get("TMPDIR"),
    mechanism: platform.env.get("CODEX_SANDBOX_MECHANISM"),
  });
  try {
    const { kind, description, gaps } = await sandbox.status(
      new AbortController().signal,
    );
    return {
      isConfined: kind !== "unavailable",
      text: [description, ...gaps].join("; "),
    };
  } finally {
    await sandbox.close();
  }
}

const PRIVATE_FILE_MODE = 0o600;

async function editExternally(
  { platform, config }: TuiFacts,
  text: string,
  signal: AbortSignal,
): ReturnType<TuiPorts["editExternally"]> {
  const { env, files, console } = platform;
  const named = env.get("VISUAL") || env.get("EDITOR");
  const argv = shellWords(named ?? "") ?? [];
  if (argv.length === 0) return { kind: "noEditor" };
  const directory = await files.makeTempDirectory("codex-draft-");
  const path = `${directory}/message.md`;
  try {
    await files.replaceFile(path, text, PRIVATE_FILE_MODE);
    const status = await console.runForeground(
      [...argv, path],
      config.cwd,
      env.all(),
    );
    signal.throwIfAborted();
    return status.code === 0
      ? { kind: "edited", text: await files.readText(path) }
      : { kind: "failed", status };
  } finally {
    await files.remove(path).catch(() => {});
    await files.remove(directory).catch(() => {});
  }
}
