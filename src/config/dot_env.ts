/**
 * `$CODEX_HOME/.env`: variables for this program and the commands it runs, read once at
 * the start. Names beginning with `CODEX_` are not taken from it: a file must not decide
 * where the program looks for its files or how it confines commands.
 */
import type { Environment, Platform } from "@/platform/platform.ts";
import { findCodexHome } from "./codex_home.ts";

/** The platform with the variables of `.env` on top of the environment. */
export async function withDotEnv(platform: Platform): Promise<Platform> {
  const home = await findCodexHome(platform);
  const text = await platform.files.readTextIfExists(`${home}/.env`);
  if (text === undefined) return platform;
  return { ...platform, env: overlay(platform.env, parseDotEnv(text)) };
}

/** The assignments of a `.env` file: `NAME=value`, quotes and `export` allowed. */
export function parseDotEnv(text: string): Readonly<Record<string, string>> {
  const variables: Record<string, string> = {};
  for (const line of text.split(/\r?\n/)) {
    const match = /^\s*(?:export\s+)?([A-Za-z_]\w*)\s*=\s*(.*?)\s*$/.exec(line);
    const [, name = "", value = ""] = match ?? [];
    if (match === null || name.startsWith("CODEX_")) continue;
    variables[name] = unquote(value);
  }
  return variables;
}

function unquote(value: string): string {
  const quoted = /^(?:"((?:[^"\\]|\\.)*)"|'([^']*)')\s*(?:#.*)?$/.exec(value);
  if (quoted === null) return value.replace(/\s+#.*$/, "");
  const [, double, single] = quoted;
  if (double === undefined) return single ?? "";
  return double.replace(
    /\\(.)/g,
    (_, character) => ESCAPES[character] ?? character,
  );
}

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t" };

function overlay(
  env: Environment,
  variables: Readonly<Record<string, string>>,
): Environment {
  return {
    get: (name) => variables[name] ?? env.get(name),
    all: () => ({ ...env.all(), ...variables }),
  };
}
