/** Whose login is stored, as far as its tokens say; nothing of it is proof of anything. */
import * as v from "valibot";
import type { Environment, FileSystem } from "@/platform/platform.ts";
import { PlanType } from "@/protocol/rpc/account.ts";
import type { Account } from "@/protocol/rpc/account.ts";
import { claimsOf } from "./claims.ts";
import { readLogin } from "./login_file.ts";

export interface AccountPorts {
  readonly env: Environment;
  readonly files: FileSystem;
  readonly codexHome: string;
}

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
  const claims = claimsOf(idToken ?? "");
  return {
    type: "chatgpt",
    email: claims?.email ?? "",
    planType: planOf(claims?.planType),
  };
}

export function planOf(name: string | undefined): PlanType {
  const plan = v.safeParse(PlanType, name);
  return plan.success ? plan.output : "unknown";
}
