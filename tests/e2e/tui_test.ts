/** The interactive program in a real terminal, from the first key to the last. */
import assert from "node:assert/strict";
import { startAppListener } from "@test/support/app_listener.ts";
import { CODEX, makeWorkspace, type Workspace } from "@test/support/codex.ts";
import {
  call,
  message,
  type MockServer,
  type MockStep,
  response,
  startMockServer,
} from "@test/support/mock_responses_server.ts";
import { HAS_TMUX, openTmux, type TmuxWindow } from "@test/support/tmux.ts";

interface Sitting extends AsyncDisposable {
  readonly window: TmuxWindow;
  readonly server: MockServer;
  readonly workspace: Workspace;
}

/** Starts the program and waits for its composer. */
async function sit(
  steps: readonly MockStep[],
  { args = "", config = "" } = {},
): Promise<Sitting> {
  const server = startMockServer(steps);
  const workspace = await makeWorkspace(server, config);
  const path = `${workspace.home}/config.toml`;
  await Deno.writeTextFile(
    path,
    `${await Deno.readTextFile(path)}\n[projects.${
      JSON.stringify(workspace.cwd)
    }]\ntrust_level = "trusted"\n`,
  );
  const window = await openTmux(workspace.cwd, environmentOf(workspace));
  await window.waitFor(/\$$/);
  await window.type(`"${CODEX}" ${args}`);
  await window.key("Enter");
  return {
    window,
    server,
    workspace,
    async [Symbol.asyncDispose]() {
      await window[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
      await workspace[Symbol.asyncDispose]();
    },
  };
}

function environmentOf(workspace: Workspace): Record<string, string> {
  return {
    PATH: Deno.env.get("PATH") ?? "",
    HOME: workspace.root,
    DENO_DIR: Deno.env.get("DENO_DIR") ?? `${Deno.env.get("HOME")}/.cache/deno`,
    CODEX_HOME: workspace.home,
    TERM: "xterm-256color",
    COLORTERM: "truecolor",
  };
}

function test(name: string, act: () => Promise<void>): void {
  Deno.test({
    name: HAS_TMUX ? name : `${name} (needs tmux)`,
    ignore: !HAS_TMUX,
    fn: act,
  });
}

test("a session: a question, its answer, a way back", async () => {
  await using sitting = await sit([response(message("The answer is **42**."))]);
  const { window, workspace } = sitting;
  await window.waitFor("OpenAI Codex");
  await window.waitFor("›");
  await window.type("what is it?");
  await window.waitFor("› what is it?");
  await window.key("Enter");
  await window.waitFor("The answer is 42.");
  await window.key("C-c");
  await window.waitFor("To continue this session, run codex resume");
  const screen = await window.waitFor(/\$$/);
  assert.match(screen, /\$ ".*codex"/, screen);
  const history = await Deno.readTextFile(`${workspace.home}/history.jsonl`);
  assert.equal(JSON.parse(history.trim()).text, "what is it?");
});

test("a command that needs approval waits for it", async () => {
  await using sitting = await sit([
    response(call("exec_command", {
      cmd: "echo approved > made.txt",
      sandbox_permissions: "require_escalated",
      justification: "Shall it be made?",
    }, "call_1")),
    response(message("Made.")),
  ], { config: 'approval_policy = "on-request"' });
  const { window, workspace } = sitting;
  await window.waitFor("›");
  await window.type("make it");
  await window.key("Enter");
  const asked = await window.waitFor(
    "Would you like to run the following command?",
  );
  assert.match(asked, /Reason: Shall it be made\?/);
  await assert.rejects(Deno.stat(`${workspace.cwd}/made.txt`));
  // A question takes no key from somebody who is still typing.
  await new Promise((resolve) => setTimeout(resolve, 500));
  await window.key("y");
  await window.waitFor("Made.");
  assert.equal(
    await Deno.readTextFile(`${workspace.cwd}/made.txt`),
    "approved\n",
  );
});

test("stopped, a turn ends its command and the draft stays", async () => {
  await using sitting = await sit([
    response(call("exec_command", { cmd: "sleep 3141" }, "call_1")),
    response(message("Next.")),
  ]);
  const { window } = sitting;
  await window.waitFor("›");
  await window.type("wait");
  await window.key("Enter");
  await window.waitFor("Running sleep 3141");
  await window.type("half a thought");
  await window.waitFor("half a thought");
  await window.key("Escape");
  const screen = await window.waitFor("Conversation interrupted");
  assert.match(screen, /› half a thought/);
  assert.doesNotMatch(screen, /background terminal/);
  const left = await new Deno.Command("pgrep", {
    args: ["-f", "^sleep 3141"],
  }).output();
  assert.equal(new TextDecoder().decode(left.stdout), "");
});

test("stopped, a turn makes way for what was to steer it", async () => {
  await using sitting = await sit([
    {
      kind: "stream",
      events: [{ type: "response.created", response: { id: "resp_1" } }],
      end: "hang",
    },
    response(message("Turned left.")),
  ]);
  const { window, server } = sitting;
  await window.waitFor("›");
  await window.type("go on");
  await window.key("Enter");
  await window.waitFor("Working");
  await window.type("turn left");
  await window.key("Enter");
  await window.waitFor("↳ turn left");
  await window.key("Escape");
  const screen = await window.waitFor("Turned left.");
  assert.match(screen, /Model interrupted to submit steer instructions\./);
  assert.doesNotMatch(screen, /Conversation interrupted|↳/);
  assert.equal(screen.split("› turn left").length - 1, 1, screen);
  assert.equal(server.requests.length, 2);
});

test("a resize leaves no row of the view behind and loses none of the history", async () => {
  const rows = Array.from({ length: 60 }, (_, at) => `- row number ${at}`);
  await using sitting = await sit([response(message(rows.join("\n")))]);
  const { window } = sitting;
  await window.waitFor("›");
  await window.type("list");
  await window.key("Enter");
  await window.waitFor("row number 59");
  await window.type("a draft that stays");
  await window.waitFor("a draft that stays");
  for (
    const [columns, height] of [[60, 20], [120, 40], [44, 15], [
      100,
      30,
    ]] as const
  ) {
    await window.resize(columns, height);
    await window.waitFor("› a draft that stays");
  }
  const text = await window.everything();
  assert.equal(text.split("a draft that stays").length - 1, 1, text);
  for (let at = 0; at < 60; at++) {
    assert.match(text, new RegExp(`row number ${at} *$`, "m"));
  }
});

test("the agent of an app-server: a turn, an approval, and the list of its sessions", async () => {
  await using server = startMockServer([
    response(call("exec_command", {
      cmd: "echo far > made.txt",
      sandbox_permissions: "require_escalated",
      justification: "Shall it be made?",
    }, "call_1")),
    response(message("Made over there.")),
  ]);
  await using far = await makeWorkspace(
    server,
    'approval_policy = "on-request"',
  );
  await using listener = await startAppListener(far);
  await using near = await makeWorkspace();
  await using window = await openTmux(near.cwd, environmentOf(near));
  await window.waitFor(/\$$/);
  await window.type(`"${CODEX}" --remote ${listener.url}`);
  await window.key("Enter");
  await window.waitFor("OpenAI Codex");
  await window.type("make it");
  await window.key("Enter");
  await window.waitFor("Would you like to run the following command?");
  await new Promise((resolve) => setTimeout(resolve, 500));
  await window.key("y");
  await window.waitFor("Made over there.");
  assert.equal(await Deno.readTextFile(`${far.cwd}/made.txt`), "far\n");
  await window.type("/resume");
  await window.key("Enter");
  await window.waitFor("Resume a previous session");
  await window.waitFor("make it");
  await window.key("Enter");
  await window.waitFor("Made over there.");
  // Of this machine nothing was used.
  await assert.rejects(Deno.stat(`${near.home}/sessions`));
});

test("suspended and continued, the draft is still there", async () => {
  await using sitting = await sit([]);
  const { window } = sitting;
  await window.waitFor("›");
  await window.type("half a thought");
  await window.waitFor("half a thought");
  await window.key("C-z");
  await window.waitFor(/[Ss]topped|Suspended/);
  await window.type("fg");
  await window.key("Enter");
  await window.waitFor("› half a thought");
});

test("an editor of the user's own has the terminal to itself", async () => {
  await using sitting = await sit([]);
  const { window, workspace } = sitting;
  await window.waitFor("›");
  await window.key("C-c");
  await window.waitFor(/\$$/);
  const editor = `${workspace.root}/editor`;
  await Deno.writeTextFile(
    editor,
    '#!/bin/sh\nprintf "from the editor" > "$1"\n',
  );
  await Deno.chmod(editor, 0o755);
  await window.type(`clear; EDITOR="${editor}" "${CODEX}"`);
  await window.key("Enter");
  await window.waitFor("›");
  await window.key("C-g");
  await window.waitFor("› from the editor");
});

test("a program that is asked to end gives the terminal back", async () => {
  await using sitting = await sit([]);
  const { window } = sitting;
  await window.waitFor("›");
  await window.type("unsent");
  await window.waitFor("unsent");
  const shell = await window.pid();
  const children = await new Deno.Command("pgrep", {
    args: ["-P", String(shell)],
  }).output();
  const pid = Number(new TextDecoder().decode(children.stdout).trim());
  Deno.kill(pid, "SIGTERM");
  await window.waitFor(/\$$/);
  // Typed keys are echoed again, and Enter is a line feed.
  await window.type("echo alive; stty -a");
  await window.key("Enter");
  const screen = await window.waitFor(/^alive$/m);
  assert.match(screen, /echo alive; stty -a/);
  assert.match(await window.waitFor(/ icrnl/), / icanon/);
});
