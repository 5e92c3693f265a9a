import assert from "node:assert/strict";
import { createPlatform } from "@/platform/deno.ts";
import { buildHelper } from "@/sandbox/linux/helper_build.ts";
import { denoFiles } from "@/platform/files.ts";

/** The machine number of an ELF file (elf(5), e_machine), by architecture. */
const ELF_MACHINE = { x86_64: 62, aarch64: 183 } as const;

const platform = createPlatform();

for (const arch of ["x86_64", "aarch64"] as const) {
  Deno.test(`the helper builds for ${arch} without a warning`, async () => {
    const directory = await Deno.makeTempDir({ prefix: "codex-build-" });
    try {
      const built = await buildHelper(platform, arch, directory);
      if (built.kind === "failed" && /no C compiler/.test(built.reason)) {
        return console.log(`skipped: ${built.reason}`);
      }
      assert.equal(built.kind, "built", JSON.stringify(built));
      if (built.kind !== "built") return;
      const head = await denoFiles.readRange(built.path, 0, 20);
      const machine = new DataView(head.buffer, head.byteOffset).getUint16(
        18,
        true,
      );
      assert.equal(machine, ELF_MACHINE[arch]);
      // Nothing of the build is left beside it.
      assert.equal([...Deno.readDirSync(directory)].length, 1);
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  });
}
