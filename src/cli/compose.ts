/**
 * The composition root: builds the agent from its parts and hands a front end the
 * ThreadHost interface, nothing more.
 */
import {
  credentialHeaders,
  findCredential,
  renewLogin,
} from "@/auth/credentials.ts";
import type { GivenLogin } from "@/auth/given_login.ts";
import type { Config } from "@/config/config.ts";
import { ruleWarnings } from "@/core/approvals/rule_files.ts";
import { createHost } from "@/core/host.ts";
import { sandboxPolicyOf } from "@/core/settings.ts";
import { createResponsesClient } from "@/model/responses.ts";
import type { RuleSet } from "@/exec-policy/rule.ts";
import type { Platform } from "@/platform/platform.ts";
import { CodexError } from "@/protocol/errors.ts";
import type { ThreadHost } from "@/protocol/host.ts";
import type { ApprovalPolicy } from "@/protocol/policy.ts";
import { PRODUCT, VERSION } from "@/protocol/version.ts";
import { createSandbox } from "@/sandbox/create.ts";
import { createWriteCheck } from "@/sandbox/writable.ts";

export interface ComposeOptions {
  readonly platform: Platform;
  readonly config: Config;
  readonly approvalPolicy: ApprovalPolicy;
  /** What starts threads: `exec`, `cli`. */
  readonly source: string;
  readonly isEphemeral: boolean;
  /** The user may log in while the agent runs; nothing fails before a request. */
  readonly mayLogInLater?: boolean;
  /** A front end's own login, in a program that takes one; goes before the stored. */
  readonly givenLogin?: GivenLogin;
  /** The configuration as it is now, for threads that live long. */
  readonly reloadConfig?: () => Promise<Config>;
  /** What the rule files say; see `loadRules`. */
  readonly rules: RuleSet;
}

/** An agent its owner ends. */
export interface Composition {
  readonly host: ThreadHost;
  /** Told to the user once, at start. */
  readonly warnings: readonly string[];
  close(): Promise<void>;
}

/**
 * Builds an agent.
 *
 * @throws CodexError `missing_credentials` when the provider's credential is not there
 */
export async function compose(
  options: ComposeOptions,
  signal: AbortSignal,
): Promise<Composition> {
  const { platform, config, rules } = options;
  const { provider } = config;
  const originator = platform.env.get("CODEX_INTERNAL_ORIGINATOR_OVERRIDE") ??
    `${PRODUCT}_${options.source}`;
  const credentialPorts = { ...platform, codexHome: config.codexHome };
  const find = async (end: AbortSignal) =>
    provider.requiresLogin && options.givenLogin?.credential ||
    await findCredential(credentialPorts, provider, end);
  const mayLogInLater = options.mayLogInLater === true;
  let credential = mayLogInLater
    ? await find(signal).catch(noneYet)
    : await find(signal);
  const model = createResponsesClient({
    ...platform,
    provider,
    // A login made later may be of another kind.
    baseUrl: () =>
      credential?.kind === "chatgpt" && provider.isDefaultBaseUrl
        ? `${config.chatgptBaseUrl.replace(/\/+$/, "")}/codex`
        : provider.baseUrl,
    userAgent: lazily(() => userAgent(platform, originator)),
    // A command's token and a login grow old; the others were read once and for all.
    authorize: async (requestSignal) => {
      if (
        mayLogInLater || provider.auth.kind === "command" ||
        credential?.kind === "chatgpt"
      ) credential = await find(requestSignal);
      return credentialHeaders(credential);
    },
    renew: async (requestSignal) =>
      credential !== undefined && provider.auth.kind === "login" &&
      (await options.givenLogin?.renew(credential, requestSignal) ||
        await renewLogin(credentialPorts, credential, requestSignal)),
  });
  const sandbox = createSandbox({
    ...platform,
    codexHome: config.codexHome,
    tmpdir: platform.env.get("TMPDIR"),
    mechanism: platform.env.get("CODEX_SANDBOX_MECHANISM"),
  });
  const host = createHost({
    platform,
    config,
    model,
    sandbox,
    writeCheck: createWriteCheck(platform.files, config.codexHome),
    approvalPolicy: options.approvalPolicy,
    rules,
    source: options.source,
    originator,
    isEphemeral: options.isEphemeral,
    reloadConfig: options.reloadConfig,
  });
  const warnings = ruleWarnings(rules, sandboxPolicyOf(config));
  return { host, warnings, close: () => sandbox.close() };
}

function noneYet(error: unknown): undefined {
  if (error instanceof CodexError && error.code === "missing_credentials") {
    return undefined;
  }
  throw error;
}

function lazily<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => made ??= make();
}

/** `codex_deno_exec/0.124.0 (Debian GNU/Linux 12; x86_64) xterm`. */
export async function userAgent(
  platform: Platform,
  originator: string,
): Promise<string> {
  const { host, env } = platform;
  const release = host.os === "linux"
    ? await platform.files.readTextIfExists("/etc/os-release").catch(() =>
      undefined
    )
    : undefined;
  const name = /^NAME="?([^"\n]*)/m.exec(release ?? "")?.[1] ?? host.os;
  const version = /^VERSION_ID="?([^"\n]*)/m.exec(release ?? "")?.[1] ?? "";
  const system = version === "" ? name : `${name} ${version}`;
  const terminal = env.get("TERM_PROGRAM") ?? env.get("TERM") ?? "unknown";
  const text = `${originator}/${VERSION} (${system}; ${host.arch}) ${terminal}`;
  return text.replace(/[^\x20-\x7e]/g, "_");
}
