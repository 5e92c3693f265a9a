/** A login with a code: the person types it on any device, this program asks now and then. */
import type { Random } from "@/platform/platform.ts";
import { CodexError } from "@/protocol/errors.ts";
import { uuidV4 } from "@/protocol/ids.ts";
import type { DeviceLogin } from "@/protocol/logins.ts";
import {
  type DeviceCode,
  exchangeCode,
  type IssuerPorts,
  pollDevice,
  requestDeviceCode,
} from "./issuer.ts";
import { pendingLogin } from "./pending_login.ts";
import { requireAllowed, type StorePorts, storeTokens } from "./store_login.ts";

export type DeviceLoginPorts = IssuerPorts & StorePorts & {
  readonly random: Random;
};

/** How long the issuer takes the code. */
export const CODE_MINUTES = 15;

/** @throws CodexError when it cannot begin */
export async function startDeviceLogin(
  ports: DeviceLoginPorts,
  signal: AbortSignal,
): Promise<DeviceLogin> {
  requireAllowed(ports.config, "chatgpt");
  const code = await requestDeviceCode(ports, signal);
  const login = pendingLogin(
    uuidV4(ports.random.bytes(16)),
    (end) => finish(ports, code, end),
    signal,
  );
  return {
    ...login,
    url: `${ports.issuer}/codex/device`,
    code: code.userCode,
  };
}

async function finish(
  ports: DeviceLoginPorts,
  code: DeviceCode,
  signal: AbortSignal,
): Promise<void> {
  const { clock, issuer } = ports;
  const untilMs = clock.now() + CODE_MINUTES * 60_000;
  while (clock.now() < untilMs) {
    const given = await pollDevice(ports, code, signal);
    if (given === undefined) {
      await clock.sleep(code.intervalMs, signal);
      continue;
    }
    const redirectUri = `${issuer}/deviceauth/callback`;
    const tokens = await exchangeCode(
      ports,
      { ...given, redirectUri },
      signal,
    );
    return await storeTokens(ports, tokens, undefined);
  }
  throw new CodexError(
    "unauthorized",
    `device auth timed out after ${CODE_MINUTES} minutes`,
  );
}
