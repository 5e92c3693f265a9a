/**
 * The main job on a small example: a scratch git repository with a failing test, and
 * the real `codex exec` that mends it, confined, in the real loop. The model is a
 * script that ships with the project; `--live` takes the real one (OPENAI_API_KEY).
 */
import {
  call,
  customCall,
  message,
  type MockServer,
  type MockStep,
  type RecordedRequest,
  response,
  startMockServer,
} from "@test/support/mock_responses_server.ts";

const ROOT = decodeURIComponent(new URL("../", import.meta.url).pathname);

const FILES: Readonly<Record<string, string>> = {
  "cart.js": `export function total(items) {
  let sum = 0;
  for (const item of items) {
    sum += item.price;
  }
  return sum;
}
`,
  "cart.test.js": `import test from "node:test";
import assert from "node:assert/strict";
import { total } from "./cart.js";

test("total() counts every piece of an item", () => {
  const items = [{ price: 3, quantity: 2 }, { price: 5, quantity: 1 }];
  assert.equal(total(items), 11);
});
`,
  "package.json":
    `{ "name": "demo", "type": "module", "scripts": { "test": "node --test" } }
`,
};

const TEST_COMMAND = ["node", "--test"];
const TASK = "Fix the failing test. Do not change the test.";

const PATCH = `*** Begin Patch
*** Update File: cart.js
@@ for (const item of items) {
-    sum += item.price;
+    sum += item.price * item.quantity;
   }
*** End Patch`;

async function main(): Promise<number> {
  const isLive = Deno.args.includes("--live");
  const key = Deno.env.get("OPENAI_API_KEY");
  if (isLive && !key) {
    console.error(
      "--live needs OPENAI_API_KEY in the environment; without --live no key is needed",
    );
    return 1;
  }
  const scratch = await Deno.realPath(
    await Deno.makeTempDir({ prefix: "codex-demo-" }),
  );
  const server = isLive ? undefined : startMockServer(script());
  try {
    return await demonstrate(scratch, server, key);
  } finally {
    await server?.[Symbol.asyncDispose]();
    await Deno.remove(scratch, { recursive: true });
  }
}

async function demonstrate(
  scratch: string,
  server: MockServer | undefined,
  key: string | undefined,
): Promise<number> {
  const repository = `${scratch}/repository`;
  const home = `${scratch}/home`;
  await makeRepository(repository);
  await Deno.mkdir(home);
  if (server !== undefined) {
    await Deno.writeTextFile(`${home}/config.toml`, config(server));
  }

  heading("The repository's test, before");
  if (await runTests(repository)) {
    throw new Error("The demo's test passes before the work");
  }

  heading(`codex exec ${JSON.stringify(TASK)}`);
  const exitCode = await runCodex(
    repository,
    home,
    server === undefined ? key : undefined,
  );

  heading("git diff");
  await show(["git", "--no-pager", "diff"], repository);
  heading("The repository's test, after");
  const isMended = await runTests(repository);
  heading(
    isMended && exitCode === 0
      ? "Done: the test passes"
      : "The task was not finished",
  );
  return isMended && exitCode === 0 ? 0 : 1;
}

/** What the scripted model does; it looks at what its commands really gave. */
function script(): readonly ((request: RecordedRequest) => MockStep)[] {
  return [
    () =>
      response(
        message("I run the tests first, to see what fails.", "commentary"),
        call("exec_command", { cmd: "node --test", login: false }, "call_1"),
      ),
    (request) =>
      lastOutput(request).includes("fail 1")
        ? response(
          message(
            "The total is off. I read the code and its test.",
            "commentary",
          ),
          call("exec_command", { cmd: "cat cart.js", login: false }, "call_2"),
          call(
            "exec_command",
            { cmd: "cat cart.test.js", login: false },
            "call_3",
          ),
        )
        : response(
          message(
            `The test run was not what I expected:\n${lastOutput(request)}`,
          ),
        ),
    () =>
      response(
        message("`total` ignores the quantity.", "commentary"),
        customCall("apply_patch", PATCH, "call_4"),
      ),
    () =>
      response(
        call("exec_command", { cmd: "node --test", login: false }, "call_5"),
      ),
    (request) =>
      response(message(
        lastOutput(request).includes("pass 1")
          ? "Fixed: `total` in cart.js:4 now multiplies each price by its quantity. `node --test` passes (1 of 1)."
          : `The tests still fail:\n${lastOutput(request)}`,
        "final_answer",
      )),
  ];
}

function lastOutput(request: RecordedRequest): string {
  const outputs = request.body.input.filter((item: { type: string }) =>
    item.type.endsWith("_output")
  );
  return String(outputs.at(-1)?.output ?? "");
}

async function makeRepository(path: string): Promise<void> {
  await Deno.mkdir(path);
  for (const [name, text] of Object.entries(FILES)) {
    await Deno.writeTextFile(`${path}/${name}`, text);
  }
  const author = [
    "-c",
    "user.name=Demo",
    "-c",
    "user.email=demo@example.invalid",
  ];
  for (
    const args of [["init", "-q"], ["add", "."], [
      "commit",
      "-q",
      "-m",
      "A cart",
    ]]
  ) {
    const isDone = await show(["git", ...author, ...args], path);
    if (!isDone) {
      throw new Error(
        `Cannot make the demo's repository: git ${args[0]} failed`,
      );
    }
  }
}

function config(server: MockServer): string {
  return [
    'model = "gpt-5.4"',
    'model_provider = "demo"',
    "[model_providers.demo]",
    'name = "scripted model"',
    `base_url = "${server.url}"`,
    "",
  ].join("\n");
}

async function runCodex(
  cwd: string,
  home: string,
  key: string | undefined,
): Promise<number> {
  const { code } = await new Deno.Command(`${ROOT}scripts/codex`, {
    args: ["exec", "--full-auto", TASK],
    cwd,
    env: {
      CODEX_HOME: home,
      DENO: Deno.execPath(),
      ...(key === undefined ? {} : { CODEX_API_KEY: key }),
    },
    stdin: "null",
    stdout: "null",
    stderr: "inherit",
  }).spawn().status;
  return code;
}

async function runTests(cwd: string): Promise<boolean> {
  return await show(TEST_COMMAND, cwd);
}

/** Runs a program in front of the user; true when it succeeded. */
async function show(argv: readonly string[], cwd: string): Promise<boolean> {
  const [program = "", ...args] = argv;
  const { success } = await new Deno.Command(program, {
    args,
    cwd,
    env: { NO_COLOR: "1" },
    stdin: "null",
    stdout: "inherit",
    stderr: "inherit",
  }).spawn().status;
  return success;
}

function heading(text: string): void {
  console.log(`\n=== ${text} ===\n`);
}

if (import.meta.main) Deno.exit(await main());
