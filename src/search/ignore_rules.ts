/**
 * Which paths the files `.gitignore` and `.ignore` leave out. Each directory's rules go
 * before those of the directories above it, and a path is asked about only when
 * everything above it was not left out.
 */
import ignore, { type Ignore } from "ignore";
import { FileError, type FileSystem } from "@/platform/platform.ts";

/** The rules of one directory, with where they stand. */
interface Level {
  /** The directory's path with a final slash; empty at the top. */
  readonly base: string;
  readonly rules: Ignore;
}

/** The later one decides: `.ignore` is for searching, and so knows better. */
const FILES = [".gitignore", ".ignore"];
/** A longer file is no list of rules; its rest is not read. */
const RULES_BYTES_MAX = 1 << 20;

export class IgnoreRules {
  /** Deepest first. */
  readonly #levels: readonly Level[];

  private constructor(levels: readonly Level[]) {
    this.#levels = levels;
  }

  static readonly NONE: IgnoreRules = new IgnoreRules([]);

  /**
   * These rules and those of a directory below.
   *
   * @param directory on disk
   * @param base how paths below it begin when they are asked about
   */
  async with(
    files: FileSystem,
    directory: string,
    base: string,
  ): Promise<IgnoreRules> {
    const found = await Promise.all(
      FILES.map((name) => textOf(files, `${directory}/${name}`)),
    );
    const texts = found.filter((text) => text !== undefined);
    if (texts.length === 0) return this;
    const rules = ignore({ ignorecase: false });
    for (const text of texts) rules.add(text);
    return new IgnoreRules([{ base, rules }, ...this.#levels]);
  }

  /** True for a name a directory's rules may be in. */
  static isFile(name: string): boolean {
    return FILES.includes(name);
  }

  /** @param path as the bases say it; a directory's without a final slash */
  leavesOut(path: string, isDirectory: boolean): boolean {
    for (const { base, rules } of this.#levels) {
      const below = path.slice(base.length);
      const { ignored, unignored } = rules.test(
        isDirectory ? `${below}/` : below,
      );
      if (unignored) return false;
      if (ignored && !isAroundLeftOut(rules, below)) return true;
    }
    return false;
  }
}

/**
 * True when the rules leave out the directory a path is in. Whoever asks about the path
 * was told by deeper rules that it is there after all.
 */
function isAroundLeftOut(rules: Ignore, path: string): boolean {
  const end = path.lastIndexOf("/");
  return end > 0 && rules.test(path.slice(0, end + 1)).ignored;
}

async function textOf(
  files: FileSystem,
  path: string,
): Promise<string | undefined> {
  try {
    // A pipe of that name would never end.
    if ((await files.stat(path))?.isFile !== true) return undefined;
    const bytes = await files.readRange(path, 0, RULES_BYTES_MAX);
    return new TextDecoder().decode(bytes);
  } catch (error) {
    // Gone, or not to be read: it leaves out nothing.
    if (error instanceof FileError) return undefined;
    throw error;
  }
}
