/**
 * Turns a problem with a key into the error a user can act on: the words, the key,
 * and the file, line and column (or the flag) it came from.
 */
import type { FileSystem } from "@/platform/platform.ts";
import type { DecodePath } from "@/protocol/decode.ts";
import { CodexError } from "@/protocol/errors.ts";
import type { ConfigLayer } from "./config.ts";
import { ConfigError, type ConfigProblem } from "./problem.ts";
import { valueAt } from "./table.ts";

/** The error for a problem; reads the file again to find the place. */
export async function explainProblem(
  files: Pick<FileSystem, "readTextIfExists">,
  layers: readonly ConfigLayer[],
  problem: ConfigProblem,
): Promise<CodexError> {
  const place = await placeOf(files, layers, problem.path);
  const where = [
    ...(problem.isLoadFailure || place !== undefined
      ? [`in \`${keyName(problem.path)}\``]
      : []),
    ...(place === undefined ? [] : [place]),
  ];
  const message = [problem.message, ...where].join("\n");
  return problem.isLoadFailure
    ? new ConfigError("Error loading config.toml: ", message)
    : new CodexError("invalid_config", message);
}

/** The key without array positions, as other versions name it. */
export function keyName(path: DecodePath): string {
  const index = path.findIndex((key) => typeof key === "number");
  return (index < 0 ? path : path.slice(0, index)).join(".");
}

async function placeOf(
  files: Pick<FileSystem, "readTextIfExists">,
  layers: readonly ConfigLayer[],
  path: DecodePath,
): Promise<string | undefined> {
  const layer = layers.findLast((layer) =>
    layer.disabledReason === undefined &&
    valueAt(layer.table, path) !== undefined
  );
  if (layer === undefined) return undefined;
  if (layer.path === undefined) return "from the command line";
  const text = await files.readTextIfExists(layer.path);
  const { locate } = await import("./locate.ts");
  const place = locate(text ?? "", path);
  return place === undefined
    ? `at ${layer.path}`
    : `at ${layer.path}:${place.line}:${place.column}`;
}
