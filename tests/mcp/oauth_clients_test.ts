/** Clients that were arranged with an authorization server beforehand, and attacks on them. */
import assert from "node:assert/strict";
import type {
  McpBrowserClient,
  McpGrantClient,
  McpOAuthClient,
} from "@/config/config.ts";
import { connectServer } from "@/mcp/connect.ts";
import { logIn } from "@/mcp/oauth_login.ts";
import type { McpServer } from "@/mcp/server.ts";
import { createPlatform } from "@/platform/deno.ts";
import {
  type AuthorizationServer,
  type AuthorizationServerOptions,
  startAuthorizationServer,
} from "@test/support/authorization_server.ts";
import { NEVER } from "@test/support/fake_clock.ts";
import { declineAll, serverConfig } from "./scripted.ts";

const CLIENT = { id: "robot", secret: "robot-secret" };
const DOCUMENT = "https://example.com/codex.json";

interface Place {
  readonly server: AuthorizationServer;
  /** The text of the file with the logins; undefined without one. */
  credentials(): Promise<string | undefined>;
  login(client: McpOAuthClient): Promise<void>;
  connect(client: McpOAuthClient): Promise<McpServer>;
}

async function withPlace(
  options: AuthorizationServerOptions,
  variables: Readonly<Record<string, string>>,
  use: (place: Place) => Promise<void>,
): Promise<void> {
  await using server = startAuthorizationServer(options);
  const home = await Deno.makeTempDir();
  const real = createPlatform();
  const env = {
    ...real.env,
    get: (name: string) => variables[name],
    all: () => variables,
  };
  const transport = (oauthClient: McpOAuthClient) => ({
    kind: "http" as const,
    url: server.url,
    bearerTokenEnvVar: undefined,
    headers: undefined,
    envHeaders: undefined,
    scopes: undefined,
    oauthResource: undefined,
    oauthClient,
  });
  try {
    await use({
      server,
      credentials: () =>
        real.files.readTextIfExists(`${home}/.credentials.json`),
      async login(client) {
        let browser: Promise<void> | undefined;
        await logIn({
          ...real,
          env,
          browsing: {
            ...real.browsing,
            open: (url) => {
              browser = consent(url);
              return true;
            },
          },
          codexHome: home,
          show() {},
        }, {
          name: "web",
          server: transport(client),
          oauth: {
            store: "file",
            callbackPort: undefined,
            callbackUrl: undefined,
          },
          scopes: undefined,
        }, NEVER);
        await browser;
      },
      connect: (client) =>
        connectServer({ ...real, env }, {
          name: "web",
          config: serverConfig([], { transport: transport(client) }),
          cwd: "/",
          codexHome: home,
          ask: declineAll,
        }, NEVER),
    });
  } finally {
    await Deno.remove(home, { recursive: true });
  }
}

async function consent(url: URL): Promise<void> {
  const response = await fetch(url);
  await response.text();
}

async function echo(server: McpServer): Promise<string> {
  const answer = await server.call(
    { tool: "echo", arguments: { text: "hi" }, meta: {} },
    NEVER,
  );
  return answer.kind === "error"
    ? answer.message
    : (answer.content[0] as { text: string }).text;
}

const sentTo = ({ seen }: AuthorizationServer, path: string) =>
  seen.filter((one) => one.path === path);

function bySecret({ origin }: AuthorizationServer): McpGrantClient {
  return {
    grant: "client_credentials",
    id: CLIENT.id,
    issuer: origin,
    proof: { kind: "secret", envVar: "ROBOT" },
  };
}

function byBrowser(changes: Partial<McpBrowserClient>): McpBrowserClient {
  return {
    grant: "authorization_code",
    id: undefined,
    metadataUrl: undefined,
    secretEnvVar: undefined,
    issuer: undefined,
    ...changes,
  };
}

function byProvider({ origin }: AuthorizationServer): McpGrantClient {
  return {
    grant: "cross_app_access",
    id: CLIENT.id,
    issuer: origin,
    secretEnvVar: "ROBOT",
    idTokenEnvVar: "ID_TOKEN",
    provider: {
      clientId: "codex-at-provider",
      tokenEndpoint: `${origin}/idp/token`,
    },
  };
}

const SECRETS = { ROBOT: CLIENT.secret, ID_TOKEN: "id-token-secret" };

