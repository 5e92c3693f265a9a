/**
 * Every command and flag of the program, once. Parser, help, completions and the
 * reference page are derived from this table. A command's module is loaded by the
 * literal import in its row, and only when it runs; a row without one answers that
 * the command is not available yet.
 */
import {
  CONFIG_FLAGS,
  EXEC_FLAGS,
  IMAGE_FLAG,
  INTERACTIVE_FLAGS,
  REVIEW_FLAGS,
} from "./flags.ts";
import { CLOUD_COMMAND, INTERNAL_COMMANDS } from "./commands_remote.ts";
import { listenProblem, secondsProblem } from "./listen_address.ts";
import type { CommandSpec, PositionalSpec } from "./spec.ts";
import { EXEC_VERSION_NAME, PROGRAM_VERSION_NAME } from "./version.ts";

const FIRST_PROMPT: PositionalSpec = {
  name: "PROMPT",
  help: "What to start with",
};

const REVIEW_PROMPT: PositionalSpec = {
  name: "PROMPT",
  help: "Review instructions of your own; `-` reads them from standard input",
};

const SESSION_POSITIONALS: readonly PositionalSpec[] = [
  {
    name: "SESSION_ID",
    help: "The session's id or name; without it, use --last",
  },
  FIRST_PROMPT,
];

const EXEC_COMMAND: CommandSpec = {
  name: "exec",
  aliases: ["e"],
  about: "Run the agent without a terminal interface",
  usage: [
    "codex exec [OPTIONS] [PROMPT]",
    "codex exec [OPTIONS] <COMMAND> [ARGS]",
  ],
  versionName: EXEC_VERSION_NAME,
  flags: EXEC_FLAGS,
  positionals: [{
    name: "PROMPT",
    help:
      "What to do. Read from standard input when missing or `-`; a prompt and " +
      "piped input are combined",
  }],
  commands: [
    {
      name: "resume",
      about: "Continue an earlier session",
      flags: [
        { name: "last", help: "Continue the newest session" },
        { name: "all", help: "Look at sessions of all directories" },
        {
          ...IMAGE_FLAG,
          isVariadic: false,
          isRepeatable: true,
          help: "An image to attach to the prompt; several with commas",
        },
      ],
      positionals: [
        {
          name: "SESSION_ID",
          help: "The session's id or name; without it, use --last",
        },
        {
          name: "PROMPT",
          help: "What to do next; `-` reads it from standard input",
        },
      ],
      load: () => import("./commands/exec.ts"),
    },
    {
      name: "review",
      about: "Review code in this repository",
      flags: REVIEW_FLAGS,
      positionals: [REVIEW_PROMPT],
      load: () => import("./commands/exec.ts"),
    },
  ],
  load: () => import("./commands/exec.ts"),
};

const MCP_NAME: PositionalSpec = {
  name: "NAME",
  isRequired: true,
  help: "The server's name",
};

const MCP_COMMAND: CommandSpec = {
  name: "mcp",
  about: "Manage MCP servers",
  needsSubcommand: true,
  commands: [
    {
      name: "list",
      about: "List the configured servers",
      flags: [{ name: "json", help: "Print JSON" }],
      load: () => import("./commands/mcp.ts"),
    },
    {
      name: "get",
      about: "Show one server",
      flags: [{ name: "json", help: "Print JSON" }],
      positionals: [MCP_NAME],
      load: () => import("./commands/mcp.ts"),
    },
    {
      name: "add",
      about: "Add a server",
      usage: [
        "codex mcp add [OPTIONS] <NAME> (--url <URL> | -- <COMMAND>...)",
      ],
      requiresOneOf: {
        names: ["COMMAND", "url"],
        label: "<COMMAND|--url <URL>>",
      },
      flags: [
        {
          name: "env",
          value: "KEY=VALUE",
          isRepeatable: true,
          check: (value) =>
            /^[^=]+=/.test(value)
              ? undefined
              : "environment entries must be in KEY=VALUE form",
          help: "An environment variable for the server's command",
        },
        {
          name: "url",
          value: "URL",
          conflicts: ["COMMAND"],
          help: "The address of a streamable HTTP server",
        },
        {
          name: "bearer-token-env-var",
          value: "ENV_VAR",
          help: "The environment variable holding the server's bearer token",
        },
      ],
      positionals: [
        MCP_NAME,
        {
          name: "COMMAND",
          isTrailing: true,
          help: "The command that starts the server",
        },
      ],
      load: () => import("./commands/mcp.ts"),
    },
    {
      name: "remove",
      about: "Remove a server",
      positionals: [MCP_NAME],
      load: () => import("./commands/mcp.ts"),
    },
    {
      name: "login",
      about: "Log in to a server with OAuth",
      flags: [{
        name: "scopes",
        value: "SCOPE,SCOPE",
        isRepeatable: true,
        help: "The OAuth scopes to ask for",
      }],
      positionals: [MCP_NAME],
      load: () => import("./commands/mcp.ts"),
    },
    {
      name: "logout",
      about: "Forget a server's OAuth login",
      positionals: [MCP_NAME],
      load: () => import("./commands/mcp.ts"),
    },
  ],
};

