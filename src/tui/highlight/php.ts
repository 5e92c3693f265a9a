/** PHP, as a member of the family of C: what the package of grammars lacks. */
import { clike } from "@codemirror/legacy-modes/mode/clike";
import type { StringStream } from "@codemirror/streamparser";
import type { Grammar } from "./languages.ts";

function words(list: string): Readonly<Record<string, true>> {
  return Object.fromEntries(list.split(" ").map((word) => [word, true]));
}

export const php: Grammar = clike({
  name: "php",
  keywords: words(
    "abstract and array as break case catch class clone const continue declare " +
      "default do echo else elseif empty enum exit extends final finally fn for " +
      "foreach function global goto if implements include include_once instanceof " +
      "insteadof interface isset list match namespace new or print private " +
      "protected public readonly require require_once return static switch throw " +
      "trait try unset use var while xor yield",
  ),
  types: words(
    "bool int float string object iterable mixed void never callable self parent",
  ),
  blockKeywords: words(
    "catch class do else elseif for foreach function if interface match switch " +
      "trait try while finally",
  ),
  atoms: words("true false null TRUE FALSE NULL"),
  multiLineStrings: true,
  hooks: {
    $(stream: StringStream) {
      stream.eatWhile(/[\w$]/);
      return "variable";
    },
    "#"(stream: StringStream) {
      if (stream.peek() === "[") return "meta";
      stream.skipToEnd();
      return "comment";
    },
    "<"(stream: StringStream) {
      if (stream.match(/^\?(?:php|=)?/)) return "meta";
      return false;
    },
    "?"(stream: StringStream) {
      if (stream.match(">")) return "meta";
      return false;
    },
  },
});
