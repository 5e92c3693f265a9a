/** A login that is under way: one task, which ends by itself or is ended. */
import type { LoginOutcome, PendingLogin } from "@/protocol/logins.ts";

/** Why a login ended before it was done. */
class LoginCancelled extends Error {
  override readonly name = "LoginCancelled";
}

/**
 * @param act obtains and stores the login; leaves nothing running when it settles
 * @param signal ends it as `cancel` does
 */
export function pendingLogin(
  id: string,
  act: (signal: AbortSignal) => Promise<void>,
  signal: AbortSignal,
): PendingLogin {
  const controller = new AbortController();
  const outcome = outcomeOf(
    act(AbortSignal.any([signal, controller.signal])),
  );
  return {
    id,
    outcome,
    async cancel(reason) {
      controller.abort(new LoginCancelled(reason));
      await outcome;
    },
  };
}

async function outcomeOf(act: Promise<void>): Promise<LoginOutcome> {
  try {
    await act;
    return { kind: "done" };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { kind: "failed", reason };
  }
}
