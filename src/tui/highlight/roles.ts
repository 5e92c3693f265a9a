/** From what a grammar calls a token to what the theme has a colour for. */
import type { SyntaxRole } from "../render/theme.ts";

/**
 * Names of CodeMirror 6 and, shorter, of CodeMirror 5, which most of these grammars
 * were written for.
 */
const ROLES: Readonly<Record<string, SyntaxRole>> = {
  keyword: "keyword",
  controlKeyword: "keyword",
  operatorKeyword: "keyword",
  definitionKeyword: "keyword",
  moduleKeyword: "keyword",
  modifier: "keyword",
  qualifier: "keyword",
  self: "keyword",
  meta: "attribute",
  annotation: "attribute",
  processingInstruction: "attribute",
  string: "string",
  character: "string",
  regexp: "string",
  escape: "constant",
  quote: "string",
  number: "number",
  integer: "number",
  float: "number",
  comment: "comment",
  lineComment: "comment",
  blockComment: "comment",
  docComment: "comment",
  def: "function",
  macroName: "function",
  type: "type",
  typeName: "type",
  className: "type",
  namespace: "type",
  builtin: "constant",
  atom: "constant",
  bool: "constant",
  null: "constant",
  constant: "constant",
  unit: "number",
  color: "constant",
  operator: "operator",
  property: "property",
  propertyName: "property",
  variable: "variable",
  variableName: "variable",
  labelName: "property",
  name: "variable",
  punctuation: "punctuation",
  separator: "punctuation",
  bracket: "punctuation",
  angleBracket: "punctuation",
  contentSeparator: "punctuation",
  tag: "tag",
  tagName: "tag",
  attribute: "attribute",
  attributeName: "attribute",
  attributeValue: "string",
  header: "heading",
  heading: "heading",
  link: "string",
  url: "string",
  strong: "keyword",
  emphasis: "keyword",
  inserted: "inserted",
  deleted: "deleted",
};

/** The role of a token; undefined for plain text. */
export function roleOf(style: string | null): SyntaxRole | undefined {
  if (style === null) return undefined;
  for (const name of style.split(" ")) {
    const [base = "", ...modifiers] = name.split(".");
    if (modifiers.includes("standard")) return "constant";
    if (modifiers.includes("constant")) return "constant";
    if (modifiers.includes("function")) return "function";
    if (modifiers.includes("definition") && base === "variableName") {
      return "function";
    }
    const role = Object.hasOwn(ROLES, base) ? ROLES[base] : undefined;
    if (role !== undefined) return role;
  }
  return undefined;
}
