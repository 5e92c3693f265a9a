/**
 * Takes over what another coding agent was told: settings, skills, instructions. What
 * is there already stays; what a project holds is read and written inside the project
 * only, wherever its links lead.
 */
import { copyPath } from "@/platform/host_files.ts";
import { directoryOf, isWithin } from "@/platform/paths.ts";
import { FileError, type FileSystem } from "@/platform/platform.ts";
import { CodexError } from "@/protocol/errors.ts";
import type {
  ExternalAgentService,
  MigrationItem,
} from "@/protocol/external_agent.ts";
import type { ConfigEditor } from "@/protocol/services.ts";
import { editToml } from "../edit.ts";
import { planChange } from "../plan_changes.ts";
import { parseToml } from "../toml.ts";
import { homePlaces, type Places, projectPlaces } from "./places.ts";
import { missingSettings } from "./settings.ts";
import { withOwnNames } from "./terms.ts";

export interface ExternalAgentPorts {
  readonly files: FileSystem;
  readonly codexHome: string;
  readonly homeDirectory: string | undefined;
  /** Changes the user's own configuration. */
  readonly editor: Pick<ConfigEditor, "write">;
}

/** Longer ones are no instructions and no settings. */
const TEXT_BYTES_MAX = 1 << 20;
/** Most have a handful; more in one directory are not looked at. */
const SKILLS_MAX = 500;

type Kind = "CONFIG" | "SKILLS" | "AGENTS_MD";

/** What can be taken over, in the order in which it is offered. */
const KINDS: readonly Kind[] = ["CONFIG", "SKILLS", "AGENTS_MD"];

export function createExternalAgent(
  ports: ExternalAgentPorts,
): ExternalAgentService {
  const { files, codexHome, homeDirectory } = ports;
  const placesOf = async (cwd: string | null) =>
    cwd !== null
      ? await projectPlaces(files, cwd)
      : homeDirectory === undefined
      ? undefined
      : homePlaces(homeDirectory, codexHome);
  return {
    async detect({ includeHome, cwds }) {
      const found = await Promise.all(
        [...(includeHome ? [null] : []), ...cwds].map(placesOf),
      );
      const byRoot = new Map(
        found.flatMap((places) =>
          places === undefined ? [] : [[places.cwd, places] as const]
        ),
      );
      const items: MigrationItem[] = [];
      for (const places of byRoot.values()) {
        for (const kind of KINDS) {
          const description = await offerOf(files, kind, places);
          if (description === undefined) continue;
          const { cwd } = places;
          items.push({ itemType: kind, description, cwd, details: null });
        }
      }
      return items;
    },
    async import(items, signal) {
      const known = items.map(({ itemType, cwd }) => {
        const kind = KINDS.find((one) => one === itemType);
        if (kind !== undefined) return { kind, cwd: cwd ?? null };
        throw new CodexError(
          "unsupported",
          `Cannot import an item of the kind ${itemType}: this version takes over ${
            KINDS.join(", ")
          }`,
        );
      });
      for (const { kind, cwd } of known) {
        const places = await placesOf(cwd);
        if (places === undefined) continue;
        try {
          await IMPORTS[kind](ports, places, signal);
        } catch (error) {
          if (!(error instanceof FileError)) throw error;
          throw new CodexError(
            "storage",
            `Cannot import into ${error.path}: ${error.osText}`,
          );
        }
      }
    },
  };
}

/** What would be taken over, in words; undefined when there is nothing. */
async function offerOf(
  files: FileSystem,
  kind: Kind,
  places: Places,
): Promise<string | undefined> {
  switch (kind) {
    case "CONFIG":
      return (await changesFor(files, places)).length === 0
        ? undefined
        : `Migrate ${places.settings} into ${places.config}`;
    case "SKILLS":
      return (await missingSkills(files, places)).length === 0
        ? undefined
        : `Migrate skills from ${places.skills} to ${places.ownSkills}`;
    case "AGENTS_MD": {
      const found = await instructionsFor(files, places);
      return found && `Migrate ${found.path} to ${places.ownInstructions}`;
    }
  }
}

const IMPORTS: Readonly<
  Record<
    Kind,
    (
      ports: ExternalAgentPorts,
      places: Places,
      signal: AbortSignal,
    ) => Promise<void>
  >
