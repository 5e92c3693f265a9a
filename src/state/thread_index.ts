/**
 * The index of stored threads: rows in the state database, made of rollouts and made
 * again whenever a file's size or time says that it changed. Whoever lists threads
 * brings the index up to date first, so that no program has to tell it what it wrote,
 * and two processes at once only do the same work twice.
 */
import type {
  Database,
  FileInfo,
  FileSystem,
  SqlRow,
} from "@/platform/platform.ts";
import type { SessionSource } from "@/protocol/rollout.ts";
import type { ThreadRecord } from "@/protocol/thread_record.ts";
import type { SourceKind } from "@/protocol/stored_threads.ts";
import { listArchived, listSessions, lookAt } from "./sessions.ts";
import { readNames } from "./thread_names.ts";
import { summarize, type ThreadSummary } from "./thread_summary.ts";

/** Files that are read before their rows are written: a stop loses no more than these. */
const BATCH_FILES = 64;

export interface IndexPorts {
  readonly files: FileSystem;
  readonly codexHome: string;
}

/** A rollout on disk. */
interface Found {
  /** Relative to `CODEX_HOME`, so that a home that was moved keeps its index. */
  readonly path: string;
  readonly info: FileInfo;
}

/** What was read of a file that had changed. */
interface Changed extends Found {
  readonly summary: ThreadSummary | undefined;
}

/**
 * Makes the rows agree with the files.
 *
 * @throws FileError, DatabaseError, or the signal's reason
 */
export async function refreshIndex(
  ports: IndexPorts,
  database: Database,
  signal: AbortSignal,
): Promise<void> {
  const known = new Map(
    database.all("SELECT path, size, modified_ms FROM sources")
      .map((row) => [String(row.path), row]),
  );
  const found = await findAll(ports);
  let batch: Changed[] = [];
  for (const file of found.values()) {
    if (isKnown(file, known.get(file.path))) continue;
    signal.throwIfAborted();
    const { codexHome, files } = ports;
    const summary = await summarize(files, `${codexHome}/${file.path}`);
    batch.push({ ...file, summary });
    if (batch.length < BATCH_FILES) continue;
    write(database, batch);
    batch = [];
  }
  write(database, batch);
  const gone = [...known.keys()].filter((path) => !found.has(path));
  if (gone.length > 0) forget(database, gone);
  await refreshNames(ports, database);
}

/** A row as the thread it stands for. */
export function recordOf(codexHome: string, row: SqlRow): ThreadRecord {
  const text = (column: string) => String(row[column]);
  const optional = <K extends string>(key: K, column: string) =>
    (row[column] == null ? {} : { [key]: text(column) }) as Partial<
      Record<K, string>
    >;
  const git = {
    ...optional("sha", "git_sha"),
    ...optional("branch", "git_branch"),
    ...optional("originUrl", "git_origin_url"),
  };
  return {
    id: text("id"),
    path: `${codexHome}/${text("path")}`,
    preview: text("preview"),
    cwd: text("cwd"),
    modelProvider: text("provider"),
    createdAtMs: Number(row.created_ms),
    updatedAtMs: Number(row.updated_ms),
    cliVersion: text("cli_version"),
    source: JSON.parse(text("source")),
    ...optional("name", "name"),
    ...(Object.keys(git).length === 0 ? {} : { git }),
    ...optional("forkedFromId", "forked_from_id"),
    ...optional("agentNickname", "agent_nickname"),
    ...optional("agentRole", "agent_role"),
  };
}

/** What clients filter by. */
export function kindOf(source: SessionSource): SourceKind {
  if (typeof source !== "string") {
    if (!("subagent" in source)) return "unknown";
    if (source.subagent === "review") return "subAgentReview";
    if (source.subagent === "compact") return "subAgentCompact";
    return typeof source.subagent === "object" &&
        "thread_spawn" in source.subagent
      ? "subAgentThreadSpawn"
      : "subAgentOther";
  }
  switch (source) {
    case "cli":
    case "vscode":
    case "exec":
      return source;
    // What an MCP client starts; clients know it by the server's name.
    case "mcp":
      return "appServer";
    default:
      return "unknown";
  }
}

async function findAll(
  { files, codexHome }: IndexPorts,
): Promise<ReadonlyMap<string, Found>> {
  const sessions = [
    ...await Array.fromAsync(listSessions(files, codexHome)),
    ...await Array.fromAsync(listArchived(files, codexHome)),
  ];
  const seen = await lookAt(files, sessions);
  return new Map(seen.map(({ path, info }) => {
    const relative = path.slice(codexHome.length + 1);
    return [relative, { path: relative, info }];
  }));
}

function isKnown({ info }: Found, row: SqlRow | undefined): boolean {
  return row !== undefined && row.size === info.size &&
    row.modified_ms === info.modifiedMs;
}

function write(database: Database, changed: readonly Changed[]): void {
  if (changed.length === 0) return;
  database.transaction(() => {
    for (const { path, info, summary } of changed) {
      database.run("DELETE FROM sources WHERE path = ?", [path]);
      database.run("INSERT INTO sources VALUES (?, ?, ?)", [
        path,
        info.size,
        info.modifiedMs,
      ]);
      if (summary !== undefined) insert(database, path, summary);
    }
  });
}

function insert(
  database: Database,
  path: string,
  { record, tokens }: ThreadSummary,
): void {
  const columns = {
    path,
    id: record.id,
    is_archived: path.startsWith("archived_sessions/") ? 1 : 0,
    created_ms: record.createdAtMs,
    updated_ms: record.updatedAtMs,
    preview: record.preview,
    cwd: record.cwd,
    provider: record.modelProvider,
    source: JSON.stringify(record.source),
    source_kind: kindOf(record.source),
    cli_version: record.cliVersion,
    tokens,
    git_sha: record.git?.sha ?? null,
    git_branch: record.git?.branch ?? null,
    git_origin_url: record.git?.originUrl ?? null,
    forked_from_id: record.forkedFromId ?? null,
    agent_nickname: record.agentNickname ?? null,
    agent_role: record.agentRole ?? null,
  };
  const names = Object.keys(columns);
  const marks = names.map(() => "?").join(", ");
  database.run(
    `INSERT INTO threads (${names.join(", ")}) VALUES (${marks})`,
    Object.values(columns),
  );
}

function forget(database: Database, paths: readonly string[]): void {
  database.transaction(() => {
    for (const path of paths) {
      database.run("DELETE FROM sources WHERE path = ?", [path]);
    }
  });
}

/** Names lie in a file of their own. */
async function refreshNames(
  { files, codexHome }: IndexPorts,
  database: Database,
): Promise<void> {
  const names = await readNames(files, codexHome);
  const rows = database.all("SELECT id, name FROM threads");
  const changed = new Map<string, string | null>();
  for (const { id, name } of rows) {
    const wanted = names.get(String(id)) ?? null;
    if (wanted !== name) changed.set(String(id), wanted);
  }
  if (changed.size === 0) return;
  database.transaction(() => {
    for (const [id, name] of changed) {
      database.run("UPDATE threads SET name = ? WHERE id = ?", [name, id]);
    }
  });
}
