-- What was read of which file, so that a file is read again only when it changed.
CREATE TABLE sources (
  path TEXT PRIMARY KEY, -- relative to CODEX_HOME
  size INTEGER NOT NULL,
  modified_ms INTEGER NOT NULL
) STRICT;

-- What lists say of a thread; a file that is no thread has a source and no row here.
CREATE TABLE threads (
  path TEXT PRIMARY KEY REFERENCES sources (path) ON DELETE CASCADE,
  id TEXT NOT NULL,
  is_archived INTEGER NOT NULL,
  created_ms INTEGER NOT NULL,
  updated_ms INTEGER NOT NULL,
  name TEXT,
  preview TEXT NOT NULL,
  cwd TEXT NOT NULL,
  provider TEXT NOT NULL,
  source TEXT NOT NULL, -- JSON, as the rollout has it
  source_kind TEXT NOT NULL,
  cli_version TEXT NOT NULL,
  tokens INTEGER NOT NULL,
  git_sha TEXT,
  git_branch TEXT,
  git_origin_url TEXT,
  forked_from_id TEXT,
  agent_nickname TEXT,
  agent_role TEXT
) STRICT;

CREATE INDEX threads_created ON threads (is_archived, created_ms, id);
CREATE INDEX threads_updated ON threads (is_archived, updated_ms, id);
CREATE INDEX threads_id ON threads (id);
