/**
 * Whether a server says where its OAuth authorization server is: RFC 8414 metadata at
 * the well-known places, with the server's path behind or before.
 */
import { type HttpClient, HttpError } from "@/platform/platform.ts";

const WELL_KNOWN = ".well-known/oauth-authorization-server";

/** True when one of the well-known places holds usable metadata. */
export async function hasAuthorizationServer(
  http: HttpClient,
  url: string,
  signal: AbortSignal,
): Promise<boolean> {
  for (const place of metadataUrls(url)) {
    if (await holdsMetadata(http, place, signal)) return true;
  }
  return false;
}

/** Where metadata may be, most specific first; nothing for what is no address. */
export function metadataUrls(url: string): readonly string[] {
  if (!URL.canParse(url)) return [];
  const { origin, pathname } = new URL(url);
  const path = pathname.replace(/^\/+|\/+$/g, "");
  const root = `${origin}/${WELL_KNOWN}`;
  return path === ""
    ? [root]
    : [`${root}/${path}`, `${origin}/${path}/${WELL_KNOWN}`, root];
}

async function holdsMetadata(
  http: HttpClient,
  url: string,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    const response = await http.send(
      { method: "GET", url, headers: { "mcp-protocol-version": "2025-06-18" } },
      signal,
    );
    const text = await response.text();
    if (response.status !== 200) return false;
    const { authorization_endpoint, token_endpoint } = JSON.parse(text) ?? {};
    return typeof authorization_endpoint === "string" &&
      typeof token_endpoint === "string";
  } catch (error) {
    // Unreachable, silent or not JSON: no support was detected, which is the answer.
    if (
      error instanceof HttpError || error instanceof SyntaxError ||
      signal.aborted
    ) return false;
    throw error;
  }
}
