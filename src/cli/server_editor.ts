/** How a server changes the configuration: the user's file, and switches of its own. */
import type { Config } from "@/config/config.ts";
import { findFeature } from "@/config/features.ts";
import { readLayers, SYSTEM_DIRECTORY } from "@/config/layers.ts";
import { loadConfig, type LoadOptions } from "@/config/load.ts";
import { sessionLayer } from "@/config/overrides.ts";
import { Turnstile } from "@/async/turnstile.ts";
import { CodexError } from "@/protocol/errors.ts";
import type { SkillSwitch } from "@/protocol/config_write.ts";
import type { ConfigEditor } from "@/protocol/services.ts";

/** What clients may switch without writing it down; those of Codex CLI 0.124. */
const SWITCHABLE = [
  "apps",
  "memories",
  "plugins",
  "tool_search",
  "tool_suggest",
  "tool_call_mcp_elicitation",
];

export interface EditorPorts {
  readonly options: LoadOptions;
  readonly config: Pick<Config, "codexHome" | "cwd">;
  /** Filled by `switchFeatures`, read by whoever loads a configuration. */
  readonly featureDefaults: Record<string, boolean>;
}

export function serverEditor(
  { options, config, featureDefaults }: EditorPorts,
): ConfigEditor {
  const { files, host } = options.platform;
  const { codexHome, cwd } = config;
  const inOrder = new Turnstile();
  const act = async <T>(change: () => Promise<T>): Promise<T> => {
    const ticket = inOrder.take();
    try {
      await ticket.turn;
      return await change();
    } finally {
      ticket.release();
    }
  };
  return {
    write: (write) =>
      act(async () => {
        // The writer brings a parser that serving does not need.
        const { writeConfig } = await import("@/config/write.ts");
        return await writeConfig({
          files,
          codexHome,
          homeDirectory: host.homeDirectory,
          layers: async () => {
            const { layers } = await readLayers({
              platform: options.platform,
              cwd,
              codexHome,
              session: sessionLayer(options.session),
              ignoreUserConfig: options.ignoreUserConfig ?? false,
              systemDirectory: options.systemDirectory ?? SYSTEM_DIRECTORY,
            });
            return layers.filter(({ kind }) => kind !== "project");
          },
        }, write);
      }),
    switchSkill: (skill, isEnabled) =>
      act(async () => {
        await writeSkillRule(options, codexHome, skill, isEnabled);
        const { skills } = await loadConfig(options);
        const rule = skills.rules.findLast((rule) =>
          rule.kind === "name"
            ? skill.kind === "name" && rule.name === skill.name
            : skill.kind === "path" && rule.path === skill.path
        );
        return rule?.isEnabled ?? true;
      }),
    switchFeatures(states) {
      Object.keys(states).forEach(requireSwitchable);
      Object.assign(featureDefaults, states);
    },
  };
}

async function writeSkillRule(
  { platform: { files } }: LoadOptions,
  codexHome: string,
  skill: SkillSwitch,
  isEnabled: boolean,
): Promise<void> {
  const [{ changeConfig, editToml }, { planSkillSwitch }, { parseToml }] =
    await Promise.all([
      import("@/config/edit.ts"),
      import("@/config/skill_rules.ts"),
      import("@/config/toml.ts"),
    ]);
  await changeConfig(files, codexHome, async (text, path) => {
    const edit = planSkillSwitch(parseToml(text, path), skill, isEnabled);
    return editToml(text, [edit], path);
  });
}

function requireSwitchable(name: string): void {
  const feature = findFeature(name);
  if (feature === undefined) {
    throw refusal(`invalid feature enablement \`${name}\``);
  }
  if (feature.name !== name) {
    throw refusal(
      `invalid feature enablement \`${name}\`: use canonical feature key \`${feature.name}\``,
    );
  }
  if (SWITCHABLE.includes(name)) return;
  throw refusal(
    `unsupported feature enablement \`${name}\`: currently supported features are ${
      SWITCHABLE.join(", ")
    }`,
  );
}

function refusal(message: string): CodexError {
  return new CodexError("invalid_input", message);
}
