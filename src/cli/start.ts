/** Joins the program to the machine it runs on. */
import { createPlatform } from "@/platform/deno.ts";
import { dropStartPermissions } from "@/platform/permissions.ts";
import { runProgram } from "./run.ts";

/** Runs the program; resolves to its exit code. */
export async function start(args: readonly string[]): Promise<number> {
  const platform = createPlatform();
  await dropStartPermissions();
  return await runProgram(args, platform);
}
