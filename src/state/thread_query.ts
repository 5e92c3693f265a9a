/** A question about the index of threads as one SQL statement. Pure. */
import type { SqlValue } from "@/platform/platform.ts";
import type { SourceKind, ThreadQuery } from "@/protocol/stored_threads.ts";

export interface Statement {
  readonly sql: string;
  readonly values: readonly SqlValue[];
}

/** Every kind of agent that was not started by a person. */
const SUBAGENTS: readonly SourceKind[] = [
  "subAgent",
  "subAgentReview",
  "subAgentCompact",
  "subAgentThreadSpawn",
  "subAgentOther",
];

/** Asks for one row more than a page has, which says whether there is a next page. */
export function listStatement(query: ThreadQuery): Statement {
  const column = query.sortKey === "updated" ? "updated_ms" : "created_ms";
  const isAscending = query.direction === "ascending";
  const where: Condition[] = [
    { sql: "is_archived = ?", values: [query.isArchived ? 1 : 0] },
    // Nobody could tell which thread it is.
    { sql: "(preview <> '' OR name IS NOT NULL)", values: [] },
    ...anyOf("cwd", query.cwds),
    ...anyOf("provider", query.providers),
    ...anyOf("source_kind", query.sourceKinds?.flatMap(expandKind)),
    ...searched(query.searchTerm),
    ...after(query, column, isAscending ? ">" : "<"),
  ];
  const order = isAscending ? "ASC" : "DESC";
  return {
    sql: [
      "SELECT * FROM threads",
      `WHERE ${where.map(({ sql }) => sql).join(" AND ")}`,
      `ORDER BY ${column} ${order}, id ${order}`,
      "LIMIT ?",
    ].join(" "),
    values: [...where.flatMap(({ values }) => values), query.limit + 1],
  };
}

type Condition = Statement;

function anyOf(
  column: string,
  wanted: readonly string[] | undefined,
): readonly Condition[] {
  if (wanted === undefined) return [];
  const marks = wanted.map(() => "?").join(", ");
  return [{ sql: `${column} IN (${marks})`, values: wanted }];
}

function expandKind(kind: SourceKind): readonly SourceKind[] {
  return kind === "subAgent" ? SUBAGENTS : [kind];
}

/** In what people see of a thread; case does not count in ASCII. */
function searched(term: string | undefined): readonly Condition[] {
  if (term === undefined) return [];
  return [{
    sql: "(instr(lower(preview), lower(?)) OR instr(lower(name), lower(?)))",
    values: [term, term],
  }];
}

/** Time and id together order threads of the same millisecond, too. */
function after(
  { from }: ThreadQuery,
  column: string,
  sign: "<" | ">",
): readonly Condition[] {
  if (from === undefined) return [];
  const operator = from.isIncluded ? `${sign}=` : sign;
  return [{
    sql: `(${column}, id) ${operator} (?, ?)`,
    values: [from.atMs, from.id],
  }];
}
