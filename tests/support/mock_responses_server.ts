/**
 * A scripted model server: answers each request with the next step of a script and
 * keeps what it was sent. It speaks real HTTP and real event streams, and can fail in
 * every way a server fails: statuses, broken events, cuts, silence.
 */

/** One server-sent event of the Responses API. */
export type SseEvent = Readonly<Record<string, unknown>> & {
  readonly type: string;
};

export type MockStep =
  | {
    readonly kind: "stream";
    readonly events: readonly SseEvent[];
    /** Before the first event and between events. */
    readonly delayMs?: number;
    /** How the stream ends: properly, by a broken connection, or not at all. */
    readonly end?: "close" | "cut" | "hang";
    readonly headers?: Readonly<Record<string, string>>;
  }
  | {
    readonly kind: "status";
    readonly status: number;
    readonly body: string;
    readonly headers?: Readonly<Record<string, string>>;
  };

export interface RecordedRequest {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  // deno-lint-ignore no-explicit-any -- tests look into bodies of every shape
  readonly body: any;
  readonly atMs: number;
}

export interface MockServer extends AsyncDisposable {
  /** For `base_url`: `http://127.0.0.1:PORT/v1`. */
  readonly url: string;
  readonly requests: readonly RecordedRequest[];
  /** Adds steps behind those that are left. */
  script(...steps: readonly MockStep[]): void;
  /** Lets go of the requests that came so far. */
  forget(): void;
}

/**
 * Starts a server. A function in place of a step sees the request and decides. After
 * the last step every request gets status 500 with a message saying so.
 */
export function startMockServer(
  steps: readonly (MockStep | ((request: RecordedRequest) => MockStep))[],
  options: { readonly port?: number } = {},
): MockServer {
  const queue = [...steps];
  const requests: RecordedRequest[] = [];
  const stop = new AbortController();
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: options.port ?? 0, onListen() {} },
    async (request) => {
      const recorded = await recordRequest(request);
      if (!new URL(request.url).pathname.endsWith("/responses")) {
        return new Response("{}", { status: 404 });
      }
      requests.push(recorded);
      const next = queue.shift() ?? SCRIPT_ENDED;
      const step = typeof next === "function" ? next(recorded) : next;
      return respond(step, stop.signal);
    },
  );
  return {
    url: `http://127.0.0.1:${server.addr.port}/v1`,
    requests,
    script: (...more) => queue.push(...more),
    forget: () => void (requests.length = 0),
    async [Symbol.asyncDispose]() {
      stop.abort(new Error("The mock server was stopped"));
      await server.shutdown();
    },
  };
}

const SCRIPT_ENDED: MockStep = {
  kind: "status",
  status: 400,
  body: JSON.stringify({
    error: { message: "the mock server's script has ended" },
  }),
};

async function recordRequest(request: Request): Promise<RecordedRequest> {
  const url = new URL(request.url);
  const text = await request.text();
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    body = undefined;
  }
  return {
    method: request.method,
    url: url.pathname + url.search,
    headers: Object.fromEntries(request.headers),
    text,
    body,
    atMs: performance.now(),
  };
}

function respond(step: MockStep, stop: AbortSignal): Response {
  if (step.kind === "status") {
    return new Response(step.body, {
      status: step.status,
      headers: { "content-type": "application/json", ...step.headers },
    });
  }
  return new Response(streamBody(step, stop), {
    headers: { "content-type": "text/event-stream", ...step.headers },
  });
}

function streamBody(
  step: Extract<MockStep, { kind: "stream" }>,
  stop: AbortSignal,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  const encode = (event: SseEvent) =>
    encoder.encode(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
  return new ReadableStream({
    async start(controller) {
      try {
        for (const event of step.events) {
          if (step.delayMs !== undefined) await pause(step.delayMs, stop);
          controller.enqueue(encode(event));
        }
        if (step.end === "hang") await pause(60_000, stop);
        // Let what was written leave before the connection is broken.
        if (step.end === "cut") await pause(20, stop);
      } catch {
        // The server is stopping, or the client has gone: nobody reads on.
        return controller.close();
      }
      if (step.end === "cut") controller.error(new Error("cut by the script"));
      else controller.close();
    },
  });
}

function pause(ms: number, stop: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (stop.aborted) return reject(stop.reason);
    const timer = setTimeout(() => {
      stop.removeEventListener("abort", onAbort);
      resolve();
    }, ms);
    function onAbort() {
      clearTimeout(timer);
      reject(stop.reason);
    }
    stop.addEventListener("abort", onAbort, { once: true });
  });
}

