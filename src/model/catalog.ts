/**
 * The models this program knows: what each can do and how much fits. A name is
 * matched exactly, else by the longest slug it starts with, so that dated and
 * specialised variants work on the day they appear.
 */
import type {
  ReasoningEffort,
  ReasoningSummary,
  Verbosity,
} from "@/protocol/policy.ts";
import type { ModelEntry } from "@/protocol/services.ts";

/** How much of one tool output is kept in the history. */
export interface TruncationPolicy {
  readonly mode: "bytes" | "tokens";
  readonly limit: number;
}

export interface ModelTraits {
  /** Tokens the model can hold. */
  readonly contextWindow: number;
  readonly contextWindowMax: number;
  /** The share of the window this program plans with, leaving room for the answer. */
  readonly effectiveWindowPercent: number;
  readonly truncation: TruncationPolicy;
  readonly supportsReasoning: boolean;
  readonly defaultEffort?: ReasoningEffort;
  readonly defaultSummary?: ReasoningSummary;
  readonly supportsVerbosity: boolean;
  readonly defaultVerbosity?: Verbosity;
  readonly parallelToolCalls: boolean;
  /** Offer `apply_patch` as a free-form tool with a grammar. */
  readonly freeformPatch: boolean;
  readonly acceptsImages: boolean;
  readonly originalImageDetail: boolean;
  readonly searchReturnsImages: boolean;
  /** Takes tools it is told of only when it looks for them. */
  readonly toolSearch: boolean;
}

export interface ModelInfo extends ModelTraits {
  /** The name as asked for, which is what the request carries. */
  readonly name: string;
  /** The catalogue entry it was matched to; undefined when the traits are a guess. */
  readonly slug?: string;
}

/** Used when nobody chooses a model. */
export const DEFAULT_MODEL = "gpt-5.4";

const FRONTIER: ModelTraits = {
  contextWindow: 272_000,
  contextWindowMax: 272_000,
  effectiveWindowPercent: 95,
  truncation: { mode: "tokens", limit: 10_000 },
  supportsReasoning: true,
  defaultEffort: "medium",
  defaultSummary: "none",
  supportsVerbosity: true,
  defaultVerbosity: "low",
  parallelToolCalls: true,
  freeformPatch: true,
  acceptsImages: true,
  originalImageDetail: true,
  searchReturnsImages: true,
  toolSearch: true,
};

const CATALOG: Readonly<Record<string, ModelTraits>> = {
  "gpt-5.4": { ...FRONTIER, contextWindowMax: 1_000_000 },
  "gpt-5.4-mini": { ...FRONTIER, defaultVerbosity: "medium" },
  "gpt-5.3-codex": { ...FRONTIER, searchReturnsImages: false },
  "gpt-5.2": {
    ...FRONTIER,
    truncation: { mode: "bytes", limit: 10_000 },
    defaultSummary: "auto",
    originalImageDetail: false,
    searchReturnsImages: false,
  },
  "codex-auto-review": { ...FRONTIER, contextWindowMax: 1_000_000 },
};

/** The least any model of today can do; a guess on the safe side. */
const UNKNOWN: ModelTraits = {
  contextWindow: 272_000,
  contextWindowMax: 272_000,
  effectiveWindowPercent: 95,
  truncation: { mode: "bytes", limit: 10_000 },
  supportsReasoning: false,
  supportsVerbosity: false,
  parallelToolCalls: false,
  freeformPatch: false,
  acceptsImages: true,
  originalImageDetail: false,
  searchReturnsImages: false,
  toolSearch: false,
};

/** What is known of a model by its name, also behind one `namespace/`. */
export function findModel(name: string): ModelInfo {
  const slug = longestSlug(name) ?? longestSlug(name.replace(/^[^/]+\//, ""));
  const traits = slug === undefined ? undefined : CATALOG[slug];
  return traits === undefined || slug === undefined
    ? { ...UNKNOWN, name }
    : { ...traits, name, slug };
}

/** The catalogue as clients list it; the first one is the default. */
export function modelEntries(): readonly ModelEntry[] {
  return Object.entries(CATALOG).map(([name, traits]) => ({
    name,
    displayName: name,
    description: DESCRIPTIONS[name] ?? "",
    efforts: traits.supportsReasoning ? EFFORTS : [],
    defaultEffort: traits.defaultEffort ?? "medium",
    acceptsImages: traits.acceptsImages,
    isDefault: name === DEFAULT_MODEL,
    isHidden: name === "codex-auto-review",
  }));
}

const EFFORTS = ["low", "medium", "high", "xhigh"];

const DESCRIPTIONS: Readonly<Record<string, string>> = {
  "gpt-5.4": "For most work",
  "gpt-5.4-mini": "Smaller and quicker, for simple tasks",
  "gpt-5.3-codex": "Made for coding",
  "gpt-5.2": "The generation before, for long-running work",
};

/** The slugs of the catalogue, the preferred first. */
export function modelSlugs(): readonly string[] {
  return Object.keys(CATALOG);
}

function longestSlug(name: string): string | undefined {
  let best: string | undefined;
  for (const slug of Object.keys(CATALOG)) {
    if (name.startsWith(slug) && slug.length > (best?.length ?? 0)) best = slug;
  }
  return best;
}
