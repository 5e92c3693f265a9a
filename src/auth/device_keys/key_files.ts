/**
 * Files of key material: `$CODEX_HOME/device_keys/<key id>.json`, private to the user.
 * A file others can read or that is not where it seems to be is not used. What a file
 * says is only believed as far as its provider can prove it.
 */
import * as v from "valibot";
import { FileError, type FileSystem } from "@/platform/platform.ts";
import { keyFailure } from "./provider.ts";

const DIRECTORY = "device_keys";
const FILE_MODE = 0o600;
const DIRECTORY_MODE = 0o700;
/** What others of the machine may do with a file. */
const OTHERS = 0o077;
/** Many times what a provider writes. */
const FILE_BYTES_MAX = 16_384;

export class KeyFiles {
  readonly #files: FileSystem;
  readonly #directory: string;

  constructor(files: FileSystem, codexHome: string) {
    this.#files = files;
    this.#directory = `${codexHome}/${DIRECTORY}`;
  }

  /**
   * What was written under that name; undefined when nothing was.
   *
   * @throws CodexError `storage` for what cannot be trusted or read
   */
  async read<T>(
    name: string,
    schema: v.GenericSchema<unknown, T>,
  ): Promise<T | undefined> {
    const path = this.#pathOf(name);
    const what = `use "${path}"`;
    return await explained(what, async () => {
      if (!await this.#isThere(path, what)) return undefined;
      const json = parsed(await this.#files.readText(path));
      const content = v.safeParse(schema, json);
      if (content.success) return content.output;
      throw keyFailure(what, "it is not what this program wrote there");
    });
  }

  /** Writes a new file, whole. @throws CodexError `storage` */
  async write(name: string, content: unknown): Promise<void> {
    const path = this.#pathOf(name);
    await explained(`write "${path}"`, async () => {
      await this.#files.makeDirectory(this.#directory, DIRECTORY_MODE);
      await this.#checkDirectory(`write "${path}"`);
      await this.#files.replaceFile(
        path,
        JSON.stringify(content),
        FILE_MODE,
      );
    });
  }

  /** Absent or gone afterwards. @throws CodexError `storage` */
  async remove(name: string): Promise<void> {
    const path = this.#pathOf(name);
    await explained(`remove "${path}"`, async () => {
      if (await this.#files.lstat(path) !== undefined) {
        await this.#files.remove(path);
      }
    });
  }

  /** Names are ids and fixed endings: no part of them is a path. */
  #pathOf(name: string): string {
    return `${this.#directory}/${name}.json`;
  }

  async #isThere(path: string, what: string): Promise<boolean> {
    const info = await this.#files.lstat(path);
    if (info === undefined) return false;
    await this.#checkDirectory(what);
    if (!info.isFile || info.isSymlink) {
      throw keyFailure(what, "it is not a file of its own");
    }
    if (info.size > FILE_BYTES_MAX) {
      throw keyFailure(what, `it is larger than ${FILE_BYTES_MAX} bytes`);
    }
    if ((info.mode & OTHERS) !== 0) {
      throw keyFailure(
        what,
        `others of this machine may use it (mode ${modeText(info.mode)}); ` +
          "if nobody did, run chmod 600 on it, else make a new key",
      );
    }
    return true;
  }

  async #checkDirectory(what: string): Promise<void> {
    const info = await this.#files.lstat(this.#directory);
    if (info === undefined || !info.isDirectory || info.isSymlink) {
      throw keyFailure(
        what,
        `"${this.#directory}" is not a directory of its own`,
      );
    }
    if ((info.mode & OTHERS) === 0) return;
    throw keyFailure(
      what,
      `others of this machine may enter "${this.#directory}" (mode ${
        modeText(info.mode)
      }); run chmod 700 on it`,
    );
  }
}

function modeText(mode: number): string {
  return (mode & 0o777).toString(8).padStart(3, "0");
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Cut short or no JSON at all: no schema takes it.
    return undefined;
  }
}

async function explained<T>(
  what: string,
  act: () => Promise<T>,
): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    throw keyFailure(what, error.osText, error);
  }
}
