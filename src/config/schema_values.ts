/**
 * The value kinds of config.toml: small schemas whose messages are those users of
 * the file format know. Key names live in `schema.ts`, not here.
 */
import * as v from "valibot";
import {
  decode,
  integer,
  invalidType,
  mapOf,
  refusingArrays,
  struct,
  unknownVariant,
} from "@/protocol/decode.ts";
import { APPROVAL_MODES, GranularApprovalSchema } from "@/protocol/policy.ts";
import type { ApprovalPolicy } from "@/protocol/policy.ts";

export const bool = v.optional(v.boolean());
export const text = v.optional(v.string());
export const texts = v.optional(v.array(v.string()));
export const textMap = v.optional(mapOf(v.string()));
export const usize = v.optional(integer("usize"));
export const u64 = v.optional(integer("u64"));
export const i64 = v.optional(integer("i64"));

const path = v.string((issue) => invalidType(issue.input, "path string"));
/** A path; made absolute when its layer is read. */
export const filePath = v.optional(path);
export const filePaths = v.optional(v.array(path));

/** A table some other part of the program decodes. */
export const table = mapOf(v.unknown());
export const anyTable = v.optional(table);

/** One of some words. */
export function word<const W extends readonly [string, ...string[]]>(
  words: W,
): v.PicklistSchema<W, (issue: v.PicklistIssue) => string> {
  return v.picklist(
    words,
    (issue) =>
      typeof issue.input === "string"
        ? unknownVariant(issue.input, words)
        : "wanted string or table",
  );
}

/** The reference counts seconds in 64 bits. */
const SECONDS_MAX = 2 ** 64;

/** Seconds, whole or not, and not negative. */
export const seconds = v.optional(v.pipe(
  v.number(),
  v.minValue(
    0,
    "cannot convert float seconds to Duration: value is negative",
  ),
  v.ltValue(
    SECONDS_MAX,
    "cannot convert float seconds to Duration: value is either too big or NaN",
  ),
));

const APPROVAL_WORDS = [
  ...APPROVAL_MODES.slice(0, -1),
  "granular",
  "never",
];

/** `approval_policy`: a word, or a table that decides class by class. */
export const approvalPolicy = v.optional(v.custom<ApprovalPolicy>(
  (value) => approvalProblem(value) === undefined,
  (issue) => approvalProblem(issue.input) ?? "",
));

function approvalProblem(value: unknown): string | undefined {
  if (typeof value === "string") {
    if (value === "granular") {
      return "invalid type: unit variant, expected newtype variant";
    }
    return APPROVAL_WORDS.includes(value)
      ? undefined
      : unknownVariant(value, APPROVAL_WORDS);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return "wanted string or table";
  }
  const key = Object.keys(value)[0];
  if (key !== "granular") return unknownVariant(key ?? "", APPROVAL_WORDS);
  const granular = decode(
    struct("GranularApprovalConfig", GranularApprovalSchema.entries),
    (value as { granular: unknown }).granular,
  );
  return granular.ok ? undefined : granular.message;
}

/** `[features]`: switches, unknown names included; one of them may be a table. */
export const features = v.optional(refusingArrays(v.record(
  v.string(),
  v.union([v.boolean(), table], (issue) => {
    return invalidType(issue.input, "a boolean");
  }),
  (issue) => invalidType(issue.input, "struct FeaturesToml"),
)));
