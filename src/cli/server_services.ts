/**
 * What a server offers, built of the parts of the program: every thread gets a
 * configuration of its own, because it may work in a directory of its own.
 */
import { GivenLogin } from "@/auth/given_login.ts";
import { createLoginService } from "@/auth/login_service.ts";
import type { ExternalAgentPorts } from "@/config/external_agent/external_agent.ts";
import { loadConfig } from "@/config/load.ts";
import { loadRules } from "@/core/approvals/rule_files.ts";
import { modelEntries } from "@/model/catalog.ts";
import type { Platform } from "@/platform/platform.ts";
import { CodexError } from "@/protocol/errors.ts";
import type { ExternalAgentService } from "@/protocol/external_agent.ts";
import type { ThreadHandle, ThreadHost } from "@/protocol/host.ts";
import type {
  AgentServices,
  OpenThread,
  ThreadRequest,
} from "@/protocol/services.ts";
import type { ThreadId } from "@/protocol/ids.ts";
import type { ThreadStore } from "@/protocol/stored_threads.ts";
import { createThreadStore } from "@/state/thread_store.ts";
import { compose, userAgent } from "./compose.ts";
import { serverDeviceKeys } from "./device_keys.ts";
import { configOptions } from "./config_options.ts";
import type { ParsedCommand } from "./parsed.ts";
import { serverCommands } from "./server_commands.ts";
import { serverEditor } from "./server_editor.ts";
import { serverMcp } from "./server_mcp.ts";
import { lazyFileSearch } from "./server_search.ts";
import { serverSettings } from "./server_settings.ts";

/** What starts threads, as rollouts of both programs say it; editors, as a rule. */
export type ServerSource = "vscode" | "mcp" | "cli";

interface Server {
  readonly parsed: ParsedCommand;
  readonly platform: Platform;
  readonly source: ServerSource;
}

/** A server that runs, with what its clients switched. */
interface RunningServer extends Server {
  readonly featureDefaults: Readonly<Record<string, boolean>>;
  readonly givenLogin: GivenLogin;
}

/** Opens a thread; the signal ends it, at any time. */
type Begin = (host: ThreadHost, lifetime: AbortSignal) => Promise<ThreadHandle>;

/** @throws CodexError when the configuration cannot be used at all */
export async function serverServices(
  server: Server,
): Promise<AgentServices> {
  const { parsed, platform } = server;
  const config = await loadConfig(configOptions(parsed, platform));
  const { codexHome, sqliteHome, provider } = config;
  const agent = await userAgent(platform, "");
  const stored = createThreadStore({
    ...platform,
    codexHome,
    sqliteHome,
  });
  const featureDefaults: Record<string, boolean> = {};
  const givenLogin = new GivenLogin();
  const options = { ...configOptions(parsed, platform), featureDefaults };
  const editor = serverEditor({ options, config, featureDefaults });
  const begin = (
    request: ThreadRequest,
    signal: AbortSignal,
    act: Begin,
  ) => open({ ...server, featureDefaults, givenLogin, request }, act, signal);
  return {
    codexHome,
    modelProvider: provider.id,
    system: {
      family: platform.host.os === "windows" ? "windows" : "unix",
      os: platform.host.os === "darwin" ? "macos" : platform.host.os,
    },
    userAgent: ({ name, version }) => `${name}${agent} (${name}; ${version})`,
    models: modelEntries,
    stored,
    deviceKeys: serverDeviceKeys(platform, config),
    settings: serverSettings({ options, platform, config, givenLogin }),
    fileSearch: lazyFileSearch(platform),
    commands: serverCommands({
      platform,
      config: (cwd) =>
        loadConfig(cwd === undefined ? options : { ...options, cwd }),
    }),
    mcp: serverMcp({ platform, config: () => loadConfig(options) }),
    logins: createLoginService({
      platform,
      config: () => loadConfig(options),
      issuer: platform.env.get("CODEX_APP_SERVER_LOGIN_ISSUER"),
      clientId: undefined,
      given: givenLogin,
    }),
    editor,
    externalAgent: lazyExternalAgent({
      files: platform.files,
      codexHome,
      homeDirectory: platform.host.homeDirectory,
      editor,
    }),
    threads: {
      start: (request, signal) =>
        begin(
          request,
          signal,
          (host, lifetime) => host.startThread(request, lifetime),
        ),
      resume: async (id, request, signal) =>
        begin(
          await inItsPlace(platform, stored, id, request),
          signal,
          (host, lifetime) =>
            host.resumeThread({ kind: "id", id }, request, lifetime),
        ),
      fork: async (from, request, signal) =>
        begin(
          await inItsPlace(platform, stored, from, request),
          signal,
          (host, lifetime) => host.forkThread(from, request, lifetime),
        ),
    },
  };
}

