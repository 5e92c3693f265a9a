/** Starts a command together with its proxy, which ends when the command has ended. */
import type { Network } from "@/platform/network.ts";
import type { ChildProcess } from "@/platform/platform.ts";
import type { SandboxedCommand } from "../sandbox.ts";
import { openCommandProxy, type ProxyPorts } from "./command_proxy.ts";
import { proxyEnvironment } from "./environment.ts";
import type { NetworkGate } from "./serve.ts";

export interface StartPorts extends Omit<ProxyPorts, "network" | "gate"> {
  /** The machine's, unless a test has another. */
  readonly network?: Network;
}

type Start = (
  command: SandboxedCommand,
  proxySocket: string,
) => Promise<ChildProcess>;

/** Without a gate nobody was asked, so nothing is open. */
const CLOSED: NetworkGate = {
  decide: async () => ({
    kind: "refuse",
    reason: "nobody decides about hosts here",
  }),
  report: async () => {},
};

/** The child; its `exit` resolves when the proxy is gone too. */
export async function startProxied(
  ports: StartPorts,
  command: SandboxedCommand,
  start: Start,
): Promise<ChildProcess> {
  const network = ports.network ??
    (await import("@/platform/network.ts")).denoNetwork;
  const gate = command.networkGate ?? CLOSED;
  const proxy = await openCommandProxy({ ...ports, network, gate });
  const env = { ...command.env, ...proxyEnvironment() };
  try {
    const child = await start({ ...command, env }, proxy.socketPath);
    const exit = child.exit.finally(() => proxy.close());
    // The owner may kill and never ask; how it ended is then nobody's news.
    exit.catch(() => {});
    return {
      pid: child.pid,
      stdout: child.stdout,
      stderr: child.stderr,
      exit,
      writeStdin: (data) => child.writeStdin(data),
      closeStdin: () => child.closeStdin(),
      ...(child.resize === undefined ? {} : { resize: child.resize }),
      kill: (signal) => child.kill(signal),
    };
  } catch (error) {
    await proxy.close();
    throw error;
  }
}
