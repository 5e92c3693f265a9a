/** Flags of the interactive commands that stand for keys of the configuration. */
import { flagValues, hasFlag, type ParsedCommand } from "./parsed.ts";

/** The command line with those flags as overrides of keys. */
export function configuredFlags(parsed: ParsedCommand): ParsedCommand {
  const overrides = [
    ...(hasFlag(parsed, "search") ? ['web_search="live"'] : []),
    ...(hasFlag(parsed, "full-auto") ? ['approval_policy="on-request"'] : []),
    ...(hasFlag(parsed, "dangerously-bypass-approvals-and-sandbox")
      ? ['approval_policy="never"']
      : []),
  ];
  return overrides.length === 0 ? parsed : {
    ...parsed,
    flags: {
      ...parsed.flags,
      config: [...flagValues(parsed, "config"), ...overrides],
    },
  };
}
