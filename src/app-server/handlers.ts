/** Every method's handler, in one table: the compiler says when one is missing. */
import { RPC_INVALID_REQUEST, RpcError } from "@/jsonrpc/peer.ts";
import type { Clock } from "@/platform/platform.ts";
import type { TurnId } from "@/protocol/ids.ts";
import type { ClientMethod } from "@/protocol/rpc/methods.ts";
import type { AgentServices } from "@/protocol/services.ts";
import { accountHandlers } from "./handlers/accounts.ts";
import { commandHandlers } from "./handlers/commands.ts";
import { configWriteHandlers } from "./handlers/config_writes.ts";
import { connectionHandlers } from "./handlers/connection.ts";
import { deviceKeyHandlers } from "./handlers/device_keys.ts";
import { externalAgentHandlers } from "./handlers/external_agents.ts";
import { fileSearchHandlers } from "./handlers/file_search.ts";
import { fileHandlers } from "./handlers/files.ts";
import { mcpHandlers } from "./handlers/mcp.ts";
import { settingHandlers } from "./handlers/settings.ts";
import { storedThreadHandlers } from "./handlers/stored_threads.ts";
import { threadActionHandlers } from "./handlers/thread_actions.ts";
import { threadListHandlers } from "./handlers/thread_list.ts";
import { threadHandlers } from "./handlers/threads.ts";
import { turnHandlers } from "./handlers/turns.ts";
import { watchHandlers } from "./handlers/watches.ts";
import { windowsHandlers } from "./handlers/windows.ts";
import type { FileWatches } from "./file_watches.ts";
import type { FileSearches } from "./file_searches.ts";
import type { Logins } from "./logins.ts";
import type { McpLogins } from "./mcp_logins.ts";
import type { Notification } from "./projection.ts";
import type { Handlers } from "./session.ts";
import type { ThreadTable } from "./thread_table.ts";
import { ThreadViews } from "./thread_views.ts";

/** What only the vendor's own service can answer. */
const VENDOR = [
  "account/rateLimits/read",
  "account/sendAddCreditsNudgeEmail",
  "app/list",
  "feedback/upload",
  "marketplace/add",
  "marketplace/remove",
  "plugin/install",
  "plugin/list",
  "plugin/read",
  "plugin/uninstall",
  "thread/approveGuardianDeniedAction",
  "thread/realtime/appendAudio",
  "thread/realtime/appendText",
  "thread/realtime/listVoices",
  "thread/realtime/start",
  "thread/realtime/stop",
] as const satisfies readonly ClientMethod[];

export interface HandlerPorts {
  readonly services: AgentServices;
  readonly table: ThreadTable;
  readonly logins: Logins;
  readonly mcpLogins: McpLogins;
  readonly searches: FileSearches;
  readonly watches: FileWatches;
  /** Whose files clients may use. */
  readonly uid: number;
  readonly clock: Clock;
  newTurnId(): TurnId;
  /** Tells every connection. */
  announce(notification: Notification): Promise<void>;
}

export function createHandlers(ports: HandlerPorts): Handlers {
  const {
    services,
    table,
    logins,
    mcpLogins,
    searches,
    watches,
    uid,
    clock,
    newTurnId,
    announce,
  } = ports;
  const views = new ThreadViews(services.stored, table);
  return {
    ...vendorHandlers(),
    ...accountHandlers(services, logins),
    ...commandHandlers(services.commands, clock),
    ...configWriteHandlers(services),
    ...connectionHandlers(services),
    ...deviceKeyHandlers(services.deviceKeys),
    ...externalAgentHandlers(services),
    ...fileHandlers(uid),
    ...fileSearchHandlers(services.fileSearch, searches),
    ...mcpHandlers(services, table, mcpLogins),
    ...settingHandlers(services),
    ...threadHandlers(services, table, views),
    ...storedThreadHandlers({
      stored: services.stored,
      table,
      views,
      announce,
    }),
    ...threadActionHandlers(table),
    ...threadListHandlers(services, views),
    ...turnHandlers(table, newTurnId),
    ...watchHandlers(watches),
    ...windowsHandlers(services.system.os),
  };
}

/** Handlers that say why there is no answer. */
function vendorHandlers(): Pick<Handlers, typeof VENDOR[number]> {
  const why =
    "needs a service of the vendor that this program does not talk to";
  const handlers = VENDOR.map((method) => [
    method,
    () => Promise.reject(new RpcError(RPC_INVALID_REQUEST, `${method} ${why}`)),
  ]);
  // One entry for each method named, and a handler that only rejects fits them all.
  return Object.fromEntries(handlers);
}
