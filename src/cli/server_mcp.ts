/**
 * What clients ask of the configured MCP servers where there is no thread: each
 * question starts the servers it is about, and ends them.
 */
import type { Config } from "@/config/config.ts";
import { decode } from "@/protocol/decode.ts";
import type { Platform } from "@/platform/platform.ts";
import { CodexError } from "@/protocol/errors.ts";
import type { LoginOutcome } from "@/protocol/logins.ts";
import type {
  McpLogin,
  McpLoginRequest,
  McpService,
  McpStatusDetail,
} from "@/protocol/mcp_access.ts";
import {
  type McpAuthStatus,
  type McpServerStatus,
  Resource,
  ResourceTemplate,
  Tool,
} from "@/protocol/rpc/mcp.ts";
import type { Connection } from "@/mcp/connections.ts";
import type { McpServer } from "@/mcp/server.ts";
import { authStatuses } from "./mcp_auth.ts";
import type { AuthStatus } from "./mcp_views.ts";

export interface McpPorts {
  readonly platform: Platform;
  /** Read anew for every question. */
  config(): Promise<Config>;
}

const AUTH: Readonly<Record<AuthStatus, McpAuthStatus>> = {
  unsupported: "unsupported",
  not_logged_in: "notLoggedIn",
  bearer_token: "bearerToken",
  o_auth: "oAuth",
};

export function serverMcp(ports: McpPorts): McpService {
  return {
    async names() {
      const { mcpServers } = await ports.config();
      return Object.keys(mcpServers);
    },
    async status(names, detail, signal) {
      const config = withOnly(await ports.config(), names);
      const [auth, found] = await Promise.all([
        authStatuses(ports.platform, config),
        withServers(
          ports.platform,
          config,
          (connections) => describeAll(connections, detail, signal),
          signal,
        ),
      ]);
      return Object.keys(config.mcpServers).map((name) => ({
        ...NOTHING,
        ...found.get(name),
        name,
        authStatus: AUTH[auth[name] ?? "unsupported"],
      }));
    },
    async readResource(server, uri, signal) {
      const { findServer, readResource } = await import("@/mcp/direct.ts");
      return await withServers(
        ports.platform,
        withOnly(await ports.config(), [server]),
        (connections) =>
          readResource(findServer(connections, server), uri, signal),
        signal,
      );
    },
    startLogin: (request, signal) => startLogin(ports, request, signal),
  };
}

/** Of a server that is off or cannot be used. */
const NOTHING = { tools: {}, resources: [], resourceTemplates: [] };

type Description = Omit<McpServerStatus, "name" | "authStatus">;

function withOnly(config: Config, names: readonly string[]): Config {
  const servers = Object.entries(config.mcpServers)
    .filter(([name]) => names.includes(name));
  return { ...config, mcpServers: Object.fromEntries(servers) };
}

/** Starts the servers, uses them, and ends them however that went. */
async function withServers<T>(
  platform: Platform,
  config: Config,
  use: (connections: readonly Connection[]) => Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  const { closeConnections, connectServers } = await import(
    "@/mcp/connections.ts"
  );
  const connections = await connectServers(platform, {
    ...config,
    // Nobody watches who could answer.
    ask: () => Promise.resolve({ action: "decline" }),
    onStatus() {},
  }, signal);
  try {
    return await use(connections);
  } finally {
    await closeConnections(connections);
  }
}

async function describeAll(
  connections: readonly Connection[],
  detail: McpStatusDetail,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Description>> {
  const ready = connections.flatMap((one) =>
    one.kind === "ready" ? [one.server] : []
  );
  const described = await Promise.all(
    ready.map(async (server) =>
      [server.name, await describe(server, detail, signal)] as const
    ),
  );
  return new Map(described);
}

async function describe(
  server: McpServer,
  detail: McpStatusDetail,
  signal: AbortSignal,
): Promise<Description> {
  const { listAll } = await import("@/mcp/direct.ts");
  const list = async (method: Parameters<typeof listAll>[1]) =>
    detail === "full" ? await listAll(server, method, signal) : [];
  const [resources, templates] = await Promise.all([
    list("resources/list"),
    list("resources/templates/list"),
  ]);
  return {
    tools: Object.fromEntries(
      server.tools.flatMap(({ declaration }) =>
        known(Tool, declaration).map((tool) => [tool.name, tool])
      ),
    ),
    resources: resources.flatMap((one) => known(Resource, one)),
    resourceTemplates: templates.flatMap((one) => known(ResourceTemplate, one)),
  };
}

/** What a server says and the protocol does not know is passed over. */
function known<S extends Parameters<typeof decode>[0]>(
  schema: S,
  value: unknown,
) {
  const decoded = decode(schema, value);
  return decoded.ok ? [decoded.value] : [];
}

async function startLogin(
  ports: McpPorts,
  { name, scopes, timeoutMs }: McpLoginRequest,
  signal: AbortSignal,
): Promise<McpLogin> {
  const config = await ports.config();
  const transport = Object.hasOwn(config.mcpServers, name)
    ? config.mcpServers[name]?.transport
    : undefined;
  if (transport === undefined) {
    throw new CodexError("not_found", `No MCP server named '${name}' found.`);
  }
  if (transport.kind !== "http") {
    throw new CodexError(
      "invalid_input",
      "OAuth login is only supported for streamable HTTP servers.",
    );
  }
  const { platform } = ports;
  const { logIn } = await import("@/mcp/oauth_login.ts");
  const asked = Promise.withResolvers<string>();
  const limit = timeoutMs === undefined
    ? signal
    : AbortSignal.any([signal, platform.clock.timeout(timeoutMs)]);
  const outcome = outcomeOf(logIn(
    {
      ...platform,
      codexHome: config.codexHome,
      // The client shows the address; this process has nobody to show it to.
      show() {},
      browsing: {
        ...platform.browsing,
        open(url) {
          asked.resolve(url.href);
          return true;
        },
      },
    },
    { name, server: transport, oauth: config.mcpOAuth, scopes },
    limit,
  ));
  const first = await Promise.race([asked.promise, outcome]);
  if (typeof first === "string") return { url: first, outcome };
  throw new CodexError(
    "mcp_unavailable",
    `failed to login to MCP server '${name}': ${
      first.kind === "failed" ? first.reason : "it wanted nothing"
    }`,
  );
}

async function outcomeOf(login: Promise<void>): Promise<LoginOutcome> {
  try {
    await login;
    return { kind: "done" };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { kind: "failed", reason };
  }
}
