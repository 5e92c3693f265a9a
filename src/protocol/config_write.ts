/** Changes of the user's config.toml, as clients ask for them and are refused them. */
import { CodexError } from "./errors.ts";

export interface ConfigChange {
  /** Dotted; a part with dots in it is quoted, as in TOML. */
  readonly keyPath: string;
  /** As JSON has it; null removes the key. */
  readonly value: unknown;
  /** Whether a table takes the place of the one there or is laid over it. */
  readonly mergeStrategy: "replace" | "upsert";
}

/** All of it is done or nothing. */
export interface ConfigWrite {
  readonly changes: readonly ConfigChange[];
  /** The version of the user's layer that was read; another one is a conflict. */
  readonly expectedVersion?: string | undefined;
  /** Only the user's own file may be named. */
  readonly filePath?: string | undefined;
}

export type ConfigWriteReason =
  | "configLayerReadonly"
  | "configVersionConflict"
  | "configValidationError";

/** Why a change was not made; the reason is for programs. */
export class ConfigWriteError extends CodexError {
  readonly reason: ConfigWriteReason;

  constructor(reason: ConfigWriteReason, message: string) {
    super("invalid_config", message);
    this.reason = reason;
  }
}

/** Which skill is switched: one of the two. */
export type SkillSwitch =
  | { readonly kind: "name"; readonly name: string }
  | { readonly kind: "path"; readonly path: string };
