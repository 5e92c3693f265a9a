/**
 * The context the model is given beside the conversation: what it may do, where it
 * is, what the project asks of it. Pure text from values; a later turn gets only what
 * changed, at the tail, so the request's prefix stays as it was.
 */
import type { ApprovalPolicy, SandboxPolicy } from "@/protocol/policy.ts";
import { type ResponseItem, textMessage } from "@/protocol/response_items.ts";
import type { TurnContext } from "@/protocol/rollout.ts";
import {
  changedMode,
  changedPersonality,
  initialMode,
  modelSwitch,
} from "./mode_fragments.ts";

export interface ContextParts {
  readonly context: TurnContext;
  /** The shell's name, for example `bash`. */
  readonly shell: string;
  /** Directories commands may write to; empty under read-only. */
  readonly writableRoots: readonly string[];
  /** The instructions of the thread, for a model that takes over. */
  readonly instructions: string;
  /** What earlier sessions left. */
  readonly memories: string | undefined;
  /** What there is of skills; the same for the whole thread. */
  readonly skills: string | undefined;
  /** Who is named as co-author of commits; undefined when nobody is. */
  readonly commitAuthor: string | undefined;
  readonly includePermissions: boolean;
  readonly includeEnvironment: boolean;
}

/** What stands before the first message of a thread. */
export function initialContext(parts: ContextParts): readonly ResponseItem[] {
  const developer = [
    ...(parts.includePermissions ? [permissionsText(parts)] : []),
    ...present(parts.context.developer_instructions),
    ...present(parts.memories),
    ...initialMode(parts.context),
    ...changedPersonality(undefined, parts.context),
    ...present(parts.skills),
    ...present(parts.commitAuthor).map(attributionText),
  ];
  const user = [
    ...present(parts.context.user_instructions).map((text) =>
      projectText(parts.context.cwd, text)
    ),
    ...(parts.includeEnvironment ? [environmentText(parts, undefined)] : []),
  ];
  return [...messageOf("developer", developer), ...messageOf("user", user)];
}

/** What a later turn must say because it is no longer as before. */
export function contextUpdate(
  previous: TurnContext,
  parts: ContextParts,
): readonly ResponseItem[] {
  const { context } = parts;
  const developer = [
    ...modelSwitch(previous, context, parts.instructions),
    ...(parts.includePermissions && permissionsDiffer(previous, context)
      ? [permissionsText(parts)]
      : []),
    ...changedMode(previous, context),
    ...changedPersonality(previous, context),
  ];
  const user = parts.includeEnvironment && environmentDiffers(previous, context)
    ? [environmentText(parts, previous)]
    : [];
  return [...messageOf("developer", developer), ...messageOf("user", user)];
}

/** The message that stands where a turn was stopped by the user. */
export function turnAbortedMessage(): ResponseItem {
  return textMessage(
    "user",
    "<turn_aborted>\nThe user stopped the turn on purpose. What was running has been stopped too and may be half done: check before going on.\n</turn_aborted>",
  );
}

function messageOf(
  role: "developer" | "user",
  texts: readonly string[],
): readonly ResponseItem[] {
  if (texts.length === 0) return [];
  return [{
    type: "message",
    role,
    content: texts.map((text) => ({ type: "input_text", text })),
  }];
}

function permissionsText(parts: ContextParts): string {
  const { sandbox_policy: sandbox, approval_policy: approval } = parts.context;
  return [
    "<permissions instructions>",
    sandboxSentence(sandbox, parts.writableRoots),
    approvalSentence(approval),
    "</permissions instructions>",
  ].join("\n");
}

function sandboxSentence(
  policy: SandboxPolicy,
  roots: readonly string[],
): string {
  switch (policy.type) {
    case "danger-full-access":
      return "`sandbox_mode` is `danger-full-access`: commands run without a sandbox, with network access.";
    case "read-only":
      return `\`sandbox_mode\` is \`read-only\`: commands can read files, not write them. ${
        networkSentence(policy.network_access)
      }`;
    case "workspace-write":
      return `\`sandbox_mode\` is \`workspace-write\`: commands can read files and write under ${
        roots.map((root) => `\`${root}\``).join(", ")
      }; \`.git\`, \`.codex\` and \`.agents\` there are read-only. ${
        policy.private_tmp === true ? PRIVATE_TMP : ""
      }${networkSentence(policy.network_access, policy.network_allow)}`;
  }
}

