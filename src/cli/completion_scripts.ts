/**
 * Completion scripts for five shells. Each follows the words already typed from
 * command to command and then offers that command's options and subcommands.
 */
import type { CompletionPoint, CompletionWord } from "./completion.ts";

export const COMPLETION_SHELLS = [
  "bash",
  "elvish",
  "fish",
  "powershell",
  "zsh",
] as const;
export type CompletionShell = typeof COMPLETION_SHELLS[number];

/** The script that completes `codex` in the shell. */
export function completionScript(
  shell: CompletionShell,
  points: readonly CompletionPoint[],
): string {
  switch (shell) {
    case "bash":
      return bashScript(points);
    case "elvish":
      return elvishScript(points);
    case "fish":
      return fishScript(points);
    case "powershell":
      return powershellScript(points);
    case "zsh":
      return zshScript(points);
  }
}

/** Words in single quotes for a POSIX shell. */
function posixQuote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** Quotes are doubled within single quotes in PowerShell and Elvish. */
function doubledQuote(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** One line per way from a command to a subcommand. */
function enterLines(
  points: readonly CompletionPoint[],
  line: (froms: readonly string[], to: string) => string,
): string {
  return points.flatMap((point) =>
    point.enters.map(({ words, path }) =>
      line(words.map((word) => `${point.path} ${word}`), path)
    )
  ).join("\n");
}

/** One line per option that takes a value. */
function valueLines(
  points: readonly CompletionPoint[],
  line: (
    froms: readonly string[],
    values: readonly string[] | undefined,
  ) => string,
): string {
  return points.flatMap((point) =>
    point.valued.map(({ words, values }) =>
      line(words.map((word) => `${point.path} ${word}`), values)
    )
  ).join("\n");
}

function wordsOf(point: CompletionPoint): readonly string[] {
  return [
    ...point.options.map(({ word }) => word),
    ...point.commands.map(({ word }) => word),
    ...point.values,
  ];
}

function bashScript(points: readonly CompletionPoint[]): string {
  const patterns = (texts: readonly string[]) =>
    texts.map(posixQuote).join("|");
  const enters = enterLines(
    points,
    (froms, to) => `            ${patterns(froms)}) at=${posixQuote(to)} ;;`,
  );
  const values = valueLines(
    points,
    (froms, words) =>
      words === undefined
        ? `        ${
          patterns(froms)
        }) COMPREPLY=($(compgen -f -- "$cur")); return ;;`
        : `        ${patterns(froms)}) COMPREPLY=($(compgen -W ${
          posixQuote(words.join(" "))
        } -- "$cur")); return ;;`,
  );
  const offers = points.map((point) =>
    `        ${posixQuote(point.path)}) words=${
      posixQuote(wordsOf(point).join(" "))
    } ;;`
  ).join("\n");
  return `_codex() {
    local cur prev at word words
    cur="\${COMP_WORDS[COMP_CWORD]}"
    prev="\${COMP_WORDS[COMP_CWORD-1]}"
    at='codex'
    for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
        case "$at $word" in
${enters}
        esac
    done
    case "$at $prev" in
${values}
    esac
    case "$at" in
${offers}
    esac
    COMPREPLY=($(compgen -W "$words" -- "$cur"))
}

complete -F _codex -o bashdefault -o default codex
`;
}

function zshScript(points: readonly CompletionPoint[]): string {
  const patterns = (texts: readonly string[]) =>
    texts.map(posixQuote).join("|");
  const described = (words: readonly CompletionWord[]) =>
    words.map(({ word, about }) =>
      posixQuote(`${word}:${oneLine(about).replaceAll(":", "\\:")}`)
    ).join(" ");
  const enters = enterLines(
    points,
    (froms, to) => `            (${patterns(froms)}) at=${posixQuote(to)} ;;`,
  );
  const values = valueLines(
    points,
    (froms, words) =>
      `        (${patterns(froms)}) ${
        words === undefined ? "_files" : `compadd -- ${words.join(" ")}`
      }; return ;;`,
  );
  const offers = points.map((point) =>
    [
      `        (${posixQuote(point.path)})`,
      `            opts=(${described(point.options)})`,
      `            cmds=(${described(point.commands)})`,
      `            vals=(${point.values.join(" ")})`,
      "            ;;",
    ].join("\n")
  ).join("\n");
  return `#compdef codex

_codex() {
    local at='codex' word
    local -a opts cmds vals
    for word in "\${(@)words[2,CURRENT-1]}"; do
        case "$at $word" in
${enters}
        esac
    done
    case "$at $words[CURRENT-1]" in
${values}
    esac
    case "$at" in
${offers}
    esac
    if [[ "$PREFIX" == -* ]]; then
        _describe -o 'option' opts
        return
    fi
    (( $#vals )) && compadd -- $vals
    (( $#cmds )) && _describe 'command' cmds
    _files
}

if [ "$funcstack[1]" = "_codex" ]; then
    _codex "$@"
else
    compdef _codex codex
fi
`;
}

function fishScript(points: readonly CompletionPoint[]): string {
  const enters = enterLines(
    points,
    (froms, to) =>
      `            case ${froms.map(fishQuote).join(" ")}
                set at ${fishQuote(to)}`,
  );
  return `function __codex_at
    set -l at 'codex'
    for word in (commandline -opc)[2..-1]
        switch "$at $word"
${enters}
        end
    end
    test "$at" = "$argv[1]"
end

${points.flatMap(fishLines).join("\n")}
`;
}

function fishLines(point: CompletionPoint): readonly string[] {
  const start = `complete -c codex -n "__codex_at '${point.path}'"`;
  const described = new Map(
    point.options.map(({ word, about }) => [word, about]),
  );
  const valued = new Map(
    point.valued.flatMap(({ words, values }) =>
      words.map((word) => [word, values ?? []] as const)
    ),
  );
  const options = [...described].map(([word, about]) => {
    const name = word.startsWith("--")
      ? `-l ${word.slice(2)}`
      : `-s ${word.slice(1)}`;
    const values = valued.get(word);
    const value = values === undefined
      ? ""
      : values.length === 0
      ? " -r -F"
      : ` -x -a ${fishQuote(values.join(" "))}`;
    return `${start} ${name}${value} -d ${fishQuote(oneLine(about))}`;
  });
  const commands = point.commands.map(({ word, about }) =>
    `${start} -f -a ${fishQuote(word)} -d ${fishQuote(oneLine(about))}`
  );
  const values = point.values.map((word) =>
    `${start} -f -a ${fishQuote(word)}`
  );
  return [...options, ...commands, ...values];
}

function fishQuote(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}

function powershellScript(points: readonly CompletionPoint[]): string {
  const list = (words: readonly string[]) => words.map(doubledQuote).join(", ");
  const enters = enterLines(
    points,
    (froms, to) =>
      froms.map((from) =>
        `    $enters[${doubledQuote(from)}] = ${doubledQuote(to)}`
      ).join("\n"),
  );
  const values = valueLines(
    points,
    (froms, words) =>
      froms.map((from) =>
        `    $values[${doubledQuote(from)}] = @(${list(words ?? [])})`
      ).join("\n"),
  );
  const offers = points.map((point) =>
    `    $offers[${doubledQuote(point.path)}] = @(${list(wordsOf(point))})`
  ).join("\n");
  // PowerShell's own tables take -c and -C for the same key.
  return `Register-ArgumentCompleter -Native -CommandName 'codex' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $enters = [System.Collections.Hashtable]::new([StringComparer]::Ordinal)
${enters}
    $values = [System.Collections.Hashtable]::new([StringComparer]::Ordinal)
${values}
    $offers = [System.Collections.Hashtable]::new([StringComparer]::Ordinal)
${offers}
    $at = 'codex'
    $previous = ''
    foreach ($element in ($commandAst.CommandElements | Select-Object -Skip 1)) {
        if ($element.Extent.EndOffset -ge $cursorPosition) { break }
        $previous = $element.ToString()
        if ($enters.ContainsKey("$at $previous")) { $at = $enters["$at $previous"] }
    }
    $words = $offers[$at]
    if ($values.ContainsKey("$at $previous")) { $words = $values["$at $previous"] }
    $words | Where-Object { $_ -like "$wordToComplete*" } | ForEach-Object {
        [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
    }
}
`;
}

function elvishScript(points: readonly CompletionPoint[]): string {
  const list = (words: readonly string[]) =>
    `[${words.map(doubledQuote).join(" ")}]`;
  const enters = enterLines(
    points,
    (froms, to) =>
      froms.map((from) => `    &${doubledQuote(from)}=${doubledQuote(to)}`)
        .join("\n"),
  );
  const values = valueLines(
    points,
    (froms, words) =>
      froms.map((from) => `    &${doubledQuote(from)}=${list(words ?? [])}`)
        .join("\n"),
  );
  const offers = points.map((point) =>
    `    &${doubledQuote(point.path)}=${list(wordsOf(point))}`
  ).join("\n");
  return `set edit:completion:arg-completer[codex] = {|@words|
  var enters = [
${enters}
  ]
  var values = [
${values}
  ]
  var offers = [
${offers}
  ]
  var at = 'codex'
  var previous = ''
  for word $words[1..-1] {
    set previous = $word
    if (has-key $enters $at' '$word) { set at = $enters[$at' '$word] }
  }
  if (has-key $values $at' '$previous) {
    all $values[$at' '$previous]
  } else {
    all $offers[$at]
  }
}
`;
}

function oneLine(text: string): string {
  return text.split("\n")[0] ?? "";
}
