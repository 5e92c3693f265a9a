/**
 * The languages whose code is coloured, and their names. Each grammar is a module of
 * its own that is loaded when the first code of its language is shown.
 */
import type { StreamParser } from "@codemirror/streamparser";

export type Grammar = StreamParser<unknown>;

interface LanguageEntry {
  /** What a fence may say, and endings of file names. */
  readonly names: readonly string[];
  readonly load: () => Promise<Grammar>;
}

const LANGUAGES: readonly LanguageEntry[] = [
  {
    names: ["javascript", "js", "jsx", "mjs", "cjs", "node"],
    load: async () =>
      (await import("@codemirror/legacy-modes/mode/javascript")).javascript,
  },
  {
    names: ["typescript", "ts", "tsx", "mts", "cts", "deno"],
    load: async () =>
      (await import("@codemirror/legacy-modes/mode/javascript")).typescript,
  },
  {
    names: ["json", "jsonc", "json5", "jsonl", "ndjson", "webmanifest"],
    load: async () =>
      (await import("@codemirror/legacy-modes/mode/javascript")).json,
  },
  {
    names: ["python", "py", "python3", "pyi", "pyw"],
    load: async () =>
      (await import("@codemirror/legacy-modes/mode/python")).python,
  },
  {
    names: ["rust", "rs"],
    load: async () => (await import("@codemirror/legacy-modes/mode/rust")).rust,
  },
  {
    names: ["go", "golang"],
    load: async () => (await import("@codemirror/legacy-modes/mode/go")).go,
  },
  {
    names: ["c", "h"],
    load: async () => (await import("@codemirror/legacy-modes/mode/clike")).c,
  },
  {
    names: ["cpp", "c++", "cc", "cxx", "hpp", "hh", "hxx", "ino", "cu"],
    load: async () => (await import("@codemirror/legacy-modes/mode/clike")).cpp,
  },
  {
    names: ["java"],
    load: async () =>
      (await import("@codemirror/legacy-modes/mode/clike")).java,
  },
  {
    names: ["csharp", "cs", "c#"],
    load: async () =>
      (await import("@codemirror/legacy-modes/mode/clike")).csharp,
  },
  {
    names: ["kotlin", "kt", "kts"],
    load: async () =>
      (await import("@codemirror/legacy-modes/mode/clike")).kotlin,
  },
  {
    names: ["scala", "sc"],
    load: async () =>
      (await import("@codemirror/legacy-modes/mode/clike")).scala,
  },
  {
    names: ["dart"],
    load: async () =>
      (await import("@codemirror/legacy-modes/mode/clike")).dart,
  },
  {
    names: ["objectivec", "objective-c", "objc", "m", "mm"],
    load: async () =>
      (await import("@codemirror/legacy-modes/mode/clike")).objectiveC,
  },
  {
    names: ["php"],
    load: async () => (await import("./php.ts")).php,
  },
  {
    names: ["shell", "sh", "bash", "zsh", "ksh", "console", "shellscript"],
    load: async () => (await import("./shell_grammar.ts")).shellGrammar,
  },
  {
    names: ["powershell", "ps1", "psm1", "pwsh"],
    load: async () =>
      (await import("@codemirror/legacy-modes/mode/powershell")).powerShell,
  },
  {
    names: ["sql", "sqlite", "mysql", "postgresql", "postgres", "pgsql"],
    load: async () =>
      (await import("@codemirror/legacy-modes/mode/sql")).standardSQL,
  },
  {
    names: ["html", "htm", "vue", "svelte"],
    load: async () => (await import("@codemirror/legacy-modes/mode/xml")).html,
  },
  {
    names: ["xml", "svg", "plist", "xsl", "xsd"],
    load: async () => (await import("@codemirror/legacy-modes/mode/xml")).xml,
  },
  {
    names: ["css"],
    load: async () => (await import("@codemirror/legacy-modes/mode/css")).css,
  },
  {
    names: ["scss", "sass"],
    load: async () => (await import("@codemirror/legacy-modes/mode/css")).sCSS,
  },
  {
    names: ["less"],
    load: async () => (await import("@codemirror/legacy-modes/mode/css")).less,
  },
  {
    names: ["yaml", "yml"],
    load: async () => (await import("@codemirror/legacy-modes/mode/yaml")).yaml,
  },
  {
    names: ["toml"],
    load: async () => (await import("@codemirror/legacy-modes/mode/toml")).toml,
  },
  {
    names: ["ini", "properties", "cfg", "conf", "env", "editorconfig"],
    load: async () =>
      (await import("@codemirror/legacy-modes/mode/properties")).properties,
  },
  {
    names: ["ruby", "rb", "rake", "gemspec", "gemfile", "rakefile"],
    load: async () => (await import("@codemirror/legacy-modes/mode/ruby")).ruby,
  },
  {
    names: ["dockerfile", "docker", "containerfile"],
    load: async () =>
      (await import("@codemirror/legacy-modes/mode/dockerfile")).dockerFile,
  },
  {
    names: ["diff", "patch"],
    load: async () => (await import("@codemirror/legacy-modes/mode/diff")).diff,
  },
  {
    names: ["lua"],
    load: async () => (await import("@codemirror/legacy-modes/mode/lua")).lua,
  },
  {
    names: ["swift"],
    load: async () =>
      (await import("@codemirror/legacy-modes/mode/swift")).swift,
  },
  {
    names: ["haskell", "hs"],
    load: async () =>
      (await import("@codemirror/legacy-modes/mode/haskell")).haskell,
  },
  {
    names: ["perl", "pl", "pm"],
    load: async () => (await import("@codemirror/legacy-modes/mode/perl")).perl,
  },
  {
    names: ["r"],
    load: async () => (await import("@codemirror/legacy-modes/mode/r")).r,
  },
  {
    names: ["groovy", "gradle", "jenkinsfile"],
    load: async () =>
      (await import("@codemirror/legacy-modes/mode/groovy")).groovy,
  },
  {
    names: ["protobuf", "proto"],
    load: async () =>
      (await import("@codemirror/legacy-modes/mode/protobuf")).protobuf,
  },
  {
    names: ["cmake"],
    load: async () =>
      (await import("@codemirror/legacy-modes/mode/cmake")).cmake,
  },
  {
    names: ["nginx"],
    load: async () =>
      (await import("@codemirror/legacy-modes/mode/nginx")).nginx,
  },
  {
    names: ["markdown", "md", "mdx"],
    load: async () => (await import("./markdown_grammar.ts")).markdownGrammar,
  },
];

const BY_NAME: ReadonlyMap<string, LanguageEntry> = new Map(
  LANGUAGES.flatMap((entry) => entry.names.map((name) => [name, entry])),
);

/** How to get the grammar of a language; undefined when there is none. */
export function grammarOf(name: string): (() => Promise<Grammar>) | undefined {
  return BY_NAME.get(name)?.load;
}

/** What a fence's info string says the language is: its first word. */
export function fenceLanguage(info: string): string {
  return (/^[^\s,{:]+/.exec(info.trim())?.[0] ?? "").toLowerCase();
}

/** The language of a file, by its name; empty when nothing is known of it. */
export function fileLanguage(path: string): string {
  const name = path.slice(path.lastIndexOf("/") + 1).toLowerCase();
  if (BY_NAME.has(name)) return name;
  const named = /^(dockerfile|containerfile)\./.exec(name)?.[1];
  const extension = name.includes(".")
    ? name.slice(name.lastIndexOf(".") + 1)
    : "";
  return named ?? (BY_NAME.has(extension) ? extension : "");
}
