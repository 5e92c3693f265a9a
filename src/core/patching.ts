/**
 * Applies a patch for the model: checked whole before anything is written, decided
 * about like a command, shown like any other change.
 */
import { resolvePath } from "@/platform/paths.ts";
import type { Clock, FileSystem } from "@/platform/platform.ts";
import { CodexError } from "@/protocol/errors.ts";
import type { ThreadEvent } from "@/protocol/events.ts";
import type { TurnId } from "@/protocol/ids.ts";
import type { FileChangeThreadItem } from "@/protocol/items.ts";
import {
  applyChanges,
  type ApplyResult,
  fileSystemWriter,
  summarizeChanges,
} from "@/patch/apply.ts";
import { fileChanges } from "@/patch/file_changes.ts";
import { affectedPaths, type PlannedChange } from "@/patch/changes.ts";
import { planPatch } from "@/patch/plan.ts";
import { currentReader, type TurnDiff } from "@/patch/turn_diff.ts";
import type { ConfiningPolicy } from "@/sandbox/policy.ts";
import type { Sandbox } from "@/sandbox/sandbox.ts";
import type { PolicyPlace, WriteCheck } from "@/sandbox/writable.ts";
import { hookedPatch } from "@/tools/apply_patch.ts";
import type { PatchOutcome } from "@/tools/tool.ts";
import type { ApprovalBroker } from "./approvals/broker.ts";
import { patchRequirement } from "./approvals/requirement.ts";
import type { ThreadSettings } from "./settings.ts";

export interface PatchPorts {
  readonly settings: ThreadSettings;
  readonly tmpdir: string | undefined;
  readonly files: FileSystem;
  readonly clock: Clock;
  readonly writeCheck: WriteCheck;
  readonly sandbox: Pick<Sandbox, "openWriter">;
  readonly broker: ApprovalBroker;
  readonly turnDiff: TurnDiff;
  emit(event: ThreadEvent): Promise<void>;
}

export interface GuardedPatch {
  readonly turnId: TurnId;
  readonly itemId: string;
  readonly patch: string;
  readonly workdir?: string;
}

/** Applies a patch under guard, or says why nothing was done. */
export async function applyPatchGuarded(
  ports: PatchPorts,
  request: GuardedPatch,
  signal: AbortSignal,
): Promise<PatchOutcome> {
  const started = ports.clock.monotonic();
  const cwd = resolvePath(ports.settings.cwd, request.workdir ?? ".");
  const plan = await planPatch(request.patch, cwd, ports.files);
  if (plan.kind === "failed") {
    return notApplied(`apply_patch verification failed: ${plan.message}`);
  }
  if (plan.changes.length === 0) {
    return notApplied(
      "apply_patch verification failed: No files were modified.",
    );
  }
  const clearance = await clear(ports, request, plan.changes, signal);
  if (clearance.kind === "refused") {
    await report(ports, request, plan.changes, { status: "declined" });
    return notApplied(clearance.text);
  }
  const { changes } = clearance;
  await report(ports, request, changes, { status: "inProgress" });
  const result = await write(ports, clearance, signal);
  const isSuccess = result.kind === "ok";
  await report(
    ports,
    request,
    changes,
    result.kind === "ok"
      ? { status: "completed" }
      : { status: "failed", problem: result.message },
  );
  await reportDiff(
    ports,
    request.turnId,
    isSuccess ? changes : result.applied,
  );
  return {
    isSuccess,
    text: isSuccess ? summarizeChanges(changes) : result.message,
    durationMs: ports.clock.monotonic() - started,
    isVerificationFailure: false,
  };
}

interface Cleared {
  readonly kind: "apply";
  readonly changes: readonly PlannedChange[];
  /** Confines the edits themselves; none under full access or when a user approved. */
  readonly policy: ConfiningPolicy | undefined;
}

type Clearance = Cleared | { readonly kind: "refused"; readonly text: string };

/**
 * Where a policy confines, so are the edits: a link that a command swaps in after the
 * check cannot lead one out of the writable directories.
 */
