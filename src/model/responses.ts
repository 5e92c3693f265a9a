/**
 * The Responses API over HTTP: sends a request, retries what never got an answer,
 * and reads the answer's event stream with an idle limit.
 *
 * Two budgets, as in the reference: request retries here, silent, only for server
 * errors and transport errors before an answer; everything after that is a broken
 * stream, which the step that asked must account for before it asks again.
 */
import { createParser } from "eventsource-parser";
import { backoffMs } from "@/async/backoff.ts";
import { Watchdog } from "@/async/watchdog.ts";
import type { ProviderConfig } from "@/config/config.ts";
import {
  type Clock,
  type HttpClient,
  HttpError,
  type Random,
} from "@/platform/platform.ts";
import { disconnected, httpFailure } from "./failures.ts";
import {
  type ModelClient,
  ModelError,
  type ModelEvent,
  type ModelRequest,
} from "./model.ts";
import { readRateLimits } from "./rate_limits.ts";
import { decodeEvent, requestBody } from "./wire.ts";

export interface ResponsesPorts {
  readonly http: HttpClient;
  readonly clock: Clock;
  readonly random: Random;
  readonly provider: ProviderConfig;
  /** Where requests go, without a final slash; depends on the kind of login. */
  readonly baseUrl: () => string;
  readonly userAgent: () => Promise<string>;
  /** Headers that prove who asks; asked for before every request. */
  readonly authorize: (
    signal: AbortSignal,
  ) => Promise<Readonly<Record<string, string>>>;
  /** After a refusal: true when who asks can prove it in another way now. */
  readonly renew: (signal: AbortSignal) => Promise<boolean>;
}

/** More of an error body than this is never worth showing. */
const ERROR_BODY_CHARS_MAX = 20_000;

/** A model behind a Responses endpoint. */
export function createResponsesClient(ports: ResponsesPorts): ModelClient {
  return {
    async *stream(request, signal) {
      using watchdog = new Watchdog(
        ports.clock,
        ports.provider.streamIdleTimeoutMs,
        () => disconnected("idle timeout waiting for SSE"),
      );
      const either = AbortSignal.any([signal, watchdog.signal]);
      try {
        const response = await openStream(ports, request, watchdog, either);
        yield* readEvents(response, watchdog);
      } catch (error) {
        if (signal.aborted) throw signal.reason;
        if (watchdog.signal.aborted) throw watchdog.signal.reason;
        throw error;
      }
    },
  };
}

async function openStream(
  ports: ResponsesPorts,
  request: ModelRequest,
  watchdog: Watchdog,
  signal: AbortSignal,
): Promise<Response> {
  const body = requestBody(request);
  let isRenewed = false;
  for (let attempt = 1;; attempt++) {
    try {
      return await sendOnce(ports, request, body, signal);
    } catch (error) {
      // Once: a server that refuses a new login will refuse the next, too.
      if (!isRenewed && isRefusal(error) && await ports.renew(signal)) {
        isRenewed = true;
        continue;
      }
      const isLast = attempt > ports.provider.requestMaxRetries;
      if (
        isLast || !(error instanceof ModelError) || !isRequestRetryable(error)
      ) throw error;
      const delay = error.retryAfterMs ??
        backoffMs(attempt, randomFraction(ports.random));
      await ports.clock.sleep(delay, signal);
      watchdog.touch();
    }
  }
}

function isRefusal(error: unknown): boolean {
  return error instanceof ModelError && error.code === "unauthorized";
}

/** A 429 goes back to the step at once, so that the wait is shown to the user. */
function isRequestRetryable(error: ModelError): boolean {
  return error.isRetryable && error.code !== "retry_limit";
}

async function sendOnce(
  ports: ResponsesPorts,
  request: ModelRequest,
  body: string,
  signal: AbortSignal,
): Promise<Response> {
  const headers = {
    "content-type": "application/json",
    accept: "text/event-stream",
    "user-agent": await ports.userAgent(),
    ...ports.provider.headers,
    ...request.headers,
    ...await ports.authorize(signal),
  };
  const url = endpointUrl(ports.baseUrl(), ports.provider.queryParams);
  const response = await ports.http.send(
    { method: "POST", url, headers, body },
    signal,
  )
    .catch((error: unknown): never => {
      if (!(error instanceof HttpError)) throw error;
      throw disconnected(
        `error sending request for url (${withoutQuery(url)})`,
      );
    });
  if (response.ok) return response;
  const text = await response.text();
  throw httpFailure({
    status: response.status,
    statusText: response.statusText,
    url,
    body: text.slice(0, ERROR_BODY_CHARS_MAX),
    headers: response.headers,
    nowMs: ports.clock.now(),
  });
}

async function* readEvents(
  response: Response,
  watchdog: Watchdog,
): AsyncGenerator<ModelEvent, void> {
  const limits = readRateLimits(response.headers);
  if (limits !== undefined) yield { type: "rateLimits", limits };
  const pending: string[] = [];
  const parser = createParser({
    onEvent(event) {
      pending.push(event.data);
    },
  });
  const decoder = new TextDecoder();
  for await (const chunk of bodyChunks(response)) {
    parser.feed(decoder.decode(chunk, { stream: true }));
    if (pending.length > 0) watchdog.touch();
    for (const data of pending.splice(0)) {
      const event = decodeEvent(data);
      if (event === undefined) continue;
      yield event;
      if (event.type === "completed") return;
    }
  }
  throw disconnected("stream closed before response.completed");
}

async function* bodyChunks(
  response: Response,
): AsyncGenerator<Uint8Array, void> {
  if (response.body === null) return;
  const reader = response.body.getReader();
  try {
    while (true) {
      const result = await reader.read().catch((error: unknown): never => {
        throw error instanceof ModelError ? error : disconnected(
          "Transport error: network error: error decoding response body",
        );
      });
      if (result.done) return;
      yield result.value;
    }
  } finally {
    // Frees the connection when the consumer leaves early; nothing more will be read.
    await reader.cancel().catch(() => undefined);
  }
}

function endpointUrl(
  baseUrl: string,
  query: Readonly<Record<string, string>>,
): string {
  const pairs = Object.entries(query)
    .map(([name, value]) =>
      `${encodeURIComponent(name)}=${encodeURIComponent(value)}`
    );
  return `${baseUrl}/responses${
    pairs.length === 0 ? "" : `?${pairs.join("&")}`
  }`;
}

function withoutQuery(url: string): string {
  return url.split("?", 1)[0] ?? url;
}

function randomFraction(random: Random): number {
  return (random.bytes(1)[0] ?? 0) / 256;
}
