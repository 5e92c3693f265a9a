/**
 * The hooks of a thread: which run at a moment, and what their verdicts mean together.
 * Any hook may refuse, and one refusal is enough; the first one is the one that is told.
 */
import type { HookFolder } from "@/config/hook_files.ts";
import {
  type HookHandler,
  type HookSet,
  matchingHandlers,
  resolveHooks,
} from "@/config/hooks.ts";
import type { HookEvent } from "@/protocol/hooks.ts";
import { uuidV4 } from "@/protocol/ids.ts";
import type { HookPromptThreadItem } from "@/protocol/items.ts";
import { type ResponseItem, textMessage } from "@/protocol/response_items.ts";
import { truncateMiddle } from "@/text/truncate.ts";
import type {
  HookMoment,
  HookPorts,
  PromptHooks,
  TurnHooks,
} from "../turn_hooks.ts";
import {
  permissionInput,
  postToolUseInput,
  preToolUseInput,
  sessionStartInput,
  stopInput,
  userPromptInput,
} from "./input.ts";
import { type HookCall, type NamedVerdict, runHooks } from "./run_hooks.ts";
import type { HookVerdict } from "./verdict.ts";

/** @throws ConfigError when a `[hooks]` table cannot be read */
export async function createTurnHooks(
  ports: HookPorts,
  folders: readonly HookFolder[],
): Promise<TurnHooks> {
  const { config, platform } = ports;
  return new ConfiguredHooks(
    ports,
    await resolveHooks(platform.files, config.layers, folders),
  );
}

/** About 10,000 tokens, what an output may take: more would crowd out the task. */
const TEXT_BYTES_MAX = 40_000;

const NOTHING_SAID: PromptHooks = { context: [], mayGoOn: true };

class ConfiguredHooks implements TurnHooks {
  readonly #ports: HookPorts;
  readonly #handlers: readonly HookHandler[];
  #warnings: readonly string[];
  #hasStarted = false;

  constructor(ports: HookPorts, set: HookSet) {
    this.#ports = ports;
    this.#handlers = set.handlers;
    this.#warnings = set.warnings;
  }

  takeWarnings(): readonly string[] {
    const warnings = this.#warnings;
    this.#warnings = [];
    return warnings;
  }

  async sessionStart(
    at: HookMoment,
    signal: AbortSignal,
  ): Promise<PromptHooks> {
    if (this.#hasStarted) return NOTHING_SAID;
    this.#hasStarted = true;
    const { source } = this.#ports;
    const input = sessionStartInput(this.#ports, at, source);
    const call = { turnId: at.turnId, input };
    return promptHooks(await this.#run("SessionStart", source, call, signal));
  }

  async userPrompt(
    at: HookMoment,
    prompt: string,
    signal: AbortSignal,
  ): Promise<PromptHooks> {
    const input = userPromptInput(this.#ports, at, prompt);
    const call = { turnId: at.turnId, input };
    return promptHooks(
      await this.#run("UserPromptSubmit", undefined, call, signal),
    );
  }

  async beforeCall(
    at: HookMoment,
    call: Parameters<TurnHooks["beforeCall"]>[1],
    signal: AbortSignal,
  ): Promise<string | undefined> {
    const verdicts = await this.#run("PreToolUse", call.name, {
      turnId: at.turnId,
      callId: call.id,
      input: preToolUseInput(this.#ports, at, call),
    }, signal);
    return firstBlock(verdicts);
  }

  async permission(
    at: HookMoment,
    call: Parameters<TurnHooks["permission"]>[1],
    signal: AbortSignal,
  ): ReturnType<TurnHooks["permission"]> {
    const verdicts = await this.#run("PermissionRequest", call.name, {
      turnId: at.turnId,
      callId: call.id,
      input: permissionInput(this.#ports, at, call),
    }, signal);
    const text = firstBlock(verdicts);
    if (text !== undefined) return { kind: "deny", text };
    return verdicts.some(({ allows }) => allows)
      ? { kind: "allow" }
      : undefined;
  }

  async afterCall(
    at: HookMoment,
    call: Parameters<TurnHooks["afterCall"]>[1],
    signal: AbortSignal,
  ): ReturnType<TurnHooks["afterCall"]> {
    const verdicts = await this.#run("PostToolUse", call.name, {
      turnId: at.turnId,
      callId: call.id,
      input: postToolUseInput(this.#ports, at, call),
    }, signal);
    const blocks = verdicts.flatMap(({ block }) => block ?? []);
    return {
      context: contextOf(verdicts),
      replacement: blocks.length === 0 ? undefined : blocks.join("\n\n"),
    };
  }

  async atRest(
    at: HookMoment,
    turn: Parameters<TurnHooks["atRest"]>[1],
    signal: AbortSignal,
  ): Promise<ResponseItem | undefined> {
    const verdicts = await this.#run("Stop", undefined, {
      turnId: at.turnId,
      input: stopInput(this.#ports, at, turn),
    }, signal);
    if (verdicts.some(({ stops }) => stops)) return undefined;
    const fragments = verdicts.flatMap(({ block, runId }) =>
      block === undefined ? [] : [{ text: block, hookRunId: runId }]
    );
    if (fragments.length === 0) return undefined;
    await this.#showPrompt(at, fragments);
    return {
      type: "message",
      role: "user",
      content: fragments.map(({ text, hookRunId }) => ({
        type: "input_text",
        text: `<hook_prompt hook_run_id="${escapeXml(hookRunId)}">${
          escapeXml(bounded(text))
        }</hook_prompt>`,
      })),
    };
  }

  async #showPrompt(
    { turnId }: HookMoment,
    fragments: HookPromptThreadItem["fragments"],
  ): Promise<void> {
    const { emit, platform } = this.#ports;
    const id = uuidV4(platform.random.bytes(16));
    const item = { type: "hookPrompt", id, fragments } as const;
    await emit({ type: "itemStarted", turnId, item });
    await emit({ type: "itemCompleted", turnId, item });
  }

  async #run(
    event: HookEvent,
    name: string | undefined,
    call: HookCall,
    signal: AbortSignal,
  ): Promise<readonly NamedVerdict[]> {
    const handlers = matchingHandlers(this.#handlers, event, name);
    return await runHooks(this.#ports, handlers, call, signal);
  }
}

function promptHooks(verdicts: readonly HookVerdict[]): PromptHooks {
  return {
    context: contextOf(verdicts),
    mayGoOn: verdicts.every(({ stops, block }) =>
      stops === undefined && block === undefined
    ),
  };
}

function contextOf(
  verdicts: readonly HookVerdict[],
): readonly ResponseItem[] {
  return verdicts.flatMap(({ context }) =>
    context === undefined ? [] : [textMessage("developer", bounded(context))]
  );
}

function bounded(text: string): string {
  return truncateMiddle(text, { unit: "bytes", max: TEXT_BYTES_MAX });
}

function firstBlock(verdicts: readonly HookVerdict[]): string | undefined {
  return verdicts.find(({ block }) => block !== undefined)?.block;
}

function escapeXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
