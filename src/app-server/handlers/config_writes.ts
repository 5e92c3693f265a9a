/** What clients change of the configuration; the editor does it. */
import {
  RPC_INVALID_PARAMS,
  RPC_INVALID_REQUEST,
  RpcError,
} from "@/jsonrpc/peer.ts";
import { isAbsolute } from "@/platform/paths.ts";
import {
  type ConfigWrite,
  ConfigWriteError,
  type SkillSwitch,
} from "@/protocol/config_write.ts";
import type { ConfigWriteResponse } from "@/protocol/rpc/config.ts";
import type { SkillsConfigWriteParams } from "@/protocol/rpc/skills.ts";
import type { AgentServices } from "@/protocol/services.ts";
import { refused } from "../refusal.ts";
import type { Handlers } from "../session.ts";

type Names =
  | "config/batchWrite"
  | "config/value/write"
  | "experimentalFeature/enablement/set"
  | "skills/config/write";

export function configWriteHandlers(
  { editor }: AgentServices,
): Pick<Handlers, Names> {
  const write = async (request: ConfigWrite): Promise<ConfigWriteResponse> => {
    try {
      return await editor.write(request);
    } catch (error) {
      if (!(error instanceof ConfigWriteError)) throw error;
      throw new RpcError(RPC_INVALID_REQUEST, error.message, {
        config_write_error_code: error.reason,
      });
    }
  };
  return {
    "config/value/write": ({ expectedVersion, filePath, ...change }) =>
      write({
        changes: [change],
        expectedVersion: expectedVersion ?? undefined,
        filePath: filePath ?? undefined,
      }),
    // `reloadUserConfig` asks for nothing here: every thread reads it when it opens.
    "config/batchWrite": ({ edits, expectedVersion, filePath }) =>
      write({
        changes: edits,
        expectedVersion: expectedVersion ?? undefined,
        filePath: filePath ?? undefined,
      }),
    async "experimentalFeature/enablement/set"({ enablement }) {
      editor.switchFeatures(enablement);
      return { enablement };
    },
    async "skills/config/write"(params) {
      const skill = skillOf(params);
      return {
        effectiveEnabled: await editor.switchSkill(skill, params.enabled),
      };
    },
  };
}

function skillOf({ name, path }: SkillsConfigWriteParams): SkillSwitch {
  const hasName = name != null && name.trim() !== "";
  if (path != null && !isAbsolute(path)) {
    throw refused(
      "Invalid request: AbsolutePathBuf deserialized without a base path",
    );
  }
  if (hasName && path == null) return { kind: "name", name };
  if (path != null && !hasName) return { kind: "path", path };
  throw new RpcError(
    RPC_INVALID_PARAMS,
    "skills/config/write requires exactly one of path or name",
  );
}
