/**
 * Whether a call of a server's tool may happen: by the table, else by asking. A yes for
 * good is written into config.toml, so that it holds in later threads.
 */
import { editConfig } from "@/config/edit.ts";
import { valueAt } from "@/config/table.ts";
import { parseToml } from "@/config/toml.ts";
import { resolvePath } from "@/platform/paths.ts";
import type { FileSystem } from "@/platform/platform.ts";
import { CodexError } from "@/protocol/errors.ts";
import type { ApprovalSubject } from "@/protocol/events.ts";
import type { McpCall } from "@/tools/tool.ts";
import type { ServerCallPorts } from "../server_tools.ts";
import { mcpRequirement, persistence } from "./requirement.ts";
import type { KnownTool } from "./server_tools.ts";

export interface ApprovalPorts {
  readonly files: FileSystem;
  readonly codexHome: string;
}

export type Clearance =
  | { readonly kind: "run" }
  /** In words for the model; as the reference says them. */
  | { readonly kind: "refused"; readonly message: string };

const CANCELLED = "user cancelled MCP tool call";
const DECLINED = "user rejected MCP tool call";

/** Decides about a call; asks when it must. */
export async function clearCall(
  ports: ServerCallPorts & ApprovalPorts,
  known: KnownTool,
  call: McpCall,
  signal: AbortSignal,
): Promise<Clearance> {
  const { settings, turnId, itemId, broker } = ports;
  const requirement = mcpRequirement({
    mode: known.mode,
    hints: known.tool.hints,
    approval: settings.approvalPolicy,
    sandbox: settings.sandboxPolicy,
  });
  if (requirement === "run") return { kind: "run" };
  if (requirement === "refuse") return { kind: "refused", message: CANCELLED };
  const subject = subjectOf(known, call);
  const { namespace, name } = known.name;
  const decision = await broker.ask({
    itemId,
    subject,
    reason: undefined,
    hooked: {
      at: { turnId, settings },
      call: {
        id: itemId,
        name: namespace + name,
        input: call.arguments ?? {},
      },
    },
  }, signal);
  switch (decision.kind) {
    case "decline":
      return { kind: "refused", message: DECLINED };
    case "cancel":
      return { kind: "refused", message: CANCELLED };
    case "refused":
      return { kind: "refused", message: decision.text };
    case "acceptAlways":
      if (subject.persist.includes("always")) await remember(ports, call);
      return { kind: "run" };
    case "accept":
    case "acceptForSession":
    case "acceptWithAmendment":
      return { kind: "run" };
  }
}

function subjectOf(
  { tool, mode }: KnownTool,
  call: McpCall,
): Extract<ApprovalSubject, { kind: "mcpToolCall" }> {
  return {
    kind: "mcpToolCall",
    server: call.server,
    tool: call.tool,
    arguments: call.arguments ?? {},
    ...(tool.title === undefined ? {} : { title: tool.title }),
    description: tool.description,
    hints: Object.fromEntries(
      Object.entries(tool.hints).filter(([, value]) => value !== undefined),
    ),
    persist: persistence(mode),
  };
}

/** The call was allowed; that the file cannot be written is told and changes nothing. */
async function remember(
  ports: ServerCallPorts & ApprovalPorts,
  { server, tool }: McpCall,
): Promise<void> {
  try {
    await writeApproval(ports, ["mcp_servers", server], tool);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    await ports.emit({
      type: "warning",
      message:
        `Cannot keep the approval of ${server}/${tool} beyond this session: ${error.message}`,
    });
  }
}

async function writeApproval(
  { files, codexHome }: ApprovalPorts,
  server: readonly string[],
  tool: string,
): Promise<void> {
  const file = resolvePath(codexHome, "config.toml");
  const config = parseToml(await files.readTextIfExists(file) ?? "", file);
  // A table for a server that is configured elsewhere would be a server without a way
  // to reach it, wherever that other file does not count.
  if (valueAt(config, server) === undefined) {
    throw new CodexError(
      "invalid_config",
      `the server is not configured in ${file}; set approval_mode = "approve" where it is`,
    );
  }
  const path = [...server, "tools", tool];
  const approval = { approval_mode: "approve" };
  await editConfig(files, codexHome, [
    valueAt(config, path) === undefined
      ? { kind: "addTable", path, values: approval }
      : {
        kind: "set",
        path: [...path, "approval_mode"],
        value: approval.approval_mode,
      },
  ]);
}
