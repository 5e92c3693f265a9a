import assert from "node:assert/strict";
import { linkTarget } from "@/tui/markdown/link_target.ts";

function shown(href: string): string {
  const target = linkTarget(href, "/w/s");
  switch (target.kind) {
    case "file":
      return `${target.label} ${target.url}`;
    case "web":
      return target.url;
    case "other":
      return "other";
  }
}

Deno.test("linkTarget() tells files from pages", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["/w/s/src/a.ts:1", "src/a.ts:1 file:///w/s/src/a.ts"],
    ["/w/s/a.ts:1:7", "a.ts:1:7 file:///w/s/a.ts"],
    ["a.ts#L3", "a.ts:3 file:///w/s/a.ts"],
    ["./a.ts#L3-L9", "a.ts:3-9 file:///w/s/a.ts"],
    ["file:///etc/hosts", "/etc/hosts file:///etc/hosts"],
    ["~/notes.md", "~/notes.md undefined"],
    ["a%20b.md", "a b.md file:///w/s/a%20b.md"],
    ["main.rs:12", "main.rs:12 file:///w/s/main.rs"],
    ["https://x.y/z#L3", "https://x.y/z#L3"],
    ["mailto:a@b.c", "mailto:a@b.c"],
    ["#part", "other"],
    ["javascript:alert(1)", "other"],
    ["vscode://x", "other"],
    ["//host/share", "other"],
    ["", "other"],
  ];
  for (const [href, expected] of cases) {
    assert.equal(shown(href), expected, href);
  }
});
