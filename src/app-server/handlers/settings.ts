/** What holds for the whole program: its configuration, its features, its skills, what it remembers. */
import { RPC_INVALID_REQUEST, RpcError } from "@/jsonrpc/peer.ts";
import { isAbsolute } from "@/platform/paths.ts";
import type { ExperimentalFeature } from "@/protocol/rpc/features.ts";
import type { AgentServices, FeatureEntry } from "@/protocol/services.ts";
import type { Handlers } from "../session.ts";
import { page } from "./page.ts";

type Names =
  | "config/read"
  | "configRequirements/read"
  | "experimentalFeature/list"
  | "memory/reset"
  | "skills/list";

export function settingHandlers(
  { settings }: AgentServices,
): Pick<Handlers, Names> {
  return {
    async "config/read"({ cwd, includeLayers }) {
      const { layers, ...report } = await settings.config(cwd ?? settings.cwd);
      return includeLayers === true ? { ...report, layers } : report;
    },
    async "configRequirements/read"() {
      // A machine that has some does not get this far: this version refuses to start.
      return { requirements: null };
    },
    async "experimentalFeature/list"(request) {
      const features = (await settings.features()).map(wireFeature);
      return page(features, ({ name }) => name, {
        cursor: request.cursor,
        limit: request.limit,
      });
    },
    async "skills/list"({ cwds = [], perCwdExtraUserRoots }) {
      const extra = new Map(
        perCwdExtraUserRoots?.map((one) => [one.cwd, one.extraUserRoots]),
      );
      const relative = [...extra.values()].flat()
        .find((path) => !isAbsolute(path));
      if (relative !== undefined) {
        throw new RpcError(
          RPC_INVALID_REQUEST,
          `skills/list perCwdExtraUserRoots extraUserRoots paths must be absolute: ${relative}`,
        );
      }
      const places = cwds.length === 0 ? [settings.cwd] : cwds;
      const data = await Promise.all(places.map(async (cwd) => ({
        cwd,
        ...await settings.skills(cwd, extra.get(cwd) ?? []),
      })));
      return { data };
    },
    async "memory/reset"() {
      await settings.forgetMemories();
      return {};
    },
  };
}

function wireFeature(
  { name, stage, isEnabled, isEnabledByDefault }: FeatureEntry,
): ExperimentalFeature {
  return {
    name,
    stage,
    enabled: isEnabled,
    defaultEnabled: isEnabledByDefault,
    displayName: null,
    description: null,
    announcement: null,
  };
}
