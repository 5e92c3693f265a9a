import assert from "node:assert/strict";
import { resolveProvider } from "@/config/providers.ts";
import type { ProviderToml } from "@/config/schema.ts";

function resolve(
  id: string,
  toml: Partial<ProviderToml> = {},
  variables: Readonly<Record<string, string>> = {},
) {
  return resolveProvider(id, {
    configured: { mine: { name: "Mine", ...toml } as ProviderToml },
    openaiBaseUrl: undefined,
    env: (name) => variables[name],
    cwd: "/cwd",
  });
}

Deno.test("resolveProvider() fills in the defaults of a configured provider", () => {
  assert.deepEqual(resolve("mine", { base_url: "http://h/v1//" }), {
    id: "mine",
    name: "Mine",
    baseUrl: "http://h/v1",
    isDefaultBaseUrl: false,
    headers: {},
    queryParams: {},
    requestMaxRetries: 4,
    streamMaxRetries: 5,
    streamIdleTimeoutMs: 300_000,
    websocketConnectTimeoutMs: 15_000,
    supportsWebsockets: false,
    requiresLogin: false,
    auth: { kind: "none" },
  });
});

Deno.test("resolveProvider() limits retries", () => {
  const { requestMaxRetries, streamMaxRetries } = resolve("mine", {
    request_max_retries: 1000,
    stream_max_retries: 0,
  });
  assert.deepEqual([requestMaxRetries, streamMaxRetries], [100, 0]);
});

Deno.test("resolveProvider() takes headers from the environment unless blank", () => {
  const { headers } = resolve("mine", {
    http_headers: { a: "1" },
    env_http_headers: { b: "B", c: "C", d: "D" },
  }, { B: "2", C: " " });
  assert.deepEqual(headers, { a: "1", b: "2" });
});

Deno.test("resolveProvider() prefers a variable, then a token, then a command", () => {
  const auth = { command: "get", args: ["token"] } as ProviderToml["auth"];
  assert.deepEqual([
    resolve("mine", { env_key: "K", experimental_bearer_token: "t" }).auth,
    resolve("mine", { experimental_bearer_token: "t" }).auth,
    resolve("mine", { auth }).auth,
    resolve("mine", { requires_openai_auth: true }).auth,
  ], [
    { kind: "environment", variable: "K" },
    { kind: "bearer", token: "t" },
    {
      kind: "command",
      argv: ["get", "token"],
      cwd: "/cwd",
      timeoutMs: 5000,
      refreshIntervalMs: 300_000,
    },
    { kind: "login" },
  ]);
});

Deno.test("resolveProvider() knows the vendor's own provider and local ones", () => {
  const local = { CODEX_OSS_PORT: "9" };
  const openai = resolve("openai", {}, { OPENAI_PROJECT: "p" });
  assert.deepEqual([
    openai.baseUrl,
    openai.isDefaultBaseUrl,
    openai.headers["OpenAI-Project"],
    resolve("lmstudio").baseUrl,
    resolve("ollama", {}, local).baseUrl,
    resolve("ollama", {}, { ...local, CODEX_OSS_BASE_URL: "http://x/" })
      .baseUrl,
  ], [
    "https://api.openai.com/v1",
    true,
    "p",
    "http://localhost:1234/v1",
    "http://localhost:9/v1",
    "http://x",
  ]);
});
