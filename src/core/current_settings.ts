/**
 * The settings of a thread as they stand: what was configured, and what was chosen
 * since. A turn takes them when it starts; a choice made later is for the next one.
 */
import type { Config } from "@/config/config.ts";
import type { ToolDeclaration } from "@/model/model.ts";
import type { TurnChoices } from "@/protocol/ops.ts";
import { declareTools } from "@/tools/registry.ts";
import { type ThreadSettings, threadSettings } from "./settings.ts";
import type { ThreadPlace } from "./thread_place.ts";

/** What a turn runs under, frozen at its start. */
export interface FrozenSettings {
  readonly settings: ThreadSettings;
  /** The declarations of the registry's tools under these settings. */
  readonly tools: readonly ToolDeclaration[];
}

export class CurrentSettings {
  readonly #config: Config;
  readonly #place: ThreadPlace;
  #choices: TurnChoices;
  #frozen: FrozenSettings | undefined;

  constructor(config: Config, choices: TurnChoices, place: ThreadPlace) {
    this.#config = config;
    this.#choices = choices;
    this.#place = place;
  }

  /** The settings of a turn that starts now. */
  freeze(): FrozenSettings {
    this.#frozen ??= this.#make();
    return this.#frozen;
  }

  /** Takes over what is named; the rest stays. */
  choose(choices: TurnChoices): void {
    this.#choices = { ...this.#choices, ...choices };
    this.#frozen = undefined;
  }

  #make(): FrozenSettings {
    const settings = threadSettings(
      this.#config,
      this.#choices,
      this.#place.depth,
    );
    return { settings, tools: declareTools(settings.tools) };
  }
}
