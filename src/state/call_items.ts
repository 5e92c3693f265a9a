/**
 * Items of tool calls, made of what a rollout keeps of them: the call and its output,
 * and, where a program wrote them, the events that tell of their ends. What only a live
 * item knows (a whole output, a file as it was) is told as far as it is there. Pure.
 */
import { resolvePath } from "@/platform/paths.ts";
import { interceptPatch } from "@/patch/intercept.ts";
import { type Hunk, parsePatch } from "@/patch/parse.ts";
import type { FileChange, ThreadItem } from "@/protocol/items.ts";
import {
  searchQuery,
  type WebSearchAction,
} from "@/protocol/response_items.ts";
import { quoteCommand } from "@/text/shell_quote.ts";
import { asObject } from "./rollout_line.ts";

type Fields = Readonly<Record<string, unknown>>;
type ItemOf<T extends ThreadItem["type"]> = Extract<ThreadItem, { type: T }>;

/** What a call is made in. */
export interface CallPlace {
  readonly cwd: string;
  /** Tools the client brought. */
  readonly dynamicTools: ReadonlySet<string>;
}

/** A command that goes on, by its number in the session tools. */
export const SESSION = /^Process running with session ID (\d+)$/m;

/** The item of a call that was made; undefined for a tool that shows none. */
export function callItem(
  call: Fields,
  place: CallPlace,
): ThreadItem | undefined {
  const id = textOf(call.call_id);
  switch (call.type) {
    case "custom_tool_call":
      return call.name === "apply_patch"
        ? patchItem(id, textOf(call.input), place.cwd)
        : undefined;
    case "local_shell_call": {
      const { command, working_directory } = asObject(call.action);
      return commandItem(id, textsOf(command), working_directory, place);
    }
    case "function_call":
      return functionItem(id, call, place);
    default:
      return undefined;
  }
}

function functionItem(
  id: string,
  call: Fields,
  place: CallPlace,
): ThreadItem | undefined {
  const name = textOf(call.name);
  const args = jsonOf(textOf(call.arguments));
  const { cmd, command, workdir, shell, login, input, path } = asObject(args);
  const flag = login === false ? "-c" : "-lc";
  switch (name) {
    case "exec_command":
      return scriptItem(
        id,
        [textOf(shell) || "bash", flag, textOf(cmd)],
        workdir,
        place,
      );
    case "shell_command":
      return scriptItem(id, ["bash", flag, textOf(command)], workdir, place);
    case "shell":
      return commandItem(id, textsOf(command), workdir, place);
    case "apply_patch":
      return patchItem(id, textOf(input), place.cwd);
    case "view_image":
      return {
        type: "imageView",
        id,
        path: resolvePath(place.cwd, textOf(path)),
      };
  }
  if (place.dynamicTools.has(name)) {
    return {
      type: "dynamicToolCall",
      id,
      tool: name,
      ...(typeof call.namespace === "string"
        ? { namespace: call.namespace }
        : {}),
      arguments: args,
      status: "inProgress",
    };
  }
  return mcpItem(id, `${textOf(call.namespace)}${name}`, args);
}

/** A patch in a heredoc was applied as a patch. */
function scriptItem(
  id: string,
  argv: readonly [string, string, string],
  workdir: unknown,
  place: CallPlace,
): ThreadItem {
  const found = interceptPatch(argv[2]);
  if (found.kind !== "patch") return commandItem(id, argv, workdir, place);
  const cwd = resolvePath(place.cwd, textOf(workdir));
  return patchItem(id, found.patch, resolvePath(cwd, found.workdir ?? ""));
}

function commandItem(
  id: string,
  argv: readonly string[],
  workdir: unknown,
  { cwd }: CallPlace,
): ItemOf<"commandExecution"> {
  return {
    type: "commandExecution",
    id,
    command: quoteCommand(argv),
    cwd: resolvePath(cwd, textOf(workdir)),
    status: "inProgress",
    aggregatedOutput: "",
  };
}

function patchItem(
  id: string,
  patch: string,
  cwd: string,
): ItemOf<"fileChange"> {
  const parsed = parsePatch(patch);
  const hunks = parsed.kind === "ok" ? parsed.hunks : [];
  return {
    type: "fileChange",
    id,
    changes: hunks.map((hunk) => changeOf(hunk, cwd)),
    status: "inProgress",
  };
}

