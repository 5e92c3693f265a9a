/**
 * Puts a program that speaks MCP over its standard streams behind an address, for
 * judges that know only HTTP. One program for each session; what it says beside
 * answers goes to whoever asked last.
 */
import { readFrames } from "@/jsonrpc/lines.ts";

// deno-lint-ignore no-explicit-any -- messages of every shape
type Message = any;

export interface Bridge extends AsyncDisposable {
  readonly url: string;
}

interface Stream {
  send(message: Message): void;
  close(): void;
}

interface Program {
  readonly asking: Map<unknown, Stream>;
  write(message: Message): Promise<void>;
  end(): Promise<void>;
}

/** @param spawn starts the program, with all its streams piped */
export function startBridge(spawn: () => Deno.ChildProcess): Bridge {
  const programs = new Map<string, Program>();
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    async (request) => {
      const id = request.headers.get("mcp-session-id") ?? "";
      if (request.method === "DELETE") {
        await programs.get(id)?.end();
        programs.delete(id);
        return new Response(null, { status: 200 });
      }
      if (request.method !== "POST") return new Response(null, { status: 405 });
      const message = await request.json();
      const isFirst = message.method === "initialize";
      const session = isFirst ? crypto.randomUUID() : id;
      const program = isFirst ? startProgram(spawn()) : programs.get(session);
      if (program === undefined) return new Response(null, { status: 404 });
      programs.set(session, program);
      if (message.id === undefined || message.method === undefined) {
        await program.write(message);
        return new Response(null, { status: 202 });
      }
      return new Response(await ask(program, message), {
        headers: {
          "content-type": "text/event-stream",
          "mcp-session-id": session,
        },
      });
    },
  );
  return {
    url: `http://127.0.0.1:${server.addr.port}/mcp`,
    async [Symbol.asyncDispose]() {
      await Promise.all([...programs.values()].map((one) => one.end()));
      await server.shutdown();
    },
  };
}

function startProgram(child: Deno.ChildProcess): Program {
  const writer = child.stdin.getWriter();
  const errors = child.stderr.cancel();
  const asking = new Map<unknown, Stream>();
  const reading = (async () => {
    for await (const frame of readFrames(child.stdout)) {
      const message = JSON.parse(frame);
      const isAnswer = message.method === undefined;
      const stream = isAnswer
        ? asking.get(message.id)
        : [...asking.values()].at(-1);
      stream?.send(message);
      if (!isAnswer) continue;
      stream?.close();
      asking.delete(message.id);
    }
  })();
  return {
    asking,
    write: (message) =>
      writer.write(new TextEncoder().encode(`${JSON.stringify(message)}\n`)),
    async end() {
      await writer.close().catch(() => undefined);
      await Promise.all([reading, errors, child.status]);
    },
  };
}

async function ask(
  program: Program,
  message: Message,
): Promise<ReadableStream<Uint8Array>> {
  const encoder = new TextEncoder();
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      program.asking.set(message.id, {
        send: (one) =>
          controller.enqueue(
            encoder.encode(`event: message\ndata: ${JSON.stringify(one)}\n\n`),
          ),
        close: () => controller.close(),
      });
    },
  });
  await program.write(message);
  return stream;
}
