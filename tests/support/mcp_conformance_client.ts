/**
 * The client under test of the protocol's own conformance suite: connects to a server
 * as the program does, runs every tool it has, and does what a user would do who is
 * told to log in: runs that command and says yes in the browser.
 *
 *   mcp_conformance_client.ts URL
 */
import type { McpServerConfig, McpTransport } from "@/config/config.ts";
import { connectServer } from "@/mcp/connect.ts";
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

  constructor(url: string, home: string) {
    this.#home = home;
    this.#transport = {
      kind: "http",
      url,
      bearerTokenEnvVar: undefined,
      headers: undefined,
      envHeaders: undefined,
      scopes: undefined,
      oauthResource: undefined,
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

async function consent(url: URL): Promise<void> {
  const response = await fetch(url);
  await response.text();
}

const home = await Deno.makeTempDir({ prefix: "codex-conformance-" });
try {
  await new User(Deno.args.at(-1) ?? "", home).run();
} finally {
  await Deno.remove(home, { recursive: true });
}
