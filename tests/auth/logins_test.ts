/** Logins against a little issuer: what is sent, kept, turned away. */
import assert from "node:assert/strict";
import { createLoginService } from "@/auth/login_service.ts";
import type { LoginConfig } from "@/auth/store_login.ts";
import { createPlatform } from "@/platform/deno.ts";
import { AddressInUse, type Platform } from "@/platform/platform.ts";
import type { LoginService } from "@/protocol/logins.ts";
import {
  type LoginIssuer,
  type LoginIssuerOptions,
  startLoginIssuer,
} from "@test/support/login_issuer.ts";

const never = new AbortController().signal;

interface Room extends AsyncDisposable {
  readonly issuer: LoginIssuer;
  readonly service: LoginService;
  readonly home: string;
  /** What is stored; undefined: nothing. */
  // deno-lint-ignore no-explicit-any -- looked into
  stored(): Promise<any>;
}

/** Nobody waits here, and the browser comes back to any free port. */
async function makeRoom(
  options: LoginIssuerOptions = {},
  settings: Partial<LoginConfig> = {},
  parts: Partial<Platform> = {},
): Promise<Room> {
  const issuer = startLoginIssuer(options);
  const home = await Deno.makeTempDir({ prefix: "codex-login-" });
  const machine = createPlatform();
  const env: Readonly<Record<string, string>> = {
    CODEX_REFRESH_TOKEN_URL_OVERRIDE: `${issuer.url}/oauth/token`,
    CODEX_REVOKE_TOKEN_URL_OVERRIDE: `${issuer.url}/oauth/revoke`,
  };
  const service = createLoginService({
    platform: {
      ...machine,
      clock: { ...machine.clock, sleep: async () => {} },
      env: { get: (name) => env[name], all: () => env },
      browsing: {
        listen: () => machine.browsing.listen(undefined),
        open: () => false,
      },
      ...parts,
    },
    config: () =>
      Promise.resolve({
        codexHome: home,
        cliAuthCredentialsStore: "file",
        ...settings,
      }),
    issuer: issuer.url,
    clientId: undefined,
  });
  return {
    issuer,
    service,
    home,
    async stored() {
      try {
        return JSON.parse(await Deno.readTextFile(`${home}/auth.json`));
      } catch {
        return undefined;
      }
    },
    async [Symbol.asyncDispose]() {
      await issuer[Symbol.asyncDispose]();
      await Deno.remove(home, { recursive: true });
    },
  };
}

async function get(url: string): Promise<string> {
  const response = await fetch(url, { redirect: "manual" });
  return `${response.status} ${await response.text()}`;
}

/** What the browser would come back with. */
function callback(url: string, query: Readonly<Record<string, string>>) {
  const asked = new URL(url).searchParams;
  const back = new URL(asked.get("redirect_uri") ?? "");
  for (const [name, value] of Object.entries(query)) {
    back.searchParams.set(name, value);
  }
  return back.href;
}

const stateOf = (url: string) => new URL(url).searchParams.get("state") ?? "";

Deno.test("a login in the browser proves itself by PKCE and is kept for its owner alone", async () => {
  await using room = await makeRoom();
  const { service, issuer, home } = room;
  const login = await service.startBrowser("me", never);
  const asked = Object.fromEntries(new URL(login.url).searchParams);
  assert.equal(new URL(login.url).origin, issuer.url);
  assert.deepEqual(
    { ...asked, state: "", code_challenge: "" },
    {
      response_type: "code",
      client_id: "app_EMoamEEZ73f0CkXaXp7hrann",
      redirect_uri: `http://localhost:${login.port}/auth/callback`,
      scope:
        "openid profile email offline_access api.connectors.read api.connectors.invoke",
      code_challenge: "",
      code_challenge_method: "S256",
      id_token_add_organizations: "true",
      codex_cli_simplified_flow: "true",
      state: "",
      originator: "me",
    },
  );
  const page = await get(
    callback(login.url, { state: stateOf(login.url), code: "c 1" }),
  );
  assert.match(page, /^200 You are logged in/);
  assert.deepEqual(await login.outcome, { kind: "done" });
  const form = new URLSearchParams(issuer.seen[0]?.body);
  const digest = await crypto.subtle.digest(
    "SHA-256",
    new TextEncoder().encode(form.get("code_verifier") ?? ""),
  );
  assert.equal(
    new Uint8Array(digest).toBase64({
      alphabet: "base64url",
      omitPadding: true,
    }),
    asked.code_challenge,
  );
  assert.deepEqual([form.get("code"), form.get("redirect_uri")], [
    "c 1",
    asked.redirect_uri,
  ]);
  const { tokens, last_refresh, ...rest } = await room.stored();
  assert.deepEqual(rest, {
    auth_mode: "chatgpt",
    OPENAI_API_KEY: "sk-exchanged",
  });
  assert.deepEqual(Object.keys(tokens), [
    "id_token",
    "access_token",
    "refresh_token",
    "account_id",
  ]);
  assert.equal(tokens.account_id, "acc-1");
  assert.ok(Math.abs(Date.parse(last_refresh) - Date.now()) < 60_000);
  const { mode } = await Deno.stat(`${home}/auth.json`);
  assert.equal(mode! & 0o777, 0o600);
});

