/** `[mcp_servers.<name>.oauth]`: which keys go together, and what they come to. */
import assert from "node:assert/strict";
import {
  type McpOAuthToml,
  oauthClientOf,
  oauthProblem,
} from "@/config/mcp_oauth.ts";

const SECRET: McpOAuthToml = {
  client_id: "a",
  client_secret_env_var: "S",
  issuer: "https://i",
};
const APP: McpOAuthToml = {
  ...SECRET,
  grant: "cross_app_access",
  id_token_env_var: "T",
  idp_client_id: "b",
  idp_token_endpoint: "https://idp/token",
};

const GOOD: readonly McpOAuthToml[] = [
  {},
  { client_id: "a" },
  { client_metadata_url: "https://e.com/c.json" },
  SECRET,
  { ...SECRET, grant: "client_credentials" },
  {
    grant: "client_credentials",
    client_id: "a",
    issuer: "https://i",
    private_key_env_var: "K",
    signing_algorithm: "RS256",
  },
  APP,
];

const BAD: readonly (readonly [McpOAuthToml, string])[] = [
  [
    { client_id: "a", client_metadata_url: "https://e.com/c.json" },
    "set either client_id or client_metadata_url",
  ],
  [
    { client_metadata_url: "http://e.com/c.json" },
    "client_metadata_url is no https address of a document",
  ],
  [
    { client_metadata_url: "https://e.com" },
    "client_metadata_url is no https address of a document",
  ],
  [
    { client_id: "a", client_secret_env_var: "S" },
    "client_secret_env_var needs client_id and issuer",
  ],
  [
    { private_key_env_var: "K" },
    'private_key_env_var is not supported for grant "authorization_code"',
  ],
  [
    { grant: "client_credentials", client_id: "a" },
    'grant "client_credentials" needs issuer',
  ],
  [
    { grant: "client_credentials", client_id: "a", issuer: "https://i" },
    "set either client_secret_env_var or private_key_env_var",
  ],
  [
    { ...SECRET, grant: "client_credentials", private_key_env_var: "K" },
    "set either client_secret_env_var or private_key_env_var",
  ],
  [
    { ...SECRET, grant: "client_credentials", signing_algorithm: "ES256" },
    "signing_algorithm goes with private_key_env_var",
  ],
  [
    { ...SECRET, grant: "cross_app_access" },
    'grant "cross_app_access" needs id_token_env_var',
  ],
  [
    { ...APP, client_metadata_url: "https://e.com/c.json" },
    'client_metadata_url is not supported for grant "cross_app_access"',
  ],
];

Deno.test("oauthProblem() finds nothing wrong with what makes sense", () => {
  for (const toml of GOOD) assert.equal(oauthProblem(toml), undefined);
});

for (const [toml, problem] of BAD) {
  Deno.test(`oauthProblem() of ${JSON.stringify(toml)}`, () => {
    assert.equal(oauthProblem(toml), problem);
  });
}

Deno.test("oauthClientOf() keeps what a grant needs", () => {
  assert.equal(oauthClientOf(undefined), undefined);
  assert.deepEqual(oauthClientOf(GOOD[5]), {
    grant: "client_credentials",
    id: "a",
    issuer: "https://i",
    proof: { kind: "key", envVar: "K", algorithm: "RS256" },
  });
  assert.deepEqual(oauthClientOf(APP), {
    grant: "cross_app_access",
    id: "a",
    issuer: "https://i",
    secretEnvVar: "S",
    idTokenEnvVar: "T",
    provider: { clientId: "b", tokenEndpoint: "https://idp/token" },
  });
  assert.deepEqual(oauthClientOf({ client_id: "a" }), {
    grant: "authorization_code",
    id: "a",
    metadataUrl: undefined,
    secretEnvVar: undefined,
    issuer: undefined,
  });
});
