import assert from "node:assert/strict";
import { credentialHeaders, findCredential } from "@/auth/credentials.ts";
import { Secret } from "@/auth/secret.ts";
import type { ProviderConfig } from "@/config/config.ts";
import { createPlatform } from "@/platform/deno.ts";

const PROVIDER: ProviderConfig = {
  id: "p",
  name: "p",
  baseUrl: "http://127.0.0.1:1/v1",
  isDefaultBaseUrl: false,
  headers: {},
  queryParams: {},
  requestMaxRetries: 0,
  streamMaxRetries: 0,
  streamIdleTimeoutMs: 1000,
  websocketConnectTimeoutMs: 1000,
  supportsWebsockets: false,
  requiresLogin: false,
  auth: { kind: "login" },
};

const never = new AbortController().signal;

/** The credential as headers, under an environment and an `auth.json`. */
async function headers(
  provider: Partial<ProviderConfig>,
  env: Readonly<Record<string, string>> = {},
  login?: unknown,
): Promise<Readonly<Record<string, string>>> {
  const platform = createPlatform();
  const codexHome = await Deno.makeTempDir();
  try {
    if (login !== undefined) {
      await Deno.writeTextFile(`${codexHome}/auth.json`, JSON.stringify(login));
    }
    const ports = {
      ...platform,
      codexHome,
      env: { get: (name: string) => env[name], all: () => env },
    };
    return credentialHeaders(
      await findCredential(ports, { ...PROVIDER, ...provider }, never),
    );
  } finally {
    await Deno.remove(codexHome, { recursive: true });
  }
}

const API_LOGIN = { auth_mode: "apikey", OPENAI_API_KEY: "sk-stored" };
const CHATGPT_LOGIN = {
  auth_mode: "chatgpt",
  OPENAI_API_KEY: null,
  tokens: { access_token: "jwt", account_id: "acc-1" },
};

Deno.test("findCredential() sends the stored login to a provider that asks for it", async () => {
  assert.deepEqual(await headers({ requiresLogin: true }, {}, API_LOGIN), {
    authorization: "Bearer sk-stored",
  });
  assert.deepEqual(await headers({ requiresLogin: true }, {}, CHATGPT_LOGIN), {
    authorization: "Bearer jwt",
    "chatgpt-account-id": "acc-1",
  });
});

Deno.test("findCredential() never sends the stored login to a foreign provider", async () => {
  assert.deepEqual(
    await headers({}, { CODEX_API_KEY: "sk-env" }, API_LOGIN),
    {},
  );
  assert.deepEqual(
    await headers({ auth: { kind: "none" } }, {}, CHATGPT_LOGIN),
    {},
  );
});

Deno.test("findCredential() prefers CODEX_API_KEY to the stored login", async () => {
  assert.deepEqual(
    await headers(
      { requiresLogin: true },
      { CODEX_API_KEY: "sk-env" },
      API_LOGIN,
    ),
    { authorization: "Bearer sk-env" },
  );
});

Deno.test("findCredential() says what to do when the vendor's provider has no login", async () => {
  await assert.rejects(
    headers({ requiresLogin: true, isDefaultBaseUrl: true }),
    /^CodexError: Not logged in: run `codex login`, set CODEX_API_KEY/,
  );
});

Deno.test("findCredential() names the variable that is not set and its instructions", async () => {
  const auth = {
    kind: "environment",
    variable: "MY_KEY",
    instructions: "Ask Ann.",
  } as const;
  assert.deepEqual(await headers({ auth }, { MY_KEY: "k" }), {
    authorization: "Bearer k",
  });
  await assert.rejects(headers({ auth }, { MY_KEY: " " }), {
    message: "Missing environment variable: `MY_KEY`. Ask Ann.",
  });
});

Deno.test("findCredential() takes a token from a command, and says why it cannot", async () => {
  const command = (script: string, timeoutMs = 5000) =>
    headers({
      auth: {
        kind: "command",
        argv: ["/bin/sh", "-c", script],
        cwd: "/",
        timeoutMs,
        refreshIntervalMs: 0,
      },
    });
  assert.deepEqual(await command("echo token"), {
    authorization: "Bearer token",
  });
  await assert.rejects(command("exit 3"), /it exited with code 3/);
  await assert.rejects(command("true"), /it printed nothing/);
  await assert.rejects(command("sleep 30", 50), /it took longer than 50 ms/);
});

Deno.test("findCredential() does not print a broken login file", async () => {
  const platform = createPlatform();
  const codexHome = await Deno.makeTempDir();
  await Deno.writeTextFile(
    `${codexHome}/auth.json`,
    '{"OPENAI_API_KEY":"sk-half',
  );
  const env = { get: () => undefined, all: () => ({}) };
  await assert.rejects(
    findCredential({ ...platform, codexHome, env }, {
      ...PROVIDER,
      requiresLogin: true,
    }, never),
    (error: Error) =>
      !error.message.includes("sk-half") && /is not JSON/.test(error.message),
  );
  await Deno.remove(codexHome, { recursive: true });
});

Deno.test("a Secret does not print itself", () => {
  const secret = new Secret("sk-123");
  const shown = [`${secret}`, JSON.stringify({ secret }), Deno.inspect(secret)];
  assert.equal(shown.join(" ").includes("sk-123"), false);
  assert.equal(secret.reveal(), "sk-123");
});
