/** The interactive interface: `codex`, `codex resume`, `codex fork`. */
import { loadConfig } from "@/config/load.ts";
import { resolvePath } from "@/platform/paths.ts";
import type { Environment, Platform } from "@/platform/platform.ts";
import { CodexError } from "@/protocol/errors.ts";
import { isUuid, type ThreadId } from "@/protocol/ids.ts";
import type { ThreadStore } from "@/protocol/stored_threads.ts";
import type { TuiPorts, TuiRequest } from "@/tui/ports.ts";
import { configOptions } from "../config_options.ts";
import { configuredFlags } from "../interactive_flags.ts";
import {
  flagValue,
  flagValues,
  hasFlag,
  type ParsedCommand,
  positional,
} from "../parsed.ts";
import { serverServices } from "../server_services.ts";
import { createTuiPorts } from "../tui_ports.ts";

export async function run(
  parsed: ParsedCommand,
  platform: Platform,
): Promise<number> {
  const { terminal, env } = platform;
  if (!terminal.stdinIsTty) {
    throw new CodexError("invalid_input", "stdin is not a terminal");
  }
  if (!terminal.stdoutIsTty) {
    throw new CodexError("invalid_input", "stdout is not a terminal");
  }
  if (flagValue(parsed, "remote") !== undefined) {
    return await runRemote(parsed, platform);
  }
  const flags = configuredFlags(parsed);
  const [services, config] = await Promise.all([
    serverServices({ parsed: flags, platform, source: "cli" }),
    loadConfig(configOptions(flags, platform)),
  ]);
  const request = {
    ...await readRequest(parsed, platform, services.stored),
    requiresLogin: config.provider.requiresLogin,
    untrusted: config.trustLevel === undefined ? config.cwd : undefined,
  };
  const ports = createTuiPorts({ parsed, platform, config, services });
  const code = await runSession(request, ports, env);
  await services.stored.close();
  return code;
}

/** The agent is in an app-server: its machine says what is trusted and who is logged in. */
async function runRemote(
  parsed: ParsedCommand,
  platform: Platform,
): Promise<number> {
  const lifetime = new AbortController();
  const [{ openRemoteHost }, { remotePorts, remoteServices }] = await Promise
    .all([import("../remote_host.ts"), import("../remote_services.ts")]);
  const options = configOptions(parsed, platform);
  const config = await loadConfig({ ...options, cwd: undefined });
  const host = await openRemoteHost(parsed, platform, {
    approvalPolicy: options.flags?.approvalPolicy,
    source: "cli",
  }, lifetime.signal);
  try {
    const local = await serverServices({ parsed, platform, source: "cli" });
    const services = remoteServices(local, host);
    const request = {
      ...await readRequest(parsed, platform, services.stored),
      anyDirectory: true,
      requiresLogin: false,
      untrusted: undefined,
    };
    const ports = remotePorts(
      createTuiPorts({ parsed, platform, config, services }),
    );
    const code = await runSession(request, ports, platform.env);
    await local.stored.close();
    return code;
  } finally {
    await host.close();
    lifetime.abort(new Error("The session is over"));
  }
}

/** With a picture, or as plain lines where there can or should be none. */
async function runSession(
  request: TuiRequest,
  ports: TuiPorts,
  env: Environment,
): Promise<number> {
  if (ports.settings.isPlain || env.get("TERM") === "dumb") {
    const { runPlain } = await import("@/tui/plain_app.ts");
    return await runPlain(request, ports);
  }
  const { runTui } = await import("@/tui/app.ts");
  return await runTui(request, ports);
}

async function readRequest(
  parsed: ParsedCommand,
  { host }: Platform,
  stored: ThreadStore,
): Promise<Omit<TuiRequest, "requiresLogin" | "untrusted">> {
  const [name] = parsed.command;
  const act = name === "resume" || name === "fork" ? name : undefined;
  const first = positional(parsed, "SESSION_ID");
  const isLast = hasFlag(parsed, "last");
  const anyDirectory = hasFlag(parsed, "all");
  // With `--last`, what stands first is the prompt.
  const session = isLast ? undefined : first;
  const prompt = isLast
    ? first ?? positional(parsed, "PROMPT")
    : positional(parsed, "PROMPT");
  const images = flagValues(parsed, "image").map((path) =>
    resolvePath(host.cwd, path)
  );
  const cwds = anyDirectory ? undefined : [host.cwd];
  const start: TuiRequest["start"] = act === undefined
    ? { kind: "new" }
    : session !== undefined
    ? { kind: act, id: await findSession(stored, session) }
    : isLast
    ? { kind: act, id: await lastSession(stored, cwds) }
    : { kind: "pick", act };
  return { start, thread: {}, prompt, images, anyDirectory };
}

async function findSession(
  stored: ThreadStore,
  session: string,
): Promise<ThreadId> {
  if (isUuid(session)) {
    const id = session.toLowerCase();
    if (await stored.find(id) !== undefined) return id;
  } else {
    const { threads } = await stored.list({
      isArchived: false,
      searchTerm: session,
      sortKey: "updated",
      direction: "descending",
      limit: 100,
      isFresh: true,
    }, AbortSignal.timeout(LOOKUP_MS));
    const found = threads.find((thread) => thread.name === session);
    if (found !== undefined) return found.id;
  }
  throw new CodexError(
    "not_found",
    `No saved session found with ID ${session}. Run \`codex resume\` without an ` +
      "ID to choose from existing sessions.",
  );
}

/** An index that is built anew reads every rollout; nobody waits longer. */
const LOOKUP_MS = 30_000;

async function lastSession(
  stored: ThreadStore,
  cwds: readonly string[] | undefined,
): Promise<ThreadId> {
  const { threads: [newest] } = await stored.list({
    isArchived: false,
    ...(cwds === undefined ? {} : { cwds }),
    sortKey: "updated",
    direction: "descending",
    limit: 1,
    isFresh: true,
  }, AbortSignal.timeout(LOOKUP_MS));
  if (newest !== undefined) return newest.id;
  throw new CodexError(
    "not_found",
    "No saved session found here. Run `codex resume --all` to look in all directories.",
  );
}
