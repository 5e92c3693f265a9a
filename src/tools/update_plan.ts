/** `update_plan`: the model shows its plan; nothing is done with it but showing. */
import * as v from "valibot";
import { defineTool, failed } from "./tool.ts";

const STATUSES = {
  pending: "pending",
  in_progress: "inProgress",
  completed: "completed",
} as const;

export const updatePlan = defineTool({
  name: "update_plan",
  description:
    "Shows the user your plan for a task of several steps. One step in_progress.",
  parameters: v.object({
    explanation: v.optional(v.string()),
    plan: v.array(v.object({
      step: v.string(),
      status: v.picklist(["pending", "in_progress", "completed"]),
    })),
  }),
  parallel: false,
  isOffered: () => true,
  async run(args, context) {
    if (context.isPlanning) {
      return failed(
        "update_plan is a TODO/checklist tool and is not allowed in Plan mode",
      );
    }
    const plan = args.plan.map(({ step, status }) => ({
      step,
      status: STATUSES[status],
    }));
    await context.updatePlan(plan, args.explanation);
    return { kind: "ok", output: "Plan updated" };
  },
});
