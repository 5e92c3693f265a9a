/** Logins to MCP servers, against a little authorization server, and attacks on them. */
import assert from "node:assert/strict";
import type { McpTransport } from "@/config/config.ts";
import { logIn, type LoginPorts } from "@/mcp/oauth_login.ts";
import { LoginStore } from "@/mcp/oauth_store.ts";
import { McpStartError } from "@/mcp/server.ts";
import { createPlatform } from "@/platform/deno.ts";
import type { McpServer } from "@/mcp/server.ts";
import {
  type AuthorizationServer,
  type AuthorizationServerOptions,
  startAuthorizationServer,
} from "@test/support/authorization_server.ts";
import { NEVER } from "@test/support/fake_clock.ts";
import { declineAll, serverConfig, withServer } from "./scripted.ts";

type Http = Extract<McpTransport, { kind: "http" }>;

function httpServer(url: string, changes: Partial<Http> = {}): Http {
  return {
    kind: "http",
    url,
    bearerTokenEnvVar: undefined,
    headers: undefined,
    envHeaders: undefined,
    scopes: undefined,
    oauthResource: undefined,
    oauthClient: undefined,
    ...changes,
  };
}

interface Place {
  readonly server: AuthorizationServer;
  readonly home: string;
  /** What the user was shown. */
  readonly shown: () => string;
  login(options?: {
    readonly scopes?: readonly string[];
    readonly changes?: Partial<Http>;
    /** The user's browser, given the address to open. */
    readonly browser?: (url: URL) => Promise<void>;
    readonly store?: "auto" | "file" | "keyring";
    readonly consentMs?: number;
    readonly callbackPort?: number;
    readonly callbackUrl?: string;
  }): Promise<void>;
  connect(use: (server: McpServer) => Promise<void>): Promise<void>;
  credentials(): Promise<Record<string, Record<string, unknown>>>;
}

/** Consents at once, as a person who clicks "yes" does. */
async function follow(url: URL): Promise<void> {
  const consent = await fetch(url, { redirect: "manual" });
  await consent.body?.cancel();
  const back = await fetch(consent.headers.get("location") ?? "");
  await back.text();
}

async function withPlace(
  options: AuthorizationServerOptions,
  use: (place: Place) => Promise<void>,
): Promise<void> {
  await using server = startAuthorizationServer(options);
  const home = await Deno.makeTempDir();
  const real = createPlatform();
  let shown = "";
  try {
    await use({
      server,
      home,
      shown: () => shown,
      async login(asked = {}) {
        const { scopes, changes, browser = follow, store, consentMs } = asked;
        const browsers: Promise<void>[] = [];
        const ports: LoginPorts = {
          ...real,
          clock: {
            ...real.clock,
            timeout: (ms) =>
              AbortSignal.timeout(ms > 60_000 ? consentMs ?? ms : ms),
          },
          browsing: {
            ...real.browsing,
            open: (url) => {
              browsers.push(browser(url));
              return true;
            },
          },
          codexHome: home,
          show: (text) => {
            shown += text;
          },
        };
        try {
          await logIn(ports, {
            name: "web",
            server: httpServer(server.url, changes),
            oauth: {
              store: store ?? "file",
              callbackPort: asked.callbackPort,
              callbackUrl: asked.callbackUrl,
            },
            scopes,
          }, NEVER);
        } finally {
          await Promise.allSettled(browsers);
        }
      },
      connect: (use) =>
        withServer(
          serverConfig([], { transport: httpServer(server.url) }),
          use,
          declineAll,
          home,
          "web",
        ),
      credentials: async () =>
        JSON.parse(await Deno.readTextFile(`${home}/.credentials.json`)),
    });
  } finally {
    await Deno.remove(home, { recursive: true });
  }
}

async function echo(server: McpServer, text = "hi"): Promise<string> {
  const answer = await server.call(
    { tool: "echo", arguments: { text }, meta: {} },
    NEVER,
  );
  return answer.kind === "error"
    ? answer.message
    : (answer.content[0] as { text: string }).text;
}

const paths = ({ seen }: AuthorizationServer) => seen.map(({ path }) => path);

