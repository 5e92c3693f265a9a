/** Whose login is stored, as far as its tokens say; nothing of it is proof of anything. */
import * as v from "valibot";
import type { Environment, FileSystem } from "@/platform/platform.ts";
import { PlanType } from "@/protocol/rpc/account.ts";
import type { Account } from "@/protocol/rpc/account.ts";
import { readLogin } from "./credentials.ts";

export interface AccountPorts {
  readonly env: Environment;
  readonly files: FileSystem;
  readonly codexHome: string;
}

const AUTH_CLAIM = "https://api.openai.com/auth";

/** The payload of an id token; its signature is for the vendor to check. */
const Claims = v.object({
  email: v.fallback(v.string(), ""),
  [AUTH_CLAIM]: v.fallback(
    v.object({ chatgpt_plan_type: v.fallback(PlanType, "unknown") }),
    { chatgpt_plan_type: "unknown" as const },
  ),
});

/** Null when nobody is logged in. @throws CodexError for a file that is not JSON */
export async function storedAccount(
  { env, files, codexHome }: AccountPorts,
): Promise<Account | null> {
  if (env.get("CODEX_API_KEY")?.trim()) return { type: "apiKey" };
  const login = await readLogin(files, codexHome);
  if (login?.tokens?.access_token && login.auth_mode !== "apikey") {
    return chatgptAccount(login.tokens.id_token);
  }
  return login?.OPENAI_API_KEY ? { type: "apiKey" } : null;
}

function chatgptAccount(idToken: string | undefined): Account {
  const claims = v.safeParse(Claims, payloadOf(idToken ?? ""));
  const { email = "", [AUTH_CLAIM]: auth } = claims.success
    ? claims.output
    : {};
  return {
    type: "chatgpt",
    email,
    planType: auth?.chatgpt_plan_type ?? "unknown",
  };
}

/** Undefined for what is no token. */
function payloadOf(jwt: string): unknown {
  const payload = jwt.split(".")[1] ?? "";
  try {
    const binary = atob(payload.replaceAll("-", "+").replaceAll("_", "/"));
    const bytes = Uint8Array.from(binary, (one) => one.charCodeAt(0));
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    // Of a login of another kind, or cut short: it names nobody.
    return undefined;
  }
}
