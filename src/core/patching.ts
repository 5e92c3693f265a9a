/**
 * Applies a patch for the model: checked whole before anything is written, decided
 * about like a command, shown like any other change.
 */
import { resolvePath } from "@/platform/paths.ts";
import type { Clock, FileSystem } from "@/platform/platform.ts";
import type { ThreadEvent } from "@/protocol/events.ts";
import type { TurnId } from "@/protocol/ids.ts";
import type { FileChangeThreadItem, PatchStatus } from "@/protocol/items.ts";
import {
  applyChanges,
  fileSystemWriter,
  summarizeChanges,
} from "@/patch/apply.ts";
import { fileChanges } from "@/patch/file_changes.ts";
import { affectedPaths, type PlannedChange } from "@/patch/changes.ts";
import { planPatch } from "@/patch/plan.ts";
import { currentReader, type TurnDiff } from "@/patch/turn_diff.ts";
import type { PolicyPlace, WriteCheck } from "@/sandbox/writable.ts";
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
  const refusal = await clear(ports, request, plan.changes, signal);
  if (refusal !== undefined) {
    await report(ports, request, plan.changes, "declined");
    return notApplied(refusal);
  }
  await report(ports, request, plan.changes, "inProgress");
  const result = await applyChanges(
    plan.changes,
    fileSystemWriter(ports.files),
  );
  const isSuccess = result.kind === "ok";
  await report(
    ports,
    request,
    plan.changes,
    isSuccess ? "completed" : "failed",
  );
  await reportDiff(
    ports,
    request.turnId,
    isSuccess ? plan.changes : result.applied,
  );
  return {
    isSuccess,
    text: isSuccess ? summarizeChanges(plan.changes) : result.message,
    durationMs: ports.clock.monotonic() - started,
    isVerificationFailure: false,
  };
}

/** Why the patch may not be applied; undefined when it may. */
async function clear(
  ports: PatchPorts,
  { itemId }: GuardedPatch,
  changes: readonly PlannedChange[],
  signal: AbortSignal,
): Promise<string | undefined> {
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
      return undefined;
    case "refuse":
      return requirement.text;
    case "ask": {
      const subject = { kind: "patch" as const, paths };
      const decision = await ports.broker.ask(
        { itemId, subject, reason: requirement.reason },
        signal,
      );
      const isRefused = decision.kind === "decline" ||
        decision.kind === "cancel";
      return isRefused ? "patch rejected by user" : undefined;
    }
  }
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
  status: PatchStatus,
): Promise<void> {
  const item: FileChangeThreadItem = {
    type: "fileChange",
    id: itemId,
    changes: fileChanges(changes),
    status,
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
