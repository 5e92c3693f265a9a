/**
 * A part of a thread's turns, in either direction. A cursor names a turn, so it holds
 * however many turns come after it was given. Pure.
 */
import * as v from "valibot";
import type { Params, Result } from "@/protocol/rpc/methods.ts";
import type { Turn } from "@/protocol/rpc/shared.ts";
import { refused } from "../refusal.ts";

const PAGE_TURNS = 25;
/** Turns can be large; who wants more asks again. */
const PAGE_TURNS_MAX = 100;

const Cursor = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({ turnId: v.string(), includeAnchor: v.boolean() }),
);

/**
 * @param turns oldest first
 * @throws RpcError for a cursor that names no turn of the thread
 */
export function turnPage(
  turns: readonly Turn[],
  { cursor, limit, sortDirection }: Omit<
    Params<"thread/turns/list">,
    "threadId"
  >,
): Result<"thread/turns/list"> {
  const ordered = sortDirection === "asc" ? turns : turns.toReversed();
  const start = cursor == null ? 0 : startOf(ordered, cursor);
  const count = pageSize(limit, PAGE_TURNS, PAGE_TURNS_MAX);
  const data = ordered.slice(start, start + count);
  const isMore = start + data.length < ordered.length;
  return {
    data,
    nextCursor: isMore ? cursorAt(data.at(-1), false) : null,
    // In the other direction: what came before this page, and what has come since.
    backwardsCursor: cursorAt(data[0], true),
  };
}

/** How many entries a page may have; a client gets at least one. */
export function pageSize(
  limit: number | null | undefined,
  standard: number,
  max: number,
): number {
  return Math.min(Math.max(limit ?? standard, 1), max);
}

function startOf(ordered: readonly Turn[], cursor: string): number {
  const parsed = v.safeParse(Cursor, cursor);
  const at = parsed.success
    ? ordered.findIndex(({ id }) => id === parsed.output.turnId)
    : -1;
  if (!parsed.success || at === -1) throw refused(`invalid cursor: ${cursor}`);
  return parsed.output.includeAnchor ? at : at + 1;
}

function cursorAt(
  turn: Turn | undefined,
  includeAnchor: boolean,
): string | null {
  return turn === undefined
    ? null
    : JSON.stringify({ turnId: turn.id, includeAnchor });
}
