/**
 * Builds the sandbox helper into `dist/`, named after a digest of what it is built
 * from, so that a stale one is never used. Without a C compiler it says so: the
 * program then uses bubblewrap or Landlock alone.
 *
 *   deno run -A scripts/build_helper.ts [--arch=x86_64|aarch64]
 *
 * For another architecture than this machine's it takes a cross compiler.
 */
import { createPlatform } from "@/platform/deno.ts";
import { architectureOf } from "@/sandbox/linux/syscalls.ts";
import { buildHelper } from "@/sandbox/linux/helper_build.ts";

const platform = createPlatform();
const dist = decodeURIComponent(new URL("../dist", import.meta.url).pathname);
await platform.files.makeDirectory(dist);
const wanted = /^--arch=(.+)$/.exec(Deno.args[0] ?? "")?.[1];
const arch = architectureOf(wanted ?? platform.host.arch);
const built = arch === undefined
  ? { kind: "failed", reason: "this architecture is not supported" } as const
  : await buildHelper(platform, arch, dist);

if (built.kind === "built") {
  await removeOthers(built.path, `sandbox-helper-${arch}-`);
  console.log(`Built ${built.path} with ${built.compiler}`);
} else {
  console.log(`Sandbox helper not built: ${built.reason}`);
  console.log("Commands will be confined by bubblewrap or by Landlock alone.");
  // Whoever asks for one architecture wants that one or nothing.
  if (wanted !== undefined) Deno.exit(1);
}

async function removeOthers(path: string, prefix: string): Promise<void> {
  for (const { name, isFile } of await platform.files.readDirectory(dist)) {
    const other = `${dist}/${name}`;
    // Directories are where somebody else is building it right now.
    if (isFile && name.startsWith(prefix) && other !== path) {
      await platform.files.remove(other).catch(() => {});
    }
  }
}
