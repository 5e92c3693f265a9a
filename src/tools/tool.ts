/**
 * What a tool is. A tool describes work and asks its context for the power to do it:
 * it starts no process, writes no file and knows nothing of approvals or sandboxes.
 */
import { toJsonSchema } from "@valibot/to-json-schema";
import type * as v from "valibot";
import { decode } from "@/protocol/decode.ts";
import type {
  DynamicToolCall,
  DynamicToolResult,
} from "@/protocol/dynamic_tools.ts";
import type { ThreadId } from "@/protocol/ids.ts";
import type { PlanStep, UserInput } from "@/protocol/items.ts";
import type { PermissionGrant, Permissions } from "@/protocol/permissions.ts";
import type { ReasoningEffort } from "@/protocol/policy.ts";
import type { UserAnswers, UserQuestion } from "@/protocol/questions.ts";
import type { OutputBody, ResponseItem } from "@/protocol/response_items.ts";
import type { TextLimit } from "@/text/truncate.ts";

/** What a call gave, in words for the model. A failure is a value the model reads. */
export interface ToolOutcome {
  readonly kind: "ok" | "failed";
  readonly output: OutputBody;
  /** What a search for tools found: declarations the model may use from here on. */
  readonly tools?: readonly Readonly<Record<string, unknown>>[];
  /** Items that follow the outputs of the batch, such as a word of advice. */
  readonly notes?: readonly ResponseItem[];
  /** What hooks are told the call gave; absent when it has not ended, or nothing ran. */
  readonly response?: unknown;
}

