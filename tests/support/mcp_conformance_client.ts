/**
 * The client under test of the protocol's own conformance suite: connects to a server
 * as the program does, runs every tool it has, and does what a user would do who is
 * told to log in: runs that command and says yes in the browser.
 *
 *   mcp_conformance_client.ts URL
 */
import { discoverOAuthServerInfo } from "@modelcontextprotocol/client";
import * as v from "valibot";
import type {
  McpBrowserClient,
  McpOAuthClient,
  McpServerConfig,
  McpTransport,
} from "@/config/config.ts";
import { connectServer } from "@/mcp/connect.ts";
import { issuerOf } from "@/mcp/oauth_client.ts";
import { logIn } from "@/mcp/oauth_login.ts";
import { type McpServer, McpStartError } from "@/mcp/server.ts";
import { createPlatform } from "@/platform/deno.ts";

/** A user who is sent to log in again and again gives up. */
const LOGINS_MAX = 3;

const NAME = "suite";
const NEVER = new AbortController().signal;

class GaveUp extends Error {
  override readonly name = "GaveUp";
}

class User {
  readonly #transport: Extract<McpTransport, { kind: "http" }>;
  readonly #home: string;
  #logins = 0;

  constructor(
    url: string,
    home: string,
    oauthClient: McpOAuthClient | undefined,
  ) {
    this.#home = home;
    this.#transport = {
      kind: "http",
      url,
      bearerTokenEnvVar: undefined,
      headers: undefined,
      envHeaders: undefined,
      scopes: undefined,
      oauthResource: undefined,
      oauthClient,
    };
  }

  /** Uses the server; what it says about logins is done and tried again. */
  async run(): Promise<void> {
    const server = await this.#retrying(() => this.#connect());
    try {
      for (const { name } of server.tools) {
        await this.#retrying(() => this.#call(server, name));
      }
    } finally {
      await server.close();
    }
  }

  async #retrying<T>(attempt: () => Promise<T>): Promise<T> {
    while (true) {
      try {
        return await attempt();
      } catch (error) {
        const message = error instanceof Error ? error.message : "";
        const advice = /codex mcp login suite(?: --scopes ([^`\s]+))?/.exec(
          message,
        );
        if (advice === null) throw error;
        if (++this.#logins > LOGINS_MAX) throw new GaveUp(message);
        await this.#logIn(advice[1]?.split(","));
      }
    }
  }

  #connect(): Promise<McpServer> {
    const config: McpServerConfig = {
      transport: this.#transport,
      isEnabled: true,
      isRequired: false,
      startupTimeoutMs: undefined,
      toolTimeoutMs: undefined,
      enabledTools: undefined,
      disabledTools: undefined,
      approvalMode: "auto",
      toolApprovalModes: {},
      isParallel: false,
    };
    return connectServer(createPlatform(), {
      name: NAME,
      config,
      cwd: "/",
      codexHome: this.#home,
      // The person presses Enter.
      ask: async () => ({ action: "accept", content: {} }),
    }, NEVER);
  }

  async #call(server: McpServer, tool: string): Promise<void> {
    const answer = await server.call({
      tool,
      arguments: { a: 5, b: 3 },
      meta: {},
    }, NEVER);
    if (answer.kind === "error") throw new McpStartError(answer.message);
    console.log(JSON.stringify(answer));
  }

  async #logIn(scopes: readonly string[] | undefined): Promise<void> {
    const platform = createPlatform();
    let browsing: Promise<void> | undefined;
    await logIn({
      ...platform,
      browsing: {
        ...platform.browsing,
        open: (url) => {
          browsing = consent(url);
          return true;
        },
      },
      codexHome: this.#home,
      show: (text) => console.error(text),
    }, {
      name: NAME,
      server: this.#transport,
      oauth: { store: "file", callbackPort: undefined, callbackUrl: undefined },
      scopes,
    }, NEVER);
    await browsing;
  }
}

/** What the suite arranged with its servers, as a user would configure it. */
const Context = v.looseObject({
  client_id: v.optional(v.string()),
  client_secret: v.optional(v.string()),
  private_key_pem: v.optional(v.string()),
  signing_algorithm: v.optional(v.string()),
  idp_client_id: v.optional(v.string()),
  idp_id_token: v.optional(v.string()),
  idp_token_endpoint: v.optional(v.string()),
});

const SECRET = "SUITE_SECRET";
const PRIVATE_KEY = "SUITE_PRIVATE_KEY";
const ID_TOKEN = "SUITE_ID_TOKEN";
/** The document the suite knows of. */
const METADATA_URL = "https://conformance-test.local/client-metadata.json";

async function arrangedClient(
  url: string,
  scenario: string,
  json: string,
): Promise<McpOAuthClient | undefined> {
  const context = v.parse(Context, JSON.parse(json));
  const { client_id: id, private_key_pem, idp_client_id } = context;
  if (scenario === "auth/basic-cimd") {
    return browserClient({ metadataUrl: METADATA_URL });
  }
  if (id === undefined) return undefined;
  // Whoever registered a client knows where.
  const issuer = issuerOf(await discoverOAuthServerInfo(url));
  Deno.env.set(SECRET, context.client_secret ?? "");
  if (idp_client_id !== undefined) {
    Deno.env.set(ID_TOKEN, context.idp_id_token ?? "");
    return {
      grant: "cross_app_access",
      id,
      issuer,
      secretEnvVar: SECRET,
      idTokenEnvVar: ID_TOKEN,
      provider: {
        clientId: idp_client_id,
        tokenEndpoint: context.idp_token_endpoint ?? "",
      },
    };
  }
  if (private_key_pem !== undefined) {
    Deno.env.set(PRIVATE_KEY, private_key_pem);
    return {
      grant: "client_credentials",
      id,
      issuer,
      proof: {
        kind: "key",
        envVar: PRIVATE_KEY,
        algorithm: context.signing_algorithm ?? "ES256",
      },
    };
  }
  return scenario.startsWith("auth/client-credentials")
    ? {
      grant: "client_credentials",
      id,
      issuer,
      proof: { kind: "secret", envVar: SECRET },
    }
    : browserClient({ id, issuer, secretEnvVar: SECRET });
}

function browserClient(
  changes: Partial<McpBrowserClient>,
): McpBrowserClient {
  return {
    grant: "authorization_code",
    id: undefined,
    metadataUrl: undefined,
    secretEnvVar: undefined,
    issuer: undefined,
    ...changes,
  };
}

async function consent(url: URL): Promise<void> {
  const response = await fetch(url);
  await response.text();
}

const home = await Deno.makeTempDir({ prefix: "codex-conformance-" });
try {
  const url = Deno.args.at(-1) ?? "";
  const client = await arrangedClient(
    url,
    Deno.env.get("MCP_CONFORMANCE_SCENARIO") ?? "",
    Deno.env.get("MCP_CONFORMANCE_CONTEXT") ?? "{}",
  );
  await new User(url, home, client).run();
} finally {
  await Deno.remove(home, { recursive: true });
}