/**
 * A thread goes on where it was, unless its client says otherwise.
 *
 * @throws CodexError `invalid_input` when that directory is gone
 */
async function inItsPlace(
  { files }: Platform,
  stored: ThreadStore,
  id: ThreadId,
  request: ThreadRequest,
): Promise<ThreadRequest> {
  if (request.cwd !== undefined) return request;
  const record = await stored.find(id);
  if (record === undefined) return request;
  const { cwd } = record;
  if ((await files.stat(cwd))?.isDirectory === true) return { ...request, cwd };
  throw new CodexError(
    "invalid_input",
    `Cannot continue thread ${id} in "${cwd}": the directory is gone; name another as cwd`,
  );
}

async function open(
  { parsed, platform, source, featureDefaults, givenLogin, request }:
    & RunningServer
    & { readonly request: ThreadRequest },
  begin: Begin,
  signal: AbortSignal,
): Promise<OpenThread> {
  const options = configOptions(parsed, platform);
  const load = () =>
    loadConfig({
      ...options,
      featureDefaults,
      cwd: request.cwd ?? options.cwd,
      profile: request.profile ?? options.profile,
      session: {
        ...options.session,
        overrides: [...options.session.overrides, ...overridesOf(request)],
      },
      flags: {
        ...options.flags,
        ...(request.sandboxMode === undefined
          ? {}
          : { sandboxMode: request.sandboxMode }),
      },
    });
  const config = await load();
  const rules = await loadRules(platform.files, { config, ignoreRules: false });
  // The thread outlives the request that opened it, which may end only its opening.
  const lifetime = new AbortController();
  const composition = await compose({
    platform,
    config,
    approvalPolicy: request.choices?.approvalPolicy ?? config.approvalPolicy,
    source,
    isEphemeral: request.isEphemeral ?? false,
    mayLogInLater: true,
    givenLogin,
    reloadConfig: load,
    rules,
  }, lifetime.signal);
  const onAbort = () => lifetime.abort(signal.reason);
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    signal.throwIfAborted();
    const handle = await begin(composition.host, lifetime.signal);
    return {
      handle,
      warnings: [...config.warnings, ...composition.warnings],
      async close() {
        await handle.close();
        await composition.close();
      },
    };
  } catch (error) {
    await composition.close();
    throw error;
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

/** A client's configuration as the overrides it stands for. */
function overridesOf({ config, modelProvider }: ThreadRequest): string[] {
  const entries = Object.entries(config ?? {}).map(([key, value]) =>
    `${key}=${tomlValue(value)}`
  );
  return modelProvider === undefined
    ? entries
    : [...entries, `model_provider=${tomlValue(modelProvider)}`];
}

/** JSON's strings, numbers and lists are TOML's; only its objects are written otherwise. */
function tomlValue(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(tomlValue).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value).map(([key, member]) =>
    `${JSON.stringify(key)} = ${tomlValue(member)}`
  );
  return `{ ${members.join(", ")} }`;
}

/** Few ever ask for it. */
function lazyExternalAgent(ports: ExternalAgentPorts): ExternalAgentService {
  const load = async () => {
    const { createExternalAgent } = await import(
      "@/config/external_agent/external_agent.ts"
    );
    return createExternalAgent(ports);
  };
  return {
    detect: async (request) => await (await load()).detect(request),
    import: async (items, signal) => await (await load()).import(items, signal),
  };
}
