/**
 * A little authorization server and the MCP server it guards, on one port of the
 * loopback: metadata, registration, consent without a person, tokens that are checked.
 * It knows nothing of the SDK. Options make it lie or fail.
 */

export interface AuthorizationServerOptions {
  /** What its metadata says instead of its own address, which is `ORIGIN` in it. */
  readonly issuer?: string;
  /** The resource its protected-resource metadata names. */
  readonly resource?: string;
  /** `iss` of the callback; undefined sends the right one. */
  readonly callbackIssuer?: string;
  /** Seconds a token lives. */
  readonly expiresIn?: number;
  /** Another server the metadata sends clients to. */
  readonly authorizationServer?: () => string | undefined;
  /** Of before RFC 9728: it says nothing of the resource it guards. */
  readonly isOld?: boolean;
  /** No authorization server at all. */
  readonly isOpen?: boolean;
  /** What the consent page answers instead of a code. */
  readonly refusal?: string;
  /** What the token endpoint answers instead of tokens. */
  readonly tokenError?: {
    readonly error: string;
    readonly [key: string]: string;
  };
  /** Scopes the resource says it has. */
  readonly scopes?: readonly string[];
  /** A client it knows beforehand: it must show this secret, and no other registers. */
  readonly client?: { readonly id: string; readonly secret: string };
  /** It takes clients whose id is the address of a document. */
  readonly takesDocuments?: boolean;
  /** The guarded server takes no token at all. */
  readonly refusesTokens?: boolean;
  /** What the identity provider at `/idp/token` answers instead of its word. */
  readonly providerError?: {
    readonly error: string;
    readonly [key: string]: string;
  };
  /** Scopes that are refused at the consent page. */
  readonly unknownScopes?: readonly string[];
}

export interface SeenRequest {
  readonly path: string;
  readonly query: URLSearchParams;
  readonly form: URLSearchParams;
  readonly headers: Readonly<Record<string, string>>;
  // deno-lint-ignore no-explicit-any -- bodies of every shape
  readonly json: any;
}

export interface AuthorizationServer extends AsyncDisposable {
  /** The guarded MCP server. */
  readonly url: string;
  readonly origin: string;
  readonly seen: readonly SeenRequest[];
  /** Makes every access token so far worthless. */
  revokeAccess(): void;
  /** And every refresh token. */
  revokeAll(): void;
}

const JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer";
const PERSONLESS = ["client_credentials", JWT_BEARER];
const ID_JAG = "urn:ietf:params:oauth:token-type:id-jag";

interface Grant {
  readonly challenge: string;
  readonly redirectUri: string;
  readonly scope: string;
}