const APP_SERVER_COMMAND: CommandSpec = {
  name: "app-server",
  about: "Serve other programs over JSON-RPC, or write down the protocol",
  flags: [
    {
      name: "listen",
      value: "URL",
      default: "stdio://",
      check: listenProblem,
      help: "Where to listen: stdio://, ws://IP:PORT or off",
    },
    { name: "analytics-default-enabled", help: "Accepted; nothing is sent" },
    {
      name: "ws-auth",
      value: "MODE",
      values: ["capability-token", "signed-bearer-token"],
      help: "How WebSocket clients prove who they are",
    },
    {
      name: "ws-token-file",
      value: "PATH",
      help: "The file holding the capability token; absolute",
    },
    {
      name: "ws-token-sha256",
      value: "HEX",
      help: "The SHA-256 of the capability token",
    },
    {
      name: "ws-shared-secret-file",
      value: "PATH",
      help: "The file holding the secret that signs tokens; absolute",
    },
    {
      name: "ws-issuer",
      value: "ISSUER",
      help: "The issuer signed tokens must name",
    },
    {
      name: "ws-audience",
      value: "AUDIENCE",
      help: "The audience signed tokens must name",
    },
    {
      name: "ws-max-clock-skew-seconds",
      value: "SECONDS",
      check: secondsProblem,
      help: "How far the clocks may differ",
    },
  ],
  load: () => import("./commands/app_server.ts"),
  commands: [
    {
      name: "generate-ts",
      about: "Write the protocol's TypeScript types",
      flags: [
        {
          name: "out",
          short: "o",
          value: "DIR",
          isRequired: true,
          help: "The directory to write to",
        },
        {
          name: "prettier",
          short: "p",
          value: "PRETTIER_BIN",
          help: "A Prettier program to format the files with",
        },
        { name: "experimental", help: "Include what is experimental" },
      ],
      load: () => import("./commands/generate_protocol.ts"),
    },
    {
      name: "generate-json-schema",
      about: "Write the protocol's JSON Schema",
      flags: [
        {
          name: "out",
          short: "o",
          value: "DIR",
          isRequired: true,
          help: "The directory to write to",
        },
        { name: "experimental", help: "Include what is experimental" },
      ],
      load: () => import("./commands/generate_protocol.ts"),
    },
  ],
};

const SANDBOXED_COMMAND: PositionalSpec = {
  name: "COMMAND",
  isTrailing: true,
  help: "The command and its arguments",
};

const SANDBOX_FULL_AUTO = {
  name: "full-auto",
  help: "Let the command write to the working directory and TMPDIR",
};

const LOG_DENIALS = {
  name: "log-denials",
  help: "Afterwards print what was denied, as far as the output tells",
};

const LINUX_SANDBOX: CommandSpec = {
  name: "linux",
  aliases: ["landlock"],
  about: "Use the Linux sandbox",
  flags: [SANDBOX_FULL_AUTO, LOG_DENIALS],
  positionals: [SANDBOXED_COMMAND],
  load: () => import("./commands/sandbox.ts"),
};

const MACOS_SANDBOX: CommandSpec = {
  name: "macos",
  aliases: ["seatbelt"],
  about: "Use Seatbelt (macOS only)",
  flags: [
    SANDBOX_FULL_AUTO,
    {
      name: "allow-unix-socket",
      value: "ALLOW_UNIX_SOCKETS",
      isRepeatable: true,
      help: "Allow Unix sockets below this path",
    },
    LOG_DENIALS,
  ],
  positionals: [SANDBOXED_COMMAND],
  load: () => import("./commands/sandbox.ts"),
};

