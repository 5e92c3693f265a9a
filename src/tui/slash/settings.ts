/** Commands that change how the terminal UI looks and behaves. */
import { VIM_INSERT } from "@/tui/composer/vim_state.ts";
import { noticeCell, textCell } from "@/tui/cells/notice.ts";
import { COMPOSER_KEYS, LIST_KEYS, PAGER_KEYS } from "@/tui/input/keymap.ts";
import { listPane } from "@/tui/panes/list.ts";
import { type ToggleItem, togglesPane } from "@/tui/panes/toggles.ts";
import { line, span } from "@/tui/render/line.ts";
import { BOLD, DIM } from "@/tui/render/style.ts";
import { STATUS_ITEMS } from "@/tui/status_items.ts";
import type { TuiState } from "@/tui/state.ts";
import { type Change, inOrder, only } from "@/tui/step.ts";
import { say } from "@/tui/threads.ts";
import { titleText } from "@/tui/title.ts";
import { opened, withComposer } from "@/tui/update_composer.ts";
import type { SlashCommand } from "./command.ts";
import { save } from "./save.ts";

/** The names that are chosen first, in their order, then the others. */
function toggleItems(
  names: readonly string[],
  chosen: readonly string[],
  sample: (name: string) => string | undefined,
): readonly ToggleItem[] {
  const known = chosen.filter((name) => names.includes(name));
  const rest = names.filter((name) => !known.includes(name));
  return [...known, ...rest].map((name) => ({
    id: name,
    label: name,
    description: sample(name) ?? "",
    isOn: known.includes(name),
  }));
}

function onNames(items: readonly ToggleItem[]): readonly string[] {
  return items.filter(({ isOn }) => isOn).map(({ id }) => id);
}

export const statusLineCommand: SlashCommand = {
  name: "statusline",
  description: "configure which items appear in the status line",
  worksWhileBusy: false,
  run: (_, state) => {
    const { thread, settings } = state;
    const sample = (name: string) =>
      thread && STATUS_ITEMS[name]?.(state, thread);
    const chosen = settings.statusLine ??
      ["model-with-reasoning", "current-dir"];
    return (before) =>
      only(opened(
        before,
        togglesPane({
          name: "statusline",
          keymap: before.keymap.list,
          title: [line(span("Configure Status Line", BOLD))],
          items: toggleItems(Object.keys(STATUS_ITEMS), chosen, sample),
          canReorder: true,
          preview: (items) => [
            line(span(
              `  ${
                onNames(items).flatMap((name) => sample(name) ?? []).join(" · ")
              }`,
              DIM,
            )),
          ],
          save: (items) =>
            inOrder(
              withSettings({ statusLine: onNames(items) }),
              save({ "tui.status_line": onNames(items) }),
            ),
        }),
      ));
  },
};

function withSettings(settings: Partial<TuiState["settings"]>): Change {
  return (state) =>
    only({ ...state, settings: { ...state.settings, ...settings } });
}

const TITLE_ITEMS = ["spinner", "project-name", "app-name"];

export const titleCommand: SlashCommand = {
  name: "title",
  description: "configure which items appear in the terminal title",
  worksWhileBusy: false,
  run: (_, state) => {
    const { thread, settings } = state;
    const chosen = settings.terminalTitle ?? ["spinner", "project-name"];
    const names = [...TITLE_ITEMS, ...Object.keys(STATUS_ITEMS)];
    const sample = (name: string) =>
      thread && STATUS_ITEMS[name]?.(state, thread);
    return (before) =>
      only(opened(
        before,
        togglesPane({
          name: "title",
          keymap: before.keymap.list,
          title: [line(span("Configure Terminal Title", BOLD))],
          items: toggleItems([...new Set(names)], chosen, sample),
          canReorder: true,
          preview: (items) => [
            line(span(
              `  ${
                titleText({
                  ...before,
                  settings: {
                    ...before.settings,
                    terminalTitle: onNames(items),
                  },
                }, 0)
              }`,
              DIM,
            )),
          ],
          save: (items) =>
            inOrder(
              withSettings({ terminalTitle: onNames(items) }),
              save({ "tui.terminal_title": onNames(items) }),
            ),
        }),
      ));
  },
};

export const experimentalCommand: SlashCommand = {
  name: "experimental",
  description: "toggle experimental features",
  worksWhileBusy: false,
  run: () => (state) =>
    only(state, {
      type: "call",
      attempt: "Cannot list features",
      run: async ({ services }) => {
        const features = (await services.settings.features())
          .filter(({ stage }) => stage === "beta");
        return (before) =>
          only(opened(
            before,
            togglesPane({
              name: "experimental",
              keymap: before.keymap.list,
              title: [
                line(span("Experimental features", BOLD)),
                line(span("They hold from the next conversation on.", DIM)),
              ],
              items: features.map(({ name, isEnabled }) => ({
                id: name,
                label: name,
                isOn: isEnabled,
              })),
              canReorder: false,
              save: (items) => {
                const changed = items.filter(({ id, isOn }) =>
                  features.some(({ name, isEnabled }) =>
                    name === id && isEnabled !== isOn
                  )
                );
                return changed.length === 0 ? (after) => only(after) : inOrder(
                  save(Object.fromEntries(
                    changed.map(({ id, isOn }) => [`features.${id}`, isOn]),
                  )),
                  say(noticeCell(
                    "info",
                    changed.map(({ id, isOn }) =>
                      `${id} is ${
                        isOn ? "on" : "off"
                      } from the next conversation on`
                    ).join("\n"),
                  )),
                );
              },
            }),
          ));
      },
    }),
};

