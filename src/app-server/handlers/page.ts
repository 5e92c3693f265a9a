/** A part of a list, with where the next part begins. */
import { RPC_INVALID_REQUEST, RpcError } from "@/jsonrpc/peer.ts";

export interface PageRequest {
  /** The key of the last entry of the part before. */
  readonly cursor: string | null | undefined;
  readonly limit: number | null | undefined;
}

/** @throws RpcError for a cursor that names no entry */
export function page<T>(
  entries: readonly T[],
  keyOf: (entry: T) => string,
  { cursor, limit }: PageRequest,
): { readonly data: T[]; readonly nextCursor: string | null } {
  let start = 0;
  if (cursor != null) {
    const at = entries.findIndex((entry) => keyOf(entry) === cursor);
    if (at === -1) {
      throw new RpcError(RPC_INVALID_REQUEST, `invalid cursor: ${cursor}`);
    }
    start = at + 1;
  }
  const data = entries.slice(start, start + (limit ?? entries.length));
  const last = data.at(-1);
  const isMore = start + data.length < entries.length;
  return { data, nextCursor: isMore && last ? keyOf(last) : null };
}
