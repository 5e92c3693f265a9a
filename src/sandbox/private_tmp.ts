/**
 * Directories commands see as `/tmp`: one for each owner, kept in the agent's own
 * directory, removed when the sandbox ends.
 */
import { type Clock, FileError, type FileSystem } from "@/platform/platform.ts";
import type { HostInfo } from "@/platform/platform.ts";
import { removeTree } from "@/platform/trees.ts";
import { CodexError } from "@/protocol/errors.ts";

export interface PrivateTmpDeps {
  readonly files: FileSystem;
  readonly clock: Pick<Clock, "now">;
  readonly host: Pick<HostInfo, "pid">;
  readonly codexHome: string;
}

/**
 * What a killed agent left is removed by a later one after a day: a shorter wait could
 * take it from one that runs where its number means nothing here.
 */
const DESERTED_MS = 24 * 60 * 60 * 1000;

/** Everybody may write there, and remove only what is theirs. */
const TMP_MODE = 0o1777;

export class PrivateTmps {
  readonly #deps: PrivateTmpDeps;
  readonly #directories = new Map<string, Promise<string>>();

  constructor(deps: PrivateTmpDeps) {
    this.#deps = deps;
  }

  /**
   * The directory of an owner, free of links.
   *
   * @throws CodexError `sandbox_unavailable` when it cannot be made
   */
  directoryOf(owner: string): Promise<string> {
    const known = this.#directories.get(owner);
    if (known !== undefined) return known;
    const made = this.#make();
    this.#directories.set(owner, made);
    return made;
  }

  /** Removes all of them and what commands left there. */
  async close(): Promise<void> {
    const made = await Promise.allSettled(this.#directories.values());
    this.#directories.clear();
    for (const result of made) {
      if (result.status === "fulfilled") await removeTree(result.value);
    }
    // Others may have theirs in it.
    await this.#deps.files.remove(this.#place).catch(() => undefined);
  }

  get #place(): string {
    return `${this.#deps.codexHome}/sandbox-tmp`;
  }

  async #make(): Promise<string> {
    const { files, host } = this.#deps;
    const place = this.#place;
    const path = `${place}/${host.pid}-${crypto.randomUUID()}`;
    try {
      await files.makeDirectory(place, 0o700);
      await this.#removeDeserted(place);
      await files.makeDirectory(path, TMP_MODE);
      return await files.realPath(path) ?? path;
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      throw new CodexError(
        "sandbox_unavailable",
        `Cannot make a private /tmp: ${error.message}; ` +
          "make CODEX_HOME writable, or take private_tmp away",
        { cause: error },
      );
    }
  }

  async #removeDeserted(place: string): Promise<void> {
    const { files, clock } = this.#deps;
    for (const { name } of await files.readDirectory(place)) {
      const pid = /^(\d+)-/.exec(name)?.[1];
      const info = await files.lstat(`${place}/${name}`);
      if (pid === undefined || info === undefined) continue;
      const isOld = info.modifiedMs < clock.now() - DESERTED_MS;
      if (isOld && await files.lstat(`/proc/${pid}`) === undefined) {
        await removeTree(`${place}/${name}`);
      }
    }
  }
}
