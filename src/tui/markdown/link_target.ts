/**
 * What a link leads to. One to a file of this machine is shown as its path from the
 * working directory with the line, because that is what can be found again; the words
 * of the link say less.
 */

import { below } from "../cells/paths.ts";

export type LinkTarget =
  | {
    readonly kind: "file";
    /** `src/main.ts:3`. */
    readonly label: string;
    /** For the terminal to open; undefined where that takes a shell to know. */
    readonly url: string | undefined;
  }
  | { readonly kind: "web"; readonly url: string }
  /** A part of the page, or of a kind a terminal should not open. */
  | { readonly kind: "other" };

/** Schemes whose pages a click may open. */
const OPENABLE = /^(?:https?|mailto|ftp):/i;

export function linkTarget(href: string, cwd: string): LinkTarget {
  if (OPENABLE.test(href)) return { kind: "web", url: href };
  const path = href.replace(/^file:\/\/(?:localhost)?(?=\/)/i, "");
  const isScheme = /^[a-z][a-z\d+.-]*:(?!\d+(?::\d+)?$)/i.test(path);
  if (isScheme || path === "" || path.startsWith("#") || /^\/\//.test(path)) {
    return { kind: "other" };
  }
  return fileTarget(decoded(path), cwd);
}

/** A place in a file: `a.ts:3`, `a.ts:3:7`, `a.ts#L3`, `a.ts#L3C7`, `a.ts#L3-L9`. */
const PLACE =
  /^(.*?)(?:#L(\d+)(?:C(\d+))?(?:-L?(\d+)(?:C\d+)?)?|:(\d+)(?::(\d+))?(?:-(\d+))?)?$/;

function fileTarget(target: string, cwd: string): LinkTarget {
  const [, path = target, line, column, end, line2, column2, end2] =
    PLACE.exec(target) ?? [];
  const places = [line ?? line2, column ?? column2]
    .filter((place) => place !== undefined);
  const last = end ?? end2;
  const place = places.map((part) => `:${part}`).join("") +
    (last === undefined ? "" : `-${last}`);
  const absolute = path.startsWith("/") || path.startsWith("~")
    ? path
    : `${cwd}/${path.replace(/^(?:\.\/)+/, "")}`;
  return {
    kind: "file",
    label: (below(absolute, cwd) || absolute) + place,
    url: absolute.startsWith("/")
      ? `file://${encodeURI(absolute.toWellFormed()).replaceAll("#", "%23")}`
      : undefined,
  };
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    // A percent sign that is meant as one.
    return path;
  }
}
