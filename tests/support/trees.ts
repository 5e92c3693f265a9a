/** Directories as values: to fill one for a test, and to compare one after it. */

/** Files by relative path: text as latin1 so that every byte counts, links as `-> target`. */
export type Tree = Readonly<Record<string, string>>;

/** What is below `directory`, without its own entry `except`. */
export async function readTree(
  directory: string,
  except?: string,
): Promise<Tree> {
  const tree: Record<string, string> = {};
  for await (const [path, entry] of walk(directory, "")) {
    if (path.split("/")[0] === except) continue;
    const full = `${directory}/${path}`;
    tree[path] = entry.isSymlink
      ? `-> ${await Deno.readLink(full)}`
      : latin1(await Deno.readFile(full));
  }
  return tree;
}

/** Copies files and links; an absent source is an empty one. */
export async function copyTree(from: string, to: string): Promise<void> {
  for await (const [path, entry] of walk(from, "")) {
    const parent = `${to}/${path}`.replace(/\/[^/]*$/, "");
    await Deno.mkdir(parent, { recursive: true });
    if (entry.isSymlink) {
      await Deno.symlink(
        await Deno.readLink(`${from}/${path}`),
        `${to}/${path}`,
      );
    } else {
      await Deno.copyFile(`${from}/${path}`, `${to}/${path}`);
    }
  }
}

/** A directory that is gone after the block that made it; its path has no links. */
export async function temporaryDirectory(): Promise<
  AsyncDisposable & { readonly path: string }
> {
  const path = await Deno.realPath(await Deno.makeTempDir());
  return {
    path,
    [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }),
  };
}

async function* walk(
  root: string,
  below: string,
): AsyncGenerator<[string, Deno.DirEntry]> {
  for (const entry of await entries(`${root}/${below}`)) {
    const path = `${below}${entry.name}`;
    if (entry.isDirectory) yield* walk(root, `${path}/`);
    else yield [path, entry];
  }
}

async function entries(directory: string): Promise<Deno.DirEntry[]> {
  try {
    return await Array.fromAsync(Deno.readDir(directory));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

function latin1(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
}
