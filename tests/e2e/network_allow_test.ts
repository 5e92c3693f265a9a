/** A list of hosts in a run: what the model is told, and what the user sees refused. */
import assert from "node:assert/strict";
import { makeWorkspace, runCodex } from "@test/support/codex.ts";
import {
  call,
  message,
  response,
  startMockServer,
} from "@test/support/mock_responses_server.ts";
import { availableMechanisms } from "@test/sandbox/room.ts";

const ASK = "at=${HTTPS_PROXY#http://}; exec 3<>/dev/tcp/${at%:*}/${at#*:}; " +
  "printf 'CONNECT %s:443 HTTP/1.1\\r\\nHost: %s\\r\\n\\r\\n' HOST HOST >&3; cat <&3";

for (const mechanism of await availableMechanisms(["helper"])) {
  Deno.test("a command that wants another host is refused it, and the user is told", async () => {
    const ask = ASK.replaceAll("HOST", "other.example");
    await using server = startMockServer([
      response(
        call("exec_command", { cmd: `${ask}; ${ask}`, login: false }, "c"),
      ),
      response(message("Done.")),
    ]);
    await using workspace = await makeWorkspace(server);
    const run = await runCodex({
      workspace,
      args: [
        "exec",
        "--full-auto",
        "-c",
        'sandbox_workspace_write.network_allow=["api.example.org"]',
        "go",
      ],
      env: { CODEX_SANDBOX_MECHANISM: mechanism },
    });
    assert.equal(run.code, 0, run.stderr);
    const [first, second] = server.requests.map(({ body }) =>
      JSON.stringify(body.input)
    );
    assert.match(first ?? "", /restricted to `api.example.org`/);
    assert.match(
      second ?? "",
      /403 Forbidden[^]*does not let commands reach other.example:443: network_allow does not list it/,
    );
    const told = run.stderr.match(/warning: The sandbox refused .*/g);
    assert.deepEqual(told, [
      "warning: The sandbox refused a command the host other.example:443: network_allow does not list it",
    ]);
  });
}
