/** What the agent may do without asking. */
import type { ApprovalPolicy, SandboxPolicy } from "@/protocol/policy.ts";
import { noticeCell } from "@/tui/cells/notice.ts";
import { listPane } from "@/tui/panes/list.ts";
import { line, span } from "@/tui/render/line.ts";
import { BOLD, DIM } from "@/tui/render/style.ts";
import type { ThreadView, TuiState } from "@/tui/state.ts";
import { type Change, inOrder, only } from "@/tui/step.ts";
import { say } from "@/tui/threads.ts";
import { opened } from "@/tui/update_composer.ts";
import type { SlashCommand } from "./command.ts";
import { choose } from "./model.ts";

interface Preset {
  readonly label: string;
  readonly description: string;
  readonly approvalPolicy: ApprovalPolicy;
  readonly sandboxType: SandboxPolicy["type"];
}

const PRESETS: readonly Preset[] = [
  {
    label: "Read Only",
    description: "Codex can read files. Edits, commands that write and the " +
      "network need your approval.",
    approvalPolicy: "on-request",
    sandboxType: "read-only",
  },
  {
    label: "Default",
    description: "Codex can read and edit files in this workspace and run " +
      "commands there. The network and other files need your approval.",
    approvalPolicy: "on-request",
    sandboxType: "workspace-write",
  },
  {
    label: "Full Access",
    description:
      "Codex can edit any file and use the network without asking. " +
      "Commands are not confined.",
    approvalPolicy: "never",
    sandboxType: "danger-full-access",
  },
];

/** The sandbox a preset stands for, with what the thread's own says about roots. */
function policyOf(
  { sandboxType }: Preset,
  { choices, info }: ThreadView,
): SandboxPolicy {
  const current = choices.sandboxPolicy ?? info.sandboxPolicy;
  if (current.type === sandboxType) return current;
  switch (sandboxType) {
    case "danger-full-access":
      return { type: "danger-full-access" };
    case "read-only":
      return { type: "read-only", network_access: false };
    case "workspace-write":
      return {
        type: "workspace-write",
        writable_roots: [],
        network_access: false,
        exclude_tmpdir_env_var: false,
        exclude_slash_tmp: false,
      };
  }
}

/** The name of what holds now; undefined for what no preset is. */
export function presetName({ choices, info }: ThreadView): string | undefined {
  const policy = choices.sandboxPolicy ?? info.sandboxPolicy;
  const approval = choices.approvalPolicy ?? info.approvalPolicy;
  return PRESETS.find((preset) =>
    preset.sandboxType === policy.type && preset.approvalPolicy === approval
  )?.label;
}

function permissionList(): Change {
  return (state) => {
    const { thread } = state;
    if (thread === undefined) return only(state);
    const current = presetName(thread);
    return only(opened(
      state,
      listPane({
        name: "permissions",
        keymap: state.keymap.list,
        title: [line(span("Update Model Permissions", BOLD))],
        items: PRESETS.map((preset) => ({
          label: preset.label,
          description: preset.description,
          ...(preset.label === current ? { mark: "(current)" } : {}),
          choose: preset.sandboxType === "danger-full-access"
            ? confirmation(preset)
            : takePreset(preset),
        })),
        selected: Math.max(
          0,
          PRESETS.findIndex(({ label }) => label === current),
        ),
        footer: "Press enter to confirm or esc to go back",
      }),
    ));
  };
}

function confirmation(preset: Preset): Change {
  return (state: TuiState) =>
    only(opened(
      state,
      listPane({
        name: "full-access",
        keymap: state.keymap.list,
        title: [
          line(span("Enable full access?", BOLD)),
          line(span(
            "Codex could then edit any file, run any command and use the network " +
              "without asking. What it reads may try to make it do harm.",
            DIM,
          )),
        ],
        items: [
          { label: "Yes, continue anyway", choose: takePreset(preset) },
          { label: "Cancel", choose: permissionList() },
        ],
        selected: 1,
        footer: "Press enter to confirm or esc to go back",
        onCancel: permissionList(),
      }),
    ));
}

function takePreset(preset: Preset): Change {
  return (state) =>
    state.thread === undefined ? only(state) : inOrder(
      choose({
        approvalPolicy: preset.approvalPolicy,
        sandboxPolicy: policyOf(preset, state.thread),
      }),
      say(noticeCell("info", `Permissions updated to ${preset.label}`)),
    )(state);
}

export const permissionsCommand: SlashCommand = {
  name: "permissions",
  aliases: ["approvals"],
  description: "choose what Codex is allowed to do",
  worksWhileBusy: false,
  run: permissionList,
};
