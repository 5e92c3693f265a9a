/**
 * Colours of code: what the palettes of these themes publish, put to the roles that
 * highlighting tells apart.
 */
import { PLAIN, rgb } from "./style.ts";
import type { Theme } from "./theme.ts";

/** Keywords, strings, numbers, comments, functions, types, operators, properties, removed. */
const PALETTES = {
  "catppuccin-mocha":
    "cba6f7 a6e3a1 fab387 9399b2 89b4fa f9e2af 89dceb b4befe f38ba8",
  "catppuccin-latte":
    "8839ef 40a02b fe640b 7c7f93 1e66f5 df8e1d 04a5e5 7287fd d20f39",
  dracula: "ff79c6 f1fa8c bd93f9 6272a4 50fa7b 8be9fd ff79c6 f8f8f2 ff5555",
  nord: "81a1c1 a3be8c b48ead 616e88 88c0d0 8fbcbb 81a1c1 d8dee9 bf616a",
  "gruvbox-dark":
    "fb4934 b8bb26 d3869b 928374 8ec07c fabd2f fe8019 83a598 fb4934",
  "gruvbox-light":
    "9d0006 79740e 8f3f71 928374 427b58 b57614 af3a03 076678 9d0006",
  "solarized-dark":
    "859900 2aa198 d33682 586e75 268bd2 b58900 859900 6c71c4 dc322f",
  "solarized-light":
    "859900 2aa198 d33682 93a1a1 268bd2 b58900 859900 6c71c4 dc322f",
  "one-dark": "c678dd 98c379 d19a66 7f848e 61afef e5c07b 56b6c2 e06c75 e06c75",
  github: "cf222e 0a3069 0550ae 6e7781 8250df 953800 0550ae 116329 82071e",
  monokai: "f92672 e6db74 ae81ff 75715e a6e22e 66d9ef f92672 f8f8f2 f92672",
} as const;

/** What `tui.theme` and `/theme` may name. */
export const THEME_NAMES: readonly string[] = Object.keys(PALETTES);

const SYNTAXES: ReadonlyMap<string, Theme["syntax"]> = new Map(
  Object.entries(PALETTES).map(([name, colors]) => [name, syntaxOf(colors)]),
);

/** The theme of that name; for any other what suits a light or a dark terminal. */
export function syntaxColors(
  name: string | undefined,
  ground: "light" | "dark",
): Theme["syntax"] {
  return SYNTAXES.get(name ?? "") ??
    syntaxOf(
      PALETTES[ground === "light" ? "catppuccin-latte" : "catppuccin-mocha"],
    );
}

function syntaxOf(colors: string): Theme["syntax"] {
  const [
    keyword = PLAIN,
    string = PLAIN,
    number = PLAIN,
    comment = PLAIN,
    called = PLAIN,
    type = PLAIN,
    operator = PLAIN,
    property = PLAIN,
    removed = PLAIN,
  ] = colors.split(" ").map((hex) => {
    const value = parseInt(hex, 16);
    return { fg: rgb(value >> 16, value >> 8 & 0xff, value & 0xff) };
  });
  return {
    keyword,
    string,
    number,
    comment: { ...comment, italic: true },
    function: called,
    type,
    constant: { ...number },
    operator,
    property,
    variable: PLAIN,
    punctuation: { ...comment },
    tag: { ...called },
    attribute: { ...type },
    heading: { ...called, bold: true },
    inserted: { ...string },
    deleted: removed,
  };
}