const SANDBOX_COMMAND: CommandSpec = {
  name: "sandbox",
  about: "Run a command in the sandbox",
  needsSubcommand: true,
  standsAloneWith: "status",
  flags: [{
    name: "status",
    help: "Say how commands are confined here and what that leaves open",
  }],
  load: () => import("./commands/sandbox.ts"),
  commands: [
    MACOS_SANDBOX,
    LINUX_SANDBOX,
    {
      name: "windows",
      about: "Use a restricted token (Windows only)",
      flags: [SANDBOX_FULL_AUTO],
      positionals: [SANDBOXED_COMMAND],
      load: () => import("./commands/sandbox.ts"),
    },
  ],
};

const DEBUG_COMMAND: CommandSpec = {
  name: "debug",
  about: "Look inside",
  needsSubcommand: true,
  commands: [
    {
      name: "models",
      about: "Print the model catalogue as JSON",
      flags: [{
        name: "bundled",
        help: "Only the catalogue that comes with the program",
      }],
    },
    {
      name: "app-server",
      about: "Try the app server",
      needsSubcommand: true,
      commands: [{
        name: "send-message-v2",
        about: "Send one message and print what comes back",
        positionals: [{
          name: "USER_MESSAGE",
          isRequired: true,
          help: "The message",
        }],
      }],
    },
    {
      name: "prompt-input",
      about: "Print what the model would be sent",
      flags: [IMAGE_FLAG],
      positionals: [{ name: "PROMPT", help: "A prompt to append" }],
      load: () => import("./commands/debug_prompt_input.ts"),
    },
    {
      name: "clear-memories",
      about: "Forget all memories",
      isHidden: true,
      load: () => import("./commands/debug_clear_memories.ts"),
    },
    { ...LINUX_SANDBOX, name: "landlock", aliases: [], isHidden: true },
    { ...MACOS_SANDBOX, name: "seatbelt", aliases: [], isHidden: true },
  ],
};

const FEATURE: PositionalSpec = {
  name: "FEATURE",
  isRequired: true,
  help: "The feature's name, for example unified_exec",
};

const FEATURES_COMMAND: CommandSpec = {
  name: "features",
  about: "List features and turn them on or off",
  needsSubcommand: true,
  commands: [
    {
      name: "list",
      about: "List the features, their stage and whether they are on",
      load: () => import("./commands/features.ts"),
    },
    {
      name: "enable",
      about: "Turn a feature on in config.toml",
      positionals: [FEATURE],
      load: () => import("./commands/features.ts"),
    },
    {
      name: "disable",
      about: "Turn a feature off in config.toml",
      positionals: [FEATURE],
      load: () => import("./commands/features.ts"),
    },
  ],
};

const SESSION_FLAGS = [
  { name: "last", help: "Take the newest session" },
  { name: "all", help: "Show the sessions of all directories" },
];

