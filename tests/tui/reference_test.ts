/** The reference page of the terminal UI is made from its tables. */
import assert from "node:assert/strict";
import { COMPOSER_KEYS, LIST_KEYS, PAGER_KEYS } from "@/tui/input/keymap.ts";
import { SLASH_COMMANDS } from "@/tui/slash/table.ts";

const PAGE = new URL("../../docs/reference/tui.md", import.meta.url).pathname;

function keyTable(
  rows: Readonly<
    Record<string, { readonly keys: readonly string[]; readonly help: string }>
  >,
): string {
  return [
    "| action | keys | does |",
    "| --- | --- | --- |",
    ...Object.entries(rows).map(([action, { keys, help }]) =>
      `| \`${action}\` | ${
        keys.map((key) => `\`${key}\``).join(" ")
      } | ${help} |`
    ),
  ].join("\n");
}

function page(): string {
  const commands = SLASH_COMMANDS.map((command) => {
    const names = [command.name, ...command.aliases ?? []]
      .map((name) => `\`/${name}\``).join(" ");
    const notes = [
      ...(command.isHidden ? ["not offered"] : []),
      ...(command.worksWhileBusy ? [] : ["not while a turn runs"]),
      ...(command.takesArguments ? ["takes text"] : []),
    ].join(", ");
    return `| ${names} | ${command.description} | ${notes} |`;
  });
  return [
    "# Keys and commands of the terminal UI",
    "Made from `src/tui/input/keymap.ts` and `src/tui/slash/table.ts`; " +
    "`UPDATE_REFERENCE=1 deno task test tests/tui/reference_test.ts` writes it anew.\n" +
    "`[tui.keymap]` of config.toml puts other keys in the place of an action's own:\n" +
    '`submit = ["ctrl+s"]`.',
    "## While a message is written",
    keyTable(COMPOSER_KEYS),
    "## In lists",
    keyTable(LIST_KEYS),
    "## Where text is read",
    keyTable(PAGER_KEYS),
    "## Commands",
    ["| command | does | |", "| --- | --- | --- |", ...commands].join("\n"),
  ].join("\n\n") + "\n";
}

Deno.test("docs/reference/tui.md says what the tables say", async () => {
  if (Deno.env.get("UPDATE_REFERENCE") === "1") {
    await Deno.writeTextFile(PAGE, page());
  }
  const written = await Deno.readTextFile(PAGE);
  // The formatter wraps lines and puts columns below each other.
  const plain = (text: string) =>
    text.replace(/\s+/g, " ").replace(/ ?\| ?/g, "|").replace(/-{3,}/g, "---");
  assert.equal(plain(written), plain(page()));
});
