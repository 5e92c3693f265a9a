/** The handshake, and what a client can learn of the program. */
import { REASONING_EFFORTS, type ReasoningEffort } from "@/protocol/policy.ts";
import type { AgentServices, ModelEntry } from "@/protocol/services.ts";
import type { Model } from "@/protocol/rpc/model.ts";
import type { Handlers } from "../session.ts";
import { page } from "./page.ts";

type Names =
  | "initialize"
  | "model/list"
  | "collaborationMode/list"
  | "mock/experimentalMethod";

export function connectionHandlers(
  services: AgentServices,
): Pick<Handlers, Names> {
  return {
    async initialize(params, { session }) {
      session.begin(params);
      return {
        userAgent: services.userAgent(params.clientInfo),
        codexHome: services.codexHome,
        platformFamily: services.system.family,
        platformOs: services.system.os,
      };
    },
    async "model/list"({ cursor, limit, includeHidden }) {
      const models = services.models()
        .filter(({ isHidden }) => includeHidden === true || !isHidden)
        .map(wireModel);
      return page(models, ({ id }) => id, { cursor, limit });
    },
    async "collaborationMode/list"() {
      return {
        data: [
          { name: "Plan", mode: "plan", reasoning_effort: "medium" },
          { name: "Default", mode: "default" },
        ],
      };
    },
    async "mock/experimentalMethod"({ value }) {
      return { echoed: value ?? null };
    },
  };
}

function wireModel(model: ModelEntry): Model {
  return {
    id: model.name,
    model: model.name,
    displayName: model.displayName,
    description: model.description,
    hidden: model.isHidden,
    isDefault: model.isDefault,
    defaultReasoningEffort: effortOf(model.defaultEffort),
    supportedReasoningEfforts: model.efforts.map((effort) => ({
      reasoningEffort: effortOf(effort),
      description: "",
    })),
    inputModalities: model.acceptsImages ? ["text", "image"] : ["text"],
    supportsPersonality: false,
    additionalSpeedTiers: [],
    upgrade: null,
    upgradeInfo: null,
    availabilityNux: null,
  };
}

function effortOf(text: string): ReasoningEffort {
  return REASONING_EFFORTS.find((effort) => effort === text) ?? "medium";
}
