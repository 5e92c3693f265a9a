/** Commands that tell how things stand. */
import { NO_USAGE } from "@/protocol/events.ts";
import type { GetAccountResponse } from "@/protocol/rpc/account.ts";
import type { McpServerStatus } from "@/protocol/rpc/mcp.ts";
import type { AgentServices } from "@/protocol/services.ts";
import { VERSION } from "@/protocol/version.ts";
import { noticeCell, textCell } from "@/tui/cells/notice.ts";
import { statusCell, type StatusFacts } from "@/tui/cells/status_card.ts";
import { keymapProblems } from "@/tui/input/keymap.ts";
import { effortOf, isPlanning, modelOf } from "@/tui/modes.ts";
import { contextLeft } from "@/tui/status_items.ts";
import type { ThreadView, TuiState } from "@/tui/state.ts";
import { only } from "@/tui/step.ts";
import { say } from "@/tui/threads.ts";
import type { SlashCommand } from "./command.ts";
import { presetName } from "./permissions.ts";

export const statusCommand: SlashCommand = {
  name: "status",
  description: "show current session configuration and token usage",
  worksWhileBusy: true,
  isEchoed: true,
  run: () => (state) =>
    only(state, {
      type: "call",
      attempt: "Cannot show the status",
      run: async ({ services }) => {
        const { thread } = state;
        if (thread === undefined) {
          return say(noticeCell("info", "The session is still starting."));
        }
        const account = await services.settings.account();
        return say(statusCell(statusFacts(thread, services, account)));
      },
    }),
};

function statusFacts(
  thread: ThreadView,
  { modelProvider }: AgentServices,
  account: GetAccountResponse,
): StatusFacts {
  const { info, lastUsage, contextWindow } = thread;
  const effort = effortOf(thread);
  const details = [
    ...(effort === undefined ? [] : [`reasoning ${effort}`]),
    ...(info.reasoningSummary === undefined
      ? []
      : [`summaries ${info.reasoningSummary}`]),
  ];
  return {
    model: modelOf(thread),
    modelDetails: details.join(", "),
    provider: info.provider || modelProvider,
    directory: info.cwd,
    permissions: presetName(thread) ?? customPermissions(thread),
    sandbox: undefined,
    instructions: info.instructionSources,
    collaborationMode: isPlanning(thread) ? "Plan" : "Default",
    account: accountText(account),
    sessionId: info.id,
    threadName: thread.name,
    usage: thread.usage ?? NO_USAGE,
    context: contextWindow === undefined ? undefined : {
      usedTokens: lastUsage?.totalTokens ?? 0,
      windowTokens: contextWindow,
      leftPercent: contextLeft(thread),
    },
    limits: thread.rateLimits,
  };
}

function customPermissions({ choices, info }: ThreadView): string {
  const { type } = choices.sandboxPolicy ?? info.sandboxPolicy;
  const approval = choices.approvalPolicy ?? info.approvalPolicy;
  const word = typeof approval === "string" ? approval : "granular";
  return `Custom (${type}, ${word})`;
}

function accountText(
  { account }: GetAccountResponse,
): string | undefined {
  if (account == null) return undefined;
  return account.type === "chatgpt"
    ? `${account.email} (${account.planType})`
    : "API key";
}

export const mcpCommand: SlashCommand = {
  name: "mcp",
  description: "list configured MCP tools; use /mcp verbose for details",
  worksWhileBusy: true,
  takesArguments: true,
  isEchoed: true,
  run: (argument) => (state) =>
    only(state, {
      type: "call",
      attempt: "Cannot list MCP servers",
      run: async ({ services }, signal) => {
        const names = await services.mcp.names();
        if (names.length === 0) {
          return say(noticeCell(
            "info",
            "No MCP servers configured. Add one with `codex mcp add`.",
          ));
        }
        const isVerbose = argument === "verbose";
        const servers = await services.mcp.status(
          names,
          isVerbose ? "full" : "toolsAndAuthOnly",
          signal,
        );
        return say(textCell(
          [
            "🔌  MCP Tools",
            ...servers.map((server) => serverText(server, isVerbose)),
          ]
            .join("\n\n"),
        ));
      },
    }),
};

function serverText(
  { name, authStatus, tools, resources, resourceTemplates }: McpServerStatus,
  isVerbose: boolean,
): string {
  const toolNames = Object.keys(tools ?? {});
  return [
    `  • ${name}`,
    `    • Auth: ${authStatus}`,
    `    • Tools: ${toolNames.join(", ") || "(none)"}`,
    ...(isVerbose
      ? [
        `    • Resources: ${
          resources.map((resource) => resource.name).join(", ") || "(none)"
        }`,
        `    • Resource templates: ${
          resourceTemplates.map((template) => template.name).join(", ") ||
          "(none)"
        }`,
      ]
      : []),
  ].join("\n");
}

export const pluginsCommand: SlashCommand = {
  name: "plugins",
  description: "browse plugins",
  worksWhileBusy: true,
  run: () =>
    say(noticeCell(
      "info",
      "Plugins come from a marketplace of the vendor, which this program does " +
        "not talk to. Skills and MCP servers do the same work: /skills, /mcp.",
    )),
};

type Check = readonly [isWell: boolean, text: string];

export const doctorCommand: SlashCommand = {
  name: "doctor",
  description: "check what Codex needs to work here",
  worksWhileBusy: true,
  isEchoed: true,
  run: () => (state) =>
    only(state, {
      type: "call",
      attempt: "Cannot look at everything",
      run: async ({ services, sandboxMechanism, env }) => {
        const [account, mechanism] = await Promise.all([
          services.settings.account(),
          sandboxMechanism(),
        ]);
        const checks: readonly Check[] = [
          loginCheck(account),
          [mechanism.isConfined, `commands are confined by ${mechanism.text}`],
          ...terminalChecks(state, env.get("TERM")),
        ];
        const rows = checks.map(([isWell, text]) =>
          `  ${isWell ? "✔" : "✗"} ${text}`
        );
        return say(textCell([`Codex ${VERSION}`, ...rows].join("\n")));
      },
    }),
};

function loginCheck(account: GetAccountResponse): Check {
  if (!account.requiresOpenaiAuth) {
    return [true, "the provider needs no login of OpenAI's"];
  }
  const who = accountText(account);
  return who === undefined
    ? [false, "nobody is logged in: run `codex login`"]
    : [true, `logged in: ${who}`];
}

function terminalChecks(
  { traits, background, settings }: TuiState,
  term: string | undefined,
): readonly Check[] {
  const problems = keymapProblems(settings.keymap);
  return [
    [
      traits.colors !== "16" && traits.colors !== "none",
      `the terminal (${term ?? "no TERM"}) shows ${traits.colors} colours`,
    ],
    [
      background !== undefined,
      background === undefined
        ? "the terminal does not tell its background: there are no tints"
        : "the terminal tells its background",
    ],
    ...(problems.length === 0
      ? [[true, "every key has one meaning"] as const]
      : problems.map((problem) => [false, problem] as const)),
  ];
}
