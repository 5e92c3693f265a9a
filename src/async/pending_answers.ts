/**
 * Questions that wait for an answer from elsewhere: each has an id, is announced, and
 * ends with its answer or with the signal. What nobody waits for any more is refused.
 */
import { abortable } from "./scope.ts";

interface Waiting<Question, Answer> {
  readonly question: Question;
  settle(answer: Answer): void;
}

export class PendingAnswers<Question, Answer> {
  readonly #prefix: string;
  readonly #waiting = new Map<string, Waiting<Question, Answer>>();
  #count = 0;

  /** @param prefix stands before the number in every id */
  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  /** Announces a question under a new id and waits for its answer. */
  async ask(
    question: Question,
    announce: (id: string) => Promise<void>,
    signal: AbortSignal,
  ): Promise<Answer> {
    const id = `${this.#prefix}-${++this.#count}`;
    const { promise, resolve } = Promise.withResolvers<Answer>();
    this.#waiting.set(id, { question, settle: resolve });
    try {
      await announce(id);
      return await abortable(promise, signal);
    } finally {
      this.#waiting.delete(id);
    }
  }

  /** Takes an answer; gives the question, or undefined for one that is gone. */
  answer(id: string, answer: Answer): Question | undefined {
    const waiting = this.#waiting.get(id);
    waiting?.settle(answer);
    return waiting?.question;
  }
}
