/** Flags several commands share. Help texts are ours; names are an interface. */
import { SANDBOX_MODES } from "@/protocol/policy.ts";
import type { FlagSpec } from "./spec.ts";

/** Accepted by every command, before and after its name. */
export const CONFIG_FLAGS: readonly FlagSpec[] = [
  {
    name: "config",
    short: "c",
    value: "key=value",
    isRepeatable: true,
    isGlobal: true,
    help: "Set a configuration key for this run, for example " +
      "`-c model=o3` or `-c tui.animations=false`. The value is TOML, or plain text " +
      "when it is not valid TOML",
  },
  {
    name: "enable",
    value: "FEATURE",
    isRepeatable: true,
    isGlobal: true,
    help: "Turn a feature on, like `-c features.<name>=true`",
  },
  {
    name: "disable",
    value: "FEATURE",
    isRepeatable: true,
    isGlobal: true,
    help: "Turn a feature off, like `-c features.<name>=false`",
  },
];

export const IMAGE_FLAG: FlagSpec = {
  name: "image",
  short: "i",
  value: "FILE",
  isVariadic: true,
  isCommaSeparated: true,
  help:
    "Images to attach to the prompt, separated by spaces or commas; put the " +
    "prompt first or after `--`",
};

export const MODEL_FLAG: FlagSpec = {
  name: "model",
  short: "m",
  value: "MODEL",
  help: "The model to use",
};

export const FULL_AUTO_FLAG: FlagSpec = {
  name: "full-auto",
  conflicts: ["dangerously-bypass-approvals-and-sandbox"],
  help:
    "Let commands write in the workspace without asking, inside the sandbox",
};

export const BYPASS_FLAG: FlagSpec = {
  name: "dangerously-bypass-approvals-and-sandbox",
  aliases: ["yolo"],
  help:
    "Run everything without asking and without a sandbox. Only for machines " +
    "that are themselves a sandbox",
};

/** Which model, provider, sandbox and directory: for everything that runs the agent. */
export const AGENT_FLAGS: readonly FlagSpec[] = [
  IMAGE_FLAG,
  MODEL_FLAG,
  { name: "oss", help: "Use a local open-weights model" },
  {
    name: "local-provider",
    value: "OSS_PROVIDER",
    help: "The local provider for --oss: lmstudio or ollama; otherwise the " +
      "configured one",
  },
  {
    name: "profile",
    short: "p",
    value: "CONFIG_PROFILE",
    help: "The profile of config.toml to apply",
  },
  {
    name: "sandbox",
    short: "s",
    value: "SANDBOX_MODE",
    values: SANDBOX_MODES,
    help: "How commands the model runs are confined",
  },
  FULL_AUTO_FLAG,
  BYPASS_FLAG,
  {
    name: "cd",
    short: "C",
    value: "DIR",
    help: "Work in this directory",
  },
  {
    name: "add-dir",
    value: "DIR",
    isRepeatable: true,
    help: "A further directory that may be written",
  },
];

/** Where the agent runs. */
export const REMOTE_FLAGS: readonly FlagSpec[] = [
  {
    name: "remote",
    value: "ADDR",
    help: "Connect to the app server at ws://HOST:PORT or wss://HOST:PORT",
  },
  {
    name: "remote-auth-token-env",
    value: "ENV_VAR",
    help: "The environment variable holding the app server's bearer token",
  },
];

/** What the interactive commands take besides. */
export const INTERACTIVE_FLAGS: readonly FlagSpec[] = [
  ...REMOTE_FLAGS,
  ...AGENT_FLAGS,
  {
    name: "ask-for-approval",
    short: "a",
    value: "APPROVAL_POLICY",
    values: ["untrusted", "on-failure", "on-request", "never"],
    conflicts: ["dangerously-bypass-approvals-and-sandbox", "full-auto"],
    help:
      "When to ask before a command runs: for all but known safe ones, after a " +
      "failure (deprecated), when the model asks, or never",
  },
  { name: "search", help: "Let the model search the web live" },
  {
    name: "no-alt-screen",
    help: "Stay out of the terminal's alternate screen, so scrollback is kept",
  },
];

/** What `exec` takes; the global ones also after its subcommands. */
export const EXEC_FLAGS: readonly FlagSpec[] = [
  ...AGENT_FLAGS.map((flag): FlagSpec =>
    [MODEL_FLAG, FULL_AUTO_FLAG, BYPASS_FLAG].includes(flag)
      ? { ...flag, isGlobal: true }
      : flag
  ),
  ...REMOTE_FLAGS.map((flag): FlagSpec => ({ ...flag, isGlobal: true })),
  {
    name: "skip-git-repo-check",
    isGlobal: true,
    help: "Run outside a Git repository too",
  },
  {
    name: "ephemeral",
    isGlobal: true,
    help: "Keep no session file",
  },
  {
    name: "ignore-user-config",
    isGlobal: true,
    help: "Leave out the user's config.toml; the login still counts",
  },
  {
    name: "ignore-rules",
    isGlobal: true,
    help: "Leave out the user's and the project's `.rules` files",
  },
  {
    name: "output-schema",
    value: "FILE",
    help: "A JSON Schema file the final answer must follow",
  },
  {
    name: "color",
    value: "COLOR",
    values: ["always", "never", "auto"],
    default: "auto",
    help: "When to colour the output",
  },
  {
    name: "stdin",
    value: "MODE",
    values: ["auto", "wait", "ignore"],
    default: "auto",
    isGlobal: true,
    help:
      "Whether to read standard input beside the prompt: when something is " +
      "piped in, always to its end, or never",
  },
  {
    name: "json",
    aliases: ["experimental-json"],
    isGlobal: true,
    help: "Print events on standard output, one JSON object per line",
  },
  {
    name: "output-last-message",
    short: "o",
    value: "FILE",
    isGlobal: true,
    help: "Write the last message of the agent to this file",
  },
];

/** What to review: at most one of them, or instructions of one's own. */
export const REVIEW_FLAGS: readonly FlagSpec[] = [
  {
    name: "uncommitted",
    conflicts: ["base", "commit", "PROMPT"],
    help: "Review what is not committed: staged, unstaged and new files",
  },
  {
    name: "base",
    value: "BRANCH",
    conflicts: ["uncommitted", "commit", "PROMPT"],
    help: "Review the changes since this branch",
  },
  {
    name: "commit",
    value: "SHA",
    conflicts: ["uncommitted", "base", "PROMPT"],
    help: "Review the changes of this commit",
  },
  {
    name: "title",
    value: "TITLE",
    requires: "commit",
    help: "The commit's title, shown with the review",
  },
];
