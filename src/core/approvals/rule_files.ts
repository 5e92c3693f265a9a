/**
 * Rule files: finds and reads them before a thread begins, and adds what the user
 * allows. A file that cannot be read stops the start: rules that are passed over would
 * let through what they forbid.
 */
import type { Config } from "@/config/config.ts";
import { SYSTEM_DIRECTORY } from "@/config/layers.ts";
import { ConfigError } from "@/config/problem.ts";
import {
  type Argv,
  mergeRules,
  NO_RULES,
  type RuleSet,
} from "@/exec-policy/rule.ts";
import { resolvePath } from "@/platform/paths.ts";
import { FileError, type FileSystem } from "@/platform/platform.ts";
import type { SandboxPolicy } from "@/protocol/policy.ts";
import { hasHostList } from "@/sandbox/policy.ts";

const RULES_DIRECTORY = "rules";
const RULES_SUFFIX = ".rules";
/** Where allowed prefixes are added. */
const DEFAULT_FILE = "default.rules";

export interface RuleSources {
  readonly config: Pick<Config, "codexHome" | "trustedFolders">;
  /** Leave out the user's and the project's files; an administrator's always count. */
  readonly ignoreRules: boolean;
  /** Where an administrator's files are, when not in the usual place. */
  readonly systemDirectory?: string;
}

/**
 * All rules that apply: an administrator's, the user's, those of trusted projects.
 *
 * @throws ConfigError naming the file and the line
 */
export async function loadRules(
  files: FileSystem,
  { config, ignoreRules, systemDirectory = SYSTEM_DIRECTORY }: RuleSources,
): Promise<RuleSet> {
  const folders = ignoreRules
    ? [systemDirectory]
    : [systemDirectory, config.codexHome, ...config.trustedFolders];
  const paths = (await Promise.all(
    folders.map((folder) => rulePaths(files, folder)),
  )).flat();
  if (paths.length === 0) return NO_RULES;
  const sets = await Promise.all(paths.map((path) => readRules(files, path)));
  return sets.reduce(mergeRules);
}

async function rulePaths(
  files: FileSystem,
  folder: string,
): Promise<readonly string[]> {
  const directory = resolvePath(folder, RULES_DIRECTORY);
  try {
    const entries = await files.readDirectory(directory);
    return entries
      .filter(({ name, isDirectory }) =>
        name.endsWith(RULES_SUFFIX) && !isDirectory
      )
      .map(({ name }) => resolvePath(directory, name))
      .sort();
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    throw loadError(`${directory}: ${error.osText}`, error);
  }
}

async function readRules(files: FileSystem, path: string): Promise<RuleSet> {
  const [text, { parseRules }] = await Promise.all([
    readRuleText(files, path),
    import("@/exec-policy/parse.ts"),
  ]);
  const parsed = parseRules(text);
  if (parsed.kind === "ok") return parsed.rules;
  throw loadError(`${path}:${parsed.place.line}: ${parsed.message}`);
}

async function readRuleText(files: FileSystem, path: string): Promise<string> {
  try {
    return await files.readText(path);
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    throw loadError(`${path}: ${error.osText}`, error);
  }
}

function loadError(message: string, cause?: unknown): ConfigError {
  return new ConfigError("Error loading rules:\n", message, { cause });
}

/**
 * Adds a rule that allows a prefix to the user's default file. A rule that stands
 * there already is not added again.
 *
 * @throws FileError
 */
export async function saveAllowedPrefix(
  files: FileSystem,
  codexHome: string,
  prefix: Argv,
): Promise<void> {
  const directory = resolvePath(codexHome, RULES_DIRECTORY);
  const path = resolvePath(directory, DEFAULT_FILE);
  const words = prefix.map((word) => JSON.stringify(word)).join(", ");
  const line = `prefix_rule(pattern=[${words}], decision="allow")`;
  await files.makeDirectory(directory, 0o700);
  const text = await files.readTextIfExists(path) ?? "";
  if (text.split("\n").includes(line)) return;
  const gap = text === "" || text.endsWith("\n") ? "" : "\n";
  await files.replaceFile(path, `${text}${gap}${line}\n`, 0o600);
}

/** What the user is told about entries that have no effect under this policy. */
export function ruleWarnings(
  rules: RuleSet,
  policy: SandboxPolicy,
): readonly string[] {
  const hosts = rules.networkRules.map(({ host }) => host);
  if (hosts.length === 0 || hasHostList(policy)) return [];
  const hasNetwork = policy.type === "danger-full-access" ||
    policy.network_access;
  return [
    `Network rules are not enforced (${hosts.join(", ")}): commands have ${
      hasNetwork ? "the whole network" : "no network"
    }; they count where sandbox_workspace_write.network_allow lists hosts`,
  ];
}
