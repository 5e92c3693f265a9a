/**
 * How much a burst of device-key requests delays what a turn tells its client: one
 * app-server, turns that stream a word every few milliseconds, every other turn with a
 * thousand requests thrown in at once. A delay is the time from the model server's
 * writing of a word to the client's reading of it; both are this process.
 *
 *     deno run -A scripts/bench_device_keys.ts [ROUNDS]
 */
import { readFrames } from "@/jsonrpc/lines.ts";
import { makeWorkspace, spawnCodex } from "@test/support/codex.ts";
import { connectionPayload, OWNER } from "@test/support/device_keys.ts";
import {
  completed,
  created,
  message,
  type MockStep,
  startMockServer,
} from "@test/support/mock_responses_server.ts";

const ROUNDS = Number(Deno.args[0] ?? 4);
const REQUESTS = 1_000;
const WORDS = 1_200;
const WORD_MS = 5;
/** When, in a turn, the burst comes. */
const BURST_AT_WORD = 100;
/** Of every ten requests: what they ask for. */
const MIX = [
  "create",
  "public",
  "public",
  "public",
  "sign",
  "sign",
  "sign",
  "sign",
  "sign",
  "refused",
] as const;

const sentAt = new Map<string, number>();

/** The events of a response, each word noted as it is taken to be written. */
function wordsStep(turn: string): MockStep {
  const [added, delta, done] = message("");
  if (added === undefined || delta === undefined || done === undefined) {
    throw new Error("A message has three events");
  }
  const words = Array.from({ length: WORDS }, (_, index) => {
    const word = `${turn}-${index} `;
    return Object.defineProperty({ ...delta, delta: word }, "delta", {
      enumerable: true,
      // Read when the event is written.
      get() {
        sentAt.set(word, performance.now());
        return word;
      },
    });
  });
  return {
    kind: "stream",
    events: [created(), added, ...words, done, completed()],
    delayMs: WORD_MS,
  };
}

interface Round {
  readonly delays: number[];
  /** Those of them while the burst was not yet answered. */
  readonly during: number[];
  readonly gaps: number[];
  /** From the burst to its last answer. */
  readonly burstMs: number;
  readonly errors: number;
}

/**
 * A client that does little: what it does itself would be taken for the server's delay.
 * Lines are looked at as text, and a burst is written at once.
 */
class Client {
  readonly #child: Deno.ChildProcess;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #lines: AsyncGenerator<string, void>;
  #count = 0;

  constructor(child: Deno.ChildProcess) {
    this.#child = child;
    this.#writer = child.stdin.getWriter();
    this.#lines = readFrames(child.stdout);
  }

  async next(): Promise<string> {
    const { value } = await this.#lines.next();
    if (value === undefined) throw new Error("The server ended");
    return value;
  }

  async send(requests: readonly (readonly [string, unknown])[]): Promise<void> {
    const text = requests.map(([method, params]) =>
      `${JSON.stringify({ id: ++this.#count, method, params })}\n`
    ).join("");
    await this.#writer.write(new TextEncoder().encode(text));
  }

