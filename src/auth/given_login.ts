/**
 * A login a front end brought: its tokens, kept in memory for as long as this program
 * runs, and asked for again when a server refuses them. It goes before what is stored.
 */
import { CodexError } from "@/protocol/errors.ts";
import type { GivenTokens } from "@/protocol/logins.ts";
import type { Account } from "@/protocol/rpc/account.ts";
import { planOf } from "./account.ts";
import { claimsOf } from "./claims.ts";
import type { Credential } from "./credentials.ts";
import { Secret } from "./secret.ts";

interface Given {
  readonly credential: Credential;
  readonly account: Account;
  renew(previousAccountId: string, signal: AbortSignal): Promise<GivenTokens>;
}

export class GivenLogin {
  #given: Given | undefined;

  get credential(): Credential | undefined {
    return this.#given?.credential;
  }

  get account(): Account | undefined {
    return this.#given?.account;
  }

  /** @throws CodexError for what is no token */
  give(tokens: GivenTokens, renew: Given["renew"]): void {
    const claims = claimsOf(tokens.accessToken);
    if (claims === undefined) {
      throw new CodexError(
        "unauthorized",
        "failed to set external auth: invalid ID token format",
      );
    }
    this.#given = {
      credential: {
        kind: "chatgpt",
        bearer: new Secret(tokens.accessToken),
        accountId: tokens.accountId,
      },
      account: {
        type: "chatgpt",
        email: claims.email ?? "",
        planType: planOf(tokens.planType ?? claims.planType),
      },
      renew,
    };
  }

  takeBack(): void {
    this.#given = undefined;
  }

  /** True when there are other tokens than the refused ones now. */
  async renew(refused: Credential, signal: AbortSignal): Promise<boolean> {
    const given = this.#given;
    if (given === undefined) return false;
    if (given.credential.bearer.reveal() === refused.bearer.reveal()) {
      const accountId = given.credential.accountId ?? "";
      this.give(await given.renew(accountId, signal), given.renew);
    }
    return true;
  }
}
