/** Whether a table could be a configuration, looked at by itself. Pure. */
import { decode } from "@/protocol/decode.ts";
import type { RawTable } from "./config.ts";
import { checkMcpServers } from "./mcp_servers.ts";
import { ConfigProblem } from "./problem.ts";
import { checkProviders } from "./providers.ts";
import { withProfile } from "./resolve.ts";
import { ConfigToml } from "./schema.ts";

/**
 * Types, words and what one key says about another. That a profile or a provider is
 * there is not asked: a client may add it next.
 *
 * @throws ConfigProblem
 */
export function checkTable(raw: RawTable): void {
  const decoded = decode(ConfigToml, raw);
  if (!decoded.ok) {
    throw new ConfigProblem(decoded.path, decoded.message, {
      isLoadFailure: true,
    });
  }
  const { profile: _, ...toml } = decoded.value;
  checkProviders(toml.model_providers ?? {});
  checkMcpServers(toml.mcp_servers ?? {});
  // Reads the switches, whose names no schema lists.
  withProfile(toml, undefined);
}
