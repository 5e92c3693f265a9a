/**
 * The languages of the code an item shows. Who prints its cell for ever loads them
 * first: what is printed cannot get its colours later.
 */
import type { ThreadItem } from "@/protocol/items.ts";
import { fenceLanguage, fileLanguage } from "../highlight/languages.ts";

export function itemLanguages(item: ThreadItem): readonly string[] {
  switch (item.type) {
    case "commandExecution":
      return ["sh"];
    case "fileChange":
      return known(item.changes.map(({ path, kind }) =>
        fileLanguage(
          kind.type === "update" ? kind.move_path ?? path : path,
        )
      ));
    case "agentMessage":
    case "plan":
      return known(fences(item.text));
    case "exitedReviewMode":
      return known(fences(item.review));
    default:
      return [];
  }
}

function fences(text: string): readonly string[] {
  return [
    ...text.matchAll(
      /^[\s>]*(?:(?:[-+*]|\d+[.)])\s+)*(?:`{3,}|~{3,})([^`\n]*)$/gm,
    ),
  ]
    .map(([, info = ""]) => fenceLanguage(info));
}

function known(languages: readonly string[]): readonly string[] {
  return [...new Set(languages)].filter((language) => language !== "");
}