Deno.test("who comes back without the state neither learns nor ends anything", async () => {
  await using room = await makeRoom({ refusesKeys: true });
  const { service } = room;
  const login = await service.startBrowser("me", never);
  const attacks = [
    { state: "guessed", code: "stolen" },
    { code: "stolen" },
    { state: "", error: "access_denied" },
    { state: `${stateOf(login.url)}x`, code: "stolen" },
  ];
  for (const query of attacks) {
    assert.equal(
      await get(callback(login.url, query)),
      "400 State mismatch",
    );
  }
  const origin = `http://127.0.0.1:${login.port}`;
  assert.equal(await get(`${origin}/other`), "404 Not Found");
  assert.equal(room.issuer.seen.length, 0);
  await get(callback(login.url, { state: stateOf(login.url), code: "c" }));
  assert.deepEqual(await login.outcome, { kind: "done" });
  assert.equal((await room.stored()).OPENAI_API_KEY, null);
});

Deno.test("a login that fails says why, to the person and to the program, and keeps nothing", async () => {
  const cases: readonly (readonly [
    LoginIssuerOptions,
    Partial<LoginConfig>,
    Readonly<Record<string, string>>,
    RegExp,
  ])[] = [
    [
      {},
      {},
      { error: "access_denied", error_description: "No\u001b[2J way" },
      /^Sign-in failed: No way$/,
    ],
    [{}, {}, {}, /^Missing authorization code/],
    [
      { refusal: "nope" },
      {},
      { code: "c" },
      /^Token exchange failed: .* 400 Bad Request: nope$/,
    ],
    [
      {},
      { forcedChatgptWorkspaceId: "other" },
      { code: "c" },
      /restricted to workspace id other$/,
    ],
  ];
  for (const [options, settings, query, reason] of cases) {
    await using room = await makeRoom(options, settings);
    const login = await room.service.startBrowser("me", never);
    const page = await get(
      callback(login.url, { state: stateOf(login.url), ...query }),
    );
    const outcome = await login.outcome;
    assert.equal(outcome.kind, "failed");
    assert.match(outcome.kind === "failed" ? outcome.reason : "", reason);
    assert.match(page, /^200 The login did not succeed: /);
    assert.equal(await room.stored(), undefined);
    await assert.rejects(fetch(`http://127.0.0.1:${login.port}/`));
  }
});

Deno.test("a login ends when it is cancelled, asked to let go, or nobody wants it", async () => {
  await using room = await makeRoom();
  const cancelled = await room.service.startBrowser("me", never);
  await cancelled.cancel("Not now");
  assert.deepEqual(await cancelled.outcome, {
    kind: "failed",
    reason: "Not now",
  });
  const replaced = await room.service.startBrowser("me", never);
  assert.equal(
    await get(`http://127.0.0.1:${replaced.port}/cancel`),
    "200 Login cancelled",
  );
  assert.deepEqual(await replaced.outcome, {
    kind: "failed",
    reason: "Login cancelled",
  });
  const owner = new AbortController();
  const left = await room.service.startBrowser("me", owner.signal);
  owner.abort(new Error("The program ends"));
  assert.deepEqual(await left.outcome, {
    kind: "failed",
    reason: "The program ends",
  });
  const port = left.port;
  await assert.rejects(fetch(`http://127.0.0.1:${port}/`));
});

Deno.test("a port somebody else keeps is asked for, tried again, and told of", async () => {
  const machine = createPlatform();
  const asked: string[] = [];
  let tries = 0;
  const taken = (letsGoAfter: number): Partial<Platform> => ({
    http: {
      send(request) {
        asked.push(`${request.method} ${request.url}`);
        return Promise.resolve(new Response("ok"));
      },
    },
    browsing: {
      listen(port) {
        assert.equal(port, 1455);
        if (tries++ < letsGoAfter) throw new AddressInUse("taken");
        return machine.browsing.listen(undefined);
      },
      open: () => false,
    },
  });
  {
    await using room = await makeRoom({}, {}, taken(3));
    const login = await room.service.startBrowser("me", never);
    await login.cancel("enough");
    assert.deepEqual(asked, ["GET http://127.0.0.1:1455/cancel"]);
  }
  tries = 0;
  await using room = await makeRoom({}, {}, taken(Infinity));
  await assert.rejects(room.service.startBrowser("me", never), {
    message: "Port 127.0.0.1:1455 is already in use",
  });
  assert.equal(tries, 11);
});

