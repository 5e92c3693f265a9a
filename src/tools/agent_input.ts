/** What the tools for sub-agents have in common: the input an agent gets, an answer. */
import * as v from "valibot";
import type { UserInput } from "@/protocol/items.ts";
import type {
  AgentInput,
  AgentOutcome,
  ToolOutcome,
  ToolSettings,
} from "./tool.ts";

const Item = v.object({
  type: v.optional(
    v.pipe(
      v.string(),
      v.description("text, image, local_image, skill or mention"),
    ),
  ),
  text: v.optional(v.string()),
  image_url: v.optional(v.string()),
  path: v.optional(v.string()),
  name: v.optional(v.string()),
});

/** The parameters an input is given by. */
export const inputParameters = {
  message: v.optional(
    v.pipe(v.string(), v.description("What it is told, as text")),
  ),
  items: v.optional(
    v.pipe(v.array(Item), v.description("In place of message: parts")),
  ),
};

type InputArguments = v.InferOutput<
  v.ObjectSchema<typeof inputParameters, undefined>
>;

export type DecodedInput =
  | { readonly ok: true; readonly input: AgentInput }
  | { readonly ok: false; readonly text: string };

/** The input of a call; exactly one of the two ways must be used. */
export function decodeInput({ message, items }: InputArguments): DecodedInput {
  if ((message === undefined) === (items === undefined)) {
    const text = message === undefined
      ? "Provide one of: message or items"
      : "Provide either message or items, but not both";
    return { ok: false, text };
  }
  if (message !== undefined) {
    return message.trim() === ""
      ? { ok: false, text: "Empty message can't be sent to an agent" }
      : { ok: true, input: { kind: "message", text: message } };
  }
  const inputs = (items ?? []).flatMap(userInput);
  return inputs.length === 0
    ? { ok: false, text: "Items can't be empty" }
    : { ok: true, input: { kind: "items", items: inputs } };
}

function userInput(item: v.InferOutput<typeof Item>): readonly UserInput[] {
  switch (item.type ?? "text") {
    case "image":
      return item.image_url === undefined
        ? []
        : [{ type: "image", url: item.image_url }];
    case "local_image":
      return item.path === undefined
        ? []
        : [{ type: "localImage", path: item.path }];
    case "skill":
      return item.name === undefined
        ? []
        : [{ type: "text", text: `$${item.name}` }];
    case "mention":
      return [{
        type: "text",
        text: `@${item.name ?? ""} (${item.path ?? ""})`,
      }];
    default:
      return item.text === undefined ? [] : [{ type: "text", text: item.text }];
  }
}

/** What the model reads of an answer. */
export function agentAnswer(outcome: AgentOutcome): ToolOutcome {
  return outcome.kind === "ok"
    ? { kind: "ok", output: JSON.stringify(outcome.value) }
    : { kind: "failed", output: outcome.text };
}

/** True when this thread may start agents. */
export function mayHaveAgents(settings: ToolSettings): boolean {
  return settings.agentRoles !== undefined;
}
