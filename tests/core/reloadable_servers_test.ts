/** Servers of a thread that are read anew while several ask for their tools. */
import assert from "node:assert/strict";
import type { Config } from "@/config/config.ts";
import { ReloadableServers } from "@/core/reloadable_servers.ts";
import { NO_SERVER_TOOLS, type ThreadServers } from "@/core/server_tools.ts";
import { CodexError } from "@/protocol/errors.ts";

const never = new AbortController().signal;
// Nobody looks into it here.
const CONFIG = {} as Config;

function fakeServers(name: string, log: string[]): ThreadServers {
  return {
    tools: async () => {
      log.push(`${name} tools`);
      return NO_SERVER_TOOLS;
    },
    readResource: async () => [name],
    callTool: async () => ({ content: [name], isError: false }),
    answer() {},
    takeWarnings: () => [],
    close: async () => void log.push(`${name} closed`),
  };
}

Deno.test("the old servers are ended before anybody gets the tools of the new", async () => {
  const log: string[] = [];
  const opened = Promise.withResolvers<void>();
  const servers = new ReloadableServers(
    {
      config: () => Promise.resolve(CONFIG),
      async start() {
        await opened.promise;
        return fakeServers("new", log);
      },
      emit: async () => {},
    },
    fakeServers("old", log),
    never,
  );
  await servers.tools(never);
  servers.reload();
  const both = [servers.tools(never), servers.tools(never)];
  opened.resolve();
  await Promise.all(both);
  await servers.close();
  assert.deepEqual(log, [
    "old tools",
    "old closed",
    "new tools",
    "new tools",
    "new closed",
  ]);
});

Deno.test("a configuration that cannot be read costs no server", async () => {
  const log: string[] = [];
  const warnings: unknown[] = [];
  const servers = new ReloadableServers(
    {
      config: () => Promise.reject(new CodexError("invalid_config", "broken")),
      start: () => Promise.resolve(undefined),
      emit: async (event) => void warnings.push(event),
    },
    fakeServers("old", log),
    never,
  );
  servers.reload();
  await servers.tools(never);
  await servers.tools(never);
  assert.deepEqual(log, ["old tools", "old tools"]);
  assert.deepEqual(warnings, [{
    type: "warning",
    message: "Cannot read the MCP servers anew: broken",
  }]);
});

Deno.test("a thread without servers has none to read from, until it gets one", async () => {
  const log: string[] = [];
  const servers = new ReloadableServers(
    {
      config: () => Promise.resolve(CONFIG),
      start: () => Promise.resolve(fakeServers("new", log)),
      emit: async () => {},
    },
    undefined,
    never,
  );
  assert.equal(await servers.tools(never), NO_SERVER_TOOLS);
  await assert.rejects(servers.readResource("x", "u", never), {
    message: "unknown MCP server 'x'",
  });
  servers.reload();
  await servers.tools(never);
  assert.deepEqual(await servers.readResource("x", "u", never), ["new"]);
});
