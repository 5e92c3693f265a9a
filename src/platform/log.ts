/**
 * The diagnostic log on standard error, filtered by `RUST_LOG` as the reference's is:
 * `debug`, `codex::model=trace,warn`. A call that is filtered out costs a comparison.
 */

const LEVELS = ["off", "error", "warn", "info", "debug", "trace"] as const;
export type LogLevel = Exclude<typeof LEVELS[number], "off">;

export interface Log {
  error(target: string, message: () => string): void;
  warn(target: string, message: () => string): void;
  info(target: string, message: () => string): void;
  debug(target: string, message: () => string): void;
}

interface Directive {
  readonly target: string;
  readonly level: number;
}

/** Shown when `RUST_LOG` says nothing. */
const LEVEL_DEFAULT = "error";

/** A log that writes lines through `write`; `filter` is the value of `RUST_LOG`. */
export function createLog(
  filter: string | undefined,
  nowMs: () => number,
  write: (line: string) => void,
): Log {
  const directives = parseFilter(filter ?? LEVEL_DEFAULT);
  const emit = (level: LogLevel, target: string, message: () => string) => {
    if (levelFor(directives, target) < LEVELS.indexOf(level)) return;
    const time = new Date(nowMs()).toISOString();
    write(
      `${time} ${level.toUpperCase().padStart(5)} ${target}: ${message()}\n`,
    );
  };
  return {
    error: (target, message) => emit("error", target, message),
    warn: (target, message) => emit("warn", target, message),
    info: (target, message) => emit("info", target, message),
    debug: (target, message) => emit("debug", target, message),
  };
}

/** The directives of a filter; parts that cannot be read are passed over. */
function parseFilter(filter: string): readonly Directive[] {
  return filter.split(",").flatMap((part): Directive[] => {
    const [left = "", right] = part.trim().toLowerCase().split("=");
    const level = LEVELS.findIndex((name) => name === (right ?? left));
    if (level < 0) {
      return right === undefined && left !== ""
        ? [{ target: left, level: 5 }]
        : [];
    }
    return [{ target: right === undefined ? "" : left, level }];
  });
}

/** The level of the longest directive a target falls under. */
function levelFor(directives: readonly Directive[], target: string): number {
  let best: Directive | undefined;
  for (const directive of directives) {
    if (!target.startsWith(directive.target)) continue;
    if (best === undefined || directive.target.length >= best.target.length) {
      best = directive;
    }
  }
  return best?.level ?? 0;
}
