/**
 * Measures the interactive program beside the reference, in a terminal of its own that
 * answers what terminals are asked, or answers nothing. Read ratios: both run in turns
 * on the same machine.
 *
 * `CODEX_REFERENCE` names the executable to compare with; without it only ours is
 * measured. `--runs N` says how often programs are started (5), `--no-stream` leaves
 * the long answer out. Needs the sandbox helper, whose terminal is used.
 */
import { inputFrames } from "@/sandbox/linux/terminal.ts";
import { makeWorkspace } from "@test/support/codex.ts";

const ROOT = decodeURIComponent(new URL("../", import.meta.url).pathname);
const OURS = Deno.realPathSync(
  Deno.env.get("CODEX_BIN") ?? `${ROOT}scripts/codex`,
);
const REFERENCE = Deno.env.get("CODEX_REFERENCE");

const ROWS = 40;
const COLUMNS = 120;

/** The long answer: as the reference was measured with. */
const ANSWER_BYTES = 200_000;
const DELTAS = 5_005;
const STREAM_MS = 11_600;
const END_MARK = "THE-LAST-WORDS";
/** Letters no answer and no sequence of a terminal has in it. */
const ECHO_LETTERS = ["Ж", "Щ", "Ф", "Ю"];
const ECHO_EVERY_MS = 230;
/** A program that has not shown the answer by then will not be waited for. */
const PATIENCE_MS = 120_000;

interface Program {
  readonly name: string;
  readonly path: string;
}

/** A program in a terminal; everything it writes is read at once. */
class Sitting {
  readonly startedMs = performance.now();
  readonly #child: Deno.ChildProcess;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #answers: boolean;
  #text = "";
  bytes = 0;
  /** When the end of the long answer was on screen. */
  endedMs: number | undefined;
  #listeners: (() => void)[] = [];
  readonly #reading: Promise<void>;

  constructor(program: Program, cwd: string, home: string, answers: boolean) {
    this.#answers = answers;
    this.#child = new Deno.Command(helperPath(), {
      args: [
        "--unconfined",
        "--pty",
        "--pty-size",
        `${ROWS},${COLUMNS}`,
        "--status-fd",
        "2",
        "--",
        program.path,
      ],
      cwd,
      env: {
        PATH: Deno.env.get("PATH") ?? "",
        HOME: home,
        DENO_DIR: Deno.env.get("DENO_DIR") ??
          `${Deno.env.get("HOME")}/.cache/deno`,
        CODEX_HOME: home,
        TERM: "xterm-256color",
        COLORTERM: "truecolor",
      },
      clearEnv: true,
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    this.#writer = this.#child.stdin.getWriter();
    this.#reading = this.#read();
  }

  async #read(): Promise<void> {
    const decoder = new TextDecoder();
    for await (const chunk of this.#child.stdout) {
      this.bytes += chunk.length;
      const text = decoder.decode(chunk, { stream: true });
      // The tail of what was read before may hold the start of something.
      this.#text = (this.#text + text).slice(-20_000);
      if (this.endedMs === undefined && this.#text.includes(END_MARK)) {
        this.endedMs = performance.now();
      }
      if (this.#answers) await this.#answer(text);
      for (const listener of this.#listeners.splice(0)) listener();
    }
  }

  async #answer(text: string): Promise<void> {
    for (const [asked, answer] of ANSWERS) {
      if (text.includes(asked)) await this.type(answer);
    }
  }

  async type(text: string): Promise<void> {
    await this.#writer.write(inputFrames(new TextEncoder().encode(text)));
  }

