/** What a token says of its user; its signature is for the vendor to check. */

export interface Claims {
  readonly email: string | undefined;
  readonly planType: string | undefined;
  readonly accountId: string | undefined;
  /** Milliseconds since the Unix epoch. */
  readonly expiresMs: number | undefined;
}

const AUTH_CLAIM = "https://api.openai.com/auth";

/** Undefined for what is no token. */
export function claimsOf(jwt: string): Claims | undefined {
  const payload = payloadOf(jwt);
  if (!isObject(payload)) return undefined;
  const auth = payload[AUTH_CLAIM];
  const own = isObject(auth) ? auth : {};
  const { exp } = payload;
  return {
    email: textOf(payload["email"]),
    planType: textOf(own["chatgpt_plan_type"]),
    accountId: textOf(own["chatgpt_account_id"]),
    expiresMs: typeof exp === "number" ? exp * 1000 : undefined,
  };
}

function payloadOf(jwt: string): unknown {
  const payload = jwt.split(".")[1] ?? "";
  try {
    const binary = atob(payload.replaceAll("-", "+").replaceAll("_", "/"));
    const bytes = Uint8Array.from(binary, (one) => one.charCodeAt(0));
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    // Of a login of another kind, or cut short: it names nobody.
    return undefined;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