> = {
  async CONFIG({ files, editor }, places) {
    const changes = await changesFor(files, places);
    if (changes.length === 0) return;
    if (places.cwd === null) return void await editor.write({ changes });
    const before = await textIn(files, places, places.config) ?? "";
    const after = changes.reduce((text, change) => {
      const edits = planChange(parseToml(text, places.config), change);
      return editToml(text, edits, places.config);
    }, before);
    await makeInside(files, places, directoryOf(places.config));
    await requireNoLink(files, places.config);
    await files.replaceFile(places.config, after);
  },
  async SKILLS({ files }, places, signal) {
    const missing = await missingSkills(files, places);
    if (missing.length === 0) return;
    await makeInside(files, places, places.ownSkills);
    for (const name of missing) {
      await copySkill(files, places, name, signal);
    }
  },
  async AGENTS_MD({ files }, places) {
    const found = await instructionsFor(files, places);
    if (found === undefined) return;
    await makeInside(files, places, directoryOf(places.ownInstructions));
    await files.replaceFile(places.ownInstructions, withOwnNames(found.text));
  },
};

async function changesFor(files: FileSystem, places: Places) {
  const settings = await textIn(files, places, places.settings);
  if (settings === undefined) return [];
  const config = await textIn(files, places, places.config) ?? "";
  return missingSettings(
    settings,
    places.settings,
    parseToml(config, places.config),
  );
}

/** The instructions to take over; undefined when there are some of our own. */
async function instructionsFor(
  files: FileSystem,
  places: Places,
): Promise<{ readonly path: string; readonly text: string } | undefined> {
  const own = await files.lstat(places.ownInstructions);
  if (own !== undefined) {
    // A link leads to somebody's instructions, even where nothing is yet.
    if (!own.isFile) return undefined;
    const text = await textIn(files, places, places.ownInstructions);
    if (text === undefined || text.trim() !== "") return undefined;
  }
  for (const path of places.instructions) {
    const text = await textIn(files, places, path);
    if (text !== undefined && text.trim() !== "") return { path, text };
  }
  return undefined;
}

/** The names of skills that are not here. */
async function missingSkills(
  files: FileSystem,
  { skills, ownSkills }: Places,
): Promise<readonly string[]> {
  const entries = await files.readDirectory(skills);
  const names = entries.filter(({ isDirectory }) => isDirectory)
    .map(({ name }) => name).sort().slice(0, SKILLS_MAX);
  const there = await Promise.all(
    names.map((name) => files.lstat(`${ownSkills}/${name}`)),
  );
  return names.filter((_, at) => there[at] === undefined);
}

/** Appears as a whole, under its own name only when it is there to its end. */
async function copySkill(
  files: FileSystem,
  places: Places,
  name: string,
  signal: AbortSignal,
): Promise<void> {
  const draft = `${places.ownSkills}/.${name}.import`;
  const { removeTree } = await import("@/platform/trees.ts");
  await removeTree(draft);
  try {
    const from = `${places.skills}/${name}`;
    await copyPath(from, draft, { recursive: true }, signal);
    const file = `${draft}/SKILL.md`;
    if ((await files.lstat(file))?.isFile) {
      await files.replaceFile(file, withOwnNames(await files.readText(file)));
    }
    await files.rename(draft, `${places.ownSkills}/${name}`);
  } catch (error) {
    await removeTree(draft);
    throw error;
  }
}

/** Undefined for what is not there, or is no text of this project's. */
async function textIn(
  files: FileSystem,
  { cwd }: Places,
  path: string,
): Promise<string | undefined> {
  const real = await files.realPath(path);
  if (real === undefined) return undefined;
  if (cwd !== null && !isWithin(real, cwd)) return undefined;
  const info = await files.stat(real);
  if (info === undefined || !info.isFile || info.size > TEXT_BYTES_MAX) {
    return undefined;
  }
  return await files.readText(real);
}

/** @throws CodexError when a link of the project leads out of it */
async function makeInside(
  files: FileSystem,
  { cwd }: Places,
  directory: string,
): Promise<void> {
  let there = directory;
  let real = await files.realPath(there);
  while (real === undefined) {
    there = directoryOf(there);
    real = await files.realPath(there);
  }
  if (cwd !== null && !isWithin(real, cwd)) throw leadsOut(there);
  await files.makeDirectory(directory);
}

async function requireNoLink(files: FileSystem, path: string): Promise<void> {
  if ((await files.lstat(path))?.isSymlink) throw leadsOut(path);
}

function leadsOut(path: string): CodexError {
  return new CodexError(
    "invalid_input",
    `Cannot import into ${path}: it is a link that may lead out of the project; replace it first`,
  );
}
