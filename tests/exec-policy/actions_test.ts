/** What commands are shown as, as Codex 0.124.0 showed them. */
import assert from "node:assert/strict";
import { commandActions } from "@/exec-policy/actions.ts";
import { quoteCommand } from "@/text/shell_quote.ts";

/** The action without its command, which is the script where there is one part. */
const MEASURED:
  readonly (readonly [script: string, actions: readonly object[]])[] = [
    ["tree", [{ "type": "listFiles", "path": null }]],
    ["git grep foo", [{ "type": "search", "query": "foo", "path": null }]],
    ["ls", [{ "type": "listFiles", "path": null }]],
    ["nl -ba a.txt", [{ "type": "read", "name": "a.txt", "path": "/w/a.txt" }]],
    ["ls -la sub", [{ "type": "listFiles", "path": "sub" }]],
    ["cat a.txt && ls", [{
      "type": "read",
      "name": "a.txt",
      "path": "/w/a.txt",
    }, { "type": "listFiles", "path": null }]],
    ["rg foo src", [{ "type": "search", "query": "foo", "path": "src" }]],
    ["rg --files", [{ "type": "listFiles", "path": null }]],
    ["cat <<EOF\nhi\nEOF", [{ "type": "unknown" }]],
    ["cat a.txt | head -5", [{
      "type": "read",
      "name": "a.txt",
      "path": "/w/a.txt",
    }]],
    ["wc -l a.txt", [{ "type": "unknown" }]],
    ['grep -rn "x y" .', [{ "type": "search", "query": "x y", "path": "." }]],
    ["cat README.md", [{
      "type": "read",
      "name": "README.md",
      "path": "/w/README.md",
    }]],
    ["sed -n 1,5p a.txt", [{
      "type": "read",
      "name": "a.txt",
      "path": "/w/a.txt",
    }]],
    ['rg -n "a" src | head', [{
      "type": "search",
      "query": "a",
      "path": "src",
    }]],
    ["head -3 b.txt", [{ "type": "unknown" }]],
    ["fd x src", [{ "type": "search", "query": "x", "path": "src" }]],
    ["tail -n 20 a.txt", [{
      "type": "read",
      "name": "a.txt",
      "path": "/w/a.txt",
    }]],
    ['find . -name "*.rs"', [{
      "type": "search",
      "query": "*.rs",
      "path": ".",
    }]],
    ["echo hi", [{ "type": "unknown" }]],
    ["cd sub && cat a.txt", [{
      "type": "read",
      "name": "a.txt",
      "path": "/w/sub/a.txt",
    }]],
    ["git status", [{ "type": "unknown" }]],
    ['awk "{print}" a.txt', [{
      "type": "read",
      "name": "a.txt",
      "path": "/w/a.txt",
    }]],
    ["git ls-files", [{ "type": "listFiles", "path": null }]],
    ["rg -l foo | sed -n 1,20p", [{
      "type": "search",
      "query": "foo",
      "path": null,
    }]],
    ["less a.txt", [{ "type": "read", "name": "a.txt", "path": "/w/a.txt" }]],
    ['python3 -c "print(1)"', [{ "type": "unknown" }]],
    ["ls | grep x", [{ "type": "listFiles", "path": null }, {
      "type": "search",
      "query": "x",
      "path": null,
    }]],
    ['bash -lc "ls"', [{ "type": "unknown" }]],
    ["npm test && ls", [{ "type": "unknown" }]],
  ];

for (const [script, expected] of MEASURED) {
  Deno.test(`commandActions() of ${JSON.stringify(script)}`, () => {
    const line = quoteCommand(["/bin/bash", "-lc", script]);
    const actions = commandActions(line, "/w").map((action) => {
      const { command: _, ...rest } = action;
      return rest;
    });
    assert.deepEqual(actions, expected);
  });
}

Deno.test("each part of a script is named as it would be typed", () => {
  const line = quoteCommand([
    "bash",
    "-lc",
    'grep -rn "x y" . && sed -n 1,5p a',
  ]);
  assert.deepEqual(commandActions(line, "/w").map(({ command }) => command), [
    "grep -rn 'x y' .",
    "sed -n '1,5p' a",
  ]);
});