Deno.test("a login asks by the book and keeps what it got where only the user can read it", async () => {
  await withPlace({ scopes: ["read", "write"] }, async (place) => {
    const { server, home } = place;
    await place.login();
    const registered = server.seen.find(({ path }) => path === "/register");
    const asked = server.seen.find(({ path }) => path === "/authorize")?.query;
    const redirect = asked?.get("redirect_uri") ?? "";
    assert.match(redirect, /^http:\/\/127\.0\.0\.1:\d+\/callback$/);
    assert.deepEqual(registered?.json.redirect_uris, [redirect]);
    assert.equal(registered?.json.client_name, "Codex");
    assert.equal(registered?.json.token_endpoint_auth_method, "none");
    const { state, code_challenge, ...rest } = Object.fromEntries(asked ?? []);
    assert.match(state ?? "", /^[\w-]{43}$/);
    assert.match(code_challenge ?? "", /^[\w-]{43}$/);
    assert.deepEqual(rest, {
      response_type: "code",
      client_id: "client-1",
      code_challenge_method: "S256",
      redirect_uri: redirect,
      scope: "read write",
      resource: server.url,
    });
    const token = server.seen.find(({ path }) => path === "/token")?.form;
    assert.equal(token?.get("resource"), server.url);
    const [[key, entry] = []] = Object.entries(await place.credentials());
    assert.match(key ?? "", /^web\|[0-9a-f]{16}$/);
    const { expires_at, ...kept } = entry ?? {};
    assert.ok(Math.abs(Number(expires_at) - Date.now() - 3_600_000) < 60_000);
    assert.deepEqual(kept, {
      server_name: "web",
      server_url: server.url,
      client_id: "client-1",
      access_token: "access-secret-3",
      refresh_token: "refresh-secret-4",
      scopes: ["read", "write"],
      issuer: server.origin,
      resource: server.url,
    });
    const { mode } = await Deno.stat(`${home}/.credentials.json`);
    assert.equal((mode ?? 0) & 0o777, 0o600);
    assert.match(
      place.shown(),
      /^Authorize `web` by opening this URL in your browser:\nhttp:\/\/127/,
    );
    assert.doesNotMatch(place.shown(), /secret/);
    await place.connect(async (mcp) => assert.equal(await echo(mcp), "hi"));
  });
});

Deno.test("the key of a login is the reference's", async () => {
  const home = await Deno.makeTempDir();
  const { files } = createPlatform();
  // Measured: what Codex CLI 0.124.0 wrote for this server.
  const entry = {
    server_name: "web",
    server_url: "http://127.0.0.1:42535/mcp",
    client_id: "client-1",
    access_token: "a",
    expires_at: 1795567646127,
    refresh_token: "r",
    scopes: ["read"],
  };
  const path = `${home}/.credentials.json`;
  const theirs = { "web|c1c60fb119b45e7a": entry, other: { future: true } };
  await Deno.writeTextFile(path, JSON.stringify(theirs));
  const store = new LoginStore(files, home);
  const target = { name: "web", url: entry.server_url };
  const login = await store.find(target);
  assert.equal(login?.accessToken.reveal(), "a");
  assert.doesNotMatch(JSON.stringify(login), /"a"|"r"/);
  assert.equal(await store.find({ ...target, name: "web2" }), undefined);
  assert.equal(await store.find({ ...target, url: "http://x/mcp" }), undefined);
  // What we do not know stays.
  assert.equal(await store.remove(target), true);
  assert.deepEqual(JSON.parse(await Deno.readTextFile(path)), {
    other: { future: true },
  });
  assert.equal(await store.remove(target), false);
  // An entry moved below another server's key is for its own address only.
  await Deno.writeTextFile(
    path,
    JSON.stringify({
      "web|c1c60fb119b45e7a": { ...entry, server_url: "http://evil/mcp" },
    }),
  );
  assert.equal(await store.find(target), undefined);
  await Deno.writeTextFile(path, '{"token":"very-secret');
  await assert.rejects(store.find(target), (error) => {
    assert.match(String(error), /is not a JSON object; move it away/);
    assert.doesNotMatch(Deno.inspect(error), /very-secret/);
    return true;
  });
  await Deno.remove(home, { recursive: true });
});

