/**
 * The sandbox of this process: probes once which mechanism works, then starts every
 * command under its policy. Strongest first: our helper, bubblewrap, Landlock alone.
 * When none works a command is refused; it is never started bare.
 */
import type { Network } from "@/platform/network.ts";
import type { ChildProcess, Clock } from "@/platform/platform.ts";
import { CodexError } from "@/protocol/errors.ts";
import {
  type Choice,
  type ChooseDeps,
  chooseMechanism,
  unavailableError,
  unavailableStatus,
} from "./choose.ts";
import type { Extra, Mechanism } from "./mechanism.ts";
import { createPlainCommands } from "./plain.ts";
import { type Confinement, planConfinement, requestedRoots } from "./policy.ts";
import type { PrivateTmps } from "./private_tmp.ts";
import { findProgram } from "./program.ts";
import type { EditRequest, Sandbox, SandboxedCommand } from "./sandbox.ts";
import { RootSurveyor } from "./survey.ts";
import { shellWriter } from "./writer.ts";

export interface SandboxDeps extends ChooseDeps {
  /** Value of `TMPDIR` in the agent's environment. */
  readonly tmpdir: string | undefined;
  readonly clock: Pick<Clock, "now" | "monotonic" | "timeout">;
  /** The machine's, unless a test has another. */
  readonly network?: Network;
}

/** A sandbox its owner ends; running commands are killed. */
export interface OwnedSandbox extends Sandbox {
  close(): Promise<void>;
}

/** The sandbox of this process. Nothing is probed before the first question. */
export function createSandbox(deps: SandboxDeps): OwnedSandbox {
  const surveyor = new RootSurveyor(deps.files, deps.codexHome);
  const plain = createPlainCommands(deps);
  let privateTmps: Promise<PrivateTmps> | undefined;
  const withTmp = async (
    { policy, owner = "" }: SandboxedCommand,
    planned: Confinement,
  ): Promise<Confinement> => {
    if (policy.type !== "workspace-write" || policy.private_tmp !== true) {
      return planned;
    }
    privateTmps ??= openPrivateTmps(deps);
    return { ...planned, tmp: await (await privateTmps).directoryOf(owner) };
  };
  let choice: Promise<Choice> | undefined;
  const choose = () => choice ??= chooseMechanism(deps);
  const prepare = async (
    request: EditRequest,
    signal: AbortSignal,
  ): Promise<[Mechanism, Confinement]> => {
    const [chosen, confinement] = await Promise.all([
      choose(),
      confine(deps, surveyor, request),
    ]);
    signal.throwIfAborted();
    if (chosen.kind === "none") throw unavailableError(chosen.reasons);
    return [chosen.mechanism, confinement];
  };

  return {
    async status(signal) {
      signal.throwIfAborted();
      const chosen = await choose();
      return chosen.kind === "ready"
        ? chosen.mechanism.status
        : unavailableStatus(chosen.reasons);
    },
    async spawn(command, signal) {
      signal.throwIfAborted();
      const { policy, policyCwd } = command;
      const prepared = policy.type === "danger-full-access"
        ? undefined
        : prepare({ policy, policyCwd }, signal);
      // That there is no such program is said first, whatever else is wrong.
      prepared?.catch(() => {});
      await findProgram(deps.files, {
        name: command.argv[0] ?? "",
        cwd: command.cwd,
        path: command.env["PATH"],
      });
      if (prepared === undefined) return await plain.spawn(command);
      const [mechanism, planned] = await prepared;
      const confinement = await withTmp(command, planned);
      refuseMissing(mechanism, confinement);
      const confined = confinement.tmp === undefined
        ? command
        : { ...command, env: { ...command.env, TMPDIR: "/tmp" } };
      return confinement.network === "proxied"
        ? await spawnProxied(deps, mechanism, confined, confinement)
        : await mechanism.spawn(confined, confinement);
    },
    async openWriter(request, signal) {
      signal.throwIfAborted();
      const [mechanism, planned] = await prepare(request, signal);
      // Edits need none, whatever commands have.
      const confinement = { ...planned, network: "none" } as const;
      return mechanism.openWriter?.(confinement) ??
        shellWriter({
          files: deps.files,
          start: (argv) => startShell(mechanism, confinement, request, argv),
        });
    },
    async close() {
      const chosen = await choice;
      if (chosen?.kind === "ready") chosen.close();
      await plain.close();
      await (await privateTmps)?.close();
    },
  };
}

/** What a policy asks for is enforced or the command is refused. */
function refuseMissing(mechanism: Mechanism, confinement: Confinement): void {
  const wanted: Extra[] = [];
  if (confinement.network === "proxied") wanted.push("network_allow");
  if (confinement.tmp !== undefined) wanted.push("private_tmp");
  if (confinement.limits !== undefined) wanted.push("limits");
  if (confinement.limits?.processes !== undefined) {
    wanted.push("limits.processes");
  }
  const missing = wanted.filter((extra) => !mechanism.extras.includes(extra));
  if (missing.length === 0) return;
  throw new CodexError(
    "sandbox_unavailable",
    `Cannot confine the command: sandbox_workspace_write.${
      missing[0]
    } needs the ` +
      `sandbox helper with namespaces, and here it is ${mechanism.status.description}; ` +
      `take the key away, or see \`codex sandbox\``,
  );
}

/** Loaded by those who want one. */
async function openPrivateTmps(deps: SandboxDeps): Promise<PrivateTmps> {
  const { PrivateTmps } = await import("./private_tmp.ts");
  return new PrivateTmps(deps);
}

/** Where the list of hosts is enforced; loaded by those who have one. */
async function spawnProxied(
  deps: SandboxDeps,
  mechanism: Mechanism,
  command: SandboxedCommand,
  confinement: Confinement,
): Promise<ChildProcess> {
  const { startProxied } = await import("./proxy/start.ts");
  return await startProxied(
    deps,
    command,
    async (proxied, proxySocket) =>
      await mechanism.spawn(proxied, { ...confinement, proxySocket }),
  );
}

async function confine(
  deps: SandboxDeps,
  surveyor: RootSurveyor,
  { policy, policyCwd }: EditRequest,
): Promise<Confinement> {
  const requested = requestedRoots(policy, policyCwd, deps.tmpdir);
  const [roots, credentials] = await Promise.all([
    surveyor.survey(requested),
    deps.files.realPath(`${deps.codexHome}/auth.json`),
  ]);
  return planConfinement(
    policy,
    roots,
    credentials === undefined ? [] : [credentials],
  );
}

function startShell(
  mechanism: Mechanism,
  confinement: Confinement,
  { policy, policyCwd }: EditRequest,
  argv: readonly string[],
): Promise<ChildProcess> {
  return mechanism.spawn({
    argv,
    cwd: "/",
    env: { PATH: "/usr/bin:/bin", LC_ALL: "C" },
    policy,
    policyCwd,
    stdin: "pipe",
    mergeOutput: false,
  }, confinement);
}
