/**
 * What the sandbox helper is built from: its C source and the filter generated from
 * `seccomp.ts`. The digest names a built helper, so a stale one is never found.
 */
import helperC from "./helper.c" with { type: "text" };
import relayC from "./relay.c" with { type: "text" };
import {
  type Instruction,
  NETWORK_ACCESSES,
  seccompProgram,
} from "./seccomp.ts";
import type { Architecture } from "./syscalls.ts";

/** Warnings are errors; no library is loaded at run time, so none can be swapped. */
export const COMPILER_FLAGS: readonly string[] = [
  "-std=gnu11",
  "-O2",
  "-Wall",
  "-Wextra",
  "-Wshadow",
  "-Wvla",
  "-Werror",
  "-fstack-protector-strong",
  "-static",
  "-s",
];

export interface HelperSource {
  /** Name and content of each file; `helper.c` includes the others. */
  readonly files: readonly (readonly [string, string])[];
  /** The file name of a helper built from this. */
  readonly name: string;
}

/** The source for one architecture. */
export async function helperSource(arch: Architecture): Promise<HelperSource> {
  const files = [
    ["helper.c", helperC],
    ["relay.c", relayC],
    ["helper_filter.h", filterHeader(arch)],
  ] as const;
  const all = [arch, ...COMPILER_FLAGS, ...files.flat()].join("\0");
  const digest = new Uint8Array(
    await crypto.subtle.digest("SHA-256", new TextEncoder().encode(all)),
  );
  return {
    files,
    name: `sandbox-helper-${arch}-${digest.toHex().slice(0, 16)}`,
  };
}

function filterHeader(arch: Architecture): string {
  return [
    "/* Generated from seccomp.ts. */",
    "struct filter_instruction { uint16_t code; uint8_t jt, jf; uint32_t k; };",
    ...NETWORK_ACCESSES.map((access) =>
      table(`filter_${access}`, seccompProgram(arch, access))
    ),
    "",
  ].join("\n");
}

function table(name: string, program: readonly Instruction[]): string {
  const rows = program.map(({ code, jt, jf, k }) =>
    `  { ${code}, ${jt}, ${jf}, ${k >>> 0}u },`
  );
  return [
    `static const struct filter_instruction ${name}[] = {`,
    ...rows,
    "};",
  ].join("\n");
}