  /** When the text was there; undefined when it did not come in that time. */
  async waitFor(text: string, ms: number): Promise<number | undefined> {
    const end = performance.now() + ms;
    while (!this.#text.includes(text)) {
      const left = end - performance.now();
      if (left <= 0) return undefined;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        this.#listeners.push(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    }
    return performance.now();
  }

  forget(): void {
    this.#text = "";
  }

  /** CPU seconds and resident megabytes of the program and what it started. */
  usage(): { readonly cpuMs: number; readonly rssMb: number } {
    let ticks = 0;
    let kilobytes = 0;
    for (const pid of descendants(this.#child.pid)) {
      try {
        const fields = Deno.readTextFileSync(`/proc/${pid}/stat`)
          .split(") ")[1]?.split(" ") ?? [];
        ticks += Number(fields[11]) + Number(fields[12]);
        const status = Deno.readTextFileSync(`/proc/${pid}/status`);
        kilobytes += Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0);
      } catch {
        // It has ended.
      }
    }
    return { cpuMs: ticks * 10, rssMb: kilobytes / 1024 };
  }

  async end(): Promise<void> {
    for (const pid of descendants(this.#child.pid).reverse()) {
      try {
        Deno.kill(pid, "SIGKILL");
      } catch {
        // It has ended.
      }
    }
    await this.#writer.close().catch(() => {});
    await this.#reading.catch(() => {});
    await this.#child.status;
  }
}

const ANSWERS: readonly (readonly [string, string])[] = [
  ["\x1b[6n", "\x1b[1;1R"],
  ["\x1b]10;?", "\x1b]10;rgb:ffff/ffff/ffff\x1b\\"],
  ["\x1b]11;?", "\x1b]11;rgb:1e1e/1e1e/1e1e\x1b\\"],
  ["\x1b[?u", "\x1b[?0u"],
  ["\x1b[c", "\x1b[?62;22c"],
];

function helperPath(): string {
  const name = [...Deno.readDirSync(`${ROOT}dist`)].map(({ name }) => name)
    .find((name) => /^sandbox-helper-\w+-[0-9a-f]+$/.test(name));
  if (name === undefined) {
    throw new Error("The sandbox helper is not built: run `deno task build`");
  }
  return `${ROOT}dist/${name}`;
}

/** The process and all below it. */
function descendants(pid: number): number[] {
  const found = [pid];
  for (const parent of found) {
    try {
      const text = Deno.readTextFileSync(
        `/proc/${parent}/task/${parent}/children`,
      );
      found.push(...text.split(" ").filter((word) => word !== "").map(Number));
    } catch {
      // It has ended.
    }
  }
  return found;
}

function longAnswer(): string {
  const parts: string[] = [];
  let length = 0;
  for (let at = 0; length < ANSWER_BYTES; at++) {
    const part = [
      `## Section ${at}`,
      `Some **bold** text with \`code\` and a [link](https://example.org/${at}) ` +
      "that goes on for so long that it has to be wrapped at least once.",
      `- first of ${at}\n- second, with *emphasis*\n  - and one below it`,
      at % 5 === 0
        ? `\`\`\`ts\nconst value: number = ${at}; // why\nreturn value + "text";\n\`\`\``
        : "",
      at % 9 === 0 ? `| a | b |\n|---|---|\n| ${at} | two |` : "",
    ].filter((text) => text !== "").join("\n\n") + "\n\n";
    parts.push(part);
    length += part.length;
  }
  return `${parts.join("").slice(0, ANSWER_BYTES)}\n\n${END_MARK}`;
}

/** A model that gives the long answer, evenly, to every request. */
function startModel(onEnd: (atMs: number) => void) {
  const text = longAnswer();
  const size = Math.ceil(text.length / DELTAS);
  const encoder = new TextEncoder();
  const event = (value: { readonly type: string }) =>
    encoder.encode(`event: ${value.type}\ndata: ${JSON.stringify(value)}\n\n`);
  const item = { type: "message", role: "assistant", id: "msg_1" };
  return Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    async (request) => {
      if (!new URL(request.url).pathname.endsWith("/responses")) {
        return new Response("{}", { status: 404 });
      }
      await request.text();
      const body = new ReadableStream<Uint8Array>({
        async start(controller) {
          const send = (value: { readonly type: string }) =>
            controller.enqueue(event(value));
          send({ type: "response.created" });
          send({
            type: "response.output_item.added",
            item: { ...item, content: [] },
          } as never);
          const start = performance.now();
          for (let at = 0; at < DELTAS; at++) {
            const wait = start + STREAM_MS * at / DELTAS - performance.now();
            if (wait > 1) {
              await new Promise((resolve) => setTimeout(resolve, wait));
            }
            send({
              type: "response.output_text.delta",
              item_id: "msg_1",
              delta: text.slice(at * size, (at + 1) * size),
            } as never);
          }
          onEnd(performance.now());
          send({
            type: "response.output_item.done",
            item: {
              ...item,
              status: "completed",
              content: [{ type: "output_text", text, annotations: [] }],
            },
          } as never);
          send({
            type: "response.completed",
            response: {
              id: "resp_1",
              usage: {
                input_tokens: 100,
                output_tokens: 50_000,
                total_tokens: 50_100,
              },
            },
          } as never);
          controller.close();
        },
      });
      return new Response(body, {
        headers: { "content-type": "text/event-stream" },
      });
    },
  );
}

async function placeFor(url: string) {
  const workspace = await makeWorkspace({ url });
  const path = `${workspace.home}/config.toml`;
  await Deno.writeTextFile(
    path,
    `${await Deno.readTextFile(path)}\n[projects.${
      JSON.stringify(workspace.cwd)
    }]\ntrust_level = "trusted"\n`,
  );
  return workspace;
}

/** Seconds from the start to a composer that can be written in. */
async function startUp(
  program: Program,
  url: string,
  answers: boolean,
): Promise<{ readonly ms: number; readonly rssMb: number }> {
  await using place = await placeFor(url);
  const sitting = new Sitting(program, place.cwd, place.home, answers);
  try {
    const at = await sitting.waitFor("\u203a", 15_000) ?? NaN;
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    return { ms: at - sitting.startedMs, rssMb: sitting.usage().rssMb };
  } finally {
    await sitting.end();
  }
}

interface StreamFigures {
  readonly wallMs: number;
  readonly behindMs: number;
  readonly cpuMs: number;
  /** Of each quarter of the answer. */
  readonly quartersMs: readonly number[];
  readonly kilobytes: number;
  readonly echoesMs: readonly number[];
  readonly rssMb: number;
}

async function stream(program: Program): Promise<StreamFigures> {
  let endedMs = NaN;
  await using model = startModel((atMs) => endedMs = atMs);
  await using place = await placeFor(
    `http://127.0.0.1:${model.addr.port}/v1`,
  );
  const sitting = new Sitting(program, place.cwd, place.home, true);
  try {
    await sitting.waitFor("\u203a", 15_000);
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    await sitting.type("go on");
    await new Promise((resolve) => setTimeout(resolve, 400));
    const { cpuMs: cpuBefore } = sitting.usage();
    const bytesBefore = sitting.bytes;
    sitting.forget();
    const startedMs = performance.now();
    await sitting.type("\r");
    const echoesMs: number[] = [];
    const quartersMs: number[] = [];
    let quarterCpu = cpuBefore;
    const isStreaming = () => Number.isNaN(endedMs);
    for (let count = 0; isStreaming(); count++) {
      await new Promise((resolve) => setTimeout(resolve, ECHO_EVERY_MS));
      if (!isStreaming()) break;
      const letter = ECHO_LETTERS[count % ECHO_LETTERS.length] ?? "";
      sitting.forget();
      const typedMs = performance.now();
      await sitting.type(letter);
      const seenMs = await sitting.waitFor(letter, 5_000);
      if (seenMs !== undefined) echoesMs.push(seenMs - typedMs);
      // The draft is kept short: a long one takes time of its own.
      if (count % 4 === 3) await sitting.type("\x15");
      const passed = performance.now() - startedMs;
      if (passed > STREAM_MS * (quartersMs.length + 1) / 4) {
        const { cpuMs } = sitting.usage();
        quartersMs.push(cpuMs - quarterCpu);
        quarterCpu = cpuMs;
      }
    }
    const patience = AbortSignal.timeout(PATIENCE_MS);
    while (sitting.endedMs === undefined && !patience.aborted) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    const doneMs = sitting.endedMs ?? NaN;
    await new Promise((resolve) => setTimeout(resolve, 700));
    const { cpuMs, rssMb } = sitting.usage();
    return {
      wallMs: doneMs - startedMs,
      behindMs: doneMs - endedMs,
      cpuMs: cpuMs - cpuBefore,
      quartersMs,
      kilobytes: (sitting.bytes - bytesBefore) / 1024,
      echoesMs,
      rssMb,
    };
  } finally {
    await sitting.end();
  }
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[
    Math.min(sorted.length - 1, Math.floor(sorted.length * share))
  ] ??
    NaN;
}

async function main(): Promise<void> {
  const at = Deno.args.indexOf("--runs");
  const runs = at === -1 ? 5 : Number(Deno.args[at + 1]);
  const programs: readonly Program[] = [
    { name: "ours", path: OURS },
    ...(REFERENCE === undefined
      ? []
      : [{ name: "reference", path: REFERENCE }]),
  ];
  // A model nobody asks; both programs want an address.
  await using model = startModel(() => {});
  const url = `http://127.0.0.1:${model.addr.port}/v1`;
  for (const answers of [true, false]) {
    const times = new Map(programs.map(({ name }) => [name, [] as number[]]));
    const sizes = new Map(programs.map(({ name }) => [name, [] as number[]]));
    for (let run = 0; run < runs; run++) {
      for (const program of programs) {
        const { ms, rssMb } = await startUp(program, url, answers);
        times.get(program.name)?.push(ms);
        sizes.get(program.name)?.push(rssMb);
      }
    }
    for (const { name } of programs) {
      console.log(
        `${name}: composer after ${
          quantile(times.get(name) ?? [], 0.5).toFixed(0)
        } ms (${
          answers ? "terminal answers" : "terminal is silent"
        }, median of ${runs}), ` +
          `idle ${quantile(sizes.get(name) ?? [], 0.5).toFixed(0)} MB`,
      );
    }
  }
  if (Deno.args.includes("--no-stream")) return;
  for (const program of programs) {
    const figures = await stream(program);
    console.log(
      `${program.name}: ${ANSWER_BYTES / 1000} KB in ${DELTAS} deltas over ${
        STREAM_MS / 1000
      } s: shown after ${(figures.wallMs / 1000).toFixed(2)} s, ${
        figures.behindMs.toFixed(0)
      } ms behind the server, CPU ${
        (figures.cpuMs / 1000).toFixed(2)
      } s (by quarters ${
        figures.quartersMs.map((ms) => (ms / 1000).toFixed(2)).join(" ")
      }), key to echo median ${
        quantile(figures.echoesMs, 0.5).toFixed(1)
      }, p95 ${quantile(figures.echoesMs, 0.95).toFixed(1)}, max ${
        Math.max(...figures.echoesMs).toFixed(1)
      } ms of ${figures.echoesMs.length}, ${
        figures.kilobytes.toFixed(0)
      } KB written, ${figures.rssMb.toFixed(0)} MB afterwards`,
    );
  }
}

await main();
