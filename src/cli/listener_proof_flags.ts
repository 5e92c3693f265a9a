/** The `--ws-*` flags of `codex app-server`: how WebSocket clients prove who they are. */
import {
  digestOf,
  type ListenerProof,
  signingKeyOf,
} from "@/auth/listener_proof.ts";
import { resolvePath } from "@/platform/paths.ts";
import { FileError, type Platform } from "@/platform/platform.ts";
import { CodexError } from "@/protocol/errors.ts";
import { flagValue, type ParsedCommand } from "./parsed.ts";

/** As long as the digest the signatures are made with (RFC 7518, section 3.2). */
const SECRET_BYTES_MIN = 32;

/** Clocks that are set by a network differ by less. */
const SKEW_SECONDS_DEFAULT = 30;

const TOKEN_FLAGS = ["ws-token-file", "ws-token-sha256"];
const SIGNED_FLAGS = [
  "ws-shared-secret-file",
  "ws-issuer",
  "ws-audience",
  "ws-max-clock-skew-seconds",
];

/**
 * What the flags ask for; undefined when they ask for no proof.
 *
 * @throws CodexError `invalid_input` when they do not fit together
 */
export async function listenerProofOf(
  parsed: ParsedCommand,
  platform: Pick<Platform, "files" | "host">,
): Promise<ListenerProof | undefined> {
  const isAny = (names: readonly string[]) =>
    names.some((name) => flagValue(parsed, name) !== undefined);
  switch (flagValue(parsed, "ws-auth")) {
    case "capability-token":
      if (isAny(SIGNED_FLAGS)) {
        throw invalid(
          "`--ws-shared-secret-file`, `--ws-issuer`, `--ws-audience`, and " +
            "`--ws-max-clock-skew-seconds` require `--ws-auth signed-bearer-token`",
        );
      }
      return { kind: "token", digest: await tokenDigest(parsed, platform) };
    case "signed-bearer-token":
      if (isAny(TOKEN_FLAGS)) {
        throw invalid(
          "`--ws-token-file` and `--ws-token-sha256` require `--ws-auth " +
            "capability-token`, not `signed-bearer-token`",
        );
      }
      return await signedProof(parsed, platform);
    default:
      if (isAny([...TOKEN_FLAGS, ...SIGNED_FLAGS])) {
        throw invalid(
          "websocket auth flags require `--ws-auth capability-token` or " +
            "`--ws-auth signed-bearer-token`",
        );
      }
      return undefined;
  }
}

async function tokenDigest(
  parsed: ParsedCommand,
  platform: Pick<Platform, "files" | "host">,
): Promise<Uint8Array<ArrayBuffer>> {
  const file = flagValue(parsed, "ws-token-file");
  const digest = flagValue(parsed, "ws-token-sha256")?.trim();
  if (file !== undefined && digest !== undefined) {
    throw invalid(
      "`--ws-token-file` and `--ws-token-sha256` are mutually exclusive",
    );
  }
  if (file !== undefined) {
    return await digestOf(await readSecret(platform, file));
  }
  if (digest === undefined) {
    throw invalid(
      "`--ws-token-file` or `--ws-token-sha256` is required when `--ws-auth " +
        "capability-token` is set",
    );
  }
  if (!/^[0-9a-f]{64}$/i.test(digest)) {
    throw invalid(
      "--ws-token-sha256 must be a 64-character hex SHA-256 digest",
    );
  }
  return Uint8Array.fromHex(digest);
}

async function signedProof(
  parsed: ParsedCommand,
  platform: Pick<Platform, "files" | "host">,
): Promise<ListenerProof> {
  const file = flagValue(parsed, "ws-shared-secret-file");
  if (file === undefined) {
    throw invalid(
      "`--ws-shared-secret-file` is required when `--ws-auth " +
        "signed-bearer-token` is set",
    );
  }
  const secret = await readSecret(platform, file);
  if (new TextEncoder().encode(secret).length < SECRET_BYTES_MIN) {
    throw invalid(
      `signed websocket bearer secret ${file} must be at least ` +
        `${SECRET_BYTES_MIN} bytes`,
    );
  }
  const skew = flagValue(parsed, "ws-max-clock-skew-seconds");
  return {
    kind: "signed",
    key: await signingKeyOf(secret),
    issuer: wordOf(parsed, "ws-issuer"),
    audience: wordOf(parsed, "ws-audience"),
    skewSeconds: skew === undefined ? SKEW_SECONDS_DEFAULT : Number(skew),
  };
}

/** A name of nothing but spaces would match no token, and was not meant. */
function wordOf(parsed: ParsedCommand, name: string): string | undefined {
  const value = flagValue(parsed, name)?.trim();
  if (value === "") {
    throw invalid(`--${name} is empty; give a name, or leave the flag away`);
  }
  return value;
}

async function readSecret(
  { files, host }: Pick<Platform, "files" | "host">,
  file: string,
): Promise<string> {
  const path = resolvePath(host.cwd, file);
  try {
    const secret = (await files.readText(path)).trim();
    if (secret !== "") return secret;
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    throw invalid(
      `failed to read websocket auth secret ${path}: ${error.osText}`,
    );
  }
  throw invalid(`websocket auth secret ${path} must not be empty`);
}

function invalid(message: string): CodexError {
  return new CodexError("invalid_input", message);
}
