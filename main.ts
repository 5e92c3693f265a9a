/**
 * The program's entry. Answers `--version` without loading anything else; everything
 * else is behind one dynamic import.
 */
import { quickVersion } from "@/cli/version.ts";

const line = quickVersion(Deno.args);
if (line !== undefined) {
  Deno.stdout.writeSync(new TextEncoder().encode(line));
  Deno.exit(0);
}
const { start } = await import("@/cli/start.ts");
start(Deno.args).then((exitCode) => Deno.exit(exitCode));
