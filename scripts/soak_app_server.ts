/**
 * Does the app-server keep what it should let go? One process, hundreds of turns with
 * answers and commands, then rest; resident memory is read from Linux before and after.
 * The first turns are a warm-up: code is compiled and heaps grow to their size.
 *
 *     deno run -A scripts/soak_app_server.ts [TURNS] [WARM_UP] [TURNS_PER_THREAD]
 *     deno run -A scripts/soak_app_server.ts abuse
 *
 * With `abuse`: how large it gets under clients that send garbage or much, or that do
 * not read.
 */
import { startAppClient } from "@test/support/app_client.ts";
import { makeWorkspace, spawnCodex } from "@test/support/codex.ts";
import {
  call,
  message,
  response,
  startMockServer,
} from "@test/support/mock_responses_server.ts";

const TURNS = Number(Deno.args[0] ?? 200);
const WARM_UP = Number(Deno.args[1] ?? 50);
/** After this many turns a thread is let go and another is started. */
const TURNS_PER_THREAD = Number(Deno.args[2] ?? 20);
/** The runtime gives memory back some time after the last work. */
const REST_MS = 40_000;
const GROWTH_MB_MAX = 20;

async function residentMb(pid: number): Promise<number> {
  const status = await Deno.readTextFile(`/proc/${pid}/status`);
  return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0) / 1024;
}

async function main(): Promise<void> {
  await using server = startMockServer([]);
  await using workspace = await makeWorkspace(
    server,
    `sandbox_mode = "danger-full-access"\napproval_policy = "never"`,
  );
  let pid = 0;
  await using client = await startAppClient(workspace, {
    spawn: (options) => {
      const child = spawnCodex(options);
      pid = child.pid;
      return child;
    },
  });
  let threadId = "";
  const turn = async (index: number) => {
    if (index % TURNS_PER_THREAD === 0) {
      if (threadId !== "") {
        await client.request("thread/unsubscribe", { threadId });
        await client.next("thread/closed");
      }
      const { thread } = await client.request("thread/start", {
        cwd: workspace.cwd,
      });
      threadId = thread.id;
    }
    server.script(
      response(
        call(
          "exec_command",
          { cmd: "seq 1 4000", login: false },
          `call_${index}`,
        ),
      ),
      response(message("Words. ".repeat(500))),
    );
    await client.request("turn/start", {
      threadId,
      input: [{ type: "text", text: `turn ${index}` }],
    });
    await client.next("turn/completed");
    client.forget();
    server.forget();
  };
  const sizes: number[] = [];
  for (let index = 0; index < WARM_UP + TURNS; index++) {
    if (index === WARM_UP) {
      await rest();
      sizes.push(await residentMb(pid));
      console.log(
        `after ${WARM_UP} turns of warm-up: ${sizes[0]?.toFixed(1)} MB`,
      );
    }
    await turn(index);
    if (index >= WARM_UP && (index - WARM_UP + 1) % 50 === 0) {
      console.log(
        `after ${index - WARM_UP + 1} turns: ${
          (await residentMb(pid)).toFixed(1)
        } MB`,
      );
    }
  }
  await rest();
  const after = await residentMb(pid);
  const growth = after - (sizes[0] ?? 0);
  console.log(
    `after ${TURNS} turns and ${REST_MS / 1000} s of rest: ${
      after.toFixed(1)
    } MB, ${growth.toFixed(1)} MB more`,
  );
  if (growth > GROWTH_MB_MAX) Deno.exitCode = 1;
}

/** What a badly behaved client does, each to a server of its own. */
const ABUSES: Readonly<Record<string, (child: Server) => Promise<void>>> = {
  "100,000 frames of garbage": async ({ send }) => {
    for (let index = 0; index < 1_000; index++) {
      await send("{garbage\n".repeat(100));
    }
  },
  "50 frames of 10 MB, answers read": async ({ send, read }) => {
    const reading = read();
    for (let id = 1; id <= 50; id++) await send(echo(id, 10 << 20));
    await reading;
  },
  "frames of 10 MB, nothing read, for 5 s": async ({ send }) => {
    await floodFor(5_000, () => send(echo(1, 10 << 20)));
  },
  "frames of 1 KB, nothing read, for 5 s": async ({ send }) => {
    const thousand = echo(1, 1 << 10).repeat(1_000);
    await floodFor(5_000, () => send(thousand));
  },
};

interface Server {
  send(text: string): Promise<void>;
  /** Reads 50 lines. */
  read(): Promise<void>;
}

function echo(id: number, length: number): string {
  const params = { value: "x".repeat(length) };
  return `${
    JSON.stringify({ id, method: "mock/experimentalMethod", params })
  }\n`;
}

/** Sends until the time is over; a server that takes no more ends it earlier. */
async function floodFor(ms: number, send: () => Promise<void>): Promise<void> {
  const over = performance.now() + ms;
  const stuck = new Promise<boolean>((resolve) =>
    setTimeout(() => resolve(true), ms)
  );
  while (performance.now() < over) {
    if (await Promise.race([send().then(() => false), stuck])) return;
  }
}

async function abuse(): Promise<void> {
  for (const [name, act] of Object.entries(ABUSES)) {
    await using workspace = await makeWorkspace();
    const child = spawnCodex({ workspace, args: ["app-server"] });
    const errors = new Response(child.stderr).text();
    const writer = child.stdin.getWriter();
    const send = (text: string) =>
      writer.write(new TextEncoder().encode(text)).catch(() => undefined);
    await send(
      `{"id":0,"method":"initialize","params":{"clientInfo":{"name":"x","version":"1"},"capabilities":{"experimentalApi":true}}}\n`,
    );
    await act({
      send,
      async read() {
        let lines = 0;
        for await (
          const chunk of child.stdout.pipeThrough(new TextDecoderStream())
        ) {
          lines += chunk.split("\n").length - 1;
          if (lines > 50) break;
        }
      },
    });
    const status = await Deno.readTextFile(`/proc/${child.pid}/status`);
    const peak = Number(/^VmHWM:\s+(\d+)/m.exec(status)?.[1] ?? 0) / 1024;
    console.log(`${name}: ${peak.toFixed(0)} MB at most`);
    // Not by closing its input: what waits to be written there would be waited for.
    child.kill("SIGTERM");
    const { code } = await child.status;
    await errors;
    if (code !== 0) throw new Error(`It ended with ${code}`);
  }
}

function rest(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, REST_MS));
}

if (Deno.args[0] === "abuse") {
  await abuse();
  Deno.exit(0);
}
await main();
