/**
 * Finds skills: every `SKILL.md` below the roots, not deeper and not more than the
 * limits say. What cannot be used is named and the others are found all the same.
 */
import { directoryOf, isWithin, resolvePath } from "@/platform/paths.ts";
import {
  type DirectoryEntry,
  FileError,
  type FileSystem,
} from "@/platform/platform.ts";
import { NO_METADATA, readHeader, readMetadata } from "./header.ts";
import { type Skill, SKILL_FILE, type SkillScope } from "./skill.ts";

/** As in the reference; deeper is no place for a skill but somebody's data. */
const DEPTH_MAX = 6;
/** Directories looked into below one root, as in the reference. */
const DIRECTORIES_MAX = 2_000;
/** A header is short; the body is read only when the skill is used. */
const HEADER_BYTES_MAX = 64 * 1024;

export interface SkillRoot {
  readonly scope: SkillScope;
  readonly path: string;
}

export interface SkillProblem {
  readonly path: string;
  readonly message: string;
}

export interface FoundSkills {
  /** In the order of the roots' scopes, then of names. */
  readonly skills: readonly Skill[];
  readonly problems: readonly SkillProblem[];
}

export async function discoverSkills(
  files: FileSystem,
  roots: readonly SkillRoot[],
): Promise<FoundSkills> {
  const problems: SkillProblem[] = [];
  const found = await Promise.all(roots.map(async ({ scope, path }) => {
    const paths = await skillFiles(files, path, problems);
    return await Promise.all(
      paths.map((file) => readSkill(files, file, scope, problems)),
    );
  }));
  const known = new Set<string>();
  const skills = found.flat().filter((skill) => skill !== undefined)
    .filter(({ path }) => !known.has(path) && known.add(path));
  return { skills: skills.sort(byScopeAndName), problems };
}

const SCOPES: readonly SkillScope[] = ["system", "admin", "repo", "user"];

function byScopeAndName(left: Skill, right: Skill): number {
  return SCOPES.indexOf(left.scope) - SCOPES.indexOf(right.scope) ||
    compare(left.name, right.name) || compare(left.path, right.path);
}

function compare(left: string, right: string): number {
  return left === right ? 0 : left < right ? -1 : 1;
}

/** Level by level, so that the nearest are found when there are too many. */
async function skillFiles(
  files: FileSystem,
  root: string,
  problems: SkillProblem[],
): Promise<readonly string[]> {
  const paths: string[] = [];
  const seen = new Set<string>();
  let level: readonly string[] = [root];
  let left = DIRECTORIES_MAX;
  for (let depth = 0; depth <= DEPTH_MAX && level.length > 0; depth++) {
    if (level.length > left) {
      problems.push({
        path: root,
        message:
          `it has more than ${DIRECTORIES_MAX} directories; skills in the others are not found`,
      });
    }
    const directories = level.slice(0, left);
    left -= directories.length;
    const listed = await Promise.all(
      directories.map((directory) => list(files, directory, problems)),
    );
    paths.push(...listed.flatMap(({ skill }) => skill ?? []));
    level = await unseen(files, listed.flatMap(({ below }) => below), {
      root,
      seen,
    });
  }
  return paths;
}

interface Listed {
  readonly skill: string | undefined;
  readonly below: readonly {
    readonly path: string;
    readonly isLink: boolean;
  }[];
}

async function list(
  files: FileSystem,
  directory: string,
  problems: SkillProblem[],
): Promise<Listed> {
  let entries: readonly DirectoryEntry[];
  try {
    entries = await files.readDirectory(directory);
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    // A link that was followed and leads to a file is no directory.
    if (error.kind !== "not_found") {
      problems.push({ path: directory, message: error.osText });
    }
    return { skill: undefined, below: [] };
  }
  const hasSkill = entries.some(({ name, isDirectory }) =>
    name === SKILL_FILE && !isDirectory
  );
  return {
    skill: hasSkill ? resolvePath(directory, SKILL_FILE) : undefined,
    below: entries
      .filter(({ name, isDirectory, isSymlink }) =>
        !name.startsWith(".") && (isDirectory || isSymlink)
      )
      .map(({ name, isSymlink }) => ({
        path: resolvePath(directory, name),
        isLink: isSymlink,
      })),
  };
}

/**
 * The directories not looked into yet. A link that leads into the root, or above it,
 * leads to what is found anyway.
 */
async function unseen(
  files: FileSystem,
  below: Listed["below"],
  known: { readonly root: string; readonly seen: Set<string> },
): Promise<readonly string[]> {
  const paths: string[] = [];
  for (const { path, isLink } of below) {
    if (!isLink || await isNewPlace(files, path, known)) paths.push(path);
  }
  return paths;
}

async function isNewPlace(
  files: FileSystem,
  link: string,
  { root, seen }: { readonly root: string; readonly seen: Set<string> },
): Promise<boolean> {
  if (!(await files.stat(link))?.isDirectory) return false;
  const [target, top] = await Promise.all([
    files.realPath(link),
    files.realPath(root),
  ]);
  if (target === undefined || top === undefined || seen.has(target)) {
    return false;
  }
  seen.add(target);
  return !isWithin(target, top) && !isWithin(top, target);
}

async function readSkill(
  files: FileSystem,
  path: string,
  scope: SkillScope,
  problems: SkillProblem[],
): Promise<Skill | undefined> {
  const directory = directoryOf(path);
  const metadataPath = resolvePath(directory, "agents/openai.yaml");
  const found = await Promise.all([
    readHead(files, path),
    readHead(files, metadataPath),
  ]).catch((error: unknown) => {
    if (!(error instanceof FileError)) throw error;
    problems.push({ path: error.path, message: error.osText });
  });
  if (found === undefined) return undefined;
  const [head, beside] = found;
  const header = head === undefined
    ? "it is no regular file"
    : readHeader(head, path);
  if (typeof header === "string") {
    problems.push({ path, message: header });
    return undefined;
  }
  const metadata = beside === undefined
    ? NO_METADATA
    : readMetadata(beside, directory);
  if (typeof metadata === "string") {
    problems.push({ path: metadataPath, message: metadata });
    return undefined;
  }
  return { ...header, ...metadata, scope, path, isEnabled: true };
}

/**
 * The beginning of a file; undefined when there is none. A repository can hold a link to
 * a device or a pipe, and reading that might never end.
 */
async function readHead(
  files: FileSystem,
  path: string,
): Promise<string | undefined> {
  if (!(await files.stat(path))?.isFile) return undefined;
  return new TextDecoder().decode(
    await files.readRange(path, 0, HEADER_BYTES_MAX),
  );
}
