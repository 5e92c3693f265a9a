/** The settings a turn runs under, as they are recorded and as the model is told. */
import type { TurnId } from "@/protocol/ids.ts";
import type { TurnContext } from "@/protocol/rollout.ts";
import type { ContextParts } from "./fragments.ts";
import type { ThreadSettings } from "./settings.ts";
import type { TurnEnvironment } from "./turn_environment.ts";

/** Named in commits unless the user names somebody else. */
const COMMIT_AUTHOR = "Codex <noreply@openai.com>";

/** What the context of a turn is made of. */
export async function contextParts(
  env: TurnEnvironment,
  settings: ThreadSettings,
  turn: {
    readonly id: TurnId;
    readonly startedMs: number;
    readonly instructions: string;
  },
): Promise<ContextParts> {
  const place = {
    policy: settings.sandboxPolicy,
    cwd: settings.cwd,
    tmpdir: env.platform.env.get("TMPDIR"),
  };
  return {
    context: turnContext(env, settings, turn),
    shell: env.shell.slice(env.shell.lastIndexOf("/") + 1),
    writableRoots: await env.writeCheck.writableRoots(place),
    instructions: turn.instructions,
    memories: env.memories,
    skills: env.skills?.block,
    commitAuthor: env.config.features.codex_git_commit
      ? env.config.commitAttribution ?? COMMIT_AUTHOR
      : undefined,
    includePermissions: env.config.includePermissionsInstructions,
    includeEnvironment: env.config.includeEnvironmentContext,
  };
}

function turnContext(
  { config, projectDocs, timezone }: TurnEnvironment,
  settings: ThreadSettings,
  { id, startedMs }: { readonly id: TurnId; readonly startedMs: number },
): TurnContext {
  return {
    turn_id: id,
    cwd: settings.cwd,
    current_date: localDate(startedMs),
    timezone,
    approval_policy: settings.approvalPolicy,
    sandbox_policy: settings.sandboxPolicy,
    model: settings.model.name,
    ...(settings.personality === undefined
      ? {}
      : { personality: settings.personality }),
    ...modeRecord(settings),
    ...(settings.effort === undefined ? {} : { effort: settings.effort }),
    summary: settings.summary ?? "auto",
    ...(projectDocs.text === undefined
      ? {}
      : { user_instructions: projectDocs.text }),
    ...(config.developerInstructions === undefined
      ? {}
      : { developer_instructions: config.developerInstructions }),
    truncation_policy: settings.truncation,
  };
}

function modeRecord(
  { mode, model, effort }: ThreadSettings,
): Pick<TurnContext, "collaboration_mode"> {
  const { kind, developerInstructions } = mode;
  if (kind === "default" && developerInstructions === undefined) return {};
  return {
    collaboration_mode: {
      mode: kind,
      settings: {
        model: model.name,
        reasoning_effort: effort ?? null,
        developer_instructions: developerInstructions ?? null,
      },
    },
  };
}

/** `2026-11-22` in local time; by hand, because Intl costs 20 ms. */
function localDate(ms: number): string {
  const date = new Date(ms);
  const two = (value: number) => String(value).padStart(2, "0");
  return [
    date.getFullYear(),
    two(date.getMonth() + 1),
    two(date.getDate()),
  ].join("-");
}
