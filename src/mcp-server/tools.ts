/**
 * The two tools: `codex` opens a thread and runs its first turn, `codex-reply` runs
 * another. What goes wrong is a result the calling model can read, not an error of the
 * protocol.
 */
import type { RequestId } from "@/jsonrpc/peer.ts";
import { decode } from "@/protocol/decode.ts";
import { CodexError } from "@/protocol/errors.ts";
import { isUuid, type ThreadId, type TurnId } from "@/protocol/ids.ts";
import {
  type CallParams,
  type CallResult,
  CodexArguments,
  ReplyArguments,
} from "@/protocol/mcp_server.ts";
import type { ThreadRequest, ThreadService } from "@/protocol/services.ts";
import {
  type CallOutcome,
  type Client,
  ServedThread,
} from "./served_thread.ts";

/** Threads kept for replies; each has its history and its MCP servers in memory. */
const THREADS_MAX = 64;

export interface ToolPorts {
  readonly threads: ThreadService;
  readonly client: Client;
  newTurnId(): TurnId;
  /** Milliseconds since the Unix epoch. */
  now(): number;
}

export class AgentTools {
  readonly #ports: ToolPorts;
  /** The one used last stands last. */
  readonly #threads = new Map<ThreadId, ServedThread>();
  /** Threads on their way in. */
  #opening = 0;

  constructor(ports: ToolPorts) {
    this.#ports = ports;
  }

  /** Runs a call to its end. Rejects when the signal aborts. */
  async call(
    { name, arguments: given }: CallParams,
    requestId: RequestId,
    signal: AbortSignal,
  ): Promise<CallResult> {
    switch (name) {
      case "codex":
        return given == null
          ? missingArguments(name)
          : await this.#start(given, requestId, signal);
      case "codex-reply":
        return given == null
          ? missingArguments(name)
          : await this.#reply(given, requestId, signal);
      default:
        return failed(`Unknown tool '${name}'`);
    }
  }

  /** Ends every thread; resolves when nothing of them is left. */
  async close(): Promise<void> {
    const threads = [...this.#threads.values()];
    this.#threads.clear();
    await Promise.all(threads.map((thread) => thread.close()));
  }

  async #start(
    given: unknown,
    requestId: RequestId,
    signal: AbortSignal,
  ): Promise<CallResult> {
    const decoded = decode(CodexArguments, given);
    if (!decoded.ok) return unreadable(decoded.message);
    const { prompt } = decoded.value;
    const opened = await this.#openThread(decoded.value, requestId, signal);
    if (!(opened instanceof ServedThread)) return opened;
    return resultOf(
      await opened.run({
        requestId,
        prompt,
        turnId: this.#ports.newTurnId(),
        // The first turn is known by the call's own id, as clients expect.
        eventId: String(requestId),
      }, signal),
    );
  }

  async #openThread(
    given: CodexArguments,
    requestId: RequestId,
    signal: AbortSignal,
  ): Promise<ServedThread | CallResult> {
    const { threads, client, now } = this.#ports;
    this.#opening++;
    try {
      if (!await this.#makeRoom()) {
        return failed(
          `Cannot start a thread: ${THREADS_MAX} are working; wait for one of them to end`,
        );
      }
      const open = await threads.start(requestOf(given), signal);
      const thread = new ServedThread(open, client, now, requestId);
      this.#threads.set(thread.id, thread);
      return thread;
    } catch (error) {
      if (!(error instanceof CodexError)) throw error;
      const what = error.code === "invalid_config"
        ? "Failed to load Codex configuration from overrides"
        : "Failed to start Codex session";
      return failed(`${what}: ${error.message}`);
    } finally {
      this.#opening--;
    }
  }

  /** Lets the thread go that was used longest ago; false when all of them work. */
  async #makeRoom(): Promise<boolean> {
    if (this.#threads.size + this.#opening <= THREADS_MAX) return true;
    const idle = this.#threads.values().find(({ isIdle }) => isIdle);
    if (idle === undefined) return false;
    this.#threads.delete(idle.id);
    await idle.close();
    return true;
  }

  async #reply(
    given: unknown,
    requestId: RequestId,
    signal: AbortSignal,
  ): Promise<CallResult> {
    const decoded = decode(ReplyArguments, given);
    if (!decoded.ok) return unreadable(decoded.message);
    const { threadId, conversationId, prompt } = decoded.value;
    const id = (threadId ?? conversationId)?.toLowerCase();
    if (id === undefined) {
      return failed(
        "Failed to parse thread_id: either threadId or conversationId must be provided",
      );
    }
    if (!isUuid(id)) {
      return failed(`Failed to parse thread_id: "${id}" is not a UUID`);
    }
    const thread = this.#threads.get(id);
    if (thread === undefined) {
      return resultOf({
        threadId: id,
        content: `Session not found for thread_id: ${id}`,
        isError: true,
        notes: [],
      });
    }
    this.#threads.delete(id);
    this.#threads.set(id, thread);
    const turnId = this.#ports.newTurnId();
    return resultOf(
      await thread.run({ requestId, prompt, turnId, eventId: turnId }, signal),
    );
  }
}

/** What a client asked for, in the words of the service. */
function requestOf(given: CodexArguments): ThreadRequest {
  const {
    cwd,
    profile,
    model,
    sandbox,
    "approval-policy": approvalPolicy,
    "base-instructions": instructions,
    "developer-instructions": developerInstructions,
    "compact-prompt": compactPrompt,
  } = given;
  return {
    ...(cwd === undefined ? {} : { cwd }),
    ...(profile === undefined ? {} : { profile }),
    ...(sandbox === undefined ? {} : { sandboxMode: sandbox }),
    ...(instructions === undefined ? {} : { instructions }),
    ...(developerInstructions === undefined ? {} : { developerInstructions }),
    config: {
      ...given.config,
      ...(compactPrompt === undefined ? {} : { compact_prompt: compactPrompt }),
    },
    choices: {
      ...(model === undefined ? {} : { model }),
      ...(approvalPolicy === undefined ? {} : { approvalPolicy }),
    },
  };
}

function resultOf(
  { threadId, content, isError, notes }: CallOutcome,
): CallResult {
  return {
    content: [content, ...notes].map((text) => ({ type: "text", text })),
    structuredContent: { threadId, content },
    ...(isError ? { isError: true } : {}),
  };
}

function failed(text: string): CallResult {
  return { content: [{ type: "text", text }], isError: true };
}

function unreadable(message: string): CallResult {
  return failed(`Failed to parse configuration for Codex tool: ${message}`);
}

function missingArguments(name: string): CallResult {
  return failed(
    `Missing arguments for ${name} tool-call; the \`prompt\` field is required.`,
  );
}
