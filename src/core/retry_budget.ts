/**
 * How often a broken stream is asked for again. Each attempt is announced; a server's
 * own wish to wait is followed; success refills the budget.
 */
import { backoffMs } from "@/async/backoff.ts";
import { ModelError } from "@/model/model.ts";
import type { Clock, Random } from "@/platform/platform.ts";
import type { ThreadEvent } from "@/protocol/events.ts";

export interface RetryPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly maxRetries: number;
  emit(event: ThreadEvent): Promise<void>;
}

export class RetryBudget {
  readonly #ports: RetryPorts;
  #failures = 0;
  #waitMs = 0;

  constructor(ports: RetryPorts) {
    this.#ports = ports;
  }

  /** Waits as long as the last failure demands. */
  async wait(signal: AbortSignal): Promise<void> {
    if (this.#waitMs === 0) return;
    await this.#ports.clock.sleep(this.#waitMs, signal);
    this.#waitMs = 0;
  }

  /** Pays for another attempt, or throws the failure when it cannot be retried. */
  async take(error: unknown, signal: AbortSignal): Promise<void> {
    if (signal.aborted) throw signal.reason;
    if (!(error instanceof ModelError) || !error.isRetryable) throw error;
    if (this.#failures >= this.#ports.maxRetries) throw error;
    this.#failures++;
    const fraction = (this.#ports.random.bytes(1)[0] ?? 0) / 256;
    this.#waitMs = error.retryAfterMs ?? backoffMs(this.#failures, fraction);
    await this.#ports.emit({
      type: "error",
      error: {
        code: error.code,
        message: `Reconnecting... ${this.#failures}/${this.#ports.maxRetries}`,
        details: error.message,
      },
      willRetry: true,
    });
  }

  /** A whole answer came: the next failure starts counting anew. */
  reset(): void {
    this.#failures = 0;
  }
}