export const memoriesCommand: SlashCommand = {
  name: "memories",
  description: "configure memory use and generation",
  worksWhileBusy: false,
  run: () => (state) =>
    only(opened(
      state,
      listPane({
        name: "memories",
        keymap: state.keymap.list,
        title: [
          line(span("Enable memories?", BOLD)),
          line(span(
            "Codex keeps notes of what it learns, in files of yours, and reads " +
              "them in later sessions.",
            DIM,
          )),
        ],
        items: [
          { label: "Yes", choose: memories(true) },
          { label: "Not now", choose: memories(false) },
        ],
        footer: "Press enter to confirm or esc to go back",
      }),
    )),
};

function memories(isOn: boolean): Change {
  return inOrder(
    save({ "features.memories": isOn }),
    say(noticeCell(
      "info",
      `Memories are ${isOn ? "on" : "off"} from the next conversation on.`,
    )),
  );
}

export const vimCommand: SlashCommand = {
  name: "vim",
  description: "toggle vim keys in the composer",
  worksWhileBusy: true,
  run: (_, { composer }) => {
    const isOn = composer.vim === undefined;
    return inOrder(
      (state) =>
        only(withComposer(state, {
          ...state.composer,
          vim: isOn ? VIM_INSERT : undefined,
        })),
      save({ "tui.vim": isOn }),
      say(noticeCell("info", `Vim keys are ${isOn ? "on" : "off"}`)),
    );
  },
};

export const keymapCommand: SlashCommand = {
  name: "keymap",
  description: "show every key and how to change it",
  worksWhileBusy: true,
  run: (_, { settings }) => {
    const rows = Object.entries({
      ...COMPOSER_KEYS,
      ...LIST_KEYS,
      ...PAGER_KEYS,
    }).map(([action, { keys, help }]) => {
      const own = settings.keymap[action] ?? keys;
      return `${own.join(", ").padEnd(28)} ${action.padEnd(20)} ${help}`;
    });
    return say(textCell(
      [
        'Keys; change one in config.toml, for example [tui.keymap] submit = ["ctrl+s"]',
        "",
        ...rows,
      ].join("\n"),
    ));
  },
};

export const skillsCommand: SlashCommand = {
  name: "skills",
  description: "use skills to improve how Codex performs specific tasks",
  worksWhileBusy: true,
  run: () => (state) =>
    only(opened(
      state,
      listPane({
        name: "skills",
        keymap: state.keymap.list,
        title: [line(span("Skills", BOLD))],
        items: [
          {
            label: "List skills",
            description: "Tip: press $ to open this list directly.",
            choose: (before) =>
              only(withComposer(before, {
                ...before.composer,
                editor: {
                  ...before.composer.editor,
                  text: "$",
                  cursor: 1,
                },
              })),
          },
          {
            label: "Enable/Disable Skills",
            description: "Choose which ones Codex knows of.",
            choose: skillToggles,
          },
        ],
        footer: "Press enter to confirm or esc to go back",
      }),
    )),
};

const skillToggles: Change = (state) =>
  only(state, {
    type: "call",
    attempt: "Cannot list skills",
    run: async ({ services, cwd }) => {
      const { skills } = await services.settings.skills(
        state.thread?.info.cwd ?? cwd,
        [],
      );
      return (before) =>
        only(opened(
          before,
          togglesPane({
            name: "skill-toggles",
            keymap: before.keymap.list,
            title: [line(span("Enable/Disable Skills", BOLD))],
            items: skills.map(({ path, name, description, enabled }) => ({
              id: path,
              label: name,
              description,
              isOn: enabled,
            })),
            canReorder: false,
            save: (items) => switchSkills(items, skills),
          }),
        ));
    },
  });

function switchSkills(
  items: readonly ToggleItem[],
  before: readonly { readonly path: string; readonly enabled: boolean }[],
): Change {
  const changed = items.filter(({ id, isOn }) =>
    before.some(({ path, enabled }) => path === id && enabled !== isOn)
  );
  const on = items.filter(({ isOn }) => isOn).length;
  return (state) =>
    only(state, {
      type: "call",
      attempt: "Cannot switch skills",
      run: async ({ services }) => {
        for (const { id, isOn } of changed) {
          await services.editor.switchSkill({ kind: "path", path: id }, isOn);
        }
        return inOrder(
          (after) =>
            only({
              ...after,
              skills: after.skills.filter(({ path }) =>
                items.some(({ id, isOn }) => id === path && isOn)
              ),
            }),
          say(noticeCell(
            "info",
            `${on} skills enabled, ${items.length - on} skills disabled`,
          )),
        );
      },
    });
}
