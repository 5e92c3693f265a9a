/** `codex app-server generate-ts` and `generate-json-schema`. */
import { schemaFiles, typeSchemas } from "@/app-server/generate/json_schema.ts";
import { typescriptFiles } from "@/app-server/generate/typescript.ts";
import { resolvePath } from "@/platform/paths.ts";
import type { Platform } from "@/platform/platform.ts";
import { CodexError } from "@/protocol/errors.ts";
import { flagValue, hasFlag, type ParsedCommand } from "../parsed.ts";

export async function run(
  parsed: ParsedCommand,
  { files, host }: Platform,
): Promise<number> {
  if (flagValue(parsed, "prettier") !== undefined) {
    throw new CodexError(
      "unsupported",
      "Cannot run Prettier over the types: run it on the directory afterwards",
    );
  }
  const directory = resolvePath(host.cwd, flagValue(parsed, "out") ?? ".");
  const coverage = hasFlag(parsed, "experimental") ? "experimental" : "stable";
  await files.makeDirectory(directory);
  const outputs = parsed.command.includes("generate-ts")
    ? typescriptFiles(typeSchemas(coverage))
    : schemaFiles(coverage).map(({ name, schema }) => ({
      name,
      text: `${JSON.stringify(schema, undefined, 2)}\n`,
    }));
  for (const { name, text } of outputs) {
    await files.replaceFile(`${directory}/${name}`, text);
  }
  return 0;
}