/** A call as hooks are told of it: a name to match, and what is about to happen. */
export interface HookedCall {
  readonly name: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/** A command the model wants, before anyone decided about it. */
export interface CommandRequest {
  readonly argv: readonly string[];
  /** As the model wrote it; relative to the turn's directory. */
  readonly workdir?: string;
  readonly tty: boolean;
  /** The model asks to run it outside the sandbox. */
  readonly wantsEscalation: boolean;
  readonly justification?: string;
  /** The prefix the model proposes to allow from now on. */
  readonly prefixRule?: readonly string[];
  /** How long to wait for the end before giving back a running session. */
  readonly yieldMs: number;
  /** Kill it after this long; undefined lets it run on as a session. */
  readonly timeoutMs?: number;
}

export type CommandOutcome =
  | {
    readonly kind: "exited";
    readonly exitCode: number;
    readonly output: string;
    readonly wallMs: number;
    /** Set when it was killed for taking too long. */
    readonly timedOutAfterMs?: number;
  }
  | {
    readonly kind: "running";
    readonly sessionId: number;
    readonly output: string;
    readonly wallMs: number;
  }
  /** Not run, or not possible; the text says why. */
  | { readonly kind: "refused"; readonly text: string };

export interface PatchOutcome {
  readonly isSuccess: boolean;
  /** The patch program's own words: what changed, or why nothing did. */
  readonly text: string;
  readonly durationMs: number;
  /** The patch did not fit the files, so nothing was tried. */
  readonly isVerificationFailure: boolean;
}

export type ImageOutcome =
  | { readonly kind: "image"; readonly dataUrl: string }
  | { readonly kind: "failed"; readonly text: string };

/** A tool of an MCP server the model wants to use. */
export interface McpCall {
  readonly server: string;
  /** As the server calls it. */
  readonly tool: string;
  readonly arguments: Readonly<Record<string, unknown>> | undefined;
}

export type McpOutcome =
  | {
    readonly kind: "result";
    readonly content: readonly unknown[];
    readonly structuredContent?: unknown;
    readonly isError: boolean;
    readonly wallMs: number;
  }
  /** Not allowed, or it gave no result; the text says why. */
  | {
    readonly kind: "error";
    readonly message: string;
    readonly wallMs: number;
  };

/** What the model wants to know of the servers' resources. */
export type McpResourceQuery =
  | {
    readonly kind: "list" | "templates";
    /** Undefined asks every server. */
    readonly server: string | undefined;
    readonly cursor: string | undefined;
  }
  | { readonly kind: "read"; readonly server: string; readonly uri: string };

export type McpResourceOutcome =
  | { readonly kind: "ok"; readonly json: string }
  | { readonly kind: "failed"; readonly text: string };

/** What an agent is told. */
export type AgentInput =
  | { readonly kind: "message"; readonly text: string }
  | { readonly kind: "items"; readonly items: readonly UserInput[] };

export interface SpawnRequest {
  readonly input: AgentInput;
  readonly role: string | undefined;
  /** Give it the conversation so far. */
  readonly forksContext: boolean;
  readonly model: string | undefined;
  readonly effort: ReasoningEffort | undefined;
}

export type AgentOutcome =
  | { readonly kind: "ok"; readonly value: Readonly<Record<string, unknown>> }
  | { readonly kind: "failed"; readonly text: string };

/** What can be done with sub-agents. */
export interface AgentPowers {
  spawn(request: SpawnRequest, signal: AbortSignal): Promise<AgentOutcome>;
  send(
    request: {
      readonly agentId: ThreadId;
      readonly input: AgentInput;
      readonly interrupts: boolean;
    },
    signal: AbortSignal,
  ): Promise<AgentOutcome>;
  wait(
    request: {
      readonly agentIds: readonly ThreadId[];
      readonly timeoutMs: number;
    },
    signal: AbortSignal,
  ): Promise<AgentOutcome>;
  resume(agentId: ThreadId, signal: AbortSignal): Promise<AgentOutcome>;
  close(agentId: ThreadId, signal: AbortSignal): Promise<AgentOutcome>;
}

/** The powers of one call. */
export interface ToolContext {
  readonly agents: AgentPowers;
  /** The user's shell, for example `/bin/bash`. */
  readonly shell: string;
  readonly allowLoginShell: boolean;
  /** Longest wait for a background session, in milliseconds. */
  readonly longestPollMs: number;
  /** How much of an output the model's own limit leaves. */
  readonly outputLimit: TextLimit;
  /** The model can be sent images in their full resolution. */
  readonly originalImageDetail: boolean;
  startCommand(
    request: CommandRequest,
    signal: AbortSignal,
  ): Promise<CommandOutcome>;
  writeStdin(
    request: {
      readonly sessionId: number;
      readonly chars: string;
      readonly yieldMs: number;
    },
    signal: AbortSignal,
  ): Promise<CommandOutcome>;
  applyPatch(
    request: { readonly patch: string; readonly workdir?: string },
    signal: AbortSignal,
  ): Promise<PatchOutcome>;
  /** The user may be asked in this turn's mode. */
  readonly mayAskUser: boolean;
  /** Undefined when nobody answers. */
  askUser(
    questions: readonly UserQuestion[],
    signal: AbortSignal,
  ): Promise<UserAnswers | undefined>;
  /** What the user grants of it, which may be nothing. */
  requestPermissions(
    asked: Permissions,
    reason: string | undefined,
    signal: AbortSignal,
  ): Promise<PermissionGrant>;
  /** The turn is to end with a plan of its own, so there is no list to tick off. */
  readonly isPlanning: boolean;
  updatePlan(
    plan: readonly PlanStep[],
    explanation: string | undefined,
  ): Promise<void>;
  readImage(
    request: { readonly path: string; readonly keepResolution: boolean },
    signal: AbortSignal,
  ): Promise<ImageOutcome>;
  /** Asks the client to run one of the tools it brought. */
  callDynamicTool(
    call: DynamicToolCall,
    signal: AbortSignal,
  ): Promise<DynamicToolResult>;
  callMcpTool(call: McpCall, signal: AbortSignal): Promise<McpOutcome>;
  queryMcpResources(
    query: McpResourceQuery,
    signal: AbortSignal,
  ): Promise<McpResourceOutcome>;
  /** Six hexadecimal digits that name one piece of output. */
  chunkId(): string;
}

/** What decides whether a tool is offered; fixed for a thread. */
export interface ToolSettings {
  readonly unifiedExec: boolean;
  readonly shellTool: boolean;
  readonly allowLoginShell: boolean;
  readonly freeformPatch: boolean;
  readonly acceptsImages: boolean;
  readonly originalImageDetail: boolean;
  /** Undefined when the web may not be searched. */
  readonly webSearch?: WebSearchSettings;
  /** MCP servers are configured, so there may be resources. */
  readonly hasMcpServers?: boolean;
  /**
   * When servers' tools are behind a search: once there are many, or always. Undefined
   * for a model that knows no search.
   */
  readonly toolSearch?: "whenMany" | "always";
  /** The model may ask for a wider sandbox. */
  readonly requestPermissions?: boolean;
  /** What an agent can be told to be; undefined when none may be started. */
  readonly agentRoles?: readonly AgentRoleSummary[];
}

export interface AgentRoleSummary {
  readonly name: string;
  /** When to choose it, for the model. */
  readonly description: string;
}

export interface WebSearchSettings {
  /** The server may open pages of the live web. */
  readonly isLive: boolean;
  readonly returnsImages: boolean;
  readonly contextSize?: "low" | "medium" | "high";
  readonly allowedDomains?: readonly string[];
  /** Where the user says to be: country, region, city, time zone. */
  readonly location?: Readonly<Record<string, string>>;
}

/** A tool as the registry holds it: its argument type is its own business. */
export interface Tool {
  readonly name: string;
  /** Other names a model may call it by; never declared. */
  readonly aliases: readonly string[];
  /** May run beside other such tools of the same batch. */
  readonly parallel: boolean;
  isOffered(settings: ToolSettings): boolean;
  /** May be called; also true for names that are no longer offered but still known. */
  isAccepted(settings: ToolSettings): boolean;
  /** The declaration sent to the model. */
  declare(settings: ToolSettings): Readonly<Record<string, unknown>>;
  /** The call as hooks are told of it; undefined for calls hooks have no say in. */
  hooked?(input: string): HookedCall | undefined;
  /** Decodes what the model wrote and does it; bad arguments are an outcome. */
  call(
    input: string,
    context: ToolContext,
    signal: AbortSignal,
  ): Promise<ToolOutcome>;
}

/** What running a call takes: a tool of the registry, or one of a server. */
export type CallableTool = Pick<Tool, "parallel" | "hooked" | "call">;

type ObjectSchema = v.GenericSchema<Record<string, unknown>>;

export interface FunctionTool<Schema extends ObjectSchema> {
  readonly name: string;
  readonly aliases?: readonly string[];
  /** For the model; a function when it depends on the settings. */
  readonly description: string | ((settings: ToolSettings) => string);
  /** One declaration: static type, decoder and the JSON Schema the model sees. */
  readonly parameters: Schema;
  readonly parallel: boolean;
  /** Parameters left out of the declaration under these settings. */
  hides?(settings: ToolSettings): readonly string[];
  isOffered(settings: ToolSettings): boolean;
  /** Without it, what is offered is what is accepted. */
  isAccepted?(settings: ToolSettings): boolean;
  /** Without it, hooks have no say in the tool's calls. */
  hooked?(args: v.InferOutput<Schema>): HookedCall;
  run(
    args: v.InferOutput<Schema>,
    context: ToolContext,
    signal: AbortSignal,
  ): Promise<ToolOutcome>;
}

/** A tool the model calls with JSON arguments. */
export function defineTool<Schema extends ObjectSchema>(
  tool: FunctionTool<Schema>,
): Tool {
  return {
    name: tool.name,
    aliases: tool.aliases ?? [],
    parallel: tool.parallel,
    isOffered: tool.isOffered,
    isAccepted: tool.isAccepted ?? tool.isOffered,
    declare: (settings) => ({
      type: "function",
      name: tool.name,
      description:
        (typeof tool.description === "string"
          ? tool.description
          : tool.description(settings)).trim(),
      strict: false,
      parameters: parameterSchema(
        tool.parameters,
        tool.hides?.(settings) ?? [],
      ),
    }),
    hooked(input) {
      if (tool.hooked === undefined) return undefined;
      const args = decodeArguments(tool.parameters, input);
      return args.ok ? tool.hooked(args.value) : undefined;
    },
    async call(input, context, signal) {
      const args = decodeArguments(tool.parameters, input);
      return args.ok
        ? await tool.run(args.value, context, signal)
        : failed(args.message);
    },
  };
}

/** A shell command as hooks are told of it, whichever tool runs it. */
export function hookedCommand(command: string): HookedCall {
  return { name: "Bash", input: { command } };
}

/** A failed outcome with this text. */
export function failed(text: string): ToolOutcome {
  return { kind: "failed", output: text };
}

/** Reads the model's JSON arguments. The message is for the model. */
export function decodeArguments<Schema extends ObjectSchema>(
  schema: Schema,
  input: string,
):
  | { readonly ok: true; readonly value: v.InferOutput<Schema> }
  | { readonly ok: false; readonly message: string } {
  let json: unknown;
  try {
    json = JSON.parse(input === "" ? "{}" : input);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return {
      ok: false,
      message: `failed to parse function arguments: ${reason}`,
    };
  }
  const decoded = decode(schema, json);
  return decoded.ok ? decoded : {
    ok: false,
    message: `failed to parse function arguments: ${decoded.message}`,
  };
}

function parameterSchema(
  schema: ObjectSchema,
  hidden: readonly string[],
): unknown {
  const { $schema: _, ...json } = toJsonSchema(schema, { errorMode: "ignore" });
  const properties = json.properties ?? {};
  for (const name of hidden) delete properties[name];
  return closeObjects(json);
}

/** Objects closed and their properties sorted at every level, so that the bytes never vary. */
function closeObjects(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(closeObjects);
  if (typeof value !== "object" || value === null) return value;
  const result: Record<string, unknown> = {};
  for (const [key, inner] of Object.entries(value)) {
    result[key] = key === "properties"
      ? Object.fromEntries(
        Object.entries(inner as Record<string, unknown>)
          .sort(([left], [right]) => left < right ? -1 : 1)
          .map(([name, property]) => [name, closeObjects(property)]),
      )
      : closeObjects(inner);
  }
  if (result.type === "object") result.additionalProperties = false;
  return result;
}
