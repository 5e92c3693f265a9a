import assert from "node:assert/strict";
import { openLibc } from "@/sandbox/linux/libc.ts";

const PR_GET_DUMPABLE = 3;

Deno.test({
  name:
    "a process that confines commands hides its memory and environment from its user's others",
  ignore: Deno.build.os !== "linux",
  fn() {
    const libc = openLibc();
    const library = Deno.dlopen("libc.so.6", {
      prctl: { parameters: ["i32", "usize"], result: "i32" },
    });
    try {
      assert.equal(library.symbols.prctl(PR_GET_DUMPABLE, 0n), 0);
    } finally {
      library.close();
      libc?.unload();
    }
  },
});
