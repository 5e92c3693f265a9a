/** Rows of the command table for cloud tasks and for internal services. */
import type { CommandSpec, PositionalSpec } from "./spec.ts";

const TASK: PositionalSpec = {
  name: "TASK_ID",
  isRequired: true,
  help: "The task",
};

const ATTEMPT_FLAG = {
  name: "attempt",
  value: "N",
  help: "Which attempt, counted from 1",
};

/** `codex cloud` */
export const CLOUD_COMMAND: CommandSpec = {
  name: "cloud",
  about: "Work with cloud tasks",
  versionName: "codex-cli-cloud",
  commands: [
    {
      name: "exec",
      about: "Start a task",
      flags: [
        {
          name: "env",
          value: "ENV_ID",
          isRequired: true,
          help: "The environment to run in",
        },
        {
          name: "attempts",
          value: "ATTEMPTS",
          default: "1",
          help: "How many attempts to make",
        },
        {
          name: "branch",
          value: "BRANCH",
          help: "The branch; without it, the current one",
        },
      ],
      positionals: [{ name: "QUERY", help: "What to do" }],
    },
    { name: "status", about: "Show a task's state", positionals: [TASK] },
    {
      name: "list",
      about: "List tasks",
      flags: [
        { name: "env", value: "ENV_ID", help: "Only this environment" },
        {
          name: "limit",
          value: "N",
          default: "20",
          check: limitProblem,
          help: "How many, at most 20",
        },
        {
          name: "cursor",
          value: "CURSOR",
          help: "Where the previous list ended",
        },
        { name: "json", help: "Print JSON" },
      ],
    },
    {
      name: "apply",
      about: "Apply a task's diff here",
      flags: [ATTEMPT_FLAG],
      positionals: [TASK],
    },
    {
      name: "diff",
      about: "Print a task's diff",
      flags: [ATTEMPT_FLAG],
      positionals: [TASK],
    },
  ],
};

function limitProblem(value: string): string | undefined {
  if (!/^-?\d+$/.test(value)) {
    return "limit must be an integer between 1 and 20";
  }
  return Number(value) >= 1 && Number(value) <= 20
    ? undefined
    : "limit must be between 1 and 20";
}

/** Commands other programs start, not people. */
export const INTERNAL_COMMANDS: readonly CommandSpec[] = [
  {
    name: "responses-api-proxy",
    about: "Forward model requests with a key the caller does not see",
    isHidden: true,
    flags: [
      {
        name: "port",
        value: "PORT",
        help: "The port; any free one by default",
      },
      {
        name: "server-info",
        value: "FILE",
        help: "Write the port and process id to this file",
      },
      { name: "http-shutdown", help: "End on GET /shutdown" },
      {
        name: "upstream-url",
        value: "UPSTREAM_URL",
        help: "Where to forward to",
      },
      {
        name: "dump-dir",
        value: "DIR",
        help: "Write requests and responses to this directory",
      },
    ],
    load: () => import("./commands/responses_api_proxy.ts"),
  },
  {
    name: "stdio-to-uds",
    about: "Connect stdio to a Unix socket",
    isHidden: true,
    positionals: [{
      name: "SOCKET_PATH",
      isRequired: true,
      help: "The socket",
    }],
    load: () => import("./commands/stdio_to_uds.ts"),
  },
];
