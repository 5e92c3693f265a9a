/** Who is logged in, and logging in and out; what a login needs is done by the service. */
import { decode } from "@/protocol/decode.ts";
import { CodexError } from "@/protocol/errors.ts";
import { isUuid } from "@/protocol/ids.ts";
import type { GivenTokens } from "@/protocol/logins.ts";
import { ChatgptAuthTokensRefreshResponse } from "@/protocol/rpc/account.ts";
import type { AgentServices } from "@/protocol/services.ts";
import type { Logins } from "../logins.ts";
import { refused } from "../refusal.ts";
import type { Handlers, Session } from "../session.ts";

type Names =
  | "account/read"
  | "account/login/start"
  | "account/login/cancel"
  | "account/logout";

export function accountHandlers(
  { settings }: AgentServices,
  logins: Logins,
): Pick<Handlers, Names> {
  const { service } = logins;
  return {
    async "account/read"({ refreshToken }, { signal }) {
      if (refreshToken === true) await tryRefresh(logins, signal);
      return await settings.account();
    },
    async "account/login/start"(request, { session, afterAnswer }) {
      switch (request.type) {
        case "apiKey":
          await service.storeApiKey(request.apiKey);
          afterAnswer(() => logins.tellDone("apikey"));
          return { type: "apiKey" };
        case "chatgpt": {
          const originator = session.client?.clientInfo.name ?? "";
          const { id, url } = await logins.startBrowser(originator);
          return { type: "chatgpt", loginId: id, authUrl: url };
        }
        case "chatgptDeviceCode": {
          const { id, url, code } = await logins.startDevice();
          return {
            type: "chatgptDeviceCode",
            loginId: id,
            verificationUrl: url,
            userCode: code,
          };
        }
        case "chatgptAuthTokens": {
          const { accessToken, chatgptAccountId, chatgptPlanType } = request;
          await service.useTokens(
            {
              accessToken,
              accountId: chatgptAccountId,
              planType: chatgptPlanType ?? undefined,
            },
            (accountId, end) => askAgain(session, accountId, end),
          );
          afterAnswer(() => logins.tellDone("chatgptAuthTokens"));
          return { type: "chatgptAuthTokens" };
        }
      }
    },
    async "account/login/cancel"({ loginId }, { afterAnswer }) {
      if (!isUuid(loginId)) throw refused(`invalid login id: ${loginId}`);
      if (!logins.isRunning(loginId)) return { status: "notFound" };
      afterAnswer(() => logins.cancel(loginId));
      return { status: "canceled" };
    },
    async "account/logout"(_, { signal, afterAnswer }) {
      await service.logOut(signal);
      afterAnswer(() => logins.tellAccount(null));
      return {};
    },
  };
}

/** What is stored is told all the same; the next model request says what is wrong. */
async function tryRefresh(logins: Logins, signal: AbortSignal): Promise<void> {
  try {
    await logins.service.refresh(signal);
  } catch (error) {
    if (!(error instanceof CodexError)) throw error;
  }
}

/** The client that brought tokens has newer ones, or nobody has. */
async function askAgain(
  session: Session,
  previousAccountId: string,
  signal: AbortSignal,
): Promise<GivenTokens> {
  const answer = await session.ask(
    "account/chatgptAuthTokens/refresh",
    { reason: "unauthorized", previousAccountId },
    signal,
  ).catch((error: unknown): never => {
    signal.throwIfAborted();
    const why = error instanceof Error ? error.message : String(error);
    throw noTokens(why);
  });
  const decoded = decode(ChatgptAuthTokensRefreshResponse, answer);
  if (!decoded.ok) throw noTokens(decoded.message);
  const { accessToken, chatgptAccountId, chatgptPlanType } = decoded.value;
  return {
    accessToken,
    accountId: chatgptAccountId,
    planType: chatgptPlanType ?? undefined,
  };
}

function noTokens(why: string): CodexError {
  return new CodexError(
    "unauthorized",
    `Cannot get new tokens from the client: ${why}`,
  );
}
