/**
 * What a server's process gets to see of our environment: a few variables no program
 * does without, those the user names, and what the user sets. Keys and tokens of the
 * shell that started us stay here.
 */
import type { McpTransport } from "@/config/config.ts";

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

/** The whole environment of a server. */
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
    ...envVars,
  ]);
  const fold = (name: string) => os === "windows" ? name.toUpperCase() : name;
  const kept = Object.entries(ours).filter(([name]) =>
    named.has(name) || named.has(fold(name)) || name.startsWith("LC_")
  );
  return { ...Object.fromEntries(kept), ...env };
}
