/** A thread with a scripted model, the scripted MCP server and a front end of the test. */
import { loadConfig } from "@/config/load.ts";
import { createHost } from "@/core/host.ts";
import { NO_RULES } from "@/exec-policy/rule.ts";
import type { ModelEvent, ModelRequest } from "@/model/model.ts";
import { createPlatform } from "@/platform/deno.ts";
import type { ThreadEvent } from "@/protocol/events.ts";
import type { Op } from "@/protocol/ops.ts";
import type { ApprovalPolicy } from "@/protocol/policy.ts";
import type { ResponseItem } from "@/protocol/response_items.ts";
import { createSandbox } from "@/sandbox/create.ts";
import { createWriteCheck } from "@/sandbox/writable.ts";
import { serverArgv } from "@test/mcp/scripted.ts";
import { NEVER } from "@test/support/fake_clock.ts";

export interface RoomOptions {
  readonly approval?: ApprovalPolicy;
  readonly sandboxMode?: "workspace-write" | "danger-full-access";
  /** Words for the server. */
  readonly words?: readonly string[];
  /** Keys of `[mcp_servers.mock]`, then whatever else. */
  readonly config?: string;
  /** What the front end says to an event. */
  readonly answer?: (event: ThreadEvent) => Op | undefined;
}

export interface Room {
  readonly requests: readonly ModelRequest[];
  /** Lets the model make these calls, one a request, and gives the turn's events. */
  turn(...calls: readonly ResponseItem[]): Promise<readonly ThreadEvent[]>;
  /** The outputs the model was given, in order. */
  outputs(): readonly ResponseItem[];
  readConfig(): Promise<string>;
  writeConfig(text: string): Promise<void>;
}

/** A call of a tool of the server. */
export function use(tool: string, args: unknown = {}): ResponseItem {
  return {
    type: "function_call",
    namespace: "mcp__mock__",
    name: tool,
    arguments: JSON.stringify(args),
    call_id: `call-${tool}-${crypto.randomUUID()}`,
  };
}

const FAREWELL: ModelEvent = {
  type: "itemDone",
  itemId: "m",
  item: {
    type: "message",
    role: "assistant",
    content: [{ type: "output_text", text: "Done." }],
  },
};

export async function withRoom(
  options: RoomOptions,
  use: (room: Room) => Promise<void>,
): Promise<void> {
  const root = await Deno.realPath(await Deno.makeTempDir());
  const home = `${root}/home`;
  await Deno.mkdir(home);
  const [command, ...args] = serverArgv(...options.words ?? []);
  const file = `${home}/config.toml`;
  await Deno.writeTextFile(
    file,
    [
      "# kept",
      "[mcp_servers.mock]",
      `command = ${JSON.stringify(command)}`,
      `args = ${JSON.stringify(args)}`,
      'env_vars = ["DENO_DIR"]',
      options.config ?? "",
    ].join("\n"),
  );
  const machine = createPlatform();
  const variables: Record<string, string> = {
    CODEX_HOME: home,
    PATH: "/usr/bin:/bin",
    HOME: Deno.env.get("HOME") ?? "/",
    DENO_DIR: Deno.env.get("DENO_DIR") ?? "",
  };
  if (variables.DENO_DIR === "") delete variables.DENO_DIR;
  const platform = {
    ...machine,
    host: { ...machine.host, cwd: root },
    env: { get: (name: string) => variables[name], all: () => variables },
  };
  const config = await loadConfig({
    platform,
    session: { overrides: [], enable: [], disable: [] },
    flags: {
      model: "gpt-5.4",
      sandboxMode: options.sandboxMode ?? "workspace-write",
    },
  });
  const sandbox = createSandbox({
    ...platform,
    codexHome: home,
    tmpdir: undefined,
    mechanism: undefined,
  });
  const requests: ModelRequest[] = [];
  const script: ResponseItem[] = [];
  const host = createHost({
    rules: NO_RULES,
    platform,
    config,
    model: {
      async *stream(request) {
        requests.push({ ...request, input: [...request.input] });
        const item = script.shift();
        yield item === undefined
          ? FAREWELL
          : { type: "itemDone", itemId: "c", item };
        yield { type: "completed" };
      },
    },
    sandbox,
    writeCheck: createWriteCheck(platform.files, home),
    approvalPolicy: options.approval ?? "on-request",
    source: "exec",
    originator: "test",
    isEphemeral: false,
  });
  const thread = await host.startThread({}, NEVER);
  const events = thread.events()[Symbol.asyncIterator]();
  try {
    await use({
      requests,
      async turn(...calls) {
        script.push(...calls);
        const input = [{ type: "text" as const, text: "go" }];
        await thread.submit({ type: "userInput", input });
        const seen: ThreadEvent[] = [];
        while (seen.at(-1)?.type !== "turnCompleted") {
          const next = await events.next();
          if (next.done) throw new Error("The events ended");
          seen.push(next.value);
          const op = options.answer?.(next.value);
          if (op !== undefined) await thread.submit(op);
        }
        return seen;
      },
      outputs: () =>
        requests.at(-1)?.input.filter(({ type }) => type.endsWith("_output")) ??
          [],
      readConfig: () => Deno.readTextFile(file),
      writeConfig: (text) => Deno.writeTextFile(file, text),
    });
  } finally {
    await thread.close();
    await sandbox.close();
    await Deno.remove(root, { recursive: true });
  }
}
