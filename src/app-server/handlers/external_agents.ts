/** Settings of another agent, offered and taken over. */
import type { AgentServices } from "@/protocol/services.ts";
import type { Handlers } from "../session.ts";

type Names = "externalAgentConfig/detect" | "externalAgentConfig/import";

export function externalAgentHandlers(
  { externalAgent }: AgentServices,
): Pick<Handlers, Names> {
  return {
    async "externalAgentConfig/detect"({ includeHome, cwds }) {
      const items = await externalAgent.detect({
        includeHome: includeHome ?? false,
        cwds: cwds ?? [],
      });
      return { items };
    },
    async "externalAgentConfig/import"({ migrationItems }, { signal }) {
      await externalAgent.import(migrationItems, signal);
      return {};
    },
  };
}
