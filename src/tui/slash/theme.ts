/** Colours of code and of changed lines. */
import { listPane } from "@/tui/panes/list.ts";
import { line, span } from "@/tui/render/line.ts";
import { BOLD } from "@/tui/render/style.ts";
import { THEME_NAMES } from "@/tui/render/palettes.ts";
import { createTheme } from "@/tui/render/theme.ts";
import { PLAIN_READER } from "@/tui/highlight/plain_reader.ts";
import type { TuiState } from "@/tui/state.ts";
import { type Change, inOrder, only } from "@/tui/step.ts";
import { opened } from "@/tui/update_composer.ts";
import type { SlashCommand } from "./command.ts";
import { save } from "./save.ts";

const SAMPLE = [
  "export function total(items: Item[]): number {",
  "  // Every piece counts.",
  '  const label = "sum";',
  "  return items.reduce((sum, { price }) => sum + price, 0);",
  "}",
];

function takeTheme(theme: string | undefined): Change {
  return inOrder(
    (state) =>
      only({
        ...state,
        settings: { ...state.settings, theme },
        theme: createTheme(state.background, theme),
      }),
    save({ "tui.theme": theme }),
  );
}

function themeList(_: string, { settings, background }: TuiState): Change {
  const names = [undefined, ...THEME_NAMES];
  return (state) =>
    only(opened(
      state,
      listPane({
        name: "theme",
        keymap: state.keymap.list,
        title: [line(span("Select Syntax Theme", BOLD))],
        search: { placeholder: "Type to search themes" },
        items: names.map((name) => ({
          label: name ?? "auto",
          ...(name === settings.theme ? { mark: "(current)" } : {}),
          choose: takeTheme(name),
        })),
        selected: Math.max(0, names.indexOf(settings.theme)),
        preview: (index) => {
          const theme = createTheme(background, names[index]);
          const reader = state.drawing?.highlighter.reader("ts", theme) ??
            PLAIN_READER;
          return SAMPLE.map((row) => ({
            spans: [span("    "), ...reader.line(row)],
          }));
        },
        footer: "Press enter to confirm or esc to go back",
      }),
    ));
}

export const themeCommand: SlashCommand = {
  name: "theme",
  description: "choose a syntax highlighting theme",
  worksWhileBusy: false,
  run: themeList,
};
