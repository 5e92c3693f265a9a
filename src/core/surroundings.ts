/** What a thread finds where it starts: the repository, its documents, the machine. */
import type { Config } from "@/config/config.ts";
import { resolvePath } from "@/platform/paths.ts";
import type { Platform } from "@/platform/platform.ts";
import { uuidV4 } from "@/protocol/ids.ts";
import { type GitInfo, readGitInfo } from "./git_info.ts";
import { type ProjectDocs, readProjectDocs } from "./project_docs.ts";
import { loadSkills, type ThreadSkills } from "./thread_skills.ts";

export interface Surroundings {
  readonly git: GitInfo | undefined;
  readonly projectDocs: ProjectDocs;
  /** What earlier sessions left for the model; undefined when nothing is to be told. */
  readonly memories: string | undefined;
  /** Undefined when there are none. */
  readonly skills: ThreadSkills | undefined;
  readonly installationId: string;
  readonly timezone: string;
  /** The user's shell, for example `/bin/bash`. */
  readonly shell: string;
}

export async function readSurroundings(
  platform: Platform,
  config: Config,
  contextWindow: number,
): Promise<Surroundings> {
  const [git, projectDocs, memories, skills, installationId, timezone] =
    await Promise
      .all([
        readGitInfo(platform.files, config.cwd),
        readProjectDocs(platform.files, config),
        config.memories.isRead
          ? import("./memories.ts").then(({ readMemories }) =>
            readMemories(platform.files, config.codexHome)
          )
          : undefined,
        loadSkills({
          files: platform.files,
          config,
          homeDirectory: platform.host.homeDirectory,
          contextWindow,
        }),
        readInstallationId(platform, config.codexHome),
        readTimezone(platform),
      ]);
  const shell = userShell(platform);
  return {
    git,
    projectDocs,
    memories,
    skills,
    installationId,
    timezone,
    shell,
  };
}

/** A random id of this installation, made once. */
async function readInstallationId(
  { files, random }: Platform,
  codexHome: string,
): Promise<string> {
  const path = `${codexHome}/installation_id`;
  const known = (await files.readTextIfExists(path))?.trim();
  if (known) return known;
  const id = uuidV4(random.bytes(16));
  await files.makeDirectory(codexHome, 0o700);
  await files.replaceFile(path, id, 0o600);
  return id;
}

/** The time zone's name, as `TZ` or the system's link says; Intl would cost 10 ms. */
async function readTimezone(platform: Platform): Promise<string> {
  const variable = platform.env.get("TZ")?.replace(/^:/, "");
  if (variable) return variable;
  const link = await platform.files.realPath("/etc/localtime");
  return /zoneinfo\/(?:posix\/|right\/)?(.+)$/.exec(link ?? "")?.[1] ??
    "Etc/UTC";
}

function userShell(platform: Platform): string {
  const { os } = platform.host;
  if (os === "windows") return "powershell.exe";
  const shell = platform.env.get("SHELL");
  const name = shell?.slice(shell.lastIndexOf("/") + 1);
  const isKnown = name !== undefined && ["bash", "zsh", "sh"].includes(name);
  return isKnown && shell?.startsWith("/") ? resolvePath(shell) : "/bin/bash";
}
