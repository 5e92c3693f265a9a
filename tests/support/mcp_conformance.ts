/**
 * The client scenarios of the protocol's own conformance suite, which is no dependency:
 * `deno task mcp-conformance` gets it. Its servers judge `mcp_conformance_client.ts`.
 */

const ROOT = new URL("../..", import.meta.url).pathname.replace(/\/$/, "");
const SUITE =
  `${ROOT}/dist/mcp-conformance/node_modules/@modelcontextprotocol/conformance/dist/index.js`;
const CLIENT = `${ROOT}/tests/support/mcp_conformance_client.ts`;

/** A scenario hangs when its client does; the slowest takes two seconds. */
const SCENARIO_MS = 30_000;

export const SCENARIOS = [
  "initialize",
  "tools_call",
  "elicitation-sep1034-client-defaults",
  "sse-retry",
  "auth/metadata-default",
  "auth/metadata-var1",
  "auth/metadata-var2",
  "auth/metadata-var3",
  "auth/basic-cimd",
  "auth/scope-from-www-authenticate",
  "auth/scope-from-scopes-supported",
  "auth/scope-omitted-when-undefined",
  "auth/scope-step-up",
  "auth/scope-retry-limit",
  "auth/token-endpoint-auth-basic",
  "auth/token-endpoint-auth-post",
  "auth/token-endpoint-auth-none",
  "auth/pre-registration",
  "auth/2025-03-26-oauth-metadata-backcompat",
  "auth/2025-03-26-oauth-endpoint-fallback",
  "auth/resource-mismatch",
  "auth/offline-access-scope",
  "auth/offline-access-not-supported",
  "auth/client-credentials-jwt",
  "auth/client-credentials-basic",
  "auth/cross-app-access-complete-flow",
] as const;

export type Scenario = typeof SCENARIOS[number];

export async function isSuiteInstalled(): Promise<boolean> {
  try {
    await Deno.stat(SUITE);
    return true;
  } catch {
    // Nobody got it.
    return false;
  }
}

export interface ScenarioResult {
  readonly isPassed: boolean;
  /** `Passed: 13/13, 0 failed, 0 warnings`, or why there is no such line. */
  readonly summary: string;
}

/** Runs one scenario: its server, our client, its judgement. */
export async function runScenario(name: Scenario): Promise<ScenarioResult> {
  const client = [
    Deno.execPath(),
    "run",
    "--quiet",
    "--no-prompt",
    "--allow-read",
    "--allow-write",
    "--allow-env",
    "--allow-net",
    "--allow-sys",
    CLIENT,
  ].join(" ");
  const results = await Deno.makeTempDir({ prefix: "codex-conformance-" });
  try {
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "--quiet",
        "--no-prompt",
        "--no-config",
        "--node-modules-dir=manual",
        "--allow-all",
        SUITE,
        "client",
        "--command",
        client,
        "--scenario",
        name,
        "--output-dir",
        results,
      ],
      cwd: ROOT,
      env: { NO_COLOR: "1" },
      signal: AbortSignal.timeout(SCENARIO_MS),
    }).output();
    const text = [stdout, stderr].map((bytes) =>
      new TextDecoder().decode(bytes)
    ).join("");
    const summary = /Passed: \d+\/\d+.*/.exec(text)?.[0] ??
      `no result: ${text.slice(-300)}`;
    return { isPassed: code === 0, summary };
  } finally {
    await Deno.remove(results, { recursive: true });
  }
}
