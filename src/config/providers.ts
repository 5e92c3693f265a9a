/**
 * Model providers: the built-in ones, the checks on configured ones, and the
 * resolution of either into a complete `ProviderConfig`.
 */
import { CodexError } from "@/protocol/errors.ts";
import { unknownVariant } from "@/protocol/decode.ts";
import { VERSION } from "@/protocol/version.ts";
import type { ProviderAuth, ProviderConfig } from "./config.ts";
import { ConfigProblem } from "./problem.ts";
import type { ProviderToml } from "./schema.ts";

/** Ids a configuration may not define. */
const RESERVED_IDS = ["openai", "ollama", "lmstudio"];
const BEDROCK_ID = "amazon-bedrock";

const OPENAI_BASE_URL = "https://api.openai.com/v1";
const OSS_PORTS: Readonly<Record<string, string>> = {
  ollama: "11434",
  lmstudio: "1234",
};
/** The model asked for when `--oss` is given without one. */
export const OSS_MODELS: Readonly<Record<string, string>> = {
  ollama: "gpt-oss:20b",
  lmstudio: "openai/gpt-oss-20b",
};

/** More would hide a broken server for longer than anyone waits. */
const RETRIES_MAX = 100;
const REQUEST_RETRIES = 4;
const STREAM_RETRIES = 5;
const STREAM_IDLE_TIMEOUT_MS = 300_000;
const WEBSOCKET_CONNECT_TIMEOUT_MS = 15_000;
const AUTH_TIMEOUT_MS = 5_000;
const AUTH_REFRESH_INTERVAL_MS = 300_000;

export interface ProviderSources {
  readonly configured: Readonly<Record<string, ProviderToml>>;
  readonly openaiBaseUrl: string | undefined;
  /** The value of an environment variable. */
  readonly env: (name: string) => string | undefined;
  readonly cwd: string;
}

/** Checks every configured provider, used or not. @throws ConfigProblem */
export function checkProviders(
  configured: Readonly<Record<string, ProviderToml>>,
): void {
  const ids = Object.keys(configured).sort();
  const reserved = ids.filter((id) => RESERVED_IDS.includes(id));
  if (reserved.length > 0) {
    const names = reserved.map((id) => `\`${id}\``).join(", ");
    throw loadFailure(
      ["model_providers"],
      `model_providers contains reserved built-in provider IDs: ${names}. ` +
        "Built-in providers cannot be overridden. Rename your custom provider " +
        "(for example, `openai-custom`).",
    );
  }
  for (const id of ids) {
    const provider = configured[id];
    if (provider === undefined) continue;
    if (id === BEDROCK_ID) checkBedrock(provider);
    else checkProvider(id, provider);
  }
}

function checkProvider(id: string, provider: ProviderToml): void {
  checkWireApi(id, provider.wire_api);
  const reason = providerProblem(provider);
  if (reason === undefined) return;
  // The key is the table of all providers, as other versions name it.
  throw loadFailure(["model_providers"], `model_providers.${id}: ${reason}`);
}

function providerProblem(provider: ProviderToml): string | undefined {
  if (provider.aws !== undefined) {
    return `provider aws is only supported for \`${BEDROCK_ID}\``;
  }
  if ((provider.name ?? "").trim() === "") {
    return "provider name must not be empty";
  }
  if (provider.auth === undefined) return undefined;
  if (provider.auth.command.trim() === "") {
    return "provider auth.command must not be empty";
  }
  const others = [
    ...(provider.env_key === undefined ? [] : ["env_key"]),
    ...(provider.experimental_bearer_token === undefined
      ? []
      : ["experimental_bearer_token"]),
    ...(provider.requires_openai_auth === true ? ["requires_openai_auth"] : []),
  ];
  return others.length === 0
    ? undefined
    : `provider auth cannot be combined with ${others.join(", ")}`;
}

function checkWireApi(id: string, wireApi: string | undefined): void {
  if (wireApi === undefined || wireApi === "responses") return;
  const message = wireApi === "chat"
    ? '`wire_api = "chat"` is no longer supported.\n' +
      'How to fix: set `wire_api = "responses"` in your provider config.\n' +
      "More info: https://github.com/openai/codex/discussions/7782"
    : unknownVariant(wireApi, ["responses"]);
  throw loadFailure(["model_providers", id, "wire_api"], message);
}

function checkBedrock(provider: ProviderToml): void {
  const { aws: _, ...others } = provider;
  if (Object.values(others).every((value) => value === undefined)) return;
  throw new ConfigProblem(
    ["model_providers", BEDROCK_ID],
    "model_providers.amazon-bedrock only supports changing `aws.profile` and " +
      "`aws.region`; other non-default provider fields are not supported",
  );
}

/**
 * The provider of that id, complete.
 *
 * @throws ConfigProblem at `model_provider` when there is none
 */
export function resolveProvider(
  id: string,
  sources: ProviderSources,
): ProviderConfig {
  refuseFormerName(id);
  if (id === BEDROCK_ID) {
    throw new CodexError(
      "unsupported",
      "Model provider `amazon-bedrock` is not available in this version; " +
        "choose another with `model_provider`",
    );
  }
  if (id === "openai") return openaiProvider(sources);
  if (Object.hasOwn(OSS_PORTS, id)) return ossProvider(id, sources);
  const toml = Object.hasOwn(sources.configured, id)
    ? sources.configured[id]
    : undefined;
  if (toml === undefined) {
    throw new ConfigProblem(
      ["model_provider"],
      `Model provider \`${id}\` not found`,
    );
  }
  return customProvider(id, toml, sources);
}