Deno.test("a client with a secret gets its token without a person and keeps it to itself", async () => {
  await withPlace(
    { client: CLIENT, scopes: ["read"] },
    SECRETS,
    async (place) => {
      const mcp = await place.connect(bySecret(place.server));
      try {
        assert.equal(await echo(mcp), "hi");
        assert.deepEqual(await Promise.all([echo(mcp), echo(mcp)]), [
          "hi",
          "hi",
        ]);
        const [request, ...more] = sentTo(place.server, "/token");
        assert.deepEqual(more, []);
        assert.deepEqual(Object.fromEntries(request?.form ?? []), {
          grant_type: "client_credentials",
          resource: place.server.url,
          scope: "read",
        });
        place.server.revokeAccess();
        assert.equal(await echo(mcp), "hi");
        assert.equal(sentTo(place.server, "/token").length, 2);
      } finally {
        await mcp.close();
      }
      assert.equal(await place.credentials(), undefined);
    },
  );
});

Deno.test("a token that grows old is asked for anew, once for all who need it", async () => {
  await withPlace({ client: CLIENT, expiresIn: 1 }, SECRETS, async (place) => {
    const mcp = await place.connect(bySecret(place.server));
    try {
      const before = sentTo(place.server, "/token").length;
      await Promise.all([echo(mcp), echo(mcp), echo(mcp)]);
      assert.equal(sentTo(place.server, "/token").length, before + 1);
    } finally {
      await mcp.close();
    }
  });
});

Deno.test("a client with a key signs who it is, for that server and a short while", async () => {
  const { privateKey, publicKey } = await crypto.subtle.generateKey(
    { name: "ECDSA", namedCurve: "P-256" },
    true,
    ["sign", "verify"],
  );
  const pkcs8 = await crypto.subtle.exportKey("pkcs8", privateKey);
  const pem = `-----BEGIN PRIVATE KEY-----\n${
    btoa(String.fromCharCode(...new Uint8Array(pkcs8)))
  }\n-----END PRIVATE KEY-----\n`;
  const withKey = (server: AuthorizationServer): McpGrantClient => ({
    grant: "client_credentials",
    id: CLIENT.id,
    issuer: server.origin,
    proof: { kind: "key", envVar: "KEY", algorithm: "ES256" },
  });
  await withPlace({ client: CLIENT }, { KEY: pem }, async (place) => {
    const mcp = await place.connect(withKey(place.server));
    await mcp.close();
    const [request] = sentTo(place.server, "/token");
    const assertion = request?.form.get("client_assertion") ?? "";
    const [head = "", body = "", signature = ""] = assertion.split(".");
    assert.ok(
      await crypto.subtle.verify(
        { name: "ECDSA", hash: "SHA-256" },
        publicKey,
        fromBase64Url(signature),
        new TextEncoder().encode(`${head}.${body}`),
      ),
    );
    const claims = JSON.parse(new TextDecoder().decode(fromBase64Url(body)));
    assert.equal(claims.iss, CLIENT.id);
    assert.equal(claims.sub, CLIENT.id);
    assert.equal(claims.aud, place.server.origin);
    assert.ok(claims.exp - claims.iat <= 300);
  });
  await withPlace({ client: CLIENT }, { KEY: "no key" }, async (place) => {
    await assert.rejects(place.connect(withKey(place.server)), {
      message: /KEY must hold a PKCS #8 key in PEM for ES256/,
    });
    assert.deepEqual(sentTo(place.server, "/token"), []);
  });
});

function fromBase64Url(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}

Deno.test("an identity provider vouches for the user", async () => {
  await withPlace({ client: CLIENT }, SECRETS, async (place) => {
    const mcp = await place.connect(byProvider(place.server));
    assert.equal(await echo(mcp), "hi");
    await mcp.close();
    const [asked] = sentTo(place.server, "/idp/token");
    assert.equal(asked?.form.get("subject_token"), "id-token-secret");
    assert.equal(asked?.form.get("client_id"), "codex-at-provider");
    assert.equal(asked?.form.get("audience"), place.server.origin);
    assert.equal(asked?.form.get("resource"), place.server.url);
    const [given] = sentTo(place.server, "/token");
    assert.equal(given?.form.get("assertion"), "word-secret");
  });
});