/** Without the file as it was, an update has the lines of the patch, and no numbers. */
function changeOf(hunk: Hunk, cwd: string): FileChange {
  const path = resolvePath(cwd, hunk.path);
  switch (hunk.kind) {
    case "add":
      return { path, kind: { type: "add" }, diff: hunk.content };
    case "delete":
      return { path, kind: { type: "delete" }, diff: "" };
    case "update": {
      const lines = hunk.chunks.flatMap(({ context, oldLines, newLines }) => [
        context === undefined ? "@@" : `@@ ${context}`,
        ...oldLines.map((line) => `-${line}`),
        ...newLines.map((line) => `+${line}`),
      ]);
      const { movePath } = hunk;
      const move_path = movePath === undefined
        ? null
        : resolvePath(cwd, movePath);
      return {
        path,
        kind: { type: "update", move_path },
        diff: `${lines.join("\n")}\n`,
      };
    }
  }
}

/** A tool of a server: its name begins with `mcp__`, the server and `__`. */
function mcpItem(
  id: string,
  name: string,
  args: unknown,
): ItemOf<"mcpToolCall"> | undefined {
  const match = /^mcp__(.+?)__(.+)$/.exec(name);
  if (match === null) return undefined;
  return {
    type: "mcpToolCall",
    id,
    server: match[1] ?? "",
    tool: match[2] ?? "",
    arguments: args,
    status: "inProgress",
  };
}

