/** The login that is under way, one at a time for all connections, and who hears of it. */
import type { Clock } from "@/platform/platform.ts";
import type {
  BrowserLogin,
  DeviceLogin,
  LoginOutcome,
  LoginService,
  PendingLogin,
} from "@/protocol/logins.ts";
import { CodexError } from "@/protocol/errors.ts";
import type { AuthMode, PlanType } from "@/protocol/rpc/account.ts";
import type { SettingsService } from "@/protocol/services.ts";
import type { Notification } from "./projection.ts";

export interface LoginsPorts {
  readonly service: LoginService;
  readonly settings: SettingsService;
  readonly clock: Clock;
  /** Tells every connection. */
  announce(notification: Notification): Promise<void>;
}

/** How long a person may take in the browser. */
const LOGIN_MS = 10 * 60_000;

interface Running {
  readonly login: PendingLogin;
  /** Resolves when everybody has heard how it ended. */
  readonly told: Promise<void>;
}

export class Logins {
  readonly #ports: LoginsPorts;
  readonly #lifetime = new AbortController();
  #running: Running | undefined;

  constructor(ports: LoginsPorts) {
    this.#ports = ports;
  }

  get service(): LoginService {
    return this.#ports.service;
  }

  async startBrowser(originator: string): Promise<BrowserLogin> {
    await this.#end("Login cancelled");
    const login = await this.service.startBrowser(
      originator,
      AbortSignal.any([
        this.#lifetime.signal,
        this.#ports.clock.timeout(LOGIN_MS),
      ]),
    );
    // Clients know by these words that it was the port's side that failed.
    this.#watch(login, "Login server error: ");
    return login;
  }

  async startDevice(): Promise<DeviceLogin> {
    await this.#end("Login cancelled");
    const login = await this.service.startDevice(this.#lifetime.signal);
    this.#watch(login, "");
    return login;
  }

  isRunning(id: string): boolean {
    return this.#running?.login.id === id;
  }

  /** Ends the login of that id, if it is under way still. */
  async cancel(id: string): Promise<void> {
    if (this.isRunning(id)) await this.#end("Login was not completed");
  }

  /** Tells everybody that a login was made at once. */
  async tellDone(mode: AuthMode): Promise<void> {
    await this.#tell(null, { kind: "done" });
    await this.tellAccount(mode);
  }

  /** Tells everybody who is logged in now; null: nobody. */
  async tellAccount(mode: AuthMode | null): Promise<void> {
    const planType = mode === null ? null : await this.#planType();
    await this.#ports.announce({
      method: "account/updated",
      params: { authMode: mode, planType },
    });
  }

  /** Null when it cannot be said; who is logged in is told all the same. */
  async #planType(): Promise<PlanType | null> {
    try {
      const { account } = await this.#ports.settings.account();
      return account?.type === "chatgpt" ? account.planType : null;
    } catch (error) {
      if (error instanceof CodexError) return null;
      throw error;
    }
  }

  /** Ends what is under way; resolves when nothing is. */
  async close(): Promise<void> {
    this.#lifetime.abort(new Error("The server ended"));
    await this.#running?.told;
  }

  async #end(reason: string): Promise<void> {
    const running = this.#running;
    await running?.login.cancel(reason);
    await running?.told;
  }

  #watch(login: PendingLogin, preface: string): void {
    const told = login.outcome.then(async (outcome) => {
      if (this.#running?.login === login) this.#running = undefined;
      await this.#tell(login.id, outcome, preface);
      if (outcome.kind === "done") await this.tellAccount("chatgpt");
    });
    this.#running = { login, told };
  }

  async #tell(
    loginId: string | null,
    outcome: LoginOutcome,
    preface = "",
  ): Promise<void> {
    await this.#ports.announce({
      method: "account/login/completed",
      params: {
        loginId,
        success: outcome.kind === "done",
        error: outcome.kind === "done" ? null : `${preface}${outcome.reason}`,
      },
    });
  }
}
