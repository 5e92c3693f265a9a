/**
 * `[mcp_servers.<name>.oauth]`: who this program is to a server's authorization server,
 * when that was arranged beforehand. Each way to get tokens has its own keys; secrets
 * are named by the variable that holds them and never stand in the file.
 */
import type { McpOAuthClient } from "./config.ts";
import type { ConfigToml } from "./schema.ts";

export type McpOAuthToml = NonNullable<
  NonNullable<ConfigToml["mcp_servers"]>[string]["oauth"]
>;
type Key = Exclude<keyof McpOAuthToml, "grant">;
type Grant = NonNullable<McpOAuthToml["grant"]>;

interface KeyRules {
  readonly needed: readonly Key[];
  readonly allowed: readonly Key[];
}

const RULES: Readonly<Record<Grant, KeyRules>> = {
  authorization_code: {
    needed: [],
    allowed: [
      "client_id",
      "client_metadata_url",
      "client_secret_env_var",
      "issuer",
    ],
  },
  client_credentials: {
    needed: ["client_id", "issuer"],
    allowed: [
      "client_secret_env_var",
      "private_key_env_var",
      "signing_algorithm",
    ],
  },
  cross_app_access: {
    needed: [
      "client_id",
      "client_secret_env_var",
      "id_token_env_var",
      "idp_client_id",
      "idp_token_endpoint",
      "issuer",
    ],
    allowed: [],
  },
};

/** What is wrong with the table; undefined when it makes sense. */
export function oauthProblem(toml: McpOAuthToml): string | undefined {
  const { grant = "authorization_code", ...keys } = toml;
  const { needed, allowed } = RULES[grant];
  const missing = needed.find((key) => keys[key] === undefined);
  if (missing !== undefined) return `grant "${grant}" needs ${missing}`;
  const known = new Set<string>([...needed, ...allowed]);
  const foreign = Object.entries(keys).find(([key, value]) =>
    value !== undefined && !known.has(key)
  );
  if (foreign !== undefined) {
    return `${foreign[0]} is not supported for grant "${grant}"`;
  }
  return grant === "client_credentials"
    ? proofProblem(keys)
    : clientProblem(keys);
}

/** A client without a person shows one thing to say who it is. */
function proofProblem(keys: McpOAuthToml): string | undefined {
  const hasSecret = keys.client_secret_env_var !== undefined;
  const hasKey = keys.private_key_env_var !== undefined;
  if (hasSecret === hasKey) {
    return "set either client_secret_env_var or private_key_env_var";
  }
  return hasSecret && keys.signing_algorithm !== undefined
    ? "signing_algorithm goes with private_key_env_var"
    : undefined;
}

function clientProblem(
  { client_id, client_metadata_url, client_secret_env_var, issuer }:
    McpOAuthToml,
): string | undefined {
  if (client_id !== undefined && client_metadata_url !== undefined) {
    return "set either client_id or client_metadata_url";
  }
  if (client_metadata_url !== undefined && !isDocument(client_metadata_url)) {
    return "client_metadata_url is no https address of a document";
  }
  // The server says where its logins are; the secret must not go wherever it says.
  const isBound = client_id !== undefined && issuer !== undefined;
  return client_secret_env_var !== undefined && !isBound
    ? "client_secret_env_var needs client_id and issuer"
    : undefined;
}

function isDocument(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, pathname } = new URL(text);
  return protocol === "https:" && pathname !== "/";
}

/** The client the table describes. It was checked. */
export function oauthClientOf(
  toml: McpOAuthToml | undefined,
): McpOAuthClient | undefined {
  if (toml === undefined) return undefined;
  const { client_id: id = "", issuer = "" } = toml;
  switch (toml.grant) {
    case "client_credentials":
      return {
        grant: toml.grant,
        id,
        issuer,
        proof: toml.private_key_env_var === undefined
          ? { kind: "secret", envVar: toml.client_secret_env_var ?? "" }
          : {
            kind: "key",
            envVar: toml.private_key_env_var,
            algorithm: toml.signing_algorithm ?? "ES256",
          },
      };
    case "cross_app_access":
      return {
        grant: toml.grant,
        id,
        issuer,
        secretEnvVar: toml.client_secret_env_var ?? "",
        idTokenEnvVar: toml.id_token_env_var ?? "",
        provider: {
          clientId: toml.idp_client_id ?? "",
          tokenEndpoint: toml.idp_token_endpoint ?? "",
        },
      };
    case "authorization_code":
    case undefined:
      return {
        grant: "authorization_code",
        id: toml.client_id,
        metadataUrl: toml.client_metadata_url,
        secretEnvVar: toml.client_secret_env_var,
        issuer: toml.issuer,
      };
  }
}
