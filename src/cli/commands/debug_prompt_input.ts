/**
 * `codex debug prompt-input`: prints what the model would be sent, as JSON. A thread is
 * opened and given the prompt like any other; where the model would answer, what it
 * would have been sent is taken down. Nothing of the user's runs: no hooks, no
 * `notify`, no MCP servers.
 */
import { configOptions } from "@/cli/config_options.ts";
import { flagValues, type ParsedCommand, positional } from "@/cli/parsed.ts";
import type { Config } from "@/config/config.ts";
import { withDotEnv } from "@/config/dot_env.ts";
import { loadConfig } from "@/config/load.ts";
import { createHost } from "@/core/host.ts";
import { NO_RULES } from "@/exec-policy/rule.ts";
import type { ModelClient } from "@/model/model.ts";
import { resolvePath } from "@/platform/paths.ts";
import type { Platform } from "@/platform/platform.ts";
import { CodexError } from "@/protocol/errors.ts";
import type { ThreadHost } from "@/protocol/host.ts";
import type { UserInput } from "@/protocol/items.ts";
import {
  encodeResponseItem,
  type ResponseItem,
} from "@/protocol/response_items.ts";
import { PRODUCT } from "@/protocol/version.ts";
import { createSandbox } from "@/sandbox/create.ts";
import { createWriteCheck } from "@/sandbox/writable.ts";

export async function run(
  parsed: ParsedCommand,
  machine: Platform,
): Promise<number> {
  const platform = await withDotEnv(machine);
  const config = await loadConfig(configOptions(parsed, platform));
  const sent: ResponseItem[] = [];
  const sandbox = createSandbox({
    ...platform,
    codexHome: config.codexHome,
    tmpdir: platform.env.get("TMPDIR"),
    mechanism: undefined,
  });
  try {
    const host = createHost({
      platform,
      config: withoutPrograms(config),
      model: recorder(sent),
      sandbox,
      writeCheck: createWriteCheck(platform.files, config.codexHome),
      approvalPolicy: config.approvalPolicy,
      rules: NO_RULES,
      source: "cli",
      originator: `${PRODUCT}_cli`,
      isEphemeral: true,
    });
    await runTurn(host, inputOf(parsed, platform));
  } finally {
    await sandbox.close();
  }
  const items = sent.filter((item) =>
    item.type !== "message" || item.content.length > 0
  );
  const json = JSON.stringify(items.map(encodeResponseItem), null, 2);
  platform.terminal.writeOut(`${json}\n`);
  return 0;
}

function withoutPrograms(config: Config): Config {
  return {
    ...config,
    features: { ...config.features, codex_hooks: false },
    notify: [],
    mcpServers: {},
  };
}

/** A model that says nothing and takes down what it was sent. */
function recorder(sent: ResponseItem[]): ModelClient {
  return {
    async *stream({ input }) {
      sent.push(...input);
      yield { type: "completed" };
    },
  };
}

function inputOf(
  parsed: ParsedCommand,
  { host }: Platform,
): readonly UserInput[] {
  const prompt = positional(parsed, "PROMPT");
  return [
    ...flagValues(parsed, "image").map((path): UserInput => ({
      type: "localImage",
      path: resolvePath(host.cwd, path),
    })),
    ...prompt === undefined ? [] : [{ type: "text", text: prompt } as const],
  ];
}

async function runTurn(
  host: ThreadHost,
  input: readonly UserInput[],
): Promise<void> {
  const thread = await host.startThread({}, new AbortController().signal);
  try {
    await thread.submit({ type: "userInput", input });
    for await (const event of thread.events()) {
      if (event.type === "error") {
        throw new CodexError(event.error.code, event.error.message);
      }
      if (event.type === "turnCompleted") return;
    }
  } finally {
    await thread.close();
  }
}
