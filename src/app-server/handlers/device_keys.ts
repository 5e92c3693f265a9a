/** Device keys, for clients on this machine: who comes over a network gets none. */
import type { DeviceKeyService } from "@/protocol/device_keys.ts";
import { refused } from "../refusal.ts";
import type { Handlers, Session } from "../session.ts";

type Names = "device/key/create" | "device/key/public" | "device/key/sign";

export function deviceKeyHandlers(
  keys: DeviceKeyService,
): Pick<Handlers, Names> {
  return {
    async "device/key/create"(params, { session, signal }) {
      refuseRemote(session, "device/key/create");
      return await keys.create(params, signal);
    },
    async "device/key/public"(params, { session, signal }) {
      refuseRemote(session, "device/key/public");
      return await keys.public(params, signal);
    },
    async "device/key/sign"(params, { session, signal }) {
      refuseRemote(session, "device/key/sign");
      return await keys.sign(params, signal);
    },
  };
}

function refuseRemote({ transport }: Session, method: Names): void {
  if (transport === "stdio") return;
  throw refused(`${method} is not available over remote transports`);
}