/** Starts both. */
export function startAuthorizationServer(
  options: AuthorizationServerOptions = {},
): AuthorizationServer {
  const seen: SeenRequest[] = [];
  const codes = new Map<string, Grant>();
  const access = new Set<string>();
  const refresh = new Set<string>();
  let count = 0;
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    async (request) => {
      const url = new URL(request.url);
      const text = await request.text();
      const isForm = request.headers.get("content-type")
        ?.startsWith("application/x-www-form-urlencoded") ?? false;
      const one: SeenRequest = {
        path: url.pathname,
        query: url.searchParams,
        form: new URLSearchParams(isForm ? text : ""),
        headers: Object.fromEntries(request.headers),
        json: isForm || text === "" ? undefined : JSON.parse(text),
      };
      seen.push(one);
      return await answer(request.method, one);
    },
  );
  const origin = `http://127.0.0.1:${server.addr.port}`;
  const issuer = options.issuer?.replace("ORIGIN", origin) ?? origin;

  async function answer(method: string, one: SeenRequest): Promise<Response> {
    switch (one.path) {
      case "/mcp":
        return mcp(method, one);
      case "/.well-known/oauth-protected-resource/mcp":
        if (options.isOpen || options.isOld) {
          return new Response(null, { status: 404 });
        }
        return Response.json({
          resource: options.resource ?? `${origin}/mcp`,
          authorization_servers: [options.authorizationServer?.() ?? origin],
          ...(options.scopes === undefined
            ? {}
            : { scopes_supported: options.scopes }),
        });
      case "/.well-known/oauth-authorization-server":
      case "/.well-known/oauth-authorization-server/mcp":
        if (options.isOpen) return new Response(null, { status: 404 });
        return Response.json(metadata());
      case "/register":
        return Response.json({ ...one.json, client_id: `client-${++count}` }, {
          status: 201,
        });
      case "/authorize":
        return consent(one.query);
      case "/token":
        return await token(one);
      case "/idp/token":
        return options.providerError === undefined
          ? Response.json({
            access_token: "word-secret",
            issued_token_type: ID_JAG,
            token_type: "N_A",
          })
          : Response.json(options.providerError, { status: 400 });
      default:
        return new Response(null, { status: 404 });
    }
  }

  function metadata() {
    return {
      issuer,
      authorization_endpoint: `${origin}/authorize`,
      token_endpoint: `${origin}/token`,
      ...(options.client === undefined
        ? { registration_endpoint: `${origin}/register` }
        : {}),
      response_types_supported: ["code"],
      grant_types_supported: ["authorization_code", "refresh_token"],
      code_challenge_methods_supported: ["S256"],
      token_endpoint_auth_methods_supported: options.client === undefined
        ? ["none"]
        : ["client_secret_basic", "private_key_jwt"],
      ...(options.takesDocuments === true
        ? { client_id_metadata_document_supported: true }
        : {}),
      authorization_response_iss_parameter_supported: true,
      ...(options.scopes === undefined
        ? {}
        : { scopes_supported: options.scopes }),
    };
  }

  function mcp(method: string, { headers, json }: SeenRequest): Response {
    const bearer = headers.authorization?.replace(/^Bearer /, "") ?? "";
    if (!options.isOpen && (options.refusesTokens || !access.has(bearer))) {
      return new Response("who are you?", {
        status: 401,
        headers: {
          "www-authenticate":
            `Bearer resource_metadata="${origin}/.well-known/oauth-protected-resource/mcp"`,
        },
      });
    }
    if (method !== "POST") return new Response(null, { status: 405 });
    if (json.id === undefined) return new Response(null, { status: 202 });
    return Response.json({
      jsonrpc: "2.0",
      id: json.id,
      result: resultOf(json.method, json.params),
    });
  }

  function consent(query: URLSearchParams): Response {
    const redirect = new URL(query.get("redirect_uri") ?? "");
    const { searchParams } = redirect;
    searchParams.set("state", query.get("state") ?? "");
    searchParams.set("iss", options.callbackIssuer ?? issuer);
    const scope = query.get("scope") ?? "";
    const refusal = options.refusal ??
      (options.unknownScopes?.some((one) => scope.split(" ").includes(one))
        ? "invalid_scope"
        : undefined);
    if (refusal !== undefined) searchParams.set("error", refusal);
    else {
      const code = `code-${++count}`;
      codes.set(code, {
        challenge: query.get("code_challenge") ?? "",
        redirectUri: query.get("redirect_uri") ?? "",
        scope,
      });
      searchParams.set("code", code);
    }
    return new Response(null, {
      status: 302,
      headers: { location: String(redirect) },
    });
  }

  async function token({ form, headers }: SeenRequest): Promise<Response> {
    const bad = (error: string) => Response.json({ error }, { status: 400 });
    if (options.tokenError !== undefined) {
      return Response.json(options.tokenError, { status: 400 });
    }
    const { client } = options;
    const isKnown = client === undefined || form.has("client_assertion") ||
      headers.authorization ===
        `Basic ${btoa(`${client.id}:${client.secret}`)}`;
    if (!isKnown) return bad("invalid_client");
    if (PERSONLESS.includes(form.get("grant_type") ?? "")) {
      return issue(form.get("scope") ?? "");
    }
    if (form.get("grant_type") === "refresh_token") {
      // Each refresh token is good for once.
      if (!refresh.delete(form.get("refresh_token") ?? "")) {
        return bad("invalid_grant");
      }
      return issue("");
    }
    const code = form.get("code") ?? "";
    const grant = codes.get(code);
    codes.delete(code);
    if (
      grant === undefined || grant.redirectUri !== form.get("redirect_uri") ||
      grant.challenge !== await s256(form.get("code_verifier") ?? "")
    ) return bad("invalid_grant");
    return issue(grant.scope);
  }

  function issue(scope: string): Response {
    const tokens = {
      access_token: `access-secret-${++count}`,
      refresh_token: `refresh-secret-${++count}`,
      token_type: "Bearer",
      expires_in: options.expiresIn ?? 3600,
      ...(scope === "" ? {} : { scope }),
    };
    access.add(tokens.access_token);
    refresh.add(tokens.refresh_token);
    return Response.json(tokens);
  }

  return {
    url: `${origin}/mcp`,
    origin,
    seen,
    revokeAccess: () => access.clear(),
    revokeAll() {
      access.clear();
      refresh.clear();
    },
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

async function s256(verifier: string): Promise<string> {
  const bytes = new TextEncoder().encode(verifier);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return btoa(String.fromCharCode(...digest))
    .replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

// deno-lint-ignore no-explicit-any -- parameters of every shape
function resultOf(method: string, params: any): unknown {
  switch (method) {
    case "initialize":
      return {
        protocolVersion: params.protocolVersion,
        capabilities: { tools: {} },
        serverInfo: { name: "guarded", version: "1" },
      };
    case "tools/list":
      return {
        tools: [{
          name: "echo",
          inputSchema: { type: "object" },
          annotations: { readOnlyHint: true },
        }],
      };
    default:
      return { content: [{ type: "text", text: params.arguments.text }] };
  }
}