Deno.test("scopes are the user's, else the configured, else the server's; refused ones are left out", async () => {
  const asked = ({ seen }: AuthorizationServer) =>
    seen.filter(({ path }) => path === "/authorize")
      .map(({ query }) => query.get("scope"));
  await withPlace({ scopes: ["all"] }, async (place) => {
    await place.login({ scopes: ["a", "b"], changes: { scopes: ["c"] } });
    await place.login({ changes: { scopes: ["c"] } });
    assert.deepEqual(asked(place.server), ["a b", "c"]);
  });
  const options = { scopes: ["odd"], unknownScopes: ["odd"] };
  await withPlace(options, async (place) => {
    await place.login();
    assert.deepEqual(asked(place.server), ["odd", null]);
    assert.match(place.shown(), /rejected discovered scopes/);
    await assert.rejects(place.login({ scopes: ["odd"] }), {
      message:
        'Cannot log in to "web": OAuth provider returned `invalid_scope`',
    });
  });
});

Deno.test("a configured resource is asked for as it is", async () => {
  await withPlace({}, async (place) => {
    const oauthResource = "https://api.example.com/x";
    await place.login({ changes: { oauthResource } });
    const { seen } = place.server;
    assert.deepEqual(
      [
        seen.find(({ path }) => path === "/authorize")?.query.get("resource"),
        seen.find(({ path }) => path === "/token")?.form.get("resource"),
      ],
      [oauthResource, oauthResource],
    );
  });
});

Deno.test("the browser comes back to the configured port, by the configured address", async () => {
  await withPlace({}, async (place) => {
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const { port: callbackPort } = listener.addr;
    await assert.rejects(place.login({ callbackPort }), {
      message:
        /cannot listen on 127\.0\.0\.1:\d+: .*in use.*; set another mcp_oauth_callback_port$/,
    });
    listener.close();
    await place.login({ callbackPort });
    const callbackUrl = `http://localhost:${callbackPort}/elsewhere/back`;
    await place.login({ callbackPort, callbackUrl });
    const redirects = place.server.seen
      .filter(({ path }) => path === "/authorize")
      .map(({ query }) => query.get("redirect_uri"));
    assert.deepEqual(redirects, [
      `http://127.0.0.1:${callbackPort}/callback`,
      callbackUrl,
    ]);
  });
});

Deno.test("an answer that does not know our state changes nothing, and a second one comes too late", async () => {
  await withPlace({}, async (place) => {
    const answers: (readonly [number, string])[] = [];
    let back = new URL("http://none");
    await place.login({
      async browser(url) {
        const consent = await fetch(url, { redirect: "manual" });
        await consent.body?.cancel();
        back = new URL(consent.headers.get("location") ?? "");
        const forged = new URL(back);
        forged.searchParams.set("state", "guessed");
        forged.searchParams.set("code", "stolen");
        const stateless = new URL(back);
        stateless.searchParams.delete("state");
        const elsewhere = new URL(back);
        elsewhere.pathname = "/other";
        for (const address of [forged, stateless, elsewhere, back]) {
          const response = await fetch(address);
          answers.push([response.status, await response.text()]);
        }
      },
    });
    const invalid = [400, "Invalid OAuth callback"];
    assert.deepEqual(answers, [invalid, invalid, invalid, [
      200,
      "Authentication complete. You may close this window.",
    ]]);
    const codes = place.server.seen.filter(({ path }) => path === "/token")
      .map(({ form }) => form.get("code"));
    assert.deepEqual(codes, ["code-2"]);
    // The port is closed by now.
    await assert.rejects(fetch(back));
  });
});

/** Lies of the authorization server, and what the user is told. */
const LIES: readonly (readonly [
  string,
  AuthorizationServerOptions,
  RegExp,
])[] = [
  ["names another issuer", { issuer: "https://other.example" }, /issuer/i],
  [
    "answers in another's name",
    { callbackIssuer: "https://other.example" },
    /iss/i,
  ],
  [
    "guards another resource",
    { resource: "https://other.example/mcp" },
    /resource/i,
  ],
  [
    "says no",
    { refusal: "access_denied" },
    /OAuth provider returned `access_denied`$/,
  ],
  [
    "says no in odd words",
    { refusal: "<script>\u001b[2J" },
    /an error it cannot name/,
  ],
];

for (const [what, options, reason] of LIES) {
  Deno.test(`an authorization server that ${what} gets no code exchanged`, async () => {
    await withPlace(options, async (place) => {
      await assert.rejects(place.login(), (error) => {
        assert.match(String(error), /Cannot log in to "web": /);
        assert.match(String(error), reason);
        assert.doesNotMatch(String(error), /secret|script/);
        assert.ok(!String(error).includes("\u001b"));
        return true;
      });
      assert.ok(!paths(place.server).includes("/token"));
      await assert.rejects(place.credentials(), Deno.errors.NotFound);
    });
  });
}

