/** The cell of a finished item of a thread, and the rows of one that still goes on. */
import type { ThreadItem } from "@/protocol/items.ts";
import type { Cell } from "../cell.ts";
import type { Line } from "../render/line.ts";
import { agentCell, agentLines, type AgentNames } from "./agents.ts";
import { answerCell, proposedPlanCell, reasoningCell } from "./answer.ts";
import { commandCell, commandLines } from "./command.ts";
import type { CellContext } from "./context.ts";
import { explorationLines, isExploration } from "./exploration.ts";
import { hookPromptCell } from "./hook.ts";
import { imageGenerationCell, imageViewCell } from "./image.ts";
import { compactionCell } from "./notice.ts";
import { patchCell, patchLines } from "./patch.ts";
import { reviewEndCell, reviewStartCell } from "./review.ts";
import { dynamicCallCell, mcpCallCell } from "./tool_call.ts";
import { userMessageCell } from "./user_message.ts";
import { liveWebSearchLines, webSearchCell } from "./web_search.ts";

/**
 * What a finished item leaves in the history; undefined when it leaves nothing. Commands
 * that only look around are for `explorationCell`, together with their neighbours.
 */
export function itemCell(
  item: ThreadItem,
  agentNames: AgentNames,
): Cell | undefined {
  switch (item.type) {
    case "userMessage":
      return userMessageCell(item);
    case "agentMessage":
      return item.text.trim() === "" ? undefined : answerCell(item);
    case "plan":
      return proposedPlanCell(item);
    case "reasoning":
      return reasoningCell(item);
    case "commandExecution":
      return commandCell(item);
    case "fileChange":
      return patchCell(item);
    case "mcpToolCall":
      return mcpCallCell(item);
    case "dynamicToolCall":
      return dynamicCallCell(item);
    case "collabAgentToolCall":
      return agentCell(item, agentNames);
    case "webSearch":
      return webSearchCell(item);
    case "imageView":
      return imageViewCell(item);
    case "imageGeneration":
      return imageGenerationCell(item);
    case "enteredReviewMode":
      return reviewStartCell(item);
    case "exitedReviewMode":
      return reviewEndCell();
    case "contextCompaction":
      return compactionCell();
    case "hookPrompt":
      return hookPromptCell(item);
  }
}

/** How an item looks while it goes on; none for what is shown only at its end. */
export function liveItemLines(
  item: ThreadItem,
  agentNames: AgentNames,
  context: CellContext,
): readonly Line[] {
  switch (item.type) {
    case "commandExecution":
      return isExploration(item)
        ? explorationLines([item], context)
        : commandLines(item, context);
    case "fileChange":
      return patchLines(item, context);
    case "mcpToolCall":
      return mcpCallCell(item).lines(context);
    case "dynamicToolCall":
      return dynamicCallCell(item).lines(context);
    case "collabAgentToolCall":
      return agentLines(item, agentNames, context);
    case "webSearch":
      return liveWebSearchLines(context);
    default:
      return [];
  }
}
