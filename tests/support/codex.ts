/**
 * Runs the real program: the launcher of this checkout, or the executable named by
 * `CODEX_BIN`. Every run has a home of its own and an environment with nothing in it
 * but what is said here.
 */
import type { MockServer } from "./mock_responses_server.ts";

const ROOT = new URL("../..", import.meta.url).pathname.replace(/\/$/, "");

/** The executable under test. */
export const CODEX = Deno.env.get("CODEX_BIN") === undefined
  ? `${ROOT}/scripts/codex`
  : Deno.realPathSync(Deno.env.get("CODEX_BIN") ?? "");

/** The sandbox helper is there: an executable has one inside, a checkout built it. */
export const HAS_HELPER = Deno.env.get("CODEX_BIN") !== undefined ||
  builtHelper();

function builtHelper(): boolean {
  try {
    return [...Deno.readDirSync(`${ROOT}/dist`)]
      .some(({ name }) => name.startsWith("sandbox-helper-"));
  } catch {
    // Nothing was built.
    return false;
  }
}

/** A scratch place: a `CODEX_HOME`, a git working tree, removed at the end. */
export interface Workspace extends AsyncDisposable {
  readonly root: string;
  /** `CODEX_HOME`. */
  readonly home: string;
  /** The working tree. */
  readonly cwd: string;
}

/** Makes a scratch place; the configuration points at the mock server when there is one. */
export async function makeWorkspace(
  server?: Pick<MockServer, "url">,
  config = "",
): Promise<Workspace> {
  const root = await Deno.realPath(
    await Deno.makeTempDir({ prefix: "codex-test-" }),
  );
  const home = `${root}/home`;
  const cwd = `${root}/work`;
  await Deno.mkdir(home);
  await Deno.mkdir(`${cwd}/.git/objects`, { recursive: true });
  await Deno.mkdir(`${cwd}/.git/refs`);
  await Deno.writeTextFile(`${cwd}/.git/HEAD`, "ref: refs/heads/main\n");
  const provider = server === undefined ? "" : mockProvider(server.url);
  await Deno.writeTextFile(`${home}/config.toml`, `${config}\n${provider}`);
  return {
    root,
    home,
    cwd,
    async [Symbol.asyncDispose]() {
      await Deno.remove(root, { recursive: true });
    },
  };
}

/** The configuration of a provider that is the mock server; it must come last. */
export function mockProvider(url: string): string {
  return [
    `model_provider = "mock"`,
    `model = "gpt-5.2-codex"`,
    `[model_providers.mock]`,
    `name = "mock"`,
    `base_url = "${url}"`,
    `experimental_bearer_token = "x"`,
    "",
  ].join("\n");
}

export interface CodexRun {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** The JSON lines of standard output, when it was asked for them. */
  readonly events: readonly JsonEvent[];
}

// deno-lint-ignore no-explicit-any -- events of every shape
export type JsonEvent = any;

export interface CodexOptions {
  readonly workspace: Workspace;
  readonly args: readonly string[];
  /** Text or bytes for standard input; absent means it is empty. */
  readonly stdin?: string | Uint8Array;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Another program in place of the one under test. */
  readonly program?: string;
}

/** Runs the program to its end. */
export async function runCodex(options: CodexOptions): Promise<CodexRun> {
  const child = spawnCodex(options);
  const writer = child.stdin.getWriter();
  const { stdin } = options;
  try {
    if (stdin !== undefined) {
      await writer.write(
        typeof stdin === "string" ? new TextEncoder().encode(stdin) : stdin,
      );
    }
    await writer.close();
  } catch {
    // The program may end without reading; its exit code says why.
  }
  return await collect(child);
}

/** Starts the program; the caller writes its input and collects it. */
export function spawnCodex(options: CodexOptions): Deno.ChildProcess {
  return new Deno.Command(options.program ?? CODEX, {
    args: [...options.args],
    cwd: options.cwd ?? options.workspace.cwd,
    clearEnv: true,
    env: environment(options),
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

/** Waits for the end of a started program. */
export async function collect(child: Deno.ChildProcess): Promise<CodexRun> {
  const [stdout, stderr, status] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.status,
  ]);
  return { code: status.code, stdout, stderr, events: jsonLines(stdout) };
}

/** The lines of a text that are JSON objects. */
export function jsonLines(text: string): readonly JsonEvent[] {
  return text.split("\n").filter((line) => line.startsWith("{")).map((line) =>
    JSON.parse(line)
  );
}

/** What the program gets to see of the environment. */
export function environment(
  options: Pick<CodexOptions, "workspace" | "env">,
): Record<string, string> {
  const inherited: Record<string, string> = {};
  for (
    const name of [
      "PATH",
      "DENO_DIR",
      "npm_config_cache",
      "CODEX_SANDBOX_MECHANISM",
    ]
  ) {
    const value = Deno.env.get(name);
    if (value !== undefined) inherited[name] = value;
  }
  return {
    ...inherited,
    // The launcher must find the same Deno that runs the tests, and its cache.
    ...(Deno.env.get("CODEX_BIN") === undefined
      ? { DENO: Deno.execPath() }
      : {}),
    ...(inherited.DENO_DIR === undefined ? { DENO_DIR: defaultDenoDir() } : {}),
    HOME: options.workspace.root,
    CODEX_HOME: options.workspace.home,
    SHELL: "/bin/bash",
    TZ: "Etc/UTC",
    ...options.env,
  };
}

function defaultDenoDir(): string {
  const cache = Deno.env.get("XDG_CACHE_HOME") ??
    `${Deno.env.get("HOME")}/.cache`;
  return `${cache}/deno`;
}
