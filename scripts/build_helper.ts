/**
 * Builds the sandbox helper into `dist/`, named after a digest of what it is built
 * from, so that a stale one is never used. Without a C compiler it says so: the
 * program then uses bubblewrap or Landlock alone.
 */
import { createPlatform } from "@/platform/deno.ts";
import { buildHelper } from "@/sandbox/linux/helper_build.ts";

const platform = createPlatform();
const dist = decodeURIComponent(new URL("../dist", import.meta.url).pathname);
await platform.files.makeDirectory(dist);
const { arch } = platform.host;
const built = arch === "x86_64" || arch === "aarch64"
  ? await buildHelper(platform, arch, dist)
  : { kind: "failed", reason: `${arch} is not supported` } as const;

if (built.kind === "built") {
  console.log(`Built ${built.path} with ${built.compiler}`);
} else {
  console.log(`Sandbox helper not built: ${built.reason}`);
  console.log("Commands will be confined by bubblewrap or by Landlock alone.");
}
