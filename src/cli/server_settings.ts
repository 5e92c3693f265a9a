/** What a server tells of the configuration, read anew every time it is asked. */
import { storedAccount } from "@/auth/account.ts";
import type { GivenLogin } from "@/auth/given_login.ts";
import type { Config } from "@/config/config.ts";
import { FEATURES, type FeatureStage } from "@/config/features.ts";
import { loadConfig, type LoadOptions } from "@/config/load.ts";
import { reportConfig } from "@/config/report.ts";
import { clearMemories } from "@/core/memories.ts";
import type { Skill } from "@/core/skills/skill.ts";
import { findSkills } from "@/core/thread_skills.ts";
import { resolvePath } from "@/platform/paths.ts";
import type { Platform } from "@/platform/platform.ts";
import { CodexError } from "@/protocol/errors.ts";
import type { SkillMetadata } from "@/protocol/rpc/skills.ts";
import type { FeatureEntry, SettingsService } from "@/protocol/services.ts";

const STAGES: Readonly<Record<FeatureStage, FeatureEntry["stage"]>> = {
  "stable": "stable",
  "experimental": "beta",
  "under development": "underDevelopment",
  "deprecated": "deprecated",
  "removed": "removed",
};

export interface SettingsPorts {
  readonly options: LoadOptions;
  readonly platform: Platform;
  readonly config: Pick<Config, "codexHome" | "cwd">;
  readonly givenLogin: GivenLogin;
}

export function serverSettings(
  { options, platform, config, givenLogin }: SettingsPorts,
): SettingsService {
  const { codexHome, cwd: home } = config;
  const configAt = (cwd: string) => loadConfig({ ...options, cwd });
  return {
    cwd: home,
    async account() {
      const { provider } = await configAt(home);
      return {
        account: givenLogin.account ??
          await storedAccount({ ...platform, codexHome }),
        requiresOpenaiAuth: provider.requiresLogin,
      };
    },
    async config(cwd) {
      const { layers } = await configAt(resolvePath(home, cwd));
      return await reportConfig(layers);
    },
    async features() {
      const { features } = await configAt(home);
      return FEATURES.map(({ name, stage, enabledByDefault }) => ({
        name,
        stage: STAGES[stage],
        isEnabled: features[name],
        isEnabledByDefault: enabledByDefault,
      }));
    },
    async skills(cwd, extraUserRoots) {
      const directory = resolvePath(home, cwd);
      try {
        const { skills, problems } = await findSkills({
          files: platform.files,
          config: await configAt(directory),
          homeDirectory: platform.host.homeDirectory,
          extraUserRoots,
        });
        return { skills: skills.map(metadataOf), errors: [...problems] };
      } catch (error) {
        if (!(error instanceof CodexError)) throw error;
        // A directory that is gone is no reason to hide the skills of the others.
        const { message } = error;
        return { skills: [], errors: [{ path: directory, message }] };
      }
    },
    async forgetMemories() {
      await clearMemories(platform.files, codexHome);
    },
  };
}

function metadataOf(skill: Skill): SkillMetadata {
  return {
    name: skill.name,
    description: skill.description,
    path: skill.path,
    scope: skill.scope,
    enabled: skill.isEnabled,
    ...(skill.shortDescription === undefined
      ? {}
      : { shortDescription: skill.shortDescription }),
    ...(skill.face === undefined ? {} : { interface: { ...skill.face } }),
    ...(skill.tools.length === 0
      ? {}
      : { dependencies: { tools: skill.tools.map((tool) => ({ ...tool })) } }),
  };
}
