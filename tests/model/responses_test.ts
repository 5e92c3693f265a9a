/** The client against a fake HTTP: retries, the idle limit, how streams end. */
import assert from "node:assert/strict";
import type { ProviderConfig } from "@/config/config.ts";
import type { ModelEvent, ModelRequest } from "@/model/model.ts";
import { createResponsesClient } from "@/model/responses.ts";
import {
  type HttpClient,
  HttpError,
  type HttpRequest,
} from "@/platform/platform.ts";
import {
  FakeClock,
  fixedRandom,
  InstantClock,
  NEVER,
} from "@test/support/fake_clock.ts";

type Answer = Response | Error | ((signal: AbortSignal) => Promise<Response>);

class FakeHttp implements HttpClient {
  readonly sent: HttpRequest[] = [];
  readonly #answers: Answer[];

  constructor(answers: readonly Answer[]) {
    this.#answers = [...answers];
  }

  async send(request: HttpRequest, signal: AbortSignal): Promise<Response> {
    this.sent.push(request);
    const answer = this.#answers.shift();
    if (answer instanceof Response) return answer;
    if (typeof answer === "function") return await answer(signal);
    throw answer ?? new Error("The script has ended");
  }
}

const REQUEST: ModelRequest = {
  model: "m",
  instructions: "",
  input: [],
  tools: [],
  parallelToolCalls: false,
  cacheKey: "thread",
  clientMetadata: {},
  headers: { session_id: "thread" },
};

function makeClient(http: HttpClient, clock = new InstantClock()) {
  // The fields a client reads; the others say how a provider is found.
  const provider = {
    requestMaxRetries: 2,
    streamIdleTimeoutMs: 1_000,
    queryParams: { "api-version": "v1 x" },
    headers: { "x-extra": "1" },
  } as unknown as ProviderConfig;
  return createResponsesClient({
    http,
    clock,
    random: fixedRandom(128),
    provider,
    baseUrl: () => "https://host/v1",
    userAgent: () => Promise.resolve("agent"),
    authorize: () => Promise.resolve({ authorization: "Bearer x" }),
    renew: () => Promise.resolve(false),
  });
}

function sse(...events: readonly unknown[]): Response {
  return new Response(
    events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join(""),
  );
}

const COMPLETED = { type: "response.completed", response: {} };

async function take(
  client: ReturnType<typeof makeClient>,
  signal = NEVER,
): Promise<readonly ModelEvent[]> {
  return await Array.fromAsync(client.stream(REQUEST, signal));
}

Deno.test("a request goes to the endpoint with all headers, and what follows the end is not read", async () => {
  const http = new FakeHttp([
    sse({ type: "response.created" }, COMPLETED, COMPLETED),
  ]);
  assert.deepEqual(await take(makeClient(http)), [{ type: "completed" }]);
  const [request] = http.sent;
  assert.deepEqual(
    { ...request, body: undefined },
    {
      method: "POST",
      url: "https://host/v1/responses?api-version=v1%20x",
      headers: {
        "content-type": "application/json",
        "accept": "text/event-stream",
        "user-agent": "agent",
        "x-extra": "1",
        "session_id": "thread",
        "authorization": "Bearer x",
      },
      body: undefined,
    },
  );
});

Deno.test("transport errors and 5xx are asked for again in silence, with growing waits", async () => {
  const clock = new InstantClock();
  const http = new FakeHttp([
    new HttpError("refused"),
    new Response("", { status: 500 }),
    sse(COMPLETED),
  ]);
  assert.deepEqual(await take(makeClient(http, clock)), [{
    type: "completed",
  }]);
  assert.deepEqual(clock.sleeps, [200, 400]);
});

Deno.test("a wait the server names is followed instead", async () => {
  const clock = new InstantClock();
  const http = new FakeHttp([
    new Response("", { status: 503, headers: { "retry-after": "7" } }),
    sse(COMPLETED),
  ]);
  await take(makeClient(http, clock));
  assert.deepEqual(clock.sleeps, [7_000]);
});

Deno.test("a 429 and what no wait heals are thrown at once", async () => {
  for (const status of [429, 400, 401, 404]) {
    const http = new FakeHttp([
      new Response("", { status, headers: { "retry-after": "1" } }),
    ]);
    await assert.rejects(take(makeClient(http)), { name: "CodexError" });
    assert.equal(http.sent.length, 1);
  }
});

Deno.test("when the budget is spent, the last failure is thrown", async () => {
  const http = new FakeHttp([1, 2, 3].map((n) => new HttpError(`no ${n}`)));
  await assert.rejects(take(makeClient(http)), {
    code: "stream_disconnected",
    message:
      "stream disconnected before completion: error sending request for url (https://host/v1/responses)",
  });
  assert.equal(http.sent.length, 3);
});

Deno.test("events come out whole, however the bytes are cut", async () => {
  const text = `data: ${
    JSON.stringify({
      type: "response.output_text.delta",
      item_id: "m",
      delta: "hä👋",
    })
  }\r\n\r\n: comment\n\ndata: not json\n\ndata: ${
    JSON.stringify(COMPLETED)
  }\n\n`;
  const bytes = new TextEncoder().encode(text);
  const oneByOne = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const byte of bytes) controller.enqueue(Uint8Array.of(byte));
      controller.close();
    },
  });
  const http = new FakeHttp([new Response(oneByOne)]);
  assert.deepEqual(await take(makeClient(http)), [
    { type: "textDelta", itemId: "m", delta: "hä👋" },
    { type: "completed" },
  ]);
});

Deno.test("a stream that says nothing is given up after the idle limit", async () => {
  const clock = new FakeClock();
  const opened = Promise.withResolvers<void>();
  const http = new FakeHttp([async (signal) => {
    opened.resolve();
    return new Response(
      new ReadableStream({
        start(controller) {
          signal.addEventListener(
            "abort",
            () => controller.error(signal.reason),
          );
        },
      }),
    );
  }]);
  const taken = take(makeClient(http, clock as InstantClock));
  await opened.promise;
  clock.advance(1_000);
  await assert.rejects(taken, {
    message:
      "stream disconnected before completion: idle timeout waiting for SSE",
  });
});

Deno.test("an aborted request throws the reason it was aborted with", async () => {
  const controller = new AbortController();
  const stop = new Error("stop");
  const http = new FakeHttp([async (signal) => {
    controller.abort(stop);
    throw signal.reason;
  }]);
  await assert.rejects(take(makeClient(http), controller.signal), stop);
});
