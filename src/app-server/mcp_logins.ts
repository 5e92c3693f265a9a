/** Logins to MCP servers that are under way, and who hears of their end. */
import { CodexError } from "@/protocol/errors.ts";
import type { McpLoginRequest, McpService } from "@/protocol/mcp_access.ts";
import type { Notification } from "./projection.ts";

/** Each holds a port; more at a time are no person's. */
const LOGINS_MAX = 16;

export interface McpLoginsPorts {
  readonly service: McpService;
  /** Tells every connection. */
  announce(notification: Notification): Promise<void>;
}

export class McpLogins {
  readonly #ports: McpLoginsPorts;
  readonly #lifetime = new AbortController();
  readonly #running = new Set<Promise<void>>();

  constructor(ports: McpLoginsPorts) {
    this.#ports = ports;
  }

  /** Begins a login; gives the address for the person. @throws CodexError */
  async start(request: McpLoginRequest): Promise<string> {
    if (this.#running.size >= LOGINS_MAX) {
      throw new CodexError(
        "invalid_input",
        `Cannot begin another login: ${LOGINS_MAX} are under way; finish one or wait for its end`,
      );
    }
    const { service, announce } = this.#ports;
    const login = await service.startLogin(request, this.#lifetime.signal);
    const told = login.outcome.then((outcome) =>
      announce({
        method: "mcpServer/oauthLogin/completed",
        params: {
          name: request.name,
          success: outcome.kind === "done",
          ...(outcome.kind === "failed" ? { error: outcome.reason } : {}),
        },
      })
    ).finally(() => this.#running.delete(told));
    this.#running.add(told);
    return login.url;
  }

  /** Ends them all; resolves when none is left. */
  async close(): Promise<void> {
    this.#lifetime.abort(new Error("The server ended"));
    await Promise.all(this.#running);
  }
}
