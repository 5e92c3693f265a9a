/**
 * Logins as front ends make them: begun, shown to a person, waited for, taken back.
 * Whoever begins one ends it: by its outcome, by `cancel` or by the signal.
 */

export type LoginOutcome =
  | { readonly kind: "done" }
  | { readonly kind: "failed"; readonly reason: string };

export interface PendingLogin {
  /** A UUIDv4. */
  readonly id: string;
  /** Never rejects. What was obtained is stored by then, and nothing is left running. */
  readonly outcome: Promise<LoginOutcome>;
  /** Ends it with that reason; resolves when nothing of it is left. */
  cancel(reason: string): Promise<void>;
}

/** A person logs in at the address; their browser comes back to this machine. */
export interface BrowserLogin extends PendingLogin {
  readonly url: string;
  /** Where the browser comes back to. */
  readonly port: number;
}

/** A person opens the address anywhere and types the code. */
export interface DeviceLogin extends PendingLogin {
  readonly url: string;
  readonly code: string;
}

/** Tokens a front end obtained itself; kept in memory, never written. */
export interface GivenTokens {
  readonly accessToken: string;
  readonly accountId: string;
  readonly planType?: string | undefined;
}

/**
 * Every method throws a `CodexError`: `unsupported` where the configuration forbids
 * that kind of login or its place cannot be used.
 */
export interface LoginService {
  storeApiKey(key: string): Promise<void>;
  /** @param renew asked when a server refuses the tokens */
  useTokens(
    tokens: GivenTokens,
    renew: (
      previousAccountId: string,
      signal: AbortSignal,
    ) => Promise<GivenTokens>,
  ): Promise<void>;
  /** @param originator how the program that asks is named to the issuer */
  startBrowser(originator: string, signal: AbortSignal): Promise<BrowserLogin>;
  startDevice(signal: AbortSignal): Promise<DeviceLogin>;
  /** Shows an address in the user's browser; false when there is none. */
  openBrowser(url: string): boolean;
  /** Gets new tokens for the stored login now. */
  refresh(signal: AbortSignal): Promise<void>;
  /** Forgets the stored login and tells the issuer; false when there was none. */
  logOut(signal: AbortSignal): Promise<boolean>;
}