Deno.test("what a provider says of its refusal is not repeated", async () => {
  const providerError = {
    error: "invalid_grant",
    error_description: "id-token-secret is too old",
  };
  await withPlace({ client: CLIENT, providerError }, SECRETS, async (place) => {
    await assert.rejects(place.connect(byProvider(place.server)), (error) => {
      assert.ok(error instanceof Error);
      assert.match(error.message, /the identity provider said `invalid_grant`/);
      assert.doesNotMatch(error.message, /secret/);
      return true;
    });
    assert.deepEqual(sentTo(place.server, "/token"), []);
  });
});

Deno.test("a secret goes to the configured authorization server and to no other", async () => {
  await using elsewhere = startAuthorizationServer({ client: CLIENT });
  const options = {
    client: CLIENT,
    authorizationServer: () => elsewhere.origin,
  };
  await withPlace(options, SECRETS, async (place) => {
    const { server } = place;
    const nothingSent = { message: /nothing was sent there/ };
    for (const client of [bySecret(server), byProvider(server)]) {
      await assert.rejects(place.connect(client), nothingSent);
    }
    const browser = byBrowser({
      id: CLIENT.id,
      issuer: server.origin,
      secretEnvVar: "ROBOT",
    });
    await assert.rejects(place.login(browser), nothingSent);
    for (const path of ["/token", "/idp/token", "/authorize", "/register"]) {
      assert.deepEqual(sentTo(server, path), []);
      assert.deepEqual(sentTo(elsewhere, path), []);
    }
  });
});

Deno.test("without its variable nothing is sent, and the variable is named", async () => {
  await withPlace({ client: CLIENT }, {}, async (place) => {
    await assert.rejects(place.connect(bySecret(place.server)), {
      message: /the environment variable ROBOT is not set/,
    });
    assert.deepEqual(sentTo(place.server, "/token"), []);
  });
});

Deno.test("refusals say what to do, and never to log in", async () => {
  await withPlace({ client: CLIENT }, { ROBOT: "wrong" }, async (place) => {
    await assert.rejects(place.connect(bySecret(place.server)), {
      message: /the authorization server said `invalid_client`/,
    });
  });
  await withPlace(
    { client: CLIENT, refusesTokens: true },
    SECRETS,
    async (place) => {
      await assert.rejects(place.connect(bySecret(place.server)), {
        message: /ask whoever runs it what client "robot" may do/,
      });
    },
  );
  await withPlace({ client: CLIENT }, SECRETS, async (place) => {
    await assert.rejects(place.login(bySecret(place.server)), {
      message: /nobody needs to, its tokens come by the grant/,
    });
  });
});

Deno.test("a known client logs in by its id, and its secret stays out of the file", async () => {
  await withPlace({ client: CLIENT, expiresIn: 1 }, SECRETS, async (place) => {
    const client = byBrowser({
      id: CLIENT.id,
      issuer: place.server.origin,
      secretEnvVar: "ROBOT",
    });
    await place.login(client);
    const [asked] = sentTo(place.server, "/authorize");
    assert.equal(asked?.query.get("client_id"), CLIENT.id);
    assert.doesNotMatch(await place.credentials() ?? "", /robot-secret/);
    // The token is too old at once, so the server wants the secret a second time.
    const mcp = await place.connect(client);
    assert.equal(await echo(mcp), "hi");
    await mcp.close();
    const grants = sentTo(place.server, "/token")
      .map(({ form }) => form.get("grant_type"));
    assert.deepEqual([...new Set(grants)], [
      "authorization_code",
      "refresh_token",
    ]);
    assert.doesNotMatch(await place.credentials() ?? "", /robot-secret/);
  });
});

Deno.test("a document says who a client is, where the server reads such", async () => {
  const client = byBrowser({ metadataUrl: DOCUMENT });
  await withPlace({ takesDocuments: true }, {}, async (place) => {
    await place.login(client);
    const [asked] = sentTo(place.server, "/authorize");
    assert.equal(asked?.query.get("client_id"), DOCUMENT);
    assert.deepEqual(sentTo(place.server, "/register"), []);
  });
  await withPlace({}, {}, async (place) => {
    await place.login(client);
    assert.equal(sentTo(place.server, "/register").length, 1);
  });
});
