/**
 * The sandbox of this process: probes once which mechanism works, then starts every
 * command under its policy. Strongest first: our helper, bubblewrap, Landlock alone.
 * When none works a command is refused; it is never started bare.
 */
import {
  type Choice,
  type ChooseDeps,
  chooseMechanism,
  unavailableError,
  unavailableStatus,
} from "./choose.ts";
import { createPlainCommands } from "./plain.ts";
import {
  type Confinement,
  type ConfiningPolicy,
  planConfinement,
  requestedRoots,
} from "./policy.ts";
import { findProgram } from "./program.ts";
import type { Sandbox, SandboxedCommand } from "./sandbox.ts";
import { RootSurveyor } from "./survey.ts";

export interface SandboxDeps extends ChooseDeps {
  /** Value of `TMPDIR` in the agent's environment. */
  readonly tmpdir: string | undefined;
}

/** A sandbox its owner ends; running commands are killed. */
export interface OwnedSandbox extends Sandbox {
  close(): Promise<void>;
}

/** The sandbox of this process. Nothing is probed before the first question. */
export function createSandbox(deps: SandboxDeps): OwnedSandbox {
  const surveyor = new RootSurveyor(deps.files, deps.codexHome);
  const plain = createPlainCommands(deps);
  let choice: Promise<Choice> | undefined;
  const choose = () => choice ??= chooseMechanism(deps);

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
      const { policy } = command;
      await findProgram(deps.files, {
        name: command.argv[0] ?? "",
        cwd: command.cwd,
        path: command.env["PATH"],
      });
      if (policy.type === "danger-full-access") {
        return await plain.spawn(command);
      }
      const [chosen, confinement] = await Promise.all([
        choose(),
        confine(deps, surveyor, command, policy),
      ]);
      signal.throwIfAborted();
      if (chosen.kind === "none") throw unavailableError(chosen.reasons);
      return await chosen.mechanism.spawn(command, confinement);
    },
    async close() {
      const chosen = await choice;
      if (chosen?.kind === "ready") chosen.close();
      await plain.close();
    },
  };
}

async function confine(
  deps: SandboxDeps,
  surveyor: RootSurveyor,
  command: SandboxedCommand,
  policy: ConfiningPolicy,
): Promise<Confinement> {
  const requested = requestedRoots(policy, command.policyCwd, deps.tmpdir);
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
