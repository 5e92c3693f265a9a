/**
 * `hooks.json` and `[hooks]`: which programs of the user's run at which moment. Every
 * source is decoded whole or not at all; a handler that cannot run here is named,
 * never passed over in silence.
 */
import * as v from "valibot";
import { directoryOf, resolvePath } from "@/platform/paths.ts";
import type { FileSystem } from "@/platform/platform.ts";
import { decode, type DecodePath, integer, struct } from "@/protocol/decode.ts";
import {
  HOOK_EVENTS,
  type HookEvent,
  type HookSource,
} from "@/protocol/hooks.ts";
import type { Config, ConfigLayer } from "./config.ts";
import { explainProblem } from "./explain.ts";
import { type HookFolder, HOOKS_FILE } from "./hook_files.ts";
import { ConfigProblem } from "./problem.ts";

/** As in the reference; long enough for a build, short enough to be noticed. */
const TIMEOUT_SECONDS_DEFAULT = 600;
const TIMEOUT_SECONDS_MIN = 1;

/** A program to run at some moment. */
export interface HookHandler {
  readonly event: HookEvent;
  /** Undefined matches everything. */
  readonly matcher: HookMatcher | undefined;
  /** For the user's shell. */
  readonly command: string;
  readonly timeoutMs: number;
  readonly statusMessage: string | undefined;
  /** The file that configures it. */
  readonly sourcePath: string;
  readonly source: HookSource;
  /** Its place among all handlers. */
  readonly displayOrder: number;
}

/** One of some names, or a pattern that occurs in the name. */
export type HookMatcher = readonly string[] | RegExp;

export interface HookSet {
  readonly handlers: readonly HookHandler[];
  /** What cannot be used, each for the user to read once. */
  readonly warnings: readonly string[];
}

const Handler = v.variant("type", [
  struct("HookHandlerConfig", {
    type: v.literal("command"),
    command: v.string(),
    timeout: v.nullish(integer("u64")),
    statusMessage: v.nullish(v.string()),
    async: v.nullish(v.boolean()),
  }),
  struct("HookHandlerConfig", { type: v.literal("prompt") }),
  struct("HookHandlerConfig", { type: v.literal("agent") }),
]);
type Handler = v.InferOutput<typeof Handler>;

const Groups = v.optional(
  v.array(struct("MatcherGroup", {
    matcher: v.nullish(v.string()),
    hooks: v.optional(v.array(Handler), []),
  })),
  [],
);

const HooksTable = struct("HookEventsToml", {
  SessionStart: Groups,
  UserPromptSubmit: Groups,
  PreToolUse: Groups,
  PermissionRequest: Groups,
  PostToolUse: Groups,
  Stop: Groups,
});
type HooksTable = v.InferOutput<typeof HooksTable>;

const HooksFile = struct("HooksFile", {
  hooks: v.optional(HooksTable, {}),
});

/**
 * All configured hooks, the lowest layer's first; in a layer its `hooks.json` first.
 *
 * @throws ConfigError when a `[hooks]` table cannot be read
 */
export async function resolveHooks(
  files: Pick<FileSystem, "readTextIfExists">,
  layers: Config["layers"],
  folders: readonly HookFolder[],
): Promise<HookSet> {
  const collected = new Collection();
  for (const folder of folders) {
    const layer = layers.find(({ kind, path }) =>
      kind === folder.source && path !== undefined &&
      directoryOf(path) === folder.folder
    );
    collected.addFolder(folder, await decodeLayer(files, layer), layer?.path);
  }
  for (const [kind, source] of OTHER_LAYERS) {
    const layer = layers.find((layer) => layer.kind === kind);
    const table = await decodeLayer(files, layer);
    if (table !== undefined) {
      collected.add(
        table,
        layer?.path ?? "/<session-flags>/config.toml",
        source,
      );
    }
  }
  return collected;
}

/** Layers without a folder of their own, above those that have one. */
const OTHER_LAYERS = [
  ["session", "sessionFlags"],
  ["managed", "legacyManagedConfigFile"],
] as const;

/** The layer's `[hooks]`; undefined when it has none. */
async function decodeLayer(
  files: Pick<FileSystem, "readTextIfExists">,
  layer: ConfigLayer | undefined,
): Promise<HooksTable | undefined> {
  const table = layer?.table["hooks"];
  if (layer === undefined || table === undefined) return undefined;
  const decoded = decode(HooksTable, table);
  if (decoded.ok) return decoded.value;
  throw await explainProblem(
    files,
    [layer],
    new ConfigProblem(["hooks", ...decoded.path], decoded.message, {
      isLoadFailure: true,
    }),
  );
}

/** The handlers in their order, and what is wrong with others. */
class Collection implements HookSet {
  readonly handlers: HookHandler[] = [];
  readonly warnings: string[] = [];

