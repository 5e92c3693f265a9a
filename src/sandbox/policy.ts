/**
 * What a policy means on this machine's file tree: which directories a command may
 * write, what stays closed inside them, and whether it has a network. Pure: the facts
 * about the tree come from `survey.ts`, the mechanisms only carry the plan out.
 *
 * The rule: the deepest entry decides. Everything is readable, nothing is writable,
 * writable roots are opened, protected names are closed again inside them.
 */
import { directoryOf, isAbsolute, isWithin } from "@/platform/paths.ts";
import { CodexError } from "@/protocol/errors.ts";
import type { CommandLimits, SandboxPolicy } from "@/protocol/policy.ts";

/** A policy that confines: every one but full access. */
export type ConfiningPolicy = Exclude<
  SandboxPolicy,
  { type: "danger-full-access" }
>;

/** Names that stay read-only in every writable root, whether they exist or not. */
export const PROTECTED_NAMES = [".git", ".codex", ".agents"] as const;

/**
 * Processes and threads one command may have at a time: more than the widest parallel
 * build of a person's machine, too few to leave that machine without process numbers
 * or memory.
 */
export const PROCESSES_MAX = 4096;

/** Kernel interfaces and the private `/dev` of a sandbox; never writable roots. */
const SYSTEM_TREES = ["/proc", "/sys", "/dev"];

/** Ordinary memory files inside `/dev`; some people work there. */
const SHARED_MEMORY = "/dev/shm";

/** One protected path of a root, as found on disk. */
export interface ProtectedFact {
  readonly path: string;
  /** Present for a symbolic link: where it leads, link-free, if it leads anywhere. */
  readonly link?: { readonly target: string | undefined };
}

/** A writable root as found on disk. */
export interface RootFacts {
  /** Absolute and free of links. */
  readonly path: string;
  readonly protected: readonly ProtectedFact[];
}

export interface WritableRoot {
  readonly path: string;
  /** Absolute paths below `path` that stay read-only, present or not. */
  readonly protected: readonly string[];
}

export interface Confinement {
  readonly writableRoots: readonly WritableRoot[];
  /** Files a command may not even read. */
  readonly hidden: readonly string[];
  /** `proxied`: hosts the user listed, through a proxy of ours. */
  readonly network: "none" | "proxied" | "full";
  /** The Unix socket of that proxy, once it is open. */
  readonly proxySocket?: string;
  /** A directory commands see as `/tmp`. */
  readonly tmp?: string;
  readonly limits?: CommandLimits;
}

/** A directory or file and what a command may do with it and all below it. */
export interface MountEntry {
  readonly path: string;
  readonly access: "write" | "read" | "none";
}

/** The roots a policy asks for, in the order a user would list them, unresolved. */
export function requestedRoots(
  policy: ConfiningPolicy,
  cwd: string,
  tmpdir: string | undefined,
): readonly string[] {
  if (policy.type === "read-only") return [];
  for (const root of policy.writable_roots) refuseRelative(root);
  const roots = policy.exclude_cwd === true
    ? [...policy.writable_roots]
    : [cwd, ...policy.writable_roots];
  // What commands then see as /tmp is not this machine's.
  if (policy.private_tmp === true) return [...new Set(roots)];
  if (!policy.exclude_slash_tmp) roots.push("/tmp");
  if (
    !policy.exclude_tmpdir_env_var && tmpdir !== undefined && isAbsolute(tmpdir)
  ) roots.push(tmpdir);
  return [...new Set(roots)];
}

function refuseRelative(root: string): void {
  if (isAbsolute(root)) return;
  throw new CodexError(
    "invalid_config",
    `Cannot confine commands: the writable root "${root}" is not an absolute path`,
  );
}

/** True for a root no mechanism grants: the kernel's own trees. */
export function isSystemTree(path: string): boolean {
  return SYSTEM_TREES.some((tree) => isWithin(path, tree)) &&
    !isWithin(path, SHARED_MEMORY);
}

/**
 * The plan for one policy.
 *
 * @throws CodexError `sandbox_unavailable` when a protected name is a link whose
 * target a command could write: covering the link would not protect the target
 */
export function planConfinement(
  policy: ConfiningPolicy,
  roots: readonly RootFacts[],
  hidden: readonly string[] = [],
): Confinement {
  const paths = roots.map((root) => root.path);
  for (const root of roots) {
    for (const name of root.protected) refuseWritableTarget(name, paths);
  }
  return {
    writableRoots: roots.map((root) => ({
      path: root.path,
      protected: root.protected.map((name) => name.path)
        // Whoever names `.git` itself as a root wants it writable.
        .filter((path) => !paths.includes(path)),
    })),
    hidden,
    network: networkOf(policy),
    ...(policy.type === "workspace-write" && policy.limits !== undefined
      ? { limits: policy.limits }
      : {}),
  };
}

function networkOf(policy: ConfiningPolicy): Confinement["network"] {
  if (policy.network_access) return "full";
  return hasHostList(policy) ? "proxied" : "none";
}

/** True when commands reach listed hosts only, and those through a proxy. */
export function hasHostList(policy: SandboxPolicy): boolean {
  return policy.type === "workspace-write" && !policy.network_access &&
    policy.network_allow !== undefined;
}

function refuseWritableTarget(
  name: ProtectedFact,
  roots: readonly string[],
): void {
  if (name.link === undefined) return;
  const { target } = name.link;
  if (target !== undefined && !roots.some((root) => isWithin(target, root))) {
    return;
  }
  const where = target === undefined
    ? "a link to something that does not exist"
    : `a link to "${target}", which commands may write`;
  throw new CodexError(
    "sandbox_unavailable",
    `Cannot protect "${name.path}": it is ${where}; ` +
      "replace the link by what it points to, or choose another sandbox mode",
  );
}

/**
 * The plan as a list in which a later entry wins inside an earlier one: parents
 * before children, and on the same path the stricter last.
 */
export function mountPlan(confinement: Confinement): readonly MountEntry[] {
  const entries = new Map<string, MountEntry["access"]>();
  for (const root of confinement.writableRoots) entries.set(root.path, "write");
  for (const root of confinement.writableRoots) {
    for (const path of root.protected) entries.set(path, "read");
  }
  for (const path of confinement.hidden) entries.set(path, "none");
  for (const path of [...entries.keys()]) {
    if (entries.get(path) !== "write") pinAncestors(entries, path);
  }
  return [...entries].map(([path, access]) => ({ path, access }))
    .sort((left, right) =>
      depthOf(left.path) - depthOf(right.path) ||
      (left.path < right.path ? -1 : 1)
    );
}

// A protected path deeper than its root could be replaced by renaming a directory
// above it. A mount point cannot be renamed, so each of those becomes one.
function pinAncestors(
  entries: Map<string, MountEntry["access"]>,
  path: string,
): void {
  const pins: string[] = [];
  let above = directoryOf(path);
  while (above !== "/" && !entries.has(above)) {
    pins.push(above);
    above = directoryOf(above);
  }
  if (entries.get(above) !== "write") return;
  for (const pin of pins) entries.set(pin, "write");
}

function depthOf(path: string): number {
  return path === "/" ? 0 : path.split("/").length;
}
