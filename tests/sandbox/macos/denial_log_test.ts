/** Seatbelt's denials, with a pretended log: there is no Mac here. */
import assert from "node:assert/strict";
import { createPlatform } from "@/platform/deno.ts";
import type { ProcessSpawner } from "@/platform/platform.ts";
import {
  LOG_PROGRAM,
  parseDenial,
  startDenialLog,
} from "@/sandbox/macos/denial_log.ts";

const { processes, clock } = createPlatform();

function line(eventMessage: string): string {
  return JSON.stringify({ eventMessage, processID: 0 });
}

Deno.test("parseDenial() reads what was refused to whom", () => {
  const rows: readonly [string, unknown][] = [
    [line("Sandbox: bash(412) deny(1) file-write-create /private/tmp/a b"), {
      program: "bash",
      pid: 412,
      operation: "file-write-create",
      subject: "/private/tmp/a b",
    }],
    [line("Sandbox: my tool (1)(9) deny(1) network-outbound 1.1.1.1:443"), {
      program: "my tool (1)",
      pid: 9,
      operation: "network-outbound",
      subject: "1.1.1.1:443",
    }],
    [line("Sandbox: 3 duplicate reports for node(7) deny(1) process-fork"), {
      program: "node",
      pid: 7,
      operation: "process-fork",
      subject: "",
    }],
    [line("Sandbox: bash(412) allow(1) file-read-data /x"), undefined],
    [line("somebody says: Sandbox: x(1) deny(1) y"), undefined],
    ["Filtering the log data using ...", undefined],
    ['{"eventMessage": "Sandbox: x(1) deny', undefined],
    ['{"eventMessage": 5}', undefined],
    ["null", undefined],
    ["", undefined],
  ];
  for (const [text, expected] of rows) {
    assert.deepEqual(parseDenial(text), expected, text);
  }
});

/** Runs a script in the place of the log program; keeps what was asked for. */
function pretended(script: string) {
  const asked: string[][] = [];
  const spawner: ProcessSpawner = {
    spawn(request) {
      asked.push([...request.argv]);
      return processes.spawn({
        ...request,
        argv: ["/bin/sh", "-c", script],
      });
    },
  };
  return { asked, spawner };
}

Deno.test("a denial log is ready when the log is, ends with stop, tells each denial once", async () => {
  const entry = line("Sandbox: bash(412) deny(1) file-write-create /x");
  const { asked, spawner } = pretended(
    `echo Filtering; echo '${entry}'; echo '${entry}'; sleep 300`,
  );
  const log = await startDenialLog(spawner, clock);
  assert.deepEqual((await log.stop()).map(({ subject }) => subject), ["/x"]);
  assert.deepEqual(asked[0]?.slice(0, 4), [
    LOG_PROGRAM,
    "stream",
    "--style",
    "ndjson",
  ]);
});

Deno.test("a log that ends at once keeps nobody waiting", async () => {
  const log = await startDenialLog(pretended("exit 64").spawner, clock);
  assert.deepEqual(await log.stop(), []);
});
