/** What a client asked for and cannot have, with the reason. */
import { RPC_INVALID_REQUEST, RpcError } from "@/jsonrpc/peer.ts";

export function refused(message: string): RpcError {
  return new RpcError(RPC_INVALID_REQUEST, message);
}
