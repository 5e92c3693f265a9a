/**
 * Where the prompt comes from: the argument, standard input, or both. Piped input
 * joins an argument as a `<stdin>` block; a pipe nobody writes to is not waited for.
 */
import { abortable } from "@/async/scope.ts";
import type { Clock, Terminal } from "@/platform/platform.ts";
import { CodexError } from "@/protocol/errors.ts";
import { decodeInput } from "./decode_input.ts";

export interface PromptPorts {
  readonly terminal: Terminal;
  readonly clock: Clock;
  /** Another process of our pipeline may still write. */
  hasPipelineWriter(): Promise<boolean>;
}

export interface PromptRequest {
  /** The argument as given; `-` asks for standard input. */
  readonly argument: string | undefined;
  /** What to do about a pipe beside an argument. */
  readonly stdin: "auto" | "wait" | "ignore";
  /** How long `auto` waits for the first byte; undefined for ever. */
  readonly waitMs: number | undefined;
}

/**
 * The prompt of a run.
 *
 * @throws CodexError `invalid_input` when there is none or it cannot be read
 */
export async function resolvePrompt(
  ports: PromptPorts,
  request: PromptRequest,
  signal: AbortSignal,
): Promise<string> {
  const { argument } = request;
  if (argument === undefined || argument === "-") {
    return await promptFromStdin(ports, argument === "-", signal);
  }
  if (ports.terminal.stdinIsTty || request.stdin === "ignore") return argument;
  const extra = await readExtra(ports, request, signal);
  if (extra.trim() === "") return argument;
  return `${argument}\n\n<stdin>\n${extra}${
    extra.endsWith("\n") ? "" : "\n"
  }</stdin>`;
}

async function promptFromStdin(
  ports: PromptPorts,
  isAsked: boolean,
  signal: AbortSignal,
): Promise<string> {
  const { terminal } = ports;
  if (!isAsked && terminal.stdinIsTty) {
    throw invalid(
      "No prompt provided. Either specify one as an argument or pipe the prompt into stdin.",
    );
  }
  if (!isAsked) terminal.writeErr("Reading prompt from stdin...\n");
  const text = decode(await readAll(terminal, signal));
  if (text.trim() === "") throw invalid("No prompt provided via stdin.");
  return text;
}

async function readExtra(
  ports: PromptPorts,
  request: PromptRequest,
  signal: AbortSignal,
): Promise<string> {
  const { terminal } = ports;
  const chunks = terminal.readStdin()[Symbol.asyncIterator]();
  const first = chunks.next();
  terminal.writeErr("Reading additional input from stdin...\n");
  if (request.stdin === "auto" && request.waitMs !== undefined) {
    const isSilent = await isSilentFor(ports, first, request.waitMs, signal);
    if (isSilent && !await ports.hasPipelineWriter()) {
      // The read stays pending; the program ends without it.
      first.catch(() => undefined);
      terminal.writeErr(
        `No input on stdin after ${
          request.waitMs / 1000
        } s; going on without it ` +
          "(--stdin wait waits, --stdin ignore does not look)\n",
      );
      return "";
    }
  }
  const parts: Uint8Array[] = [];
  for (let next = await abortable(first, signal); !next.done;) {
    parts.push(next.value);
    next = await abortable(chunks.next(), signal);
  }
  return decode(concat(parts));
}

async function isSilentFor(
  ports: PromptPorts,
  first: Promise<unknown>,
  waitMs: number,
  signal: AbortSignal,
): Promise<boolean> {
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);
  try {
    return await Promise.race([
      first.then(() => false),
      ports.clock.sleep(waitMs, either).then(() => true),
    ]);
  } finally {
    stop.abort(new Error("The wait is over"));
  }
}

async function readAll(
  terminal: Terminal,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  const chunks = terminal.readStdin()[Symbol.asyncIterator]();
  for (let next = await abortable(chunks.next(), signal); !next.done;) {
    parts.push(next.value);
    next = await abortable(chunks.next(), signal);
  }
  return concat(parts);
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    all.set(part, offset);
    offset += part.length;
  }
  return all;
}

function decode(bytes: Uint8Array): string {
  const decoded = decodeInput(bytes);
  if (decoded.kind === "text") return decoded.text;
  throw invalid(`Failed to read prompt from stdin: ${decoded.reason}`);
}

function invalid(message: string): CodexError {
  return new CodexError("invalid_input", message);
}
