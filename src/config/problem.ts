/**
 * What can be wrong with a configuration. Pure code throws a `ConfigProblem` naming
 * the key; `load.ts` knows the files, adds the place and throws `ConfigError`.
 */
import { CodexError } from "@/protocol/errors.ts";
import type { DecodePath } from "@/protocol/decode.ts";

/** A problem of one key, before anyone knows which file it stands in. */
export class ConfigProblem extends Error {
  override readonly name = "ConfigProblem";
  readonly path: DecodePath;
  /** True when the file cannot be read as a configuration at all. */
  readonly isLoadFailure: boolean;

  constructor(
    path: DecodePath,
    message: string,
    options?: { readonly isLoadFailure: boolean },
  ) {
    super(message);
    this.path = path;
    this.isLoadFailure = options?.isLoadFailure ?? false;
  }
}

/** A configuration that cannot be used; says what was attempted before the reason. */
export class ConfigError extends CodexError {
  /** Stands before the message on the terminal, where others have `Error: `. */
  readonly preface: string;

  constructor(preface: string, message: string, options?: ErrorOptions) {
    super("invalid_config", message, options);
    this.preface = preface;
  }
}
