/**
 * What Seatbelt refused, as the system's log tells it while a command runs. The log
 * program is started before the command and ended with it.
 *
 * Source: log(1). The wording of the messages is not documented: what does not look
 * like one is passed over, so the list may be short, never wrong.
 */
import type { Clock, ProcessSpawner } from "@/platform/platform.ts";

/** By its absolute path: PATH is something a command may have written into. */
export const LOG_PROGRAM = "/usr/bin/log";

const PREDICATE =
  'process == "kernel" AND senderImagePath CONTAINS "/Sandbox" AND eventMessage CONTAINS " deny("';

/** The log says first what it filters; a command may start when it has. */
const READY_MS_MAX = 2000;
/** The log is a little behind what it reports. */
const LATE_MS = 500;
/** More than anybody reads; a command in a loop makes thousands. */
const DENIALS_MAX = 1000;
/** One message is a few hundred characters. */
const LINE_CHARACTERS_MAX = 64 * 1024;

export interface Denial {
  readonly program: string;
  readonly pid: number;
  /** What was refused, as Seatbelt names it: `file-write-create`. */
  readonly operation: string;
  /** On what: a path, an address, a service; empty when it says nothing. */
  readonly subject: string;
}

/** The denial one line of the log tells of. Pure. */
export function parseDenial(line: string): Denial | undefined {
  const message = messageOf(line);
  const match =
    /^Sandbox: (?:\d+ duplicate reports? for )?(.+?)\((\d+)\) deny\(\d+\) (\S+)(?: (.*))?$/
      .exec(message ?? "");
  if (match === null) return undefined;
  const [, program = "", pid, operation = "", subject = ""] = match;
  return { program, pid: Number(pid), operation, subject };
}

function messageOf(line: string): string | undefined {
  if (!line.startsWith("{")) return undefined;
  try {
    const entry: unknown = JSON.parse(line);
    return typeof entry === "object" && entry !== null &&
        "eventMessage" in entry && typeof entry.eventMessage === "string"
      ? entry.eventMessage.trim()
      : undefined;
  } catch {
    // Half a line, where the log was cut off.
    return undefined;
  }
}

export interface DenialLog {
  /** Waits for what is late, ends the log, and gives each denial once. */
  stop(): Promise<readonly Denial[]>;
}

/**
 * Starts reading the system's log; resolves when it is being read.
 *
 * @throws FileError when there is no such program
 */
export async function startDenialLog(
  processes: ProcessSpawner,
  clock: Pick<Clock, "sleep">,
): Promise<DenialLog> {
  const child = processes.spawn({
    argv: [
      LOG_PROGRAM,
      "stream",
      "--style",
      "ndjson",
      "--predicate",
      PREDICATE,
    ],
    cwd: "/",
    env: { PATH: "/usr/bin:/bin" },
    stdin: "null",
    newGroup: true,
  });
  const denials = new Map<string, Denial>();
  const ready = Promise.withResolvers<void>();
  const reading = readLines(child.stdout, (line) => {
    ready.resolve();
    const denial = parseDenial(line);
    if (denial === undefined || denials.size >= DENIALS_MAX) return;
    denials.set(JSON.stringify(denial), denial);
  }).finally(ready.resolve);
  const errors = new Response(child.stderr).bytes();
  await firstOf(clock, READY_MS_MAX, ready.promise);
  return {
    async stop() {
      await firstOf(clock, LATE_MS, child.exit);
      child.kill("SIGKILL");
      await Promise.all([reading, errors, child.exit]);
      return [...denials.values()];
    },
  };
}

/** Waits for it, but no longer than that. */
async function firstOf(
  clock: Pick<Clock, "sleep">,
  ms: number,
  waited: Promise<unknown>,
): Promise<void> {
  const done = new AbortController();
  const pause = clock.sleep(ms, done.signal).catch(() => undefined);
  await Promise.race([waited, pause]);
  done.abort(new Error("Nothing is left to wait for"));
  await pause;
}

async function readLines(
  stream: ReadableStream<Uint8Array>,
  onLine: (line: string) => void,
): Promise<void> {
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = (lines.pop() ?? "").slice(0, LINE_CHARACTERS_MAX);
    for (const line of lines) onLine(line);
  }
}