Deno.test("a code is sent once, and what comes back of it is not repeated", async () => {
  const tokenError = {
    error: "invalid_grant",
    error_description: "the code code-2 and its secret verifier do not fit",
  };
  await withPlace({ tokenError }, async (place) => {
    await assert.rejects(place.login(), {
      message:
        'Cannot log in to "web": the authorization server said `invalid_grant`',
    });
    const sent = paths(place.server).filter((path) => path === "/token");
    assert.equal(sent.length, 1);
  });
});

Deno.test("an old server's issuer may lie below its own origin, and nowhere else", async () => {
  await withPlace({ isOld: true, issuer: "ORIGIN/oauth" }, async (place) => {
    await place.login();
    const [entry] = Object.values(await place.credentials());
    assert.equal(entry?.issuer, `${place.server.origin}/oauth`);
    await place.connect(async (mcp) => assert.equal(await echo(mcp), "hi"));
  });
  const elsewhere = { isOld: true, issuer: "https://other.example" };
  await withPlace(elsewhere, async (place) => {
    await assert.rejects(place.login(), { message: /issuer/i });
    assert.ok(!paths(place.server).includes("/authorize"));
  });
});

Deno.test("nobody waits for a browser for ever, and a server without logins says so at once", async () => {
  await withPlace({}, async (place) => {
    await assert.rejects(
      place.login({ browser: async () => {}, consentMs: 200 }),
      { message: /timed out waiting for the browser; run the login again$/ },
    );
    await assert.rejects(place.login({ store: "keyring" }), {
      message: /mcp_oauth_credentials_store = "file"/,
    });
  });
  await withPlace({ isOpen: true }, async (place) => {
    await assert.rejects(place.login(), {
      message: "No authorization support detected",
    });
  });
});

Deno.test("a token that grows old is refreshed once for all who need it, and kept", async () => {
  await withPlace({ expiresIn: 1 }, async (place) => {
    await place.login();
    const { seen } = place.server;
    const before = await place.credentials();
    await place.connect(async (mcp) => {
      const answers = await Promise.all(
        ["a", "b", "c"].map((x) => echo(mcp, x)),
      );
      assert.deepEqual(answers, ["a", "b", "c"]);
    });
    const refreshed = seen.filter(({ form }) =>
      form.get("grant_type") === "refresh_token"
    );
    assert.ok(refreshed.length > 0);
    assert.equal(refreshed[0]?.form.get("client_id"), "client-1");
    assert.equal(refreshed[0]?.form.get("resource"), place.server.url);
    // Each refresh token was sent once: none was lost between those who shared it.
    const sent = refreshed.map(({ form }) => form.get("refresh_token"));
    assert.equal(new Set(sent).size, sent.length);
    assert.notDeepEqual(await place.credentials(), before);
  });
});

Deno.test("a server that turns a token away gets a new one, else the user is told to log in", async () => {
  await withPlace({}, async (place) => {
    await place.login();
    await place.connect(async (mcp) => {
      place.server.revokeAccess();
      assert.equal(await echo(mcp), "hi");
      place.server.revokeAll();
      assert.equal(
        await echo(mcp),
        "tool call failed for `web/echo`\n\nCaused by:\n" +
          "    it wants a login: run `codex mcp login web`",
      );
      assert.deepEqual(mcp.takeNotices(), [
        'MCP server "web" cannot be used: it wants a login: run `codex mcp login web`',
      ]);
    });
    await assert.rejects(
      place.connect(async () => {}),
      new McpStartError("it wants a login: run `codex mcp login web`"),
    );
  });
});

Deno.test("a refresh token goes to nobody but who gave it", async () => {
  await using thief = startAuthorizationServer();
  let isTakenOver = false;
  const options = {
    authorizationServer: () => isTakenOver ? thief.origin : undefined,
  };
  await withPlace(options, async (place) => {
    await place.login();
    isTakenOver = true;
    place.server.revokeAccess();
    await assert.rejects(place.connect(async () => {}), {
      message: "it wants a login: run `codex mcp login web`",
    });
    assert.deepEqual(
      thief.seen.filter(({ form, headers }) =>
        form.get("refresh_token") !== null ||
        JSON.stringify(headers).includes("secret")
      ),
      [],
    );
  });
});
