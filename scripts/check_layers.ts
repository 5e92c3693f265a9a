/**
 * Checks every import under `src/` against the table in `layers.ts`, that the table
 * has no cycle, and that only the platform touches the machine.
 */
import { LAYERS, MACHINE_ACCESS } from "./layers.ts";

const SOURCE = new URL("../src/", import.meta.url).pathname;

/** A rule broken, for a person. */
type Problem = string;

const problems = [...findCycles(), ...await checkFiles(SOURCE, "")];
for (const problem of problems) console.error(problem);
console.log(`${problems.length} layer problems`);
if (problems.length > 0) Deno.exit(1);

function findCycles(): Problem[] {
  const done = new Set<string>();
  const visit = (folder: string, path: readonly string[]): Problem[] => {
    if (path.includes(folder)) {
      return [`Layers form a cycle: ${[...path, folder].join(" -> ")}`];
    }
    if (done.has(folder)) return [];
    done.add(folder);
    return (LAYERS[folder] ?? []).filter((next) => next !== "*")
      .flatMap((next) => visit(next, [...path, folder]));
  };
  return Object.keys(LAYERS).flatMap((folder) => visit(folder, []));
}

async function checkFiles(root: string, relative: string): Promise<Problem[]> {
  const found: Problem[] = [];
  for await (const entry of Deno.readDir(root + relative)) {
    const path = `${relative}${entry.name}`;
    if (entry.isDirectory) found.push(...await checkFiles(root, `${path}/`));
    else if (entry.name.endsWith(".ts")) {
      found.push(...checkFile(path, await readSource(path)));
    }
  }
  return found;
}

function readSource(path: string): Promise<string> {
  return Deno.readTextFile(SOURCE + path);
}

function checkFile(path: string, source: string): Problem[] {
  const code = withoutComments(source);
  return [...checkImports(path, code), ...checkMachine(path, code)];
}

function checkImports(path: string, code: string): Problem[] {
  const folder = path.split("/")[0] ?? "";
  const allowed = LAYERS[folder];
  if (allowed === undefined) {
    return [`src/${path}: the folder "${folder}" has no layer`];
  }
  const specifiers = [
    ...code.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*"([^"]+)"/g),
  ]
    .map((match) => match[1] ?? "");
  return specifiers.flatMap((specifier) =>
    checkImport(path, folder, allowed, specifier)
  );
}

function checkImport(
  path: string,
  folder: string,
  allowed: readonly string[],
  specifier: string,
): Problem[] {
  if (specifier.startsWith("..")) {
    const depth = path.split("/").length - 2;
    const climbs = specifier.match(/\.\.\//g)?.length ?? 0;
    return climbs <= depth
      ? []
      : [`src/${path}: "${specifier}" leaves its folder; use "@/…"`];
  }
  if (!specifier.startsWith("@/")) return [];
  const [target = "", ...rest] = specifier.slice(2).split("/");
  if (target !== folder && rest.at(-1)?.startsWith("_")) {
    return [`src/${path}: "${specifier}" is private to its folder`];
  }
  if (target === folder || allowed.includes(target) || allowed.includes("*")) {
    return [];
  }
  return [
    `src/${path}: "${folder}" may not import "${target}" ("${specifier}")`,
  ];
}

function checkMachine(path: string, code: string): Problem[] {
  if (MACHINE_ACCESS.some((prefix) => path.startsWith(prefix))) return [];
  const uses = [
    /\bDeno\./,
    /\bfrom "node:/,
    /\bimport\("node:/,
    /(?<![\w.])fetch\(/,
  ];
  return uses.filter((use) => use.test(code))
    .map((use) =>
      `src/${path}: only the platform may touch the machine (${use.source})`
    );
}

function withoutComments(source: string): string {
  return source.replace(/\/\*[\s\S]*?\*\//g, "").replace(/^\s*\/\/.*$/gm, "");
}
