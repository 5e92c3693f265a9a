/**
 * The names under which the model knows servers' tools: a namespace for each server and
 * a name in it, of letters, digits and `_`, together 64 bytes at most. A name that had
 * to be cut, or that two tools would share, ends in a piece of a hash of where it is
 * from, so it is the same in every run.
 */

/** Bytes of namespace and name together: what the API allows for a function's name. */
const NAME_BYTES_MAX = 64;
const HASH_LENGTH = 12;

export interface RawName {
  readonly server: string;
  /** As the server calls it. */
  readonly tool: string;
}

export interface ModelName {
  /** For example `mcp__docs__`. */
  readonly namespace: string;
  readonly name: string;
}

/** One name for each tool, in their order; undefined for one that was there before. */
export async function modelNames(
  tools: readonly RawName[],
): Promise<readonly (ModelName | undefined)[]> {
  const namespaces = await uniqueNamespaces(tools);
  const identities = tools.map(identityOf);
  const bases = tools.map(({ server, tool }) =>
    `${namespaces.get(server)}${sanitize(tool)}`
  );
  const distinct = new Map<string, string>();
  tools.forEach((_, at) => distinct.set(identities[at] ?? "", bases[at] ?? ""));
  const sharers = Map.groupBy(distinct.values(), (base) => base);
  const used = new Set<string>();
  const seen = new Set<string>();
  const names: (ModelName | undefined)[] = [];
  for (const [at, { server, tool }] of tools.entries()) {
    const identity = identities[at] ?? "";
    if (seen.has(identity)) {
      names.push(undefined);
      continue;
    }
    seen.add(identity);
    const isShared = (sharers.get(bases[at] ?? "")?.length ?? 0) > 1;
    const namespace = namespaces.get(server) ?? "";
    const suffix = isShared ? await hashSuffix(identity) : "";
    const wanted = { namespace, name: sanitize(tool) + suffix };
    names.push(await unusedName(wanted, identity, used));
  }
  return names;
}

/** Servers whose names differ only in what is replaced get a hash in the namespace. */
async function uniqueNamespaces(
  tools: readonly RawName[],
): Promise<ReadonlyMap<string, string>> {
  const servers = [...new Set(tools.map(({ server }) => server))];
  const namespaces = new Map<string, string>();
  for (const server of servers) {
    const own = sanitize(server);
    const isShared = servers.some((other) =>
      other !== server && sanitize(other) === own
    );
    const suffix = isShared ? await hashSuffix(serverIdentity(server)) : "";
    namespaces.set(server, `mcp__${own}${suffix}__`);
  }
  return namespaces;
}

async function unusedName(
  wanted: ModelName,
  identity: string,
  used: Set<string>,
): Promise<ModelName> {
  let candidate = wanted;
  for (let attempt = 0;; attempt++) {
    const whole = candidate.namespace + candidate.name;
    if (whole.length <= NAME_BYTES_MAX && !used.has(whole)) {
      used.add(whole);
      return candidate;
    }
    const source = attempt === 0 ? identity : `${identity}\0${attempt}`;
    candidate = fit(wanted, await hashSuffix(source));
  }
}

/** The name cut so that the suffix fits behind it; then the namespace, if it must be. */
function fit({ namespace, name }: ModelName, suffix: string): ModelName {
  const room = NAME_BYTES_MAX - namespace.length - suffix.length;
  return room >= 0 ? { namespace, name: name.slice(0, room) + suffix } : {
    namespace: namespace.slice(0, NAME_BYTES_MAX - suffix.length),
    name: suffix,
  };
}

function sanitize(name: string): string {
  return name.replace(/[^A-Za-z0-9_]/gu, "_") || "_";
}

// The reference hashes these very bytes; names must not change between the programs.
function serverIdentity(server: string): string {
  return `${server}\0mcp__${server}__\0`;
}

function identityOf({ server, tool }: RawName): string {
  return `${serverIdentity(server)}\0${tool}\0${tool}`;
}

async function hashSuffix(text: string): Promise<string> {
  const bytes = new TextEncoder().encode(text);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-1", bytes));
  const hex = [...digest].map((byte) => byte.toString(16).padStart(2, "0"));
  return `_${hex.join("").slice(0, HASH_LENGTH)}`;
}