/** The item with what its call gave. */
export function withOutput(item: ThreadItem, given: unknown): ThreadItem {
  const text = outputText(given);
  switch (item.type) {
    case "commandExecution":
      return withCommandOutput(item, text);
    case "fileChange": {
      const isDeclined = /rejected by user/.test(text);
      const isDone = /^(\{"output":")?Success\./.test(text) ||
        /Success\. Updated/.test(text);
      const status = isDone ? "completed" : isDeclined ? "declined" : "failed";
      return { ...item, status, ...(isDone ? {} : { problem: text }) };
    }
    case "mcpToolCall":
      return withMcpOutput(item, text);
    case "dynamicToolCall":
      return {
        ...item,
        status: "completed",
        success: true,
        contentItems: [{ type: "inputText", text }],
      };
    default:
      return item;
  }
}

function withCommandOutput(
  item: ItemOf<"commandExecution">,
  given: string,
): ThreadItem {
  const wrapped = asObject(given.startsWith("{") ? jsonOf(given) : undefined);
  const { exit_code, duration_seconds } = asObject(wrapped.metadata);
  const start = given.indexOf("Output:\n");
  const head = start === -1 ? given : given.slice(0, start);
  const exit = /^(?:Process exited with code|Exit code:) (-?\d+)$/m.exec(head);
  const exitCode = numberOf(exit?.[1]) ?? numberOf(exit_code);
  const seconds = numberOf(/^Wall time: ([\d.]+) seconds/m.exec(head)?.[1]) ??
    numberOf(duration_seconds);
  const output = typeof wrapped.output === "string"
    ? wrapped.output
    : start === -1
    ? given
    : given.slice(start + "Output:\n".length);
  const isRunning = exitCode === undefined && SESSION.test(head);
  const isDeclined = /rejected by user/.test(head);
  return {
    ...item,
    aggregatedOutput: isDeclined
      ? item.aggregatedOutput
      : item.aggregatedOutput + output,
    ...(exitCode === undefined ? {} : { exitCode }),
    ...(seconds === undefined
      ? {}
      : { durationMs: (item.durationMs ?? 0) + Math.round(seconds * 1000) }),
    status: isRunning
      ? "inProgress"
      : exitCode === 0
      ? "completed"
      : isDeclined
      ? "declined"
      : "failed",
  };
}

function withMcpOutput(
  item: ItemOf<"mcpToolCall">,
  given: string,
): ThreadItem {
  const found = /^Wall time: ([\d.]+) seconds\nOutput:\n/.exec(given);
  if (found === null) {
    return { ...item, status: "failed", error: { message: given } };
  }
  const body = given.slice(found[0].length);
  const content = jsonOf(body);
  return {
    ...item,
    status: "completed",
    result: {
      content: Array.isArray(content)
        ? content
        : [{ type: "text", text: body }],
    },
    durationMs: Math.round(Number(found[1]) * 1000),
  };
}

/** A search, which the provider makes by itself. */
export function searchItem(id: string, action: unknown): ThreadItem {
  // Checked where it is shown: a kind nobody knows is told as "other".
  const known = asObject(action).type === undefined
    ? undefined
    : action as WebSearchAction;
  return {
    type: "webSearch",
    id,
    query: searchQuery(known),
    ...(known === undefined ? {} : { action: known }),
  };
}

/** The item of an event that tells of an end; undefined for other events. */
export function endedItem(event: Fields): ThreadItem | undefined {
  const id = textOf(event.call_id);
  switch (event.type) {
    case "exec_command_end":
      return {
        type: "commandExecution",
        id,
        command: quoteCommand(textsOf(event.command)),
        cwd: textOf(event.cwd),
        status: endOf(event.status, event.exit_code === 0),
        aggregatedOutput: textOf(event.aggregated_output),
        ...optionalNumber("exitCode", event.exit_code),
        ...optionalNumber("durationMs", millisOf(event.duration)),
        ...(event.source === "user_shell"
          ? { source: "userShell" as const }
          : {}),
      };
    case "patch_apply_end":
      return {
        type: "fileChange",
        id,
        changes: Object.entries(asObject(event.changes)).map(storedChange),
        status: endOf(event.status, event.success === true),
      };
    case "mcp_tool_call_end":
      return endedMcpItem(id, event);
    case "view_image_tool_call":
      return { type: "imageView", id, path: textOf(event.path) };
    case "web_search_end":
      return searchItem(id, event.action);
    default:
      return undefined;
  }
}

function endedMcpItem(id: string, event: Fields): ItemOf<"mcpToolCall"> {
  const { server, tool, arguments: args } = asObject(event.invocation);
  const { Ok, Err } = asObject(event.result);
  const { content, structuredContent, isError } = asObject(Ok);
  const isFailed = Ok === undefined || isError === true;
  return {
    type: "mcpToolCall",
    id,
    server: textOf(server),
    tool: textOf(tool),
    arguments: args ?? null,
    status: isFailed ? "failed" : "completed",
    ...(Ok === undefined ? { error: { message: textOf(Err) } } : {
      result: {
        content: Array.isArray(content) ? content : [],
        ...(structuredContent == null ? {} : { structuredContent }),
      },
    }),
    ...optionalNumber("durationMs", millisOf(event.duration)),
  };
}

function storedChange([path, change]: [string, unknown]): FileChange {
  const { type, content, unified_diff, move_path } = asObject(change);
  if (type === "add" || type === "delete") {
    return { path, kind: { type }, diff: textOf(content) };
  }
  return {
    path,
    kind: { type: "update", move_path: textOf(move_path) || null },
    diff: textOf(unified_diff),
  };
}

function endOf(
  status: unknown,
  isSuccess: boolean,
): "completed" | "failed" | "declined" {
  if (status === "declined") return status;
  return isSuccess ? "completed" : "failed";
}

function millisOf(duration: unknown): number | undefined {
  const { secs, nanos } = asObject(duration);
  return typeof secs === "number"
    ? secs * 1000 + Math.round((numberOf(nanos) ?? 0) / 1e6)
    : undefined;
}

function optionalNumber<K extends string>(
  key: K,
  value: unknown,
): Partial<Record<K, number>> {
  // One key, of the type it says.
  return typeof value === "number"
    ? { [key]: value } as Partial<Record<K, number>>
    : {};
}

/** Outputs are a text, or a list of parts of which some are text. */
function outputText(given: unknown): string {
  if (!Array.isArray(given)) return textOf(given);
  return given.map((part) => textOf(asObject(part).text)).join("");
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The model wrote it: it is shown as it is.
    return text;
  }
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value)
    ? value.filter((entry) => typeof entry === "string")
    : [];
}

function numberOf(value: unknown): number | undefined {
  if (value === undefined || value === "") return undefined;
  const number = Number(value);
  return Number.isFinite(number) ? number : undefined;
}
