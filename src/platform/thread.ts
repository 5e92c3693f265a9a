/**
 * A part of the program on a thread of its own, for calls that block: whoever waits for
 * one holds up nothing else. Questions and answers are values that can be copied.
 */
import { CodexError, type ErrorCode } from "@/protocol/errors.ts";

interface Question {
  readonly id: number;
  readonly value: unknown;
}

type Reply =
  | { readonly id: number; readonly value: unknown }
  | {
    readonly id: number;
    readonly code: ErrorCode | undefined;
    readonly message: string;
  };

/** The thread, as those who ask it see it. */
export interface ThreadOfOurs {
  /** Asks; questions are answered in their order. @throws CodexError, Error as it says */
  ask(value: unknown): Promise<unknown>;
  /** Ends it where it stands; what was asked is refused. */
  end(): void;
}

/** Starts the module at that address, which calls `answerOnThread`. */
export function startThread(url: URL): ThreadOfOurs {
  const worker = new Worker(url, { type: "module" });
  const asked = new Map<number, PromiseWithResolvers<unknown>>();
  let count = 0;
  const fail = (error: Error) => {
    for (const { reject } of asked.values()) reject(error);
    asked.clear();
  };
  worker.addEventListener("message", ({ data }: MessageEvent<Reply>) => {
    const question = asked.get(data.id);
    asked.delete(data.id);
    if ("message" in data) question?.reject(errorOf(data));
    else question?.resolve(data.value);
  });
  worker.addEventListener("error", (event) => {
    // Its end is told to who asks, and is not the end of the program.
    event.preventDefault();
    fail(new Error(`A thread of the program ended: ${event.message}`));
  });
  return {
    ask(value) {
      const id = count++;
      const answer = Promise.withResolvers<unknown>();
      asked.set(id, answer);
      worker.postMessage({ id, value } satisfies Question);
      return answer.promise;
    },
    end() {
      worker.terminate();
      fail(new Error("The thread was ended"));
    },
  };
}

/** On the thread itself: answers every question, one after the other. */
export function answerOnThread(
  answer: (value: unknown) => Promise<unknown>,
): void {
  // The global object of a worker, whose type here is a window's.
  const scope = globalThis as unknown as DedicatedWorkerGlobalScope;
  let last = Promise.resolve();
  scope.addEventListener("message", ({ data }: MessageEvent<Question>) => {
    last = last.then(async () => scope.postMessage(await reply(data, answer)));
  });
}

async function reply(
  { id, value }: Question,
  answer: (value: unknown) => Promise<unknown>,
): Promise<Reply> {
  try {
    return { id, value: await answer(value) };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const code = error instanceof CodexError ? error.code : undefined;
    return { id, code, message };
  }
}

function errorOf(
  { code, message }: Extract<Reply, { message: string }>,
): Error {
  return code === undefined
    ? new Error(message)
    : new CodexError(code, message);
}