// ---- what a script is made of ----

/** A stream of these events that ends as it should. */
export function stream(...events: readonly SseEvent[]): MockStep {
  return { kind: "stream", events };
}

/** A whole response: created, the items, completed with a usage of 100/10/20/5. */
export function response(...items: readonly (readonly SseEvent[])[]): MockStep {
  return stream(created(), ...items.flat(), completed());
}

export function created(): SseEvent {
  return { type: "response.created", response: { id: "resp_mock" } };
}

/** An assistant message, started, streamed and done. */
export function message(
  text: string,
  phase?: string,
  id = "msg_1",
): readonly SseEvent[] {
  const item = { type: "message", role: "assistant", id };
  return [
    { type: "response.output_item.added", item: { ...item, content: [] } },
    { type: "response.output_text.delta", item_id: id, delta: text },
    {
      type: "response.output_item.done",
      item: {
        ...item,
        status: "completed",
        content: [{ type: "output_text", text, annotations: [] }],
        ...(phase === undefined ? {} : { phase }),
      },
    },
  ];
}

export function reasoning(summary: string, id = "rs_1"): readonly SseEvent[] {
  const item = {
    type: "reasoning",
    id,
    summary: [{ type: "summary_text", text: summary }],
    encrypted_content: "ENC1",
  };
  return [
    {
      type: "response.output_item.added",
      item: { type: "reasoning", id, summary: [] },
    },
    { type: "response.output_item.done", item },
  ];
}

/** A function call with JSON arguments. */
export function call(
  name: string,
  args: unknown,
  callId: string,
  namespace?: string,
): readonly SseEvent[] {
  return [{
    type: "response.output_item.done",
    item: {
      type: "function_call",
      id: `fc_${callId}`,
      status: "completed",
      name,
      ...(namespace === undefined ? {} : { namespace }),
      arguments: typeof args === "string" ? args : JSON.stringify(args),
      call_id: callId,
    },
  }];
}

/** A free-form tool call. */
export function customCall(
  name: string,
  input: string,
  callId: string,
): readonly SseEvent[] {
  return [{
    type: "response.output_item.done",
    item: {
      type: "custom_tool_call",
      id: `ctc_${callId}`,
      status: "completed",
      name,
      input,
      call_id: callId,
    },
  }];
}

export function webSearch(action: unknown, id: string): readonly SseEvent[] {
  return [
    {
      type: "response.output_item.added",
      item: { type: "web_search_call", id },
    },
    {
      type: "response.output_item.done",
      item: { type: "web_search_call", id, status: "completed", action },
    },
  ];
}

export interface MockUsage {
  readonly input: number;
  readonly cached: number;
  readonly output: number;
  readonly reasoning: number;
}

export function completed(
  usage: MockUsage | null = {
    input: 100,
    cached: 10,
    output: 20,
    reasoning: 5,
  },
): SseEvent {
  return {
    type: "response.completed",
    response: {
      id: "resp_mock",
      ...(usage === null ? {} : {
        usage: {
          input_tokens: usage.input,
          input_tokens_details: { cached_tokens: usage.cached },
          output_tokens: usage.output,
          output_tokens_details: { reasoning_tokens: usage.reasoning },
          total_tokens: usage.input + usage.output,
        },
      }),
    },
  };
}

export function responseFailed(code: string, text: string): SseEvent {
  return {
    type: "response.failed",
    response: { id: "resp_mock", error: { code, message: text } },
  };
}

export function responseIncomplete(reason: string): SseEvent {
  return {
    type: "response.incomplete",
    response: { id: "resp_mock", incomplete_details: { reason } },
  };
}

/** A status with the usual error body. */
export function status(
  code: number,
  error: Readonly<Record<string, unknown>>,
  headers?: Readonly<Record<string, string>>,
): MockStep {
  return {
    kind: "status",
    status: code,
    body: JSON.stringify({ error }),
    ...(headers === undefined ? {} : { headers }),
  };
}
