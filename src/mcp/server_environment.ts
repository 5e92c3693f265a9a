/**
 * What a server's process gets to see of our environment: a few variables no program
 * does without, those the user names, and what the user sets. Keys and tokens of the
 * shell that started us stay here.
 */
import type { McpEnvVar, McpTransport } from "@/config/config.ts";
import { McpStartError } from "./server.ts";

const INHERITED = [
  "HOME",
  "LANG",
  "LOGNAME",
  "PATH",
  "SHELL",
  "TERM",
  "TMPDIR",
  "TZ",
  "USER",
  "__CF_USER_TEXT_ENCODING",
];

/** Windows programs do not start without these. */
const INHERITED_ON_WINDOWS = [
  "APPDATA",
  "COMSPEC",
  "HOMEDRIVE",
  "HOMEPATH",
  "LOCALAPPDATA",
  "PATHEXT",
  "PROGRAMDATA",
  "PROGRAMFILES",
  "SYSTEMDRIVE",
  "SYSTEMROOT",
  "TEMP",
  "TMP",
  "USERNAME",
  "USERPROFILE",
];

/**
 * The whole environment of a server.
 *
 * @throws McpStartError for a variable that is to be read on another machine
 */
export function serverEnvironment(
  { env, envVars }: Pick<
    Extract<McpTransport, { kind: "stdio" }>,
    "env" | "envVars"
  >,
  ours: Readonly<Record<string, string>>,
  os: string,
): Readonly<Record<string, string>> {
  const named = new Set([
    ...INHERITED,
    ...(os === "windows" ? INHERITED_ON_WINDOWS : []),
    ...envVars.map(nameOf),
  ]);
  const fold = (name: string) => os === "windows" ? name.toUpperCase() : name;
  const kept = Object.entries(ours).filter(([name]) =>
    named.has(name) || named.has(fold(name)) || name.startsWith("LC_")
  );
  return { ...Object.fromEntries(kept), ...env };
}

function nameOf(entry: McpEnvVar): string {
  if (typeof entry === "string") return entry;
  if (entry.source !== "remote") return entry.name;
  throw new McpStartError(
    `env_vars entry \`${entry.name}\` uses source \`remote\`, which requires remote MCP stdio`,
  );
}
