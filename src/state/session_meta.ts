/**
 * The line of a rollout that says whose thread it is, read leniently: other versions
 * and other programs write it, too, and a field that is not what it should be must
 * hide neither its thread nor the others of a list.
 */
import * as v from "valibot";
import type { SessionMeta } from "@/protocol/rollout.ts";

const MaybeText = v.fallback(v.optional(v.string()), undefined);
const Text = v.fallback(v.string(), "");

const Source = v.union([
  v.string(),
  v.object({ custom: v.string() }),
  v.object({
    subagent: v.union([
      v.picklist(["review", "compact", "memory_consolidation"]),
      v.object({ other: v.string() }),
      v.object({
        thread_spawn: v.looseObject({
          parent_thread_id: v.string(),
          depth: v.pipe(v.number(), v.integer()),
          agent_path: v.nullish(v.string()),
          agent_nickname: v.nullish(v.string()),
          agent_role: v.nullish(v.string()),
        }),
      }),
    ]),
  }),
]);

const Meta = v.looseObject({
  // Without these two, it is no thread's line.
  id: v.string(),
  cwd: v.string(),
  timestamp: Text,
  originator: Text,
  cli_version: Text,
  model_provider: Text,
  source: v.fallback(Source, "unknown"),
  base_instructions: v.fallback(
    v.nullable(v.looseObject({ text: v.string() })),
    null,
  ),
  forked_from_id: MaybeText,
  agent_nickname: MaybeText,
  agent_role: MaybeText,
  memory_mode: v.fallback(
    v.optional(v.picklist(["enabled", "disabled"])),
    undefined,
  ),
  git: v.fallback(
    v.optional(v.looseObject({
      commit_hash: MaybeText,
      branch: MaybeText,
      repository_url: MaybeText,
    })),
    undefined,
  ),
});

/**
 * The first line says whose thread this is. A later one of the same thread changes
 * what it names; a forked thread repeats its parent's, which is not about itself.
 */
export function mergeMeta(
  meta: SessionMeta | undefined,
  payload: Readonly<Record<string, unknown>>,
): SessionMeta | undefined {
  if (meta !== undefined && payload.id !== meta.id) return meta;
  const decoded = v.safeParse(Meta, payload);
  if (!decoded.success) return meta;
  // Fields that are absent are undefined here, which every reader takes for absent; a
  // later line that does not speak of them changes nothing.
  const said = Object.entries(decoded.output)
    .filter(([, value]) => value !== undefined);
  return { ...meta, ...Object.fromEntries(said) as unknown as SessionMeta };
}
