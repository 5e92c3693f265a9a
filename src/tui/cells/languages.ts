/**
 * The languages of the code a cell shows. Who prints it for ever loads them first: what
 * is printed cannot get its colours later.
 */
import type {
  CommandExecutionThreadItem,
  FileChange,
  FileChangeThreadItem,
} from "@/protocol/items.ts";
import { fenceLanguage, fileLanguage } from "../highlight/languages.ts";

export function itemLanguages(
  item: CommandExecutionThreadItem | FileChangeThreadItem,
): readonly string[] {
  switch (item.type) {
    case "commandExecution":
      return ["sh"];
    case "fileChange":
      return changeLanguages(item.changes);
  }
}

export function changeLanguages(
  changes: readonly FileChange[],
): readonly string[] {
  return known(
    changes.map(({ path, kind }) =>
      fileLanguage(kind.type === "update" ? kind.move_path ?? path : path)
    ),
  );
}

/** The languages of the fences in a text. */
export function fenceLanguages(text: string): readonly string[] {
  const fences = text.matchAll(
    /^[\s>]*(?:(?:[-+*]|\d+[.)])\s+)*(?:`{3,}|~{3,})([^`\n]*)$/gm,
  );
  return known([...fences].map(([, info = ""]) => fenceLanguage(info)));
}

function known(languages: readonly string[]): readonly string[] {
  return [...new Set(languages)].filter((language) => language !== "");
}
