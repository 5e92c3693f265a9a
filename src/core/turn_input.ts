/**
 * What the user says, on its way into the history: past the user's hooks, into the
 * record, to the front end, and with the instructions of the skills it names.
 */
import { type TurnId, uuidV7 } from "@/protocol/ids.ts";
import type { UserInput } from "@/protocol/items.ts";
import type { Op } from "@/protocol/ops.ts";
import type { ResponseItem } from "@/protocol/response_items.ts";
import type { HookedTurn } from "./hooked_turn.ts";
import type { ThreadState } from "./thread_state.ts";
import type { Record } from "./turn.ts";
import type { TurnEnvironment } from "./turn_environment.ts";
import { eventLine, inputText, userMessageEvent } from "./turn_record.ts";

/** Something that came while a turn was running. */
export type Meanwhile =
  /** The user's words, with what they are for the model. */
  | {
    readonly kind: "input";
    readonly op: Extract<Op, { type: "userInput" }>;
    readonly message: ResponseItem;
  }
  /** Something only the model is told. */
  | { readonly kind: "note"; readonly item: ResponseItem };

export interface InputPorts {
  readonly env: TurnEnvironment;
  readonly state: ThreadState;
  readonly turnId: TurnId;
  readonly hooks: HookedTurn;
  /** What came since it was last asked, in its order. */
  takeMeanwhile(): readonly Meanwhile[];
}

export class TurnInput {
  readonly #ports: InputPorts;
  readonly #said: string[] = [];
  /** Taken from the thread and not yet joined: hooks have to hear it first. */
  readonly #waiting: Meanwhile[] = [];

  constructor(ports: InputPorts) {
    this.#ports = ports;
  }

  /** What the user said in this turn and the model was told. */
  get said(): readonly string[] {
    return this.#said;
  }

  /** Takes what the turn begins with; false when hooks do not let it through. */
  async open(
    input: readonly UserInput[],
    message: ResponseItem,
    signal: AbortSignal,
  ): Promise<boolean> {
    const { env, state, hooks } = this.#ports;
    await this.#warn([
      ...env.hooks?.takeWarnings() ?? [],
      ...env.skills?.takeWarnings() ?? [],
    ]);
    const record: Record = (items) => state.history.append(items);
    const opening = await hooks.open(inputText(input), signal);
    await record(opening.before);
    if (opening.isAdmitted) await this.#record(input, message, record);
    await record(opening.after);
    if (opening.isAdmitted) await this.#recordSkills(input, record);
    return opening.isAdmitted;
  }

  /** Takes what was said meanwhile; true when there was something. */
  async join(record: Record, signal: AbortSignal): Promise<boolean> {
    const waiting = this.#waiting;
    waiting.push(...this.#ports.takeMeanwhile());
    const isSteered = waiting.length > 0;
    for (let next = waiting[0]; next !== undefined; next = waiting[0]) {
      await this.#joinOne(next, record, signal);
      waiting.shift();
    }
    return isSteered;
  }

  /** After an abort: what the user had said before stopping the turn is not lost. */
  async joinUnheard(signal: AbortSignal): Promise<void> {
    const { state, takeMeanwhile } = this.#ports;
    const record: Record = (items) => state.history.append(items);
    this.#waiting.push(...takeMeanwhile());
    for (const entry of this.#waiting.splice(0)) {
      try {
        await this.#joinOne(entry, record, signal);
      } catch (error) {
        if (error !== signal.reason || entry.kind === "note") throw error;
        // A hook may be there to keep such words from the model.
        await this.#warn([
          `Not told to the model, because the turn was stopped before your hooks had heard it: ${
            inputText(entry.op.input)
          }`,
        ]);
      }
    }
  }

  async #joinOne(
    entry: Meanwhile,
    record: Record,
    signal: AbortSignal,
  ): Promise<void> {
    if (entry.kind === "note") return await record([entry.item]);
    const { input } = entry.op;
    const said = await this.#ports.hooks.hear(inputText(input), signal);
    if (said.mayGoOn) await this.#record(input, entry.message, record);
    await record(said.context);
    if (said.mayGoOn) await this.#recordSkills(input, record);
  }

  /** The user's words: for the model, for the record, for the front end. */
  async #record(
    input: readonly UserInput[],
    message: ResponseItem,
    record: Record,
  ): Promise<void> {
    const { env, state, turnId } = this.#ports;
    const { clock, random } = env.platform;
    await record([message]);
    this.#said.push(inputText(input));
    await state.persist([eventLine(userMessageEvent(input))]);
    const item = {
      type: "userMessage" as const,
      id: uuidV7(clock.now(), random.bytes(10)),
      content: input,
    };
    await env.emit({ type: "itemStarted", turnId, item });
    await env.emit({ type: "itemCompleted", turnId, item });
  }

  /** The instructions of the skills the user named. */
  async #recordSkills(
    input: readonly UserInput[],
    record: Record,
  ): Promise<void> {
    const named = await this.#ports.env.skills?.named(input);
    if (named === undefined) return;
    await record(named.items);
    await this.#warn(named.warnings);
  }

  async #warn(messages: readonly string[]): Promise<void> {
    for (const message of messages) {
      await this.#ports.env.emit({ type: "warning", message });
    }
  }
}