  // deno-lint-ignore no-explicit-any -- answers of every shape
  async request(method: string, params: unknown): Promise<any> {
    await this.send([[method, params]]);
    while (true) {
      const { id, result, error } = JSON.parse(await this.next());
      if (id !== this.#count) continue;
      if (error !== undefined) throw new Error(JSON.stringify(error));
      return result;
    }
  }

  async end(): Promise<void> {
    await this.#writer.close();
    while (!(await this.#lines.next()).done);
    await this.#child.status;
  }
}

function paramsOf(kind: typeof MIX[number], keyId: string): unknown {
  switch (kind) {
    case "create":
      return {
        ...OWNER,
        protectionPolicy: "allow_os_protected_nonextractable",
      };
    case "public":
      return { keyId };
    case "sign":
      return { keyId, payload: connectionPayload() };
    case "refused":
      return { keyId: "nonsense" };
  }
}

function burst(keyId: string): (readonly [string, unknown])[] {
  return Array.from({ length: REQUESTS }, (_, index) => {
    const kind = MIX[index % MIX.length] ?? "public";
    const method = kind === "refused" ? "public" : kind;
    return [`device/key/${method}`, paramsOf(kind, keyId)];
  });
}

async function main(): Promise<void> {
  await using server = startMockServer([]);
  await using workspace = await makeWorkspace(
    server,
    `device_keys.wrapping_key_store = "file"`,
  );
  const child = spawnCodex({ workspace, args: ["app-server"] });
  const errors = new Response(child.stderr).text();
  const client = new Client(child);
  await client.request("initialize", {
    clientInfo: { name: "bench", version: "1" },
    capabilities: { experimentalApi: true },
  });
  const { thread } = await client.request("thread/start", {
    cwd: workspace.cwd,
  });
  const { keyId } = await client.request(
    "device/key/create",
    paramsOf("create", ""),
  );
  const round = async (turn: string, hasBurst: boolean): Promise<Round> => {
    server.script(wordsStep(turn));
    const delays: number[] = [];
    const during: number[] = [];
    const gaps: number[] = [];
    await client.send([["turn/start", {
      threadId: thread.id,
      input: [{ type: "text", text: turn }],
    }]]);
    let sending: Promise<void> | undefined;
    let burstAt = 0;
    let burstMs = 0;
    let last = 0;
    let answers = 0;
    let errors = 0;
    let isEnded = false;
    while (!isEnded || (hasBurst && answers < REQUESTS)) {
      const line = await client.next();
      const now = performance.now();
      if (line.startsWith('{"id":')) {
        if (burstAt > 0) answers++;
        if (line.includes(',"error":{')) errors++;
        if (answers === REQUESTS) burstMs = now - burstAt;
        continue;
      }
      isEnded ||= line.startsWith('{"method":"turn/completed"');
      const word = /"delta":"([^"]*)"/.exec(line)?.[1];
      if (word === undefined) continue;
      const index = Number(word.split("-")[1]);
      if (index > BURST_AT_WORD) {
        const delay = now - (sentAt.get(word) ?? 0);
        delays.push(delay);
        if (burstAt > 0 && answers < REQUESTS) during.push(delay);
        gaps.push(now - last);
      }
      last = now;
      if (index === BURST_AT_WORD && hasBurst) {
        const requests = burst(keyId);
        burstAt = performance.now();
        // Not waited for: who writes and does not read delays itself.
        sending = client.send(requests);
      }
    }
    await sending;
    return { delays, during, gaps, burstMs, errors };
  };

  // The first turn and the first keys load what they need.
  await round("warm", true);
  const without: Round[] = [];
  const withBurst: Round[] = [];
  for (let index = 0; index < ROUNDS; index++) {
    without.push(await round(`plain${index}`, false));
    withBurst.push(await round(`burst${index}`, true));
  }
  await client.end();
  await errors;
  const list = (values: readonly number[]) => values.map(Math.round).join(", ");
  console.log(
    `${ROUNDS} turns of ${WORDS} words every ${WORD_MS} ms each way; ${REQUESTS} requests at once, answered after ms: ${
      list(withBurst.map(({ burstMs }) => burstMs))
    }; refused: ${list(withBurst.map(({ errors }) => errors))}`,
  );
  for (
    const [name, rounds] of [["without", without], ["with", withBurst]] as const
  ) {
    console.log(
      `${name.padEnd(8)} delay ${
        summary(rounds.flatMap(({ delays }) => delays))
      }`,
    );
    const during = rounds.flatMap((round) => round.during);
    if (during.length > 0) {
      console.log(`  of it during bursts ${summary(during)}`);
    }
    console.log(
      `${"".padEnd(8)} gap   ${summary(rounds.flatMap(({ gaps }) => gaps))}`,
    );
  }
}

function summary(values: readonly number[]): string {
  const sorted = values.toSorted((left, right) => left - right);
  const at = (share: number) =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return [["p50", 0.5], ["p95", 0.95], ["p99", 0.99], ["max", 1]].map((
    [name, share],
  ) => `${name} ${at(Number(share)).toFixed(1)} ms`).join("  ") +
    `  (${sorted.length})`;
}

await main();
