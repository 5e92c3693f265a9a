/** One login at a time, whoever asks for it, and everybody hears how it ended. */
import assert from "node:assert/strict";
import { Logins } from "@/app-server/logins.ts";
import type { Notification } from "@/app-server/projection.ts";
import { pendingLogin } from "@/auth/pending_login.ts";
import { CodexError } from "@/protocol/errors.ts";
import type { LoginService } from "@/protocol/logins.ts";
import type { SettingsService } from "@/protocol/services.ts";
import { FakeClock } from "@test/support/fake_clock.ts";

function makeLogins() {
  const told: Notification[] = [];
  let count = 0;
  const ends: PromiseWithResolvers<void>[] = [];
  const begin = (signal: AbortSignal) => {
    const end = Promise.withResolvers<void>();
    ends.push(end);
    const act = (stop: AbortSignal) => {
      stop.addEventListener("abort", () => end.reject(stop.reason));
      return end.promise;
    };
    return pendingLogin(`id-${++count}`, act, signal);
  };
  const service = {
    startBrowser: async (originator: string, signal: AbortSignal) => ({
      ...begin(signal),
      url: `https://issuer/${originator}`,
      port: 1,
    }),
    startDevice: async (signal: AbortSignal) => ({
      ...begin(signal),
      url: "u",
      code: "c",
    }),
    // Nothing else is asked here.
  } as unknown as LoginService;
  const settings = {
    account: () =>
      Promise.resolve({
        account: { type: "chatgpt", email: "", planType: "plus" },
        requiresOpenaiAuth: true,
      }),
    // As above.
  } as unknown as SettingsService;
  const logins = new Logins({
    service,
    settings,
    clock: new FakeClock(),
    announce: async (notification) => void told.push(notification),
  });
  return { logins, told, ends };
}

const completed = (loginId: string, error: string | null): Notification => ({
  method: "account/login/completed",
  params: { loginId, success: error === null, error },
});

Deno.test("a login that is done is told with who is logged in now", async () => {
  const { logins, told, ends } = makeLogins();
  await logins.startBrowser("me");
  ends[0]?.resolve();
  await logins.close();
  assert.deepEqual(told, [completed("id-1", null), {
    method: "account/updated",
    params: { authMode: "chatgpt", planType: "plus" },
  }]);
});

Deno.test("a new login ends the one before it, and a cancelled one is told of once", async () => {
  const { logins, told, ends } = makeLogins();
  await logins.startBrowser("me");
  await logins.startDevice();
  assert.deepEqual(
    ["id-1", "id-2"].map((id) => logins.isRunning(id)),
    [false, true],
  );
  await logins.cancel("id-1");
  await logins.cancel("id-2");
  await logins.startBrowser("me");
  ends[2]?.reject(new CodexError("unauthorized", "No way"));
  await logins.close();
  assert.deepEqual(told, [
    completed("id-1", "Login server error: Login cancelled"),
    completed("id-2", "Login was not completed"),
    completed("id-3", "Login server error: No way"),
  ]);
});

Deno.test("the end of the server ends the login", async () => {
  const { logins, told } = makeLogins();
  await logins.startDevice();
  await logins.close();
  assert.deepEqual(told, [completed("id-1", "The server ended")]);
});
