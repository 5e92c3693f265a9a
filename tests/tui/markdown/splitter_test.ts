import assert from "node:assert/strict";
import {
  endText,
  type Piece,
  readLine,
  SPLITTER_START,
} from "@/tui/markdown/splitter.ts";

function pieces(text: string): readonly Piece[] {
  let state = SPLITTER_START;
  const found: Piece[] = [];
  for (const line of text.split("\n")) {
    const step = readLine(state, line);
    state = step.state;
    found.push(...step.pieces);
  }
  return [...found, ...endText(state)];
}

/** Each piece in short: its text, items with what they count as. */
function cut(text: string): readonly string[] {
  return pieces(text).map((piece) => {
    switch (piece.kind) {
      case "block":
        return piece.text;
      case "item":
        return `${piece.isTight ? "" : "+"}${
          piece.number ?? "-"
        }: ${piece.text.trimEnd()}`;
      case "fenceStart":
        return `fence ${piece.info}`;
      case "fenceLine":
        return `| ${piece.text}`;
    }
  });
}

function table(
  rows: readonly (readonly [string, readonly string[]])[],
): void {
  for (const [text, expected] of rows) {
    assert.deepEqual(cut(text), expected, JSON.stringify(text));
  }
}

Deno.test("a paragraph ends at a blank line and at what may interrupt it", () => {
  table([
    ["a\nb\n\nc", ["a\nb", "c"]],
    ["a\n# b", ["a", "# b"]],
    ["a\n#b", ["a\n#b"]],
    ["a\n> b", ["a", "> b"]],
    ["a\n- b", ["a", "+-: - b"]],
    ["a\n-", ["a\n-"]],
    ["a\n*", ["a\n*"]],
    ["a\n1. b", ["a", "+1: 1. b"]],
    ["a\n2. b", ["a\n2. b"]],
    ["a\n***", ["a", "***"]],
    ["a\n===\nb", ["a\n===", "b"]],
    ["a\n---\nb", ["a\n---", "b"]],
    ["a\n<div>\nb\n\nc", ["a", "<div>\nb", "c"]],
    ["a\n<b>", ["a\n<b>"]],
    ["a\n    b", ["a\n    b"]],
    ["a\n```\nb", ["a", "fence ", "| b"]],
    ["a\n~~~ js\nb", ["a", "fence js", "| b"]],
    ["``` a ` b\nc", ["``` a ` b\nc"]],
  ]);
});

Deno.test("items end with the next one, count on and say whether they are tight", () => {
  table([
    ["- a\n- b\n\n- c\n* d", [
      "+-: - a",
      "-: - b",
      "+-: - c",
      "+-: * d",
    ]],
    ["3. a\n9. b\n1) c", ["+3: 3. a", "4: 9. b", "+1: 1) c"]],
    ["- a\n  b\n c\nd\n\ne", ["+-: - a\n  b\n c\nd", "e"]],
    ["- a\n\n  b\n\n    c\nd", ["+-: - a\n\n  b\n\n    c\nd"]],
    ["- a\n\n b", ["+-: - a", " b"]],
    ["- a\n  - b\n- c", ["+-: - a\n  - b", "-: - c"]],
    ["-    a\n     b\n\n    c", ["+-: -    a\n     b", "    c"]],
    ["-     a\n  b", ["+-: -     a\n  b"]],
    ["- a\n# b\n- c", ["+-: - a", "# b", "+-: - c"]],
    ["- # a\nb", ["+-: - # a", "b"]],
    ["-\n  a", ["+-: -\n  a"]],
    ["-a", ["-a"]],
    ["- - -\n- a", ["- - -", "+-: - a"]],
    ["1234567890. a", ["1234567890. a"]],
    ["\t- a", ["    - a"]],
    ["- a\n\tb", ["+-: - a\n    b"]],
  ]);
});

Deno.test("fences of an item belong to it and are told of", () => {
  table([
    ["- ```js\n  a\n\n  b\n  ```\n  c\n- d", [
      "+-: - ```js\n  a\n\n  b\n  ```\n  c",
      "-: - d",
    ]],
    ["- a\n  ```\n- b", ["+-: - a\n  ```", "-: - b"]],
    ["- a\n  ```\nb", ["+-: - a\n  ```", "b"]],
  ]);
  const languages = (text: string) =>
    pieces(text).flatMap((piece) =>
      "languages" in piece ? [piece.languages] : []
    );
  assert.deepEqual(
    languages("- ```js\n  ```\n  - x\n    ~~~ py\n    ```\n    ~~~\n  ```go"),
    [["js", "py", "go"]],
  );
  assert.deepEqual(languages("> ```rust\n> - ~~~c"), [["rust"]]);
});

Deno.test("a fence ends with a mark as long as its own, and loses its indent", () => {
  table([
    ["````\n```\n`````\na", ["fence ", "| ```", "a"]],
    ["```\n~~~\n``` x\n```\na", ["fence ", "| ~~~", "| ``` x", "a"]],
    ["  ```\n a\n  b\n   c\n  ```", ["fence ", "| a", "| b", "|  c"]],
    ["```\n- a\n\n\tb", ["fence ", "| - a", "| ", "| \tb"]],
  ]);
});

Deno.test("a table needs its rule, and ends at a blank line or another block", () => {
  table([
    ["| a |\n|---|\n| b |\nc\n\nd", ["| a |\n|---|\n| b |\nc", "d"]],
    ["x\n| a | b |\n|---|---|\n> q", [
      "x",
      "| a | b |\n|---|---|",
      "> q",
    ]],
    ["| a | b |\n|---|\nc", ["| a | b |\n|---|\nc"]],
    ["a \\| b\n:-:\nc", ["a \\| b\n:-:\nc"]],
    ["a | b\n- | -\n1 | 2", ["a | b\n- | -\n1 | 2"]],
  ]);
  assert.equal(pieces("a | b\n- | -\n1 | 2\n- c").length, 2);
});

Deno.test("quotes, indented code and HTML end where they should", () => {
  table([
    ["> a\nb\n> c\n\nd", ["> a\nb\n> c", "d"]],
    ["> a\n# b", ["> a", "# b"]],
    ["> ```\nb", ["> ```", "b"]],
    ["> # a\nb", ["> # a", "b"]],
    ["    a\n\n    b\nc", ["    a\n\n    b", "c"]],
    ["   a", ["   a"]],
    ["<!-- a\n\nb --> c\nd", ["<!-- a\n\nb --> c", "d"]],
    ["<!-- a -->\nb", ["<!-- a -->", "b"]],
    ["<script>\n\na\n</script>\nb", ["<script>\n\na\n</script>", "b"]],
    ["<p>\na\n\nb", ["<p>\na", "b"]],
    ["<b>a", ["<b>a"]],
  ]);
});