/** @throws ConfigProblem for the former name of a built-in provider */
function refuseFormerName(id: string): void {
  if (id !== "ollama-chat") return;
  throw new ConfigProblem(
    ["model_provider"],
    "`ollama-chat` is no longer supported.\n" +
      "How to fix: replace `ollama-chat` with `ollama` in `model_provider`, " +
      "`oss_provider`, or `--local-provider`.\n" +
      "More info: https://github.com/openai/codex/discussions/7782",
  );
}

function openaiProvider(sources: ProviderSources): ProviderConfig {
  const baseUrl = sources.openaiBaseUrl?.trim() ?? "";
  return {
    ...PROVIDER_DEFAULTS,
    id: "openai",
    name: "OpenAI",
    baseUrl: withoutSlash(baseUrl === "" ? OPENAI_BASE_URL : baseUrl),
    isDefaultBaseUrl: baseUrl === "",
    headers: {
      version: VERSION,
      ...headersFromEnvironment({
        "OpenAI-Organization": "OPENAI_ORGANIZATION",
        "OpenAI-Project": "OPENAI_PROJECT",
      }, sources.env),
    },
    supportsWebsockets: true,
    requiresLogin: true,
    auth: { kind: "login" },
  };
}

function ossProvider(id: string, sources: ProviderSources): ProviderConfig {
  const url = nonBlank(sources.env("CODEX_OSS_BASE_URL"));
  const port = nonBlank(sources.env("CODEX_OSS_PORT")) ?? OSS_PORTS[id];
  return {
    ...PROVIDER_DEFAULTS,
    id,
    name: "gpt-oss",
    baseUrl: withoutSlash(url ?? `http://localhost:${port}/v1`),
    isDefaultBaseUrl: false,
    headers: {},
    auth: { kind: "none" },
  };
}

function customProvider(
  id: string,
  toml: ProviderToml,
  sources: ProviderSources,
): ProviderConfig {
  const limit = (count: number | undefined, otherwise: number) =>
    Math.min(count ?? otherwise, RETRIES_MAX);
  return {
    id,
    name: toml.name ?? id,
    baseUrl: withoutSlash(toml.base_url ?? OPENAI_BASE_URL),
    isDefaultBaseUrl: toml.base_url === undefined,
    headers: {
      ...toml.http_headers,
      ...headersFromEnvironment(toml.env_http_headers ?? {}, sources.env),
    },
    queryParams: toml.query_params ?? {},
    requestMaxRetries: limit(toml.request_max_retries, REQUEST_RETRIES),
    streamMaxRetries: limit(toml.stream_max_retries, STREAM_RETRIES),
    streamIdleTimeoutMs: toml.stream_idle_timeout_ms ?? STREAM_IDLE_TIMEOUT_MS,
    websocketConnectTimeoutMs: toml.websocket_connect_timeout_ms ??
      WEBSOCKET_CONNECT_TIMEOUT_MS,
    supportsWebsockets: toml.supports_websockets ?? false,
    requiresLogin: toml.requires_openai_auth ?? false,
    auth: authOf(toml, sources),
  };
}

const PROVIDER_DEFAULTS = {
  queryParams: {},
  requestMaxRetries: REQUEST_RETRIES,
  streamMaxRetries: STREAM_RETRIES,
  streamIdleTimeoutMs: STREAM_IDLE_TIMEOUT_MS,
  websocketConnectTimeoutMs: WEBSOCKET_CONNECT_TIMEOUT_MS,
  supportsWebsockets: false,
  requiresLogin: false,
} as const;

function authOf(toml: ProviderToml, sources: ProviderSources): ProviderAuth {
  if (toml.env_key !== undefined) {
    const instructions = toml.env_key_instructions;
    return {
      kind: "environment",
      variable: toml.env_key,
      ...(instructions === undefined ? {} : { instructions }),
    };
  }
  if (toml.experimental_bearer_token !== undefined) {
    return { kind: "bearer", token: toml.experimental_bearer_token };
  }
  if (toml.auth === undefined) {
    return { kind: toml.requires_openai_auth === true ? "login" : "none" };
  }
  const { command, args, cwd, timeout_ms, refresh_interval_ms } = toml.auth;
  return {
    kind: "command",
    argv: [command, ...(args ?? [])],
    cwd: cwd ?? sources.cwd,
    timeoutMs: timeout_ms ?? AUTH_TIMEOUT_MS,
    refreshIntervalMs: refresh_interval_ms ?? AUTH_REFRESH_INTERVAL_MS,
  };
}

function headersFromEnvironment(
  variables: Readonly<Record<string, string>>,
  env: ProviderSources["env"],
): Readonly<Record<string, string>> {
  const headers: Record<string, string> = {};
  for (const [header, variable] of Object.entries(variables)) {
    const value = nonBlank(env(variable));
    if (value !== undefined) headers[header] = value;
  }
  return headers;
}

function nonBlank(value: string | undefined): string | undefined {
  return value === undefined || value.trim() === "" ? undefined : value;
}

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, "");
}

function loadFailure(path: readonly string[], message: string): ConfigProblem {
  return new ConfigProblem(path, message, { isLoadFailure: true });
}