Deno.test("a login with a code waits for the person", async () => {
  await using room = await makeRoom({ waits: 2 });
  const { service, issuer } = room;
  const login = await service.startDevice(never);
  assert.deepEqual([login.url, login.code], [
    `${issuer.url}/codex/device`,
    "ABCD-1234",
  ]);
  assert.deepEqual(await login.outcome, { kind: "done" });
  assert.deepEqual(
    issuer.seen.map(({ path }) => path.split("/").at(-1)),
    ["usercode", "token", "token", "token", "token"],
  );
  assert.deepEqual(
    Object.fromEntries(new URLSearchParams(issuer.seen[4]?.body)),
    {
      grant_type: "authorization_code",
      code: "ac-1",
      redirect_uri: `${issuer.url}/deviceauth/callback`,
      client_id: "app_EMoamEEZ73f0CkXaXp7hrann",
      code_verifier: "cv",
    },
  );
  assert.equal((await room.stored()).OPENAI_API_KEY, null);
});

Deno.test("a code nobody types grows old", async () => {
  const machine = createPlatform();
  let now = 0;
  await using room = await makeRoom({ waits: Infinity }, {}, {
    clock: {
      ...machine.clock,
      now: () => now,
      sleep: async () => void (now += 60_000),
    },
  });
  const login = await room.service.startDevice(never);
  assert.deepEqual(await login.outcome, {
    kind: "failed",
    reason: "device auth timed out after 15 minutes",
  });
});

Deno.test("what the configuration forbids, or cannot be kept, is refused at once", async () => {
  const cases: readonly (readonly [Partial<LoginConfig>, RegExp, RegExp])[] = [
    [{ forcedLoginMethod: "api" }, /^ChatGPT login is disabled/, /^$/],
    [{ forcedLoginMethod: "chatgpt" }, /^$/, /^API key login is disabled/],
    [{ cliAuthCredentialsStore: "keyring" }, /no keyring/, /no keyring/],
    [{ cliAuthCredentialsStore: "ephemeral" }, /no memory/, /no memory/],
  ];
  for (const [settings, chatgpt, key] of cases) {
    await using room = await makeRoom({ waits: Infinity }, settings);
    const refusalOf = async (act: Promise<unknown>) => {
      try {
        await act;
        return "";
      } catch (error) {
        return error instanceof Error ? error.message : "";
      }
    };
    const device = room.service.startDevice(never);
    assert.match(await refusalOf(device), chatgpt);
    await device.then((login) => login.cancel("enough"), () => undefined);
    assert.match(await refusalOf(room.service.storeApiKey("sk")), key);
  }
  await using room = await makeRoom({ hasNoDevices: true });
  await assert.rejects(room.service.startDevice(never), /not enabled/);
  await assert.rejects(room.service.storeApiKey(" "), /must not be empty/);
});

Deno.test("logins go only where they are encrypted or stay on this machine", async () => {
  const machine = createPlatform();
  for (
    const issuer of [
      "http://auth.example.com",
      "http://127.0.0.1.evil.example",
      "ftp://127.0.0.1",
      "nonsense",
    ]
  ) {
    const service = createLoginService({
      platform: machine,
      config: () =>
        Promise.resolve({ codexHome: "/x", cliAuthCredentialsStore: "file" }),
      issuer,
      clientId: undefined,
    });
    await assert.rejects(service.startDevice(never), /must be an https/);
  }
});

Deno.test("leaving forgets the login and tells the issuer", async () => {
  await using room = await makeRoom();
  const { service, issuer } = room;
  assert.equal(await service.logOut(never), false);
  await (await service.startDevice(never)).outcome;
  const { tokens } = await room.stored();
  assert.equal(await service.logOut(never), true);
  assert.equal(await room.stored(), undefined);
  const { path, body } = issuer.seen.at(-1)!;
  assert.deepEqual([path, JSON.parse(body)], ["/oauth/revoke", {
    token: tokens.refresh_token,
    token_type_hint: "refresh_token",
    client_id: "app_EMoamEEZ73f0CkXaXp7hrann",
  }]);
  await Deno.writeTextFile(`${room.home}/auth.json`, "half a fi");
  assert.equal(await service.logOut(never), true);
});