/** The program. */
export const CODEX: CommandSpec = {
  name: "codex",
  about: "A coding agent for the terminal.\n\n" +
    "Without a command the interactive interface starts.",
  usage: ["codex [OPTIONS] [PROMPT]", "codex [OPTIONS] <COMMAND> [ARGS]"],
  versionName: PROGRAM_VERSION_NAME,
  flags: [...CONFIG_FLAGS, ...INTERACTIVE_FLAGS],
  positionals: [FIRST_PROMPT],
  load: () => import("./commands/interactive.ts"),
  commands: [
    EXEC_COMMAND,
    {
      name: "review",
      about: "Review code in this repository",
      flags: REVIEW_FLAGS,
      positionals: [REVIEW_PROMPT],
      load: () => import("./commands/exec.ts"),
    },
    {
      name: "login",
      about: "Log in, or show how you are logged in",
      flags: [
        {
          name: "with-api-key",
          help: "Read an API key from standard input",
        },
        {
          name: "api-key",
          value: "API_KEY",
          isValueOptional: true,
          isHidden: true,
          help: "No longer accepted",
        },
        {
          name: "device-auth",
          help: "Log in on another device, with a code",
        },
        {
          name: "experimental_issuer",
          value: "URL",
          isHidden: true,
          help: "The issuer to use instead",
        },
        {
          name: "experimental_client-id",
          value: "CLIENT_ID",
          isHidden: true,
          help: "The client id to use instead",
        },
      ],
      load: () => import("./commands/login.ts"),
      commands: [{
        name: "status",
        about: "Show how you are logged in",
        load: () => import("./commands/login.ts"),
      }],
    },
    {
      name: "logout",
      about: "Forget the stored login",
      load: () => import("./commands/login.ts"),
    },
    MCP_COMMAND,
    {
      name: "plugin",
      about: "Manage plugins",
      needsSubcommand: true,
      commands: [{
        name: "marketplace",
        about: "Manage where plugins come from",
        needsSubcommand: true,
        commands: [
          {
            name: "add",
            about: "Add a marketplace",
            flags: [
              { name: "ref", value: "REF", help: "The Git reference" },
              {
                name: "sparse",
                value: "PATH",
                isRepeatable: true,
                help: "Check out this path only",
              },
            ],
            positionals: [{
              name: "SOURCE",
              isRequired: true,
              help: "owner/repo[@ref], a Git address or a local directory",
            }],
          },
          {
            name: "upgrade",
            about: "Fetch the newest state",
            positionals: [{
              name: "MARKETPLACE_NAME",
              help: "Only this marketplace",
            }],
          },
          {
            name: "remove",
            about: "Remove a marketplace",
            positionals: [{
              name: "MARKETPLACE_NAME",
              isRequired: true,
              help: "The marketplace",
            }],
          },
        ],
      }],
    },
    {
      name: "mcp-server",
      about: "Serve as an MCP server over stdio",
      load: () => import("./commands/mcp_server.ts"),
    },
    APP_SERVER_COMMAND,
    {
      name: "completion",
      about: "Print a completion script for a shell",
      positionals: [{
        name: "SHELL",
        values: ["bash", "elvish", "fish", "powershell", "zsh"],
        default: "bash",
        help: "The shell",
      }],
      load: () => import("./commands/completion.ts"),
    },
    SANDBOX_COMMAND,
    DEBUG_COMMAND,
    {
      name: "execpolicy",
      about: "Work with rules for commands",
      isHidden: true,
      needsSubcommand: true,
      commands: [{
        name: "check",
        about: "Say what rule files decide about a command",
        flags: [
          {
            name: "rules",
            short: "r",
            value: "PATH",
            isRepeatable: true,
            isRequired: true,
            help: "A rule file",
          },
          { name: "pretty", help: "Indent the JSON" },
          {
            name: "resolve-host-executables",
            help: "Match absolute program paths by their base name",
          },
        ],
        load: () => import("./commands/execpolicy.ts"),
        positionals: [{
          name: "COMMAND",
          isRequired: true,
          isTrailing: true,
          help: "The command and its arguments",
        }],
      }],
    },
    {
      name: "apply",
      aliases: ["a"],
      about: "Apply a thread's last diff to the working tree",
      positionals: [{
        name: "TASK_ID",
        isRequired: true,
        help: "The thread's id",
      }],
      load: () => import("./commands/apply.ts"),
    },
    {
      name: "resume",
      about: "Continue an earlier interactive session",
      versionName: PROGRAM_VERSION_NAME,
      flags: [
        ...SESSION_FLAGS,
        {
          name: "include-non-interactive",
          help: "Include sessions of `codex exec`",
        },
        ...INTERACTIVE_FLAGS,
      ],
      positionals: SESSION_POSITIONALS,
      load: () => import("./commands/interactive.ts"),
    },
    {
      name: "fork",
      about: "Continue a copy of an earlier interactive session",
      versionName: PROGRAM_VERSION_NAME,
      flags: [...SESSION_FLAGS, ...INTERACTIVE_FLAGS],
      positionals: SESSION_POSITIONALS,
      load: () => import("./commands/interactive.ts"),
    },
    CLOUD_COMMAND,
    {
      name: "exec-server",
      about: "Run commands for a remote agent",
      flags: [{
        name: "listen",
        value: "URL",
        default: "ws://127.0.0.1:0",
        help: "Where to listen: ws://IP:PORT",
      }],
      load: () => import("./commands/exec_server.ts"),
    },
    FEATURES_COMMAND,
    ...INTERNAL_COMMANDS,
    {
      name: "apply_patch",
      about: "Apply a patch in the agent's format",
      isHidden: true,
      positionals: [{
        name: "PATCH",
        isTrailing: true,
        help: "The patch; without it, standard input",
      }],
      load: () => import("./commands/apply_patch.ts"),
    },
  ],
};
