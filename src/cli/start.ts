/** Joins the program to the machine it runs on. */
import { createPlatform } from "@/platform/deno.ts";
import { runProgram } from "./run.ts";

/** Runs the program; resolves to its exit code. */
export function start(args: readonly string[]): Promise<number> {
  return runProgram(args, createPlatform());
}
