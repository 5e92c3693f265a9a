/**
 * What others think of `codex mcp-server`: the protocol's inspector lists its tools and
 * calls them, and the server scenarios of its conformance suite judge it, behind a
 * bridge to HTTP. The model is scripted. `deno task mcp-server-judges` gets both first.
 *
 * Most scenarios are about tools, resources and prompts that only the suite's own
 * example server has; those below are about every server.
 */
import { environment, makeWorkspace, spawnCodex } from "@test/support/codex.ts";
import { startBridge } from "@test/support/mcp_http_bridge.ts";
import {
  message,
  response,
  startMockServer,
} from "@test/support/mock_responses_server.ts";

const ROOT = new URL("..", import.meta.url).pathname.replace(/\/$/, "");
const MODULES = `${ROOT}/dist/mcp-judges/node_modules`;
const SCENARIOS = ["server-initialize", "ping", "tools-list"];
/** Asked all the same: they say what this server does not have. */
const LISTS = ["resources-list", "prompts-list"];

const ANSWER = "Hello from the model";

await using model = startMockServer([
  response(message(ANSWER)),
  response(message(ANSWER)),
]);
await using workspace = await makeWorkspace(model);

let failures = 0;
const say = (isRight: boolean, what: string) => {
  if (!isRight) failures++;
  console.log(`${isRight ? "pass" : "FAIL"} ${what}`);
};

async function inspect(...args: readonly string[]) {
  const variables = Object.entries(environment({ workspace }))
    .flatMap(([name, value]) => ["-e", `${name}=${value}`]);
  const { code, stdout } = await new Deno.Command(
    `${MODULES}/.bin/mcp-inspector`,
    {
      args: [
        "--cli",
        ...variables,
        `${ROOT}/scripts/codex`,
        "mcp-server",
        ...args,
      ],
      cwd: workspace.cwd,
    },
  ).output();
  const text = new TextDecoder().decode(stdout);
  return code === 0 ? JSON.parse(text) : { failed: text };
}

const { tools = [] } = await inspect("--method", "tools/list");
const names = tools.map(({ name }: { readonly name: string }) => name);
say(String(names) === "codex,codex-reply", `inspector lists ${names}`);

const callTool = (name: string, ...args: readonly string[]) =>
  inspect(
    "--method",
    "tools/call",
    "--tool-name",
    name,
    ...args.flatMap((arg) => ["--tool-arg", arg]),
  );
const first = await callTool("codex", "prompt=say hello");
const { content, threadId } = first.structuredContent ?? {};
say(content === ANSWER, `inspector calls codex: ${content}`);
const second = await callTool(
  "codex-reply",
  "prompt=again",
  `threadId=${threadId}`,
);
// Another process does not know the thread, and must say so.
say(second.isError === true, "inspector calls codex-reply of another process");

async function judge(url: string, scenario: string): Promise<boolean> {
  const { code } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      "--no-prompt",
      "--no-config",
      "--node-modules-dir=manual",
      "--allow-all",
      `${MODULES}/@modelcontextprotocol/conformance/dist/index.js`,
      "server",
      "--url",
      url,
      "--scenario",
      scenario,
    ],
    cwd: ROOT,
  }).output();
  return code === 0;
}

await using bridge = startBridge(() =>
  spawnCodex({ workspace, args: ["mcp-server"] })
);
for (const scenario of SCENARIOS) {
  say(await judge(bridge.url, scenario), `conformance ${scenario}`);
}
for (const scenario of LISTS) {
  const isRight = await judge(bridge.url, scenario);
  console.log(`${isRight ? "pass" : "none"} conformance ${scenario}`);
}
Deno.exitCode = failures === 0 ? 0 : 1;
