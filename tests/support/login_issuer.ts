/**
 * A little issuer of logins on the loopback: codes for tokens, device codes, refreshes,
 * revocations. It checks what a real one would check, and fails when it is told to.
 */
import assert from "node:assert/strict";

export interface LoginIssuerOptions {
  /** How often a device is told to wait. */
  readonly waits?: number;
  /** No login with codes. */
  readonly hasNoDevices?: boolean;
  /** What the token endpoint refuses with. */
  readonly refusal?: string;
  /** No API key for who logs in. */
  readonly refusesKeys?: boolean;
  /** What a refresh is refused with. */
  readonly refreshRefusal?: string;
}

export interface IssuerRequest {
  readonly path: string;
  readonly type: string | null;
  readonly body: string;
}

export interface LoginIssuer extends AsyncDisposable {
  readonly url: string;
  readonly seen: readonly IssuerRequest[];
}

export function startLoginIssuer(
  options: LoginIssuerOptions = {},
): LoginIssuer {
  const seen: IssuerRequest[] = [];
  let waits = options.waits ?? 0;
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    async (request) => {
      const path = new URL(request.url).pathname;
      const body = await request.text();
      seen.push({ path, type: request.headers.get("content-type"), body });
      switch (path) {
        case "/api/accounts/deviceauth/usercode":
          return options.hasNoDevices
            ? Response.json({}, { status: 404 })
            : Response.json({
              device_auth_id: "da-1",
              user_code: "ABCD-1234",
              interval: "1",
            });
        case "/api/accounts/deviceauth/token":
          return waits-- > 0 ? Response.json({}, { status: 403 }) : Response
            .json({ authorization_code: "ac-1", code_verifier: "cv" });
        case "/oauth/token":
          return tokens(options, body, seen.length);
        case "/oauth/revoke":
          return Response.json({});
        default:
          return new Response("nothing here", { status: 404 });
      }
    },
  );
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    seen,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

function tokens(
  options: LoginIssuerOptions,
  body: string,
  count: number,
): Response {
  if (body.startsWith("{")) {
    if (options.refreshRefusal !== undefined) {
      const error = { message: options.refreshRefusal };
      return Response.json({ error }, { status: 401 });
    }
    assert.equal(JSON.parse(body).grant_type, "refresh_token");
    return Response.json(issued(count));
  }
  const form = new URLSearchParams(body);
  if (form.get("requested_token") === "openai-api-key") {
    return options.refusesKeys
      ? Response.json({}, { status: 401 })
      : Response.json({ access_token: "sk-exchanged" });
  }
  if (options.refusal !== undefined) {
    return Response.json({ error: { message: options.refusal } }, {
      status: 400,
    });
  }
  return Response.json(issued(count));
}

function issued(count: number) {
  return {
    id_token: loginToken({ email: "u@example.com" }),
    access_token: loginToken({ jti: `access ${count}` }),
    refresh_token: `rt-${count}`,
  };
}

/** A token nobody signed, with the vendor's claims and those given. */
export function loginToken(
  claims: Readonly<Record<string, unknown>> = {},
): string {
  const part = (value: unknown) =>
    new TextEncoder().encode(JSON.stringify(value)).toBase64({
      alphabet: "base64url",
      omitPadding: true,
    });
  const payload = {
    exp: 9_999_999_999,
    "https://api.openai.com/auth": {
      chatgpt_plan_type: "plus",
      chatgpt_account_id: "acc-1",
    },
    ...claims,
  };
  return `${part({ alg: "none" })}.${part(payload)}.c2ln`;
}