  addFolder(
    { folder, file, source }: HookFolder,
    table: HooksTable | undefined,
    configPath: string | undefined,
  ): void {
    const path = resolvePath(folder, HOOKS_FILE);
    switch (file.kind) {
      case "absent":
        break;
      case "unreadable":
        this.#reject(path, file.reason);
        break;
      case "text": {
        const decoded = decodeFile(file.text);
        if (typeof decoded === "string") this.#reject(path, decoded);
        else this.add(decoded, path, source);
      }
    }
    if (table === undefined || configPath === undefined) return;
    if (file.kind === "text") {
      this.warnings.push(
        `Both "${path}" and "${configPath}" configure hooks: all of them run, but one place would be easier to keep`,
      );
    }
    this.add(table, configPath, source);
  }

  add(table: HooksTable, path: string, source: HookSource): void {
    for (const event of HOOK_EVENTS) {
      for (const group of table[event]) {
        const matcher = readMatcher(event, group.matcher ?? undefined);
        if (matcher.kind === "bad") {
          this.warnings.push(
            `Skipping ${event} hooks of "${path}": the matcher ${
              JSON.stringify(group.matcher)
            } is no regular expression: ${matcher.reason}`,
          );
          continue;
        }
        for (const handler of group.hooks) {
          this.#addHandler(handler, {
            event,
            matcher: matcher.value,
            sourcePath: path,
            source,
          });
        }
      }
    }
  }

  #addHandler(
    handler: Handler,
    place: Pick<HookHandler, "event" | "matcher" | "sourcePath" | "source">,
  ): void {
    const problem = problemOf(handler);
    if (problem !== undefined || handler.type !== "command") {
      this.warnings.push(
        `Skipping a ${place.event} hook of "${place.sourcePath}": ${problem}`,
      );
      return;
    }
    const seconds = handler.timeout ?? TIMEOUT_SECONDS_DEFAULT;
    this.handlers.push({
      ...place,
      command: handler.command,
      timeoutMs: Math.max(seconds, TIMEOUT_SECONDS_MIN) * 1000,
      statusMessage: handler.statusMessage ?? undefined,
      displayOrder: this.handlers.length,
    });
  }

  #reject(path: string, reason: string): void {
    this.warnings.push(
      `Cannot use the hooks of "${path}": ${reason}; none of them runs until that is corrected`,
    );
  }
}

function problemOf(handler: Handler): string | undefined {
  if (handler.type !== "command") {
    return `hooks of type "${handler.type}" are not supported, only "command" is`;
  }
  if (handler.command.trim() === "") return "its command is empty";
  if (handler.async === true) {
    return "async hooks are not supported; let the command start its work in the background";
  }
  return undefined;
}

/** The file's hooks, or what is wrong with it. */
function decodeFile(text: string): HooksTable | string {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  const decoded = decode(HooksFile, json);
  if (decoded.ok) return decoded.value.hooks;
  return decoded.path.length === 0
    ? decoded.message
    : `${decoded.message} in \`${keyOf(decoded.path)}\``;
}

/** `hooks.PreToolUse[0].matcher` */
function keyOf(path: DecodePath): string {
  return path.map((key, at) =>
    typeof key === "number" ? `[${key}]` : at === 0 ? key : `.${key}`
  ).join("");
}

type ReadMatcher =
  | { readonly kind: "ok"; readonly value: HookMatcher | undefined }
  | { readonly kind: "bad"; readonly reason: string };

/** Events about no tool and no source have nothing to match. */
const UNMATCHED: readonly HookEvent[] = ["UserPromptSubmit", "Stop"];

/**
 * Absent, empty and `*` match everything; letters, digits, `_` and `|` alone are
 * names; anything else is a pattern that may occur anywhere.
 */
function readMatcher(
  event: HookEvent,
  text: string | undefined,
): ReadMatcher {
  if (
    text === undefined || text === "" || text === "*" ||
    UNMATCHED.includes(event)
  ) return { kind: "ok", value: undefined };
  if (/^[A-Za-z0-9_|]+$/.test(text)) {
    return { kind: "ok", value: text.split("|") };
  }
  // The one inline flag of Rust's patterns people write; ours have none.
  const ignoresCase = text.startsWith("(?i)");
  try {
    const pattern = ignoresCase ? text.slice("(?i)".length) : text;
    return { kind: "ok", value: new RegExp(pattern, ignoresCase ? "i" : "") };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { kind: "bad", reason };
  }
}

/** The handlers of an event that want to hear of this name. */
export function matchingHandlers(
  handlers: readonly HookHandler[],
  event: HookEvent,
  name: string | undefined,
): readonly HookHandler[] {
  return handlers.filter((handler) =>
    handler.event === event && matches(handler.matcher, name)
  );
}

function matches(
  matcher: HookMatcher | undefined,
  name: string | undefined,
): boolean {
  if (matcher === undefined) return true;
  if (name === undefined) return false;
  return matcher instanceof RegExp
    ? matcher.test(name)
    : matcher.includes(name);
}
