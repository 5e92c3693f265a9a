/** When a stored login is renewed, and what becomes of it. */
import assert from "node:assert/strict";
import {
  type Credential,
  findCredential,
  renewLogin,
} from "@/auth/credentials.ts";
import { createPlatform } from "@/platform/deno.ts";
import type { ProviderConfig } from "@/config/config.ts";
import {
  type LoginIssuer,
  type LoginIssuerOptions,
  loginToken,
  startLoginIssuer,
} from "@test/support/login_issuer.ts";

const never = new AbortController().signal;
const NOW = Date.parse("2026-06-15T00:00:00Z");
const PROVIDER = {
  requiresLogin: true,
  isDefaultBaseUrl: true,
  auth: { kind: "login" },
  // The rest of a provider has no say in who asks.
} as unknown as ProviderConfig;

function login(
  { exp, last, token = "old" }: {
    readonly exp: string;
    readonly last: string;
    readonly token?: string;
  },
) {
  return {
    auth_mode: "chatgpt",
    OPENAI_API_KEY: "sk-kept",
    tokens: {
      id_token: loginToken(),
      access_token: loginToken({ jti: token, exp: Date.parse(exp) / 1000 }),
      refresh_token: "rt-0",
      account_id: "acc-1",
    },
    last_refresh: last,
  };
}

const FRESH = login({ exp: "2026-06-20", last: "2026-06-14" });
const OLD = login({ exp: "2026-06-20", last: "2026-06-01" });
const EXPIRED = login({ exp: "2026-06-14", last: "2026-06-10" });

interface Room extends AsyncDisposable {
  readonly issuer: LoginIssuer;
  find(signal?: AbortSignal): Promise<Credential | undefined>;
  renew(refused: Credential): Promise<boolean>;
  store(login: unknown): Promise<void>;
  // deno-lint-ignore no-explicit-any -- looked into
  stored(): Promise<any>;
}

async function makeRoom(
  stored: unknown,
  options: LoginIssuerOptions = {},
): Promise<Room> {
  const issuer = startLoginIssuer(options);
  const codexHome = await Deno.makeTempDir({ prefix: "codex-refresh-" });
  const machine = createPlatform();
  const env: Readonly<Record<string, string>> = {
    CODEX_REFRESH_TOKEN_URL_OVERRIDE: `${issuer.url}/oauth/token`,
  };
  const ports = {
    ...machine,
    codexHome,
    clock: { ...machine.clock, now: () => NOW },
    env: { get: (name: string) => env[name], all: () => env },
  };
  const file = `${codexHome}/auth.json`;
  const store = (login: unknown) =>
    Deno.writeTextFile(file, JSON.stringify(login));
  await store(stored);
  return {
    issuer,
    store,
    find: (signal = never) => findCredential(ports, PROVIDER, signal),
    renew: (refused) => renewLogin(ports, refused, never),
    stored: async () => JSON.parse(await Deno.readTextFile(file)),
    async [Symbol.asyncDispose]() {
      await issuer[Symbol.asyncDispose]();
      await Deno.remove(codexHome, { recursive: true });
    },
  };
}

const sent = (credential: Credential | undefined) =>
  credential?.bearer.reveal();

Deno.test("a fresh login is used as it is", async () => {
  await using room = await makeRoom(FRESH);
  assert.equal(sent(await room.find()), FRESH.tokens.access_token);
  assert.equal(room.issuer.seen.length, 0);
});

Deno.test("an expired login, and one of more than eight days, is renewed and kept", async () => {
  for (const before of [OLD, EXPIRED]) {
    await using room = await makeRoom(before);
    const token = sent(await room.find());
    const { tokens, last_refresh, ...rest } = await room.stored();
    assert.equal(token, tokens.access_token);
    assert.notEqual(token, before.tokens.access_token);
    assert.equal(tokens.refresh_token, "rt-1");
    assert.equal(last_refresh, new Date(NOW).toISOString());
    assert.deepEqual(rest, {
      auth_mode: "chatgpt",
      OPENAI_API_KEY: "sk-kept",
    });
    assert.equal(sent(await room.find()), token);
    assert.equal(room.issuer.seen.length, 1);
  }
});

Deno.test("without a refresh the old login is used as long as it holds", async () => {
  const refusal = { refreshRefusal: "reused" };
  await using old = await makeRoom(OLD, refusal);
  assert.equal(sent(await old.find()), OLD.tokens.access_token);
  await using expired = await makeRoom(EXPIRED, refusal);
  await assert.rejects(expired.find(), {
    name: "CodexError",
    code: "unauthorized",
    message:
      "Cannot refresh the login: reused; run `codex logout` and `codex login` again",
  });
});

Deno.test("a refused login is renewed, unless somebody else did so already", async () => {
  await using room = await makeRoom(FRESH);
  const first = await room.find();
  assert.ok(first);
  assert.equal(await room.renew(first), true);
  assert.equal(room.issuer.seen.length, 1);
  assert.equal(await room.renew(first), true);
  assert.equal(room.issuer.seen.length, 1);
  const second = await room.find();
  assert.notEqual(sent(second), sent(first));
});

Deno.test("a key is never renewed, and a login of another account is not taken", async () => {
  await using room = await makeRoom({
    auth_mode: "apikey",
    OPENAI_API_KEY: "sk",
  });
  const key = await room.find();
  assert.ok(key);
  assert.equal(await room.renew(key), false);
  await using refused = await makeRoom(EXPIRED, { refreshRefusal: "no" });
  const other = { ...FRESH.tokens, account_id: "acc-2" };
  const finding = refused.find();
  await refused.store({ ...FRESH, tokens: other });
  await assert.rejects(finding, /Cannot refresh the login/);
});

Deno.test("several that find a login expired renew it once, and nobody who leaves stops that", async () => {
  await using room = await makeRoom(EXPIRED);
  const found = await Promise.all([room.find(), room.find(), room.find()]);
  assert.equal(room.issuer.seen.length, 1);
  assert.equal(new Set(found.map(sent)).size, 1);
  await room.store(EXPIRED);
  const leaving = new AbortController();
  const left = room.find(leaving.signal);
  const stayed = room.find();
  leaving.abort(new Error("not waiting"));
  await assert.rejects(left, { message: "not waiting" });
  assert.equal(sent(await stayed), (await room.stored()).tokens.access_token);
  assert.equal(room.issuer.seen.length, 2);
});