const PRIVATE_TMP =
  "Their `/tmp` is their own: they can write there, and nothing else sees it. ";

function networkSentence(
  isEnabled: boolean,
  hosts?: readonly string[],
): string {
  if (isEnabled) return "Network access is enabled.";
  if (hosts === undefined || hosts.length === 0) {
    return "Network access is restricted.";
  }
  return `Network access is restricted to ${
    hosts.map((host) => `\`${host}\``).join(", ")
  }, over HTTP and HTTPS, through the proxy that \`HTTP_PROXY\` and \`HTTPS_PROXY\` name.`;
}

const ESCALATION =
  "To run a command outside the sandbox, set `sandbox_permissions` to `require_escalated` and put one question for the user in `justification`";

function approvalSentence(policy: ApprovalPolicy): string {
  switch (policy) {
    case "never":
      return "Approval policy is `never`: nobody can be asked. Do not set `sandbox_permissions`; such commands are refused.";
    case "untrusted":
      return "Approval policy is `untrusted`: the user is asked about every command that is not known to only read. Do not set `sandbox_permissions`.";
    case "on-failure":
      return "Approval policy is `on-failure`: when the sandbox makes a command fail, the user is asked about running it without. Do not set `sandbox_permissions`.";
    case "on-request":
      return `Approval policy is \`on-request\`. ${ESCALATION}; do so when the task needs it, without asking first.`;
    default:
      return `Approvals are granular: sandbox escalation ${
        policy.granular.sandbox_approval ? "can be asked for" : "is refused"
      }, rule prompts ${policy.granular.rules ? "are asked" : "are refused"}.`;
  }
}

function permissionsDiffer(previous: TurnContext, next: TurnContext): boolean {
  return JSON.stringify([previous.sandbox_policy, previous.approval_policy]) !==
      JSON.stringify([next.sandbox_policy, next.approval_policy]) ||
    previous.cwd !== next.cwd;
}

function environmentDiffers(previous: TurnContext, next: TurnContext): boolean {
  return previous.cwd !== next.cwd ||
    previous.current_date !== next.current_date ||
    previous.timezone !== next.timezone;
}

function environmentText(
  parts: ContextParts,
  previous: TurnContext | undefined,
): string {
  const { cwd, current_date: date, timezone } = parts.context;
  return [
    "<environment_context>",
    ...(previous?.cwd === cwd ? [] : [`  <cwd>${cwd}</cwd>`]),
    `  <shell>${parts.shell}</shell>`,
    `  <current_date>${date}</current_date>`,
    `  <timezone>${timezone}</timezone>`,
    "</environment_context>",
  ].join("\n");
}

function attributionText(author: string): string {
  return `When you write the message of a git commit, end it with this trailer, once, behind a blank line:\n\nCo-authored-by: ${author}`;
}

function projectText(cwd: string, text: string): string {
  return `# AGENTS.md instructions for ${cwd}\n\n<INSTRUCTIONS>\n${text}\n</INSTRUCTIONS>`;
}

function present(text: string | undefined): readonly string[] {
  return text === undefined || text === "" ? [] : [text];
}

/** True for user messages this program wrote: context, not conversation. */
export function isContextMessage(item: ResponseItem): boolean {
  if (item.type !== "message" || item.role !== "user") return false;
  const first = item.content[0];
  return first?.type === "input_text" &&
    CONTEXT_STARTS.some((start) => first.text.startsWith(start));
}

const CONTEXT_STARTS = [
  "<environment_context>",
  "# AGENTS.md instructions for ",
  "<turn_aborted>",
  "<user_instructions>",
  "<skill>",
  "<hook_prompt",
  "<subagent_notification>",
  "<user_action>",
  "<user_shell_command>",
  "Warning: apply_patch was requested via ",
];