async function write(
  ports: PatchPorts,
  { changes, policy }: Cleared,
  signal: AbortSignal,
): Promise<ApplyResult> {
  if (policy === undefined) {
    return await applyChanges(changes, fileSystemWriter(ports.files));
  }
  try {
    const request = { policy, policyCwd: ports.settings.cwd };
    const writer = await ports.sandbox.openWriter(request, signal);
    try {
      return await applyChanges(changes, writer);
    } finally {
      await writer.close();
    }
  } catch (error) {
    if (
      !(error instanceof CodexError) || error.code !== "sandbox_unavailable"
    ) throw error;
    return { kind: "failed", message: error.message, applied: [] };
  }
}

/** Decides, and asks the user when the decision is theirs. */
async function clear(
  ports: PatchPorts,
  request: GuardedPatch,
  changes: readonly PlannedChange[],
  signal: AbortSignal,
): Promise<Clearance> {
  const { approvalPolicy, sandboxPolicy, cwd } = ports.settings;
  const paths = affectedPaths(changes);
  const place: PolicyPlace = {
    policy: sandboxPolicy,
    cwd,
    tmpdir: ports.tmpdir,
  };
  const isInside = await areWritable(ports.writeCheck, place, paths);
  const requirement = patchRequirement(approvalPolicy, sandboxPolicy, isInside);
  switch (requirement.kind) {
    case "run":
      return {
        kind: "apply",
        changes,
        policy: sandboxPolicy.type === "danger-full-access"
          ? undefined
          : sandboxPolicy,
      };
    case "refuse":
      return { kind: "refused", text: requirement.text };
    case "ask": {
      const subject = {
        kind: "patch" as const,
        paths,
        changes: fileChanges(changes),
      };
      const { turnId, itemId, patch } = request;
      const { reason } = requirement;
      const answer = await ports.broker.ask(
        {
          itemId,
          subject,
          reason,
          hooked: {
            at: { turnId, settings: ports.settings },
            call: { ...hookedPatch(patch), id: itemId },
          },
        },
        signal,
      );
      switch (answer.kind) {
        case "decline":
        case "cancel":
          return { kind: "refused", text: "patch rejected by user" };
        case "refused":
          return answer;
        default:
          return await planAgain(ports, request, paths);
      }
    }
  }
}

/**
 * Files may have changed while the user thought. The patch is planned on what is there
 * now, and must still touch exactly the files that were approved.
 */
async function planAgain(
  ports: PatchPorts,
  request: GuardedPatch,
  approved: readonly string[],
): Promise<Clearance> {
  const cwd = resolvePath(ports.settings.cwd, request.workdir ?? ".");
  const plan = await planPatch(request.patch, cwd, ports.files);
  if (plan.kind === "failed") {
    return {
      kind: "refused",
      text: `apply_patch verification failed: ${plan.message}`,
    };
  }
  const paths = affectedPaths(plan.changes);
  const isSame = paths.length === approved.length &&
    paths.every((path) => approved.includes(path));
  return isSame
    ? { kind: "apply", changes: plan.changes, policy: undefined }
    : {
      kind: "refused",
      text:
        "patch rejected: while it waited for approval, its paths came to lead " +
        `elsewhere (now ${paths.join(", ")}); ask again`,
    };
}

async function areWritable(
  check: WriteCheck,
  place: PolicyPlace,
  paths: readonly string[],
): Promise<boolean> {
  for (const path of paths) {
    if (!await check.isWritable(place, path)) return false;
  }
  return true;
}

async function report(
  ports: PatchPorts,
  { turnId, itemId }: GuardedPatch,
  changes: readonly PlannedChange[],
  ending: Pick<FileChangeThreadItem, "status" | "problem">,
): Promise<void> {
  const { status } = ending;
  const item: FileChangeThreadItem = {
    type: "fileChange",
    id: itemId,
    changes: fileChanges(changes),
    ...ending,
  };
  if (status === "inProgress" || status === "declined") {
    await ports.emit({
      type: "itemStarted",
      turnId,
      item: { ...item, status: "inProgress" },
    });
  }
  if (status !== "inProgress") {
    await ports.emit({ type: "itemCompleted", turnId, item });
  }
}

async function reportDiff(
  ports: PatchPorts,
  turnId: TurnId,
  applied: readonly PlannedChange[],
): Promise<void> {
  if (applied.length === 0) return;
  ports.turnDiff.recordChanges(applied);
  const diff = await ports.turnDiff.render(currentReader(ports.files));
  await ports.emit({ type: "turnDiff", turnId, diff });
}

function notApplied(text: string): PatchOutcome {
  return { isSuccess: false, text, durationMs: 0, isVerificationFailure: true };
}
