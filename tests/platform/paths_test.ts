import assert from "node:assert/strict";
import {
  baseNameOf,
  directoryOf,
  isAbsolute,
  isWithin,
  normalizePath,
  relativeTo,
  resolvePath,
} from "@/platform/paths.ts";

Deno.test("resolvePath() joins as a shell's cd would", () => {
  assert.deepEqual(
    [
      resolvePath("/a/b", "c"),
      resolvePath("/a/b", "../c"),
      resolvePath("/a/b", "/c", "d"),
      resolvePath("/a", "."),
      resolvePath("/", "x"),
      resolvePath("/a/b", "../../../.."),
    ],
    ["/a/b/c", "/a/c", "/c/d", "/a", "/x", "/"],
  );
});

Deno.test("normalizePath() never climbs above the root", () => {
  assert.deepEqual(
    [
      normalizePath("/../a//b/./c/.."),
      normalizePath("a/../.."),
      normalizePath(""),
    ],
    ["/a/b", "..", "."],
  );
});

Deno.test("isWithin() compares whole names", () => {
  assert.deepEqual(
    [
      isWithin("/a/b", "/a"),
      isWithin("/a", "/a"),
      isWithin("/ab", "/a"),
      isWithin("/x", "/"),
      isWithin("/a", "/a/b"),
    ],
    [true, true, false, true, false],
  );
});

Deno.test("the parts of a path", () => {
  assert.deepEqual(
    [
      directoryOf("/a/b"),
      directoryOf("/a"),
      directoryOf("a"),
      baseNameOf("/a/b"),
    ],
    ["/a", "/", ".", "b"],
  );
  assert.deepEqual(
    [
      relativeTo("/a/b/c", "/a"),
      relativeTo("/a", "/a"),
      relativeTo("/b", "/a"),
    ],
    ["b/c", ".", "/b"],
  );
  assert.deepEqual(["/a", "C:\\x", "\\\\s\\x", "a", "./a"].map(isAbsolute), [
    true,
    true,
    true,
    false,
    false,
  ]);
});
