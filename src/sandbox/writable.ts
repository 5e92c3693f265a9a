/**
 * Which files a policy lets be written, for edits the agent makes itself: the same
 * plan that confines commands, asked about one path. Links are followed first, so a
 * link inside a root that leads out of it is outside.
 */
import { directoryOf, isWithin, resolvePath } from "@/platform/paths.ts";
import type { FileSystem } from "@/platform/platform.ts";
import type { SandboxPolicy } from "@/protocol/policy.ts";
import { mountPlan, planConfinement, requestedRoots } from "./policy.ts";
import { RootSurveyor } from "./survey.ts";

/** A policy and where it applies. */
export interface PolicyPlace {
  readonly policy: SandboxPolicy;
  /** The thread's working directory. */
  readonly cwd: string;
  readonly tmpdir: string | undefined;
}

export interface WriteCheck {
  /** The directories the policy opens, links resolved, for the user and the model. */
  writableRoots(place: PolicyPlace): Promise<readonly string[]>;
  /** True when the policy lets that absolute path be made, changed and removed. */
  isWritable(place: PolicyPlace, path: string): Promise<boolean>;
}

export function createWriteCheck(
  files: FileSystem,
  codexHome: string,
): WriteCheck {
  const surveyor = new RootSurveyor(files, codexHome);
  const planOf = async (place: PolicyPlace) => {
    if (place.policy.type === "danger-full-access") return undefined;
    const requested = requestedRoots(place.policy, place.cwd, place.tmpdir);
    return planConfinement(place.policy, await surveyor.survey(requested));
  };
  return {
    async writableRoots(place) {
      const plan = await planOf(place);
      return plan === undefined
        ? ["/"]
        : plan.writableRoots.map((root) => root.path);
    },
    async isWritable(place, path) {
      const plan = await planOf(place);
      if (plan === undefined) return true;
      const real = await realTarget(files, path);
      // Parents stand before children, so the last entry that holds is the deepest.
      const entry = mountPlan(plan).findLast((mount) =>
        isWithin(real, mount.path)
      );
      return entry?.access === "write";
    },
  };
}

/** Where writing to `path` would end up: links resolved as far as the path exists. */
async function realTarget(files: FileSystem, path: string): Promise<string> {
  let existing = path;
  while (existing !== "/") {
    const real = await files.realPath(existing);
    if (real !== undefined) {
      return resolvePath(real, path.slice(existing.length + 1));
    }
    // A dangling link would be written through: nobody can say where to.
    if ((await files.lstat(existing))?.isSymlink) return "/";
    existing = directoryOf(existing);
  }
  return path;
}
