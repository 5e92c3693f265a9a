/**
 * Roles of sub-agents: three of our own, and those of `[agents.<name>]`. A role's
 * `config_file` is a small configuration of its own; what it may hold is listed here,
 * and anything else in it is refused, so that no role silently means less than it says.
 */
import * as v from "valibot";
import { FileError, type FileSystem } from "@/platform/platform.ts";
import { decode } from "@/protocol/decode.ts";
import { CodexError } from "@/protocol/errors.ts";
import {
  REASONING_EFFORTS,
  type ReasoningEffort,
  SANDBOX_MODES,
  type SandboxMode,
} from "@/protocol/policy.ts";
import type { Config } from "./config.ts";
import { parseToml } from "./toml.ts";

export interface AgentRole {
  readonly name: string;
  /** When to choose it, for the model. */
  readonly description: string;
  readonly nicknames: readonly string[];
  /** Where its settings are; undefined when it has none. */
  readonly configFile: string | undefined;
}

/** What a role changes for its agents. */
export interface RoleSettings {
  readonly model?: string;
  readonly effort?: ReasoningEffort;
  readonly developerInstructions?: string;
  readonly sandboxMode?: SandboxMode;
}

export const DEFAULT_ROLE = "default";

const BUILT_IN: readonly AgentRole[] = [
  role(DEFAULT_ROLE, "works as you do; the one to take when unsure"),
  role(
    "explorer",
    "answers one precise question about the code by reading, and changes nothing; several can look in different places at once",
  ),
  role(
    "worker",
    "does one part of the task; say which files are its own, and that others work beside it",
  ),
];

/** The roles of a configuration, the built-in ones first. */
export function agentRoles(
  { agents }: Pick<Config, "agents">,
): readonly AgentRole[] {
  const own = Object.entries(agents.roles).map(([name, table]) =>
    configuredRole(name, table)
  );
  const isReplaced = (known: AgentRole) =>
    own.some(({ name }) => name === known.name);
  return [...BUILT_IN.filter((known) => !isReplaced(known)), ...own];
}

const RoleToml = v.strictObject({
  model: v.optional(v.string()),
  model_reasoning_effort: v.optional(v.picklist(REASONING_EFFORTS)),
  developer_instructions: v.optional(v.string()),
  sandbox_mode: v.optional(v.picklist(SANDBOX_MODES)),
});

/**
 * Reads what a role changes.
 *
 * @throws CodexError `invalid_config` when its file cannot be used
 */
export async function readRoleSettings(
  files: FileSystem,
  { name, configFile }: AgentRole,
): Promise<RoleSettings> {
  if (configFile === undefined) return {};
  const table = parseToml(await readFile(files, name, configFile), configFile);
  const decoded = decode(RoleToml, table);
  if (!decoded.ok) {
    throw invalid(
      `Cannot use agent role "${name}": ${configFile}: ${decoded.message}; a role may set model, model_reasoning_effort, developer_instructions and sandbox_mode`,
    );
  }
  const { value } = decoded;
  return {
    ...(value.model === undefined ? {} : { model: value.model }),
    ...(value.model_reasoning_effort === undefined
      ? {}
      : { effort: value.model_reasoning_effort }),
    ...(value.developer_instructions === undefined
      ? {}
      : { developerInstructions: value.developer_instructions }),
    ...(value.sandbox_mode === undefined
      ? {}
      : { sandboxMode: value.sandbox_mode }),
  };
}

async function readFile(
  files: FileSystem,
  name: string,
  path: string,
): Promise<string> {
  try {
    return await files.readText(path);
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    throw invalid(
      `Cannot use agent role "${name}": ${path}: ${error.osText}`,
    );
  }
}

/** The schema has checked the table's types; `AgentRoleToml` names the keys. */
function configuredRole(
  name: string,
  table: Readonly<Record<string, unknown>>,
): AgentRole {
  const { description, config_file, nickname_candidates } = table;
  return {
    name,
    description: typeof description === "string"
      ? description
      : "a role the user set up",
    nicknames: Array.isArray(nickname_candidates) ? nickname_candidates : [],
    configFile: typeof config_file === "string" ? config_file : undefined,
  };
}

function role(name: string, description: string): AgentRole {
  return { name, description, nicknames: [], configFile: undefined };
}

function invalid(message: string): CodexError {
  return new CodexError("invalid_config", message);
}
