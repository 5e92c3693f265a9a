/** The tools a client brought for a thread: how they are declared and found. */
import type { ToolDeclaration } from "@/model/model.ts";
import type { DynamicToolSpec } from "@/protocol/dynamic_tools.ts";
import type { ToolCallItem } from "@/protocol/response_items.ts";
import { dynamicTool } from "@/tools/dynamic_tool.ts";
import type { CallableTool } from "@/tools/tool.ts";

/** What the model is told; those of one namespace together. */
export function declareDynamicTools(
  specs: readonly DynamicToolSpec[],
): readonly ToolDeclaration[] {
  const groups = Map.groupBy(specs, ({ namespace }) => namespace);
  return [...groups].flatMap(([namespace, members]): ToolDeclaration[] => {
    const tools = members.map((spec) => ({
      type: "function",
      name: spec.name,
      description: spec.description,
      strict: false,
      parameters: spec.inputSchema,
    }));
    return namespace === undefined ? tools : [{
      type: "namespace",
      name: namespace,
      description: `Tools in the ${namespace} namespace.`,
      tools,
    }];
  });
}

/** The tool a call names; undefined when the client brought none of that name. */
export function findDynamicTool(
  specs: readonly DynamicToolSpec[],
  call: ToolCallItem,
): CallableTool | undefined {
  if (call.type !== "function_call") return undefined;
  const spec = specs.find(({ name, namespace }) =>
    name === call.name && namespace === call.namespace
  );
  return spec && dynamicTool(spec);
}
