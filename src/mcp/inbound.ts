/**
 * What a server sends without being asked: questions to the user, log messages, word
 * that its tools changed. None of it may cost more than a flag, a line or a place in a
 * short queue, however much of it comes.
 */
import {
  type Client,
  ProtocolError,
  ProtocolErrorCode,
} from "@modelcontextprotocol/client";
import * as v from "valibot";
import type { McpElicitation } from "@/protocol/events.ts";
import type { ElicitationAnswer } from "@/protocol/ops.ts";
import { checkForm } from "./elicitation_form.ts";
import type { ServerLog } from "./server_log.ts";

/** Questions of one server that may wait for the user at once. */
const QUESTIONS_MAX = 4;
/** Characters of one question; a form that long is none. */
const QUESTION_CHARS_MAX = 256 * 1024;
/** How often a person may correct a form before the server hears that nobody answered. */
const CORRECTIONS_MAX = 3;

export interface InboundPorts {
  readonly log: ServerLog;
  /** Asks the user; `problem` says why the last answer could not be taken. */
  ask(
    elicitation: McpElicitation,
    problem: string | undefined,
    signal: AbortSignal,
  ): Promise<ElicitationAnswer>;
  toolsChanged(): void;
}

/** Takes what a server sends on its own. */
export function attachInbound(client: Client, ports: InboundPorts): void {
  let waiting = 0;
  // The SDK's own handler for questions turns away addresses to open unless they are
  // announced, which the reference does not do though it takes them.
  client.fallbackRequestHandler = async (request, context) => {
    if (request.method !== "elicitation/create") {
      throw new ProtocolError(
        ProtocolErrorCode.MethodNotFound,
        "Method not found",
      );
    }
    const elicitation = readElicitation(request.params);
    if (waiting >= QUESTIONS_MAX) return { action: "decline" };
    waiting++;
    try {
      return await elicit(ports, elicitation, context.mcpReq.signal);
    } finally {
      waiting--;
    }
  };
  client.setNotificationHandler(
    "notifications/tools/list_changed",
    () => ports.toolsChanged(),
  );
  client.setNotificationHandler("notifications/message", ({ params }) => {
    const { level, data } = params;
    ports.log.message(
      level,
      () => typeof data === "string" ? data : JSON.stringify(data) ?? "",
    );
  });
}

/** Asks until the answer fits what was asked for. */
async function elicit(
  ports: InboundPorts,
  elicitation: McpElicitation,
  signal: AbortSignal,
): Promise<Record<string, unknown>> {
  let problem: string | undefined;
  for (let attempt = 0; attempt < CORRECTIONS_MAX; attempt++) {
    const answer = await ports.ask(elicitation, problem, signal);
    if (answer.action !== "accept") return { action: answer.action };
    if (elicitation.mode === "url") return { action: "accept", content: {} };
    const form = checkForm(elicitation.requestedSchema, answer.content);
    if (form.kind === "ok") return { action: "accept", content: form.content };
    problem = form.problem;
  }
  return { action: "cancel" };
}

const Meta = v.fallback(
  v.optional(v.record(v.string(), v.unknown())),
  undefined,
);

const Elicitation = v.union([
  v.object({
    mode: v.literal("url"),
    message: v.string(),
    url: v.pipe(v.string(), v.url()),
    elicitationId: v.string(),
    _meta: Meta,
  }),
  v.object({
    mode: v.optional(v.literal("form")),
    message: v.string(),
    requestedSchema: v.record(v.string(), v.unknown()),
    _meta: Meta,
  }),
]);

/** @throws ProtocolError for the server, when it asks for what is no question */
function readElicitation(params: unknown): McpElicitation {
  const parsed = v.safeParse(Elicitation, params);
  if (!parsed.success || JSON.stringify(params).length > QUESTION_CHARS_MAX) {
    throw new ProtocolError(
      ProtocolErrorCode.InvalidParams,
      "Invalid elicitation request: a message with a requestedSchema, or with a url and an elicitationId, is needed",
    );
  }
  const { _meta: meta, ...asked } = parsed.output;
  const more = meta === undefined ? {} : { meta };
  return asked.mode === "url"
    ? { ...asked, ...more }
    : { ...asked, mode: "form", ...more };
}
